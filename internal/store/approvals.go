package store

import (
	"bytes"
	"context"
	"slices"

	"missioncontrol/internal/mc"
)

var (
	approvalTable = tableOf[mc.Approval]("approvals")
	approvalCols  = approvalTable.cols("a")
	linkTable     = tableOf[mc.ApprovalLink]("approval_task_links")
)

// Approval loads an approval of a board.
func (r Reader) Approval(ctx context.Context, board, id mc.ID) (mc.Approval, error) {
	return get[mc.Approval](ctx, r, `SELECT `+approvalCols+` FROM approvals a WHERE a.id = ? AND a.board_id = ?`, id, board)
}

// LockApproval is Approval that holds the row until the end of the transaction.
func (tx *Tx) LockApproval(ctx context.Context, board, id mc.ID) (mc.Approval, error) {
	return get[mc.Approval](ctx, tx.Reader, `SELECT `+approvalCols+` FROM approvals a WHERE a.id = ? AND a.board_id = ?`+tx.forUpdate(), id, board)
}

// Approvals lists a page of a board's approvals, newest first; with a status
// only those.
func (r Reader) Approvals(ctx context.Context, board mc.ID, status *mc.ApprovalStatus, limit, offset int) ([]mc.Approval, int64, error) {
	where, args := `a.board_id = ?`, []any{board}
	if status != nil {
		where, args = where+` AND a.status = ?`, append(args, *status)
	}
	return page[mc.Approval](ctx, r, approvalCols, `FROM approvals a WHERE `+where, `a.created_at DESC, a.id`, limit, offset, args...)
}

// NewestApprovals lists the newest approvals of a board, newest first.
func (r Reader) NewestApprovals(ctx context.Context, board mc.ID, limit int) ([]mc.Approval, error) {
	return list[mc.Approval](ctx, r, `SELECT `+approvalCols+` FROM approvals a WHERE a.board_id = ? ORDER BY a.created_at DESC, a.id LIMIT ?`, board, limit)
}

// BoardApproval is an approval with the name of its board.
type BoardApproval struct {
	mc.Approval
	BoardName string `db:"board_name"`
}

// ReadableApprovals lists a page of the approvals on the boards that a member
// may read in their organization, or on one of them, newest first.
func (r Reader) ReadableApprovals(ctx context.Context, m mc.Member, board *mc.ID, status *mc.ApprovalStatus, limit, offset int) ([]BoardApproval, int64, error) {
	boards, args := readableBoards(m)
	where := `a.board_id IN (` + boards + `)`
	if board != nil {
		where, args = where+` AND a.board_id = ?`, append(args, *board)
	}
	if status != nil {
		where, args = where+` AND a.status = ?`, append(args, *status)
	}
	return page[BoardApproval](ctx, r, approvalCols+`, n.name AS board_name`,
		`FROM approvals a JOIN boards n ON n.id = a.board_id WHERE `+where, `a.created_at DESC, a.id`, limit, offset, args...)
}

// ApprovalsAfter lists approvals of a board in the order of their last change:
// those changed after a sequence number, at or after since.
func (r Reader) ApprovalsAfter(ctx context.Context, board mc.ID, since mc.Time, after int64, limit int) ([]mc.Approval, error) {
	return list[mc.Approval](ctx, r, `
		SELECT `+approvalCols+` FROM approvals a
		WHERE a.board_id = ? AND a.seq > ? AND a.updated_at >= ?
		ORDER BY a.seq LIMIT ?`, board, after, since, limit)
}

// PendingApprovals counts the pending approvals of a board.
func (r Reader) PendingApprovals(ctx context.Context, board mc.ID) (int, error) {
	return count(ctx, r, `SELECT count(*) FROM approvals a WHERE a.board_id = ? AND a.status = 'pending'`, board)
}

// aboutTasks are the pairs of approval and task, with links or, in an old row,
// without: then its own task counts. Both ends can be searched.
const aboutTasks = `(
	SELECT l.approval_id, l.task_id, l.created_at AS linked_at, l.id AS link_id, a.board_id, a.status, a.created_at AS asked_at
	FROM approval_task_links l JOIN approvals a ON a.id = l.approval_id
	UNION ALL
	SELECT a.id, a.task_id, a.created_at, a.id, a.board_id, a.status, a.created_at FROM approvals a
	WHERE a.task_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approval_task_links l WHERE l.approval_id = a.id)
) p`

// ApprovalTask is a task that an approval is about.
type ApprovalTask struct {
	ApprovalID mc.ID   `db:"approval_id"`
	TaskID     mc.ID   `db:"task_id"`
	Title      *string `db:"title"` // nil when the task is not on the approval's board
}

// TasksOfApprovals lists what these approvals are about, the tasks of each in
// the order they were linked.
func (r Reader) TasksOfApprovals(ctx context.Context, approvals []mc.Approval) (map[mc.ID][]ApprovalTask, error) {
	about := make(map[mc.ID][]ApprovalTask, len(approvals))
	if len(approvals) == 0 {
		return about, nil
	}
	ids := make([]mc.ID, len(approvals))
	for i, a := range approvals {
		ids[i] = a.ID
	}
	placeholders, args := in(ids)
	rows, err := list[ApprovalTask](ctx, r, tasksOfApprovals+placeholders+` ORDER BY p.linked_at, p.link_id`, args...)
	for _, row := range rows {
		about[row.ApprovalID] = append(about[row.ApprovalID], row)
	}
	return about, err
}

