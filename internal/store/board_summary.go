package store

import (
	"context"

	"missioncontrol/internal/mc"
)

// What lists of boards show of each board, for all of them at once.

// StatusCount is how many tasks of a board have a status.
type StatusCount struct {
	BoardID mc.ID         `db:"board_id"`
	Status  mc.TaskStatus `db:"status"`
	Count   int           `db:"n"`
}

// TaskCounts counts the tasks of boards by status. Statuses without tasks are
// not in the list.
func (r Reader) TaskCounts(ctx context.Context, boards []mc.ID) ([]StatusCount, error) {
	return listIn[StatusCount](ctx, r, taskCounts, boards, ` GROUP BY t.board_id, t.status`)
}

const taskCounts = `SELECT t.board_id, t.status, count(*) AS n FROM tasks t WHERE t.board_id`

// TopTask is a task among the first of its board, with the name of its assignee.
type TopTask struct {
	mc.Task
	Assignee *string `db:"assignee"`
}

// TopTasks lists the first tasks of each of these boards, at most perBoard of
// each, in the order of importance: status, priority, last change. Done ones
// count only with includeDone.
func (r Reader) TopTasks(ctx context.Context, boards []mc.ID, includeDone bool, perBoard int) ([]TopTask, error) {
	top, args := topTasks(boards, includeDone, perBoard)
	return list[TopTask](ctx, r, top+`
		SELECT `+taskCols+`, a.name AS assignee
		FROM top JOIN tasks t ON t.id = top.id LEFT JOIN agents a ON a.id = t.assigned_agent_id
		ORDER BY top.board_id, top.place`, args...)
}

// TagsOfTopTasks lists the tags of the tasks that TopTasks lists, those of each
// task in the order they were set.
func (r Reader) TagsOfTopTasks(ctx context.Context, boards []mc.ID, includeDone bool, perBoard int) ([]TaskTag, error) {
	top, args := topTasks(boards, includeDone, perBoard)
	return list[TaskTag](ctx, r, top+`
		SELECT s.task_id, `+tagCols+`
		FROM top JOIN tag_assignments s ON s.task_id = top.id JOIN tags g ON g.id = s.tag_id
		ORDER BY s.created_at, s.id`, args...)
}

// topTasks begins a query with what the first tasks of each board are.
func topTasks(boards []mc.ID, includeDone bool, perBoard int) (with string, args []any) {
	placeholders, args := in(boards)
	where := `t.board_id IN ` + placeholders
	if !includeDone {
		where, args = where+` AND t.status <> ?`, append(args, mc.StatusDone)
	}
	return `WITH ranked AS (
			SELECT t.id, t.board_id, row_number() OVER (PARTITION BY t.board_id ORDER BY
				CASE t.status WHEN 'in_progress' THEN 0 WHEN 'review' THEN 1 WHEN 'inbox' THEN 2 ELSE 3 END,
				CASE t.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END,
				t.updated_at DESC, t.created_at DESC, t.id) AS place
			FROM tasks t WHERE ` + where + `
		), top AS (SELECT id, board_id, place FROM ranked WHERE place <= ?)`, append(args, perBoard)
}

// PendingApprovalsOf counts the pending approvals of boards. Boards without any
// are left out.
func (r Reader) PendingApprovalsOf(ctx context.Context, boards []mc.ID) (map[mc.ID]int, error) {
	rows, err := listIn[struct {
		BoardID mc.ID `db:"board_id"`
		Count   int   `db:"n"`
	}](ctx, r, pendingApprovalsOf, boards, ` GROUP BY a.board_id`)
	counts := make(map[mc.ID]int, len(rows))
	for _, row := range rows {
		counts[row.BoardID] = row.Count
	}
	return counts, err
}

const pendingApprovalsOf = `SELECT a.board_id, count(*) AS n FROM approvals a WHERE a.status = 'pending' AND a.board_id`

// LeadsOf loads the leads of boards, by board.
func (r Reader) LeadsOf(ctx context.Context, boards []mc.ID) (map[mc.ID]mc.Agent, error) {
	agents, err := listIn[mc.Agent](ctx, r, leadsOf, boards, ``)
	leads := make(map[mc.ID]mc.Agent, len(agents))
	for _, a := range agents {
		leads[*a.BoardID] = a
	}
	return leads, err
}

var leadsOf = `SELECT ` + agentCols + agentFrom + `WHERE a.is_board_lead AND a.board_id`

// LastActivityOf returns when something was last recorded on boards. Boards on
// which nothing was are left out.
func (r Reader) LastActivityOf(ctx context.Context, boards []mc.ID) (map[mc.ID]mc.Time, error) {
	rows, err := listIn[struct {
		BoardID mc.ID    `db:"board_id"`
		At      *mc.Time `db:"at"`
	}](ctx, r, lastActivityOf, boards, ``)
	last := make(map[mc.ID]mc.Time, len(rows))
	for _, row := range rows {
		if row.At != nil {
			last[row.BoardID] = *row.At
		}
	}
	return last, err
}

const lastActivityOf = `SELECT b.id AS board_id, (SELECT max(e.created_at) FROM activity_events e WHERE e.board_id = b.id) AS at FROM boards b WHERE b.id`
