package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	groupTable = tableOf[mc.BoardGroup]("board_groups")
	groupCols  = groupTable.cols("w")
)

// BoardGroup loads a board group.
func (r Reader) BoardGroup(ctx context.Context, id mc.ID) (mc.BoardGroup, error) {
	return get[mc.BoardGroup](ctx, r, `SELECT `+groupCols+` FROM board_groups w WHERE w.id = ?`, id)
}

// BoardGroups lists a page of the groups of a member's organization by name:
// those that have a board which the member may read, or all of them for members
// who may read all boards.
func (r Reader) BoardGroups(ctx context.Context, m mc.Member, limit, offset int) ([]mc.BoardGroup, int64, error) {
	where, args := "w.organization_id = ?", []any{m.OrganizationID}
	if !m.ReadsAllBoards() {
		where, args = where+" AND EXISTS (SELECT 1 FROM boards b WHERE b.board_group_id = w.id AND "+granted+")", append(args, m.ID)
	}
	return page[mc.BoardGroup](ctx, r, groupCols, `FROM board_groups w WHERE `+where, r.folded("w.name")+`, w.created_at, w.id`, limit, offset, args...)
}

// GroupUse is what a group's boards say about a member's access to it.
type GroupUse struct {
	HasBoards bool `db:"has_boards"`
	Readable  bool `db:"readable"` // at least one of its boards is open to the member, by a grant of its own
	Writable  bool `db:"writable"`
}

// GroupUse tells what the grants of a member open of a group. The member's
// flags play no part.
func (r Reader) GroupUse(ctx context.Context, group, member mc.ID) (GroupUse, error) {
	granted := `EXISTS (SELECT 1 FROM boards b JOIN organization_board_access g ON g.board_id = b.id
		WHERE b.board_group_id = ? AND g.organization_member_id = ? AND `
	return get[GroupUse](ctx, r, `
		SELECT EXISTS (SELECT 1 FROM boards b WHERE b.board_group_id = ?) AS has_boards,
			`+granted+`(g.can_read OR g.can_write)) AS readable,
			`+granted+`g.can_write) AS writable`, group, group, member, group, member)
}

// InsertBoardGroup adds a board group.
func (tx *Tx) InsertBoardGroup(ctx context.Context, g mc.BoardGroup) error {
	return groupTable.insert(ctx, tx, &g)
}

// LockBoardGroup loads a board group and holds its row until the end of the transaction.
func (tx *Tx) LockBoardGroup(ctx context.Context, id mc.ID) (mc.BoardGroup, error) {
	return get[mc.BoardGroup](ctx, tx.Reader, `SELECT `+groupCols+` FROM board_groups w WHERE w.id = ?`+tx.forUpdate(), id)
}

// UpdateBoardGroup writes everything of a board group that may change.
func (tx *Tx) UpdateBoardGroup(ctx context.Context, g mc.BoardGroup) error {
	return groupTable.update(ctx, tx, &g, "name", "slug", "description", "updated_at")
}

// DeleteBoardGroup removes a board group with its memory. These boards, which
// are all that were in it, are in no group from then on and otherwise unchanged.
// It announces them, and that nobody has access to the group any more.
func (tx *Tx) DeleteBoardGroup(ctx context.Context, id mc.ID, boards []mc.Board) error {
	for _, b := range boards {
		tx.Announce(KindBoard, b.ID, b.ID)
	}
	tx.Announce(KindAccess, id, id)
	_, err := exec(ctx, tx, `DELETE FROM board_groups WHERE id = ?`, id)
	return err
}

// AgentsOfGroup lists the agents on all boards of a group, newest first.
func (r Reader) AgentsOfGroup(ctx context.Context, group mc.ID) ([]mc.Agent, error) {
	return list[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`JOIN boards b ON b.id = a.board_id WHERE b.board_group_id = ? ORDER BY a.created_at DESC, a.id`, group)
}

// GroupBoards chooses boards of a group.
type GroupBoards struct {
	Group  mc.ID
	Reader *mc.Member // only boards this member may read; nil: all
	Except *mc.ID     // but not this board
}

// BoardsOfGroup lists boards of a group by name.
func (r Reader) BoardsOfGroup(ctx context.Context, f GroupBoards) ([]mc.Board, error) {
	where, args := `b.board_group_id = ?`, []any{f.Group}
	if f.Reader != nil && !f.Reader.ReadsAllBoards() {
		where, args = where+` AND `+granted, append(args, f.Reader.ID)
	}
	if f.Except != nil {
		where, args = where+` AND b.id <> ?`, append(args, *f.Except)
	}
	return list[mc.Board](ctx, r, `SELECT `+boardCols+` FROM boards b WHERE `+where+` ORDER BY `+r.folded("b.name")+`, b.created_at DESC, b.id`, args...)
}