const tasksOfApprovals = `SELECT p.approval_id, p.task_id, t.title FROM ` + aboutTasks + `
	LEFT JOIN tasks t ON t.id = p.task_id AND t.board_id = p.board_id WHERE p.approval_id IN `

// ApprovalCount is how many approvals are about a task.
type ApprovalCount struct {
	TaskID  mc.ID `db:"task_id"`
	Total   int   `db:"total"`
	Pending int   `db:"pending"`
}

// ApprovalCounts counts the approvals of tasks. Tasks that have none are left out.
func (r Reader) ApprovalCounts(ctx context.Context, tasks []mc.ID) (map[mc.ID]ApprovalCount, error) {
	counts := make(map[mc.ID]ApprovalCount, len(tasks))
	rows, err := listIn[ApprovalCount](ctx, r, approvalCounts, tasks, ` GROUP BY p.task_id`)
	for _, row := range rows {
		counts[row.TaskID] = row
	}
	return counts, err
}

const approvalCounts = `SELECT p.task_id, count(*) AS total, count(CASE WHEN p.status = 'pending' THEN 1 END) AS pending FROM ` + aboutTasks + ` WHERE p.task_id`

// PendingLinks lists the pending approvals that are about these tasks, the
// oldest first, leaving out one.
func (r Reader) PendingLinks(ctx context.Context, tasks []mc.ID, except mc.ID) ([]mc.PendingLink, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	placeholders, args := in(tasks)
	rows, err := list[ApprovalTask](ctx, r, `
		SELECT p.approval_id, p.task_id FROM `+aboutTasks+`
		WHERE p.task_id IN `+placeholders+` AND p.status = 'pending' AND p.approval_id <> ?
		ORDER BY p.asked_at, p.approval_id`, append(args, except)...)
	links := make([]mc.PendingLink, len(rows))
	for i, row := range rows {
		links[i] = mc.PendingLink{TaskID: row.TaskID, ApprovalID: row.ApprovalID}
	}
	return links, err
}

// ApprovalLinked reports whether an approval of this status on the board is
// about the task.
func (r Reader) ApprovalLinked(ctx context.Context, board, task mc.ID, status mc.ApprovalStatus) (bool, error) {
	return exists(ctx, r, `
		SELECT 1 FROM approvals a WHERE a.task_id = ? AND a.board_id = ? AND a.status = ?
		UNION ALL
		SELECT 1 FROM approval_task_links l JOIN approvals a ON a.id = l.approval_id WHERE l.task_id = ? AND a.board_id = ? AND a.status = ?`,
		task, board, status, task, board, status)
}

// InsertApproval adds an approval about these tasks, in their order. When one of
// them has a pending approval and this is another, the error is one of
// IsPendingTwice.
func (tx *Tx) InsertApproval(ctx context.Context, a mc.Approval, tasks []mc.ID) error {
	if err := approvalTable.insert(ctx, tx, &a); err != nil {
		return err
	}
	links := make([]*mc.ApprovalLink, len(tasks))
	for i, id := range tasks {
		links[i] = &mc.ApprovalLink{ID: mc.NewID(), ApprovalID: a.ID, TaskID: id, Status: a.Status, CreatedAt: tx.Tick()}
	}
	// Their times keep the order; written in another one, so that two approvals
	// about the same tasks never wait for each other.
	slices.SortFunc(links, func(a, b *mc.ApprovalLink) int { return bytes.Compare(a.TaskID[:], b.TaskID[:]) })
	return linkTable.insert(ctx, tx, links...)
}

// UpdateApproval writes everything of an approval that a decision changes. It
// fails as InsertApproval does.
func (tx *Tx) UpdateApproval(ctx context.Context, a mc.Approval) error {
	return approvalTable.update(ctx, tx, &a, "status", "resolved_at", "decided_by_user_id", "updated_at")
}

// IsPendingTwice reports whether err says that a task would have had two pending
// approvals.
func IsPendingTwice(err error) bool { return IsDuplicate(err, "approval_task_links", "task_id") }

// unlinkTask takes a task that is about to be deleted out of all approvals. One
// that was about nothing else goes with it.
func (tx *Tx) unlinkTask(ctx context.Context, task mc.ID) error {
	// Held first: of two tasks that are deleted at once, each would else count on the other.
	about, err := list[mc.ID](ctx, tx.Reader, `
		SELECT a.id FROM approvals a WHERE a.task_id = ? OR a.id IN (SELECT l.approval_id FROM approval_task_links l WHERE l.task_id = ?)
		ORDER BY a.id`+tx.forUpdate(), task, task)
	if err != nil || len(about) == 0 {
		return err
	}
	placeholders, ids := in(about)
	version, err := tx.nextVersion(ctx, "approvals", "id IN "+placeholders, ids...)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`DELETE FROM approval_task_links WHERE task_id = ?`, []any{task}},
		{`UPDATE approvals SET updated_at = ?, task_id = (
			SELECT l.task_id FROM approval_task_links l WHERE l.approval_id = approvals.id ORDER BY l.created_at, l.id LIMIT 1
		) WHERE id IN ` + placeholders + ` AND EXISTS (SELECT 1 FROM approval_task_links l WHERE l.approval_id = approvals.id)`, append([]any{version}, ids...)},
		{`DELETE FROM approvals WHERE task_id = ?`, []any{task}},
	} {
		if _, err := exec(ctx, tx, step.sql, step.args...); err != nil {
			return err
		}
	}
	return nil
}
