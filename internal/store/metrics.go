package store

import (
	"context"
	"strings"

	"missioncontrol/internal/mc"
)

// The queries of the dashboard. They count in the database and in indexes; what
// they cost depends on what lies in the windows, but for the number of tasks by
// status, which have no window.

// BoardPlace is a board with the group it is in.
type BoardPlace struct {
	ID      mc.ID  `db:"id"`
	GroupID *mc.ID `db:"board_group_id"`
}

// ReadableBoardPlaces lists the boards that a member may read in their organization.
func (r Reader) ReadableBoardPlaces(ctx context.Context, m mc.Member) ([]BoardPlace, error) {
	readable, args := readableBoards(m)
	return list[BoardPlace](ctx, r, `SELECT p.id, p.board_group_id FROM boards p WHERE p.id IN (`+readable+`)`, args...)
}

// TaskPoint counts tasks in a bucket.
type TaskPoint struct {
	Bucket     int     `db:"n"` // its place among the buckets asked for
	Inbox      int     `db:"inbox"`
	InProgress int     `db:"in_progress"`
	Review     int     `db:"review"`
	Done       int     `db:"done"`
	Worked     int     `db:"worked"` // in review or done, by the end of the work on them
	Hours      float64 `db:"hours"`  // of that work, together
}

// TaskPoints counts the tasks of the boards in buckets: by when they got the
// status that they have, those in the inbox by when they were made.
func (r Reader) TaskPoints(ctx context.Context, boards []mc.ID, buckets []mc.Window) ([]TaskPoint, error) {
	table, args := r.bucketTable(buckets)
	placeholders, ids := in(boards)
	counted := func(what, condition, at string) string {
		args = append(args, ids...)
		return `(SELECT ` + what + ` FROM tasks t WHERE t.board_id IN ` + placeholders + ` AND ` + condition + ` AND ` + at + ` BETWEEN b.low AND b.high)`
	}
	const worked = `t.status IN ('review', 'done')`
	// A count for each bucket reads the same entries of an index as one grouped by
	// buckets, but sorts nothing.
	query := `SELECT b.n,
		` + counted(`count(*)`, `t.status = 'inbox'`, `t.created_at`) + ` AS inbox,
		` + counted(`count(*)`, `t.status = 'in_progress'`, `t.status_changed_at`) + ` AS in_progress,
		` + counted(`count(*)`, `t.status = 'review'`, `t.status_changed_at`) + ` AS review,
		` + counted(`count(*)`, `t.status = 'done'`, `t.status_changed_at`) + ` AS done,
		` + counted(`count(*)`, worked, `t.work_ended_at`) + ` AS worked,
		` + counted(`coalesce(sum(`+r.hoursOfWork()+`), 0.0)`, worked, `t.work_ended_at`) + ` AS hours
		FROM buckets b`
	return list[TaskPoint](ctx, r, table+query, args...)
}

// EventPoint counts events about tasks in a bucket.
type EventPoint struct {
	Bucket int `db:"n"` // its place among the buckets asked for
	Count  int `db:"events"`
	Failed int `db:"failed"` // those whose type ends in failed
}

// EventPoints counts the events about tasks of the boards that are still there.
func (r Reader) EventPoints(ctx context.Context, boards []mc.ID, buckets []mc.Window) ([]EventPoint, error) {
	table, args := r.bucketTable(buckets)
	placeholders, ids := in(boards)
	from := ` FROM activity_events e WHERE e.board_id IN ` + placeholders + ` AND e.task_id IS NOT NULL AND e.created_at BETWEEN b.low AND b.high`
	args = append(append(append(args, ids...), ids...), "%failed")
	return list[EventPoint](ctx, r, table+`
		SELECT b.n, (SELECT count(*)`+from+`) AS events, (SELECT count(*)`+from+` AND e.event_type LIKE ?) AS failed FROM buckets b`, args...)
}

