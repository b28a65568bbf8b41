package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	boardTable = tableOf[mc.Board]("boards")
	boardCols  = boardTable.cols("b")
)

// Board loads a board.
func (r Reader) Board(ctx context.Context, id mc.ID) (mc.Board, error) {
	return get[mc.Board](ctx, r, `SELECT `+boardCols+` FROM boards b WHERE b.id = ?`, id)
}

// BoardFilter chooses boards of a list.
type BoardFilter struct {
	Reader    mc.Member // only boards this member may read
	GatewayID *mc.ID
	GroupID   *mc.ID
}

// Boards lists a page of the boards that a member may read in their
// organization, by name, then newest first.
func (r Reader) Boards(ctx context.Context, f BoardFilter, limit, offset int) ([]mc.Board, int64, error) {
	where, args := "b.organization_id = ?", []any{f.Reader.OrganizationID}
	if !f.Reader.ReadsAllBoards() {
		where, args = where+" AND "+granted, append(args, f.Reader.ID)
	}
	if f.GatewayID != nil {
		where, args = where+" AND b.gateway_id = ?", append(args, *f.GatewayID)
	}
	if f.GroupID != nil {
		where, args = where+" AND b.board_group_id = ?", append(args, *f.GroupID)
	}
	return page[mc.Board](ctx, r, boardCols, `FROM boards b WHERE `+where, r.folded("b.name")+`, b.created_at DESC, b.id`, limit, offset, args...)
}

// granted holds for a board b that a grant opens to a member; it takes the
// member's id.
const granted = `EXISTS (SELECT 1 FROM organization_board_access g WHERE g.organization_member_id = ? AND g.board_id = b.id AND (g.can_read OR g.can_write))`

// BoardsOfOrganization lists a page of an organization's boards, newest first.
func (r Reader) BoardsOfOrganization(ctx context.Context, organization mc.ID, limit, offset int) ([]mc.Board, int64, error) {
	return page[mc.Board](ctx, r, boardCols, `FROM boards b WHERE b.organization_id = ?`, `b.created_at DESC, b.id`, limit, offset, organization)
}

// ReadableBoardIDs lists the ids of the boards that a member may read in their organization.
func (r Reader) ReadableBoardIDs(ctx context.Context, m mc.Member) ([]mc.ID, error) {
	query, args := readableBoards(m)
	return list[mc.ID](ctx, r, query, args...)
}

// readableBoards is a query for the ids of the boards that a member may read in
// their organization.
func readableBoards(m mc.Member) (query string, args []any) {
	if m.ReadsAllBoards() {
		return `SELECT b.id FROM boards b WHERE b.organization_id = ?`, []any{m.OrganizationID}
	}
	return `SELECT b.id FROM boards b JOIN organization_board_access g ON g.board_id = b.id
		WHERE b.organization_id = ? AND g.organization_member_id = ? AND (g.can_read OR g.can_write)`, []any{m.OrganizationID, m.ID}
}

// BoardsOfGateway lists the boards that a gateway serves, newest first.
func (r Reader) BoardsOfGateway(ctx context.Context, gateway mc.ID) ([]mc.Board, error) {
	return list[mc.Board](ctx, r, `SELECT `+boardCols+` FROM boards b WHERE b.gateway_id = ? ORDER BY b.created_at DESC, b.id`, gateway)
}

// BoardPaused reports whether the board's agents were told to pause: the latest
// /pause or /resume in its chat says so.
func (r Reader) BoardPaused(ctx context.Context, board mc.ID) (bool, error) {
	word, err := find[string](ctx, r, `
		SELECT c.word
		FROM (SELECT lower(rtrim(ltrim(m.content, ?), ?)) AS word, m.created_at, m.seq FROM board_memory m WHERE m.board_id = ? AND m.is_chat) c
		WHERE c.word IN ('/pause', '/resume')
		ORDER BY c.created_at DESC, c.seq DESC LIMIT 1`, blanks, blanks, board)
	return word != nil && *word == "/pause", err
}

// LockBoard loads a board and holds its row until the end of the transaction,
// so that decisions about its dependencies and agents are made one at a time.
func (tx *Tx) LockBoard(ctx context.Context, id mc.ID) (mc.Board, error) {
	return get[mc.Board](ctx, tx.Reader, `SELECT `+boardCols+` FROM boards b WHERE b.id = ?`+tx.forUpdate(), id)
}

// InsertBoard adds a board and announces it.
func (tx *Tx) InsertBoard(ctx context.Context, b mc.Board) error {
	tx.Announce(KindBoard, b.ID, b.ID)
	return boardTable.insert(ctx, tx, &b)
}

// UpdateBoard writes everything of a board that may change, and announces it.
func (tx *Tx) UpdateBoard(ctx context.Context, b mc.Board) error {
	tx.Announce(KindBoard, b.ID, b.ID)
	return boardTable.update(ctx, tx, &b,
		"name", "slug", "description", "gateway_id", "board_group_id", "board_type", "objective", "success_metrics", "target_date",
		"goal_confirmed", "goal_source", "require_approval_for_done", "require_review_before_done", "comment_required_for_review",
		"block_status_changes_with_pending_approval", "only_lead_can_change_status", "max_agents", "runtime", "updated_at")
}

// DeleteBoard removes a board with everything that is its own: tasks, agents,
// memory, webhooks, approvals and activity, and announces that. Most of it
// follows by the foreign keys of the schema.
func (tx *Tx) DeleteBoard(ctx context.Context, id mc.ID) error {
	for _, statement := range []string{
		`DELETE FROM activity_events WHERE agent_id IN (SELECT id FROM agents WHERE board_id = ?)`,
		`DELETE FROM activity_events WHERE task_id IN (SELECT id FROM tasks WHERE board_id = ?)`,
		`DELETE FROM tasks WHERE board_id = ?`,
		`DELETE FROM agents WHERE board_id = ?`,
	} {
		if _, err := exec(ctx, tx, statement, id); err != nil {
			return err
		}
	}
	organization, err := find[mc.ID](ctx, tx.Reader, `DELETE FROM boards WHERE id = ? RETURNING organization_id`, id)
	if err != nil || organization == nil {
		return err
	}
	tx.Announce(KindBoardDeleted, *organization, id)
	tx.Announce(KindAccess, id, id) // the tokens of its agents have ended, too
	return nil
}
