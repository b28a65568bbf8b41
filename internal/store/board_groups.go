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

// BoardsOfGroup lists the boards of a group by name.
func (r Reader) BoardsOfGroup(ctx context.Context, group mc.ID) ([]mc.Board, error) {
	return list[mc.Board](ctx, r, `SELECT `+boardCols+` FROM boards b WHERE b.board_group_id = ? ORDER BY `+r.folded("b.name")+`, b.id`, group)
}

// AgentsOfGroup lists the agents on all boards of a group, newest first.
func (r Reader) AgentsOfGroup(ctx context.Context, group mc.ID) ([]mc.Agent, error) {
	return list[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`JOIN boards b ON b.id = a.board_id WHERE b.board_group_id = ? ORDER BY a.created_at DESC, a.id`, group)
}