// bucketTable is the table buckets with the number and both ends of each.
func (r Reader) bucketTable(buckets []mc.Window) (with string, args []any) {
	row := `(?, ?, ?)`
	if r.dialect == PostgreSQL {
		row = `(CAST(? AS integer), CAST(? AS timestamp), CAST(? AS timestamp))`
	}
	rows := make([]string, len(buckets))
	for i, b := range buckets {
		rows[i], args = row, append(args, i, b.From, b.To)
	}
	return `WITH buckets (n, low, high) AS (VALUES ` + strings.Join(rows, `, `) + `) `, args
}

// MedianHours is the continuous median of the hours of work on tasks in review
// or done whose work ended within a window, of which there are n.
func (r Reader) MedianHours(ctx context.Context, boards []mc.ID, w mc.Window, n int) (*float64, error) {
	placeholders, args := in(boards)
	from := ` FROM tasks t WHERE t.board_id IN ` + placeholders + ` AND t.status IN ('review', 'done') AND t.work_ended_at BETWEEN ? AND ?`
	args = append(args, w.From, w.To)
	if r.dialect == PostgreSQL {
		return get[*float64](ctx, r, `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY `+r.hoursOfWork()+`)`+from, args...)
	}
	// The one in the middle, or the mean of the two.
	return get[*float64](ctx, r, `SELECT avg(w.hours) FROM (SELECT `+r.hoursOfWork()+` AS hours`+from+` ORDER BY 1 LIMIT ? OFFSET ?) w`,
		append(args, 2-n%2, max(0, n-1)/2)...)
}

// AgentsSeen counts the agents of the boards that were seen within a window.
func (r Reader) AgentsSeen(ctx context.Context, boards []mc.ID, w mc.Window) (int, error) {
	placeholders, args := in(boards)
	return count(ctx, r, `SELECT count(*) FROM agents a WHERE a.board_id IN `+placeholders+` AND a.last_seen_at BETWEEN ? AND ?`,
		append(args, w.From, w.To)...)
}

// PendingApproval is an approval that waits for its decision, with what is shown
// beside it.
type PendingApproval struct {
	ID         mc.ID   `db:"id"`
	BoardID    mc.ID   `db:"board_id"`
	BoardName  string  `db:"board_name"`
	ActionType string  `db:"action_type"`
	Confidence float64 `db:"confidence"`
	CreatedAt  mc.Time `db:"created_at"`
	TaskTitle  *string `db:"task_title"` // of its own task, else of the first that it is linked to
	Total      int     `db:"total"`      // of all that wait
}

// NewestPending lists the newest approvals of the boards that wait, and tells
// with each how many there are.
func (r Reader) NewestPending(ctx context.Context, boards []mc.ID, limit int) ([]PendingApproval, error) {
	placeholders, args := in(boards)
	return list[PendingApproval](ctx, r, `
		SELECT a.id, a.board_id, b.name AS board_name, a.action_type, a.confidence, a.created_at, a.total,
			coalesce(t.title, (SELECT o.title FROM approval_task_links l JOIN tasks o ON o.id = l.task_id
				WHERE l.approval_id = a.id ORDER BY l.created_at, l.id LIMIT 1)) AS task_title
		FROM (
			SELECT p.id, p.board_id, p.task_id, p.action_type, p.confidence, p.created_at, p.seq, count(*) OVER () AS total
			FROM approvals p WHERE p.board_id IN `+placeholders+` AND p.status = 'pending'
			ORDER BY p.created_at DESC, p.seq DESC, p.id LIMIT ?
		) a JOIN boards b ON b.id = a.board_id LEFT JOIN tasks t ON t.id = a.task_id
		ORDER BY a.created_at DESC, a.seq DESC, a.id`, append(args, limit)...)
}

// hoursOfWork is how long the last phase of work on a task took, to the microsecond.
func (r Reader) hoursOfWork() string {
	const from, to = `t.work_started_at`, `t.work_ended_at`
	if r.dialect == PostgreSQL {
		return `(extract(epoch FROM ` + to + ` - ` + from + `) / 3600.0)::double precision`
	}
	// The functions of SQLite know milliseconds only.
	seconds := func(column string) string { return `unixepoch(substr(` + column + `, 1, 19))` }
	return `((` + seconds(to) + ` - ` + seconds(from) + `) + (substr(` + to + `, 21) - substr(` + from + `, 21)) / 1000000.0) / 3600.0`
}
