package store

import (
	"context"

	"missioncontrol/internal/mc"
)

// The queries of the dashboard. Each reads one table once, counts in the
// database, and touches only what lies in the two windows; the number of tasks
// by status is counted in an index.

// Dashboard chooses what the dashboard counts.
type Dashboard struct {
	Boards              []mc.ID
	Bucket              mc.Bucket
	Primary, Comparison mc.Window
}

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

// StatusCount is how many tasks have a status.
type StatusCount struct {
	Status mc.TaskStatus `db:"status"`
	Count  int           `db:"n"`
}

// TaskCounts counts the tasks of the boards by status.
func (r Reader) TaskCounts(ctx context.Context, d Dashboard) ([]StatusCount, error) {
	boards, args := in(d.Boards)
	// By board first, as the index has it: nothing is sorted.
	return list[StatusCount](ctx, r, `
		SELECT c.status, sum(c.n) AS n
		FROM (SELECT t.board_id, t.status, count(*) AS n FROM tasks t WHERE t.board_id IN `+boards+` GROUP BY t.board_id, t.status) c
		GROUP BY c.status`, args...)
}

// Part tells in which of the two windows something lies.
type Part int

// The parts. The moment at which the windows meet belongs to both.
const (
	PartComparison Part = 1
	PartBoth       Part = 2
	PartPrimary    Part = 3
)

// InPrimary reports whether the part belongs to the primary window.
func (p Part) InPrimary() bool { return p >= PartBoth }

// InComparison reports whether the part belongs to the comparison window.
func (p Part) InComparison() bool { return p <= PartBoth }

// TaskPoint is a number of tasks in a bucket of a window.
type TaskPoint struct {
	Series string  `db:"series"` // the status, or SeriesWork
	Part   Part    `db:"part"`
	Period mc.Time `db:"period"`
	Count  int     `db:"n"`
	Hours  float64 `db:"hours"` // of work, together
}

// SeriesWork is the series of tasks in review or done by the end of the work on
// them; the others are of the tasks that have a status, by when they got it.
const SeriesWork = "work"

// TaskPoints counts the tasks of the boards in the buckets of both windows.
func (r Reader) TaskPoints(ctx context.Context, d Dashboard) ([]TaskPoint, error) {
	boards, ids := in(d.Boards)
	part, meet := d.part()
	args := meet
	for range 3 {
		args = append(append(args, ids...), d.Comparison.From, d.Primary.To)
	}
	return list[TaskPoint](ctx, r, `
		SELECT p.series, p.part, p.period, count(*) AS n, sum(p.hours) AS hours
		FROM (
			SELECT x.series, `+part+` AS part, `+r.bucketOf("x.at", d.Bucket)+` AS period, x.hours
			FROM (
				SELECT t.status AS series, t.created_at AS at, 0.0 AS hours FROM tasks t
				WHERE t.board_id IN `+boards+` AND t.status = 'inbox' AND t.created_at BETWEEN ? AND ?
				UNION ALL
				SELECT t.status, t.status_changed_at, 0.0 FROM tasks t
				WHERE t.board_id IN `+boards+` AND t.status IN ('in_progress', 'review', 'done') AND t.status_changed_at BETWEEN ? AND ?
				UNION ALL
				SELECT '`+SeriesWork+`', t.work_ended_at, `+r.hoursBetween("t.work_started_at", "t.work_ended_at")+` FROM tasks t
				WHERE t.board_id IN `+boards+` AND t.status IN ('review', 'done') AND t.work_ended_at BETWEEN ? AND ?
			) x
		) p
		GROUP BY p.series, p.part, p.period`, args...)
}

// MedianHours is the continuous median of the hours of work on tasks in review
// or done whose work ended within the primary window; nil without any.
func (r Reader) MedianHours(ctx context.Context, d Dashboard) (*float64, error) {
	boards, args := in(d.Boards)
	from := ` FROM tasks t WHERE t.board_id IN ` + boards + ` AND t.status IN ('review', 'done') AND t.work_ended_at BETWEEN ? AND ?`
	args = append(args, d.Primary.From, d.Primary.To)
	hours := r.hoursBetween("t.work_started_at", "t.work_ended_at")
	if r.dialect == PostgreSQL {
		return get[*float64](ctx, r, `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY `+hours+`)`+from, args...)
	}
	// The one in the middle, or the mean of the two.
	return get[*float64](ctx, r, `
		SELECT avg(w.hours)
		FROM (SELECT `+hours+` AS hours, row_number() OVER (ORDER BY `+hours+`) AS n, count(*) OVER () AS total `+from+`) w
		WHERE w.n IN ((w.total + 1) / 2, w.total / 2 + 1)`, args...)
}

// EventPoint is a number of events about tasks in a bucket of a window.
type EventPoint struct {
	Part   Part    `db:"part"`
	Period mc.Time `db:"period"`
	Count  int     `db:"n"`
	Failed int     `db:"failed"` // those whose type ends in failed
}

// EventPoints counts the events about tasks of the boards that are still there.
func (r Reader) EventPoints(ctx context.Context, d Dashboard) ([]EventPoint, error) {
	boards, ids := in(d.Boards)
	part, args := d.part()
	args = append(append(args, "%failed"), ids...)
	return list[EventPoint](ctx, r, `
		SELECT p.part, p.period, count(*) AS n, sum(p.failed) AS failed
		FROM (
			SELECT `+part+` AS part, `+r.bucketOf("x.created_at", d.Bucket)+` AS period, CASE WHEN x.event_type LIKE ? THEN 1 ELSE 0 END AS failed
			FROM (
				SELECT e.created_at, e.created_at AS at, e.event_type FROM activity_events e
				WHERE e.board_id IN `+boards+` AND e.task_id IS NOT NULL AND e.created_at BETWEEN ? AND ?
			) x
		) p
		GROUP BY p.part, p.period`, append(args, d.Comparison.From, d.Primary.To)...)
}

// AgentsSeen counts the agents of the boards that were seen within the primary window.
func (r Reader) AgentsSeen(ctx context.Context, d Dashboard) (int, error) {
	boards, args := in(d.Boards)
	return count(ctx, r, `SELECT count(*) FROM agents a WHERE a.board_id IN `+boards+` AND a.last_seen_at BETWEEN ? AND ?`,
		append(args, d.Primary.From, d.Primary.To)...)
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

// PendingApprovals lists the newest approvals of the boards that wait, and tells
// with each how many there are.
func (r Reader) PendingApprovals(ctx context.Context, boards []mc.ID, limit int) ([]PendingApproval, error) {
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

// part tells the part that x.at lies in, with the arguments for it.
func (d Dashboard) part() (expression string, args []any) {
	return `CASE WHEN x.at < ? THEN 1 WHEN x.at = ? THEN 2 ELSE 3 END`, []any{d.Primary.From, d.Primary.From}
}

// bucketOf is the beginning of the bucket that a time lies in, in the form in
// which times are stored.
func (r Reader) bucketOf(column string, bucket mc.Bucket) string {
	if r.dialect == PostgreSQL {
		return `date_trunc('` + string(bucket) + `', ` + column + `)`
	}
	switch bucket {
	case mc.BucketHour:
		return `substr(` + column + `, 1, 13) || ':00:00.000000'`
	case mc.BucketWeek: // the Sunday that ends it, and back
		return `date(substr(` + column + `, 1, 10), 'weekday 0', '-6 days') || 'T00:00:00.000000'`
	case mc.BucketMonth:
		return `substr(` + column + `, 1, 7) || '-01T00:00:00.000000'`
	}
	return `substr(` + column + `, 1, 10) || 'T00:00:00.000000'`
}

// hoursBetween is the distance of two times to the microsecond.
func (r Reader) hoursBetween(from, to string) string {
	if r.dialect == PostgreSQL {
		return `(extract(epoch FROM ` + to + ` - ` + from + `) / 3600.0)::double precision`
	}
	// The functions of SQLite know milliseconds only.
	seconds := func(column string) string { return `unixepoch(substr(` + column + `, 1, 19))` }
	return `((` + seconds(to) + ` - ` + seconds(from) + `) + (substr(` + to + `, 21) - substr(` + from + `, 21)) / 1000000.0) / 3600.0`
}
