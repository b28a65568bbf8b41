package store

import (
	"context"

	"missioncontrol/internal/mc"
)

// GroupBoards chooses boards of a group.
type GroupBoards struct {
	Group  mc.ID
	Reader *mc.Member // only boards this member may read; nil: all
	Except *mc.ID     // but not this board
}

func (f GroupBoards) where() (string, []any) {
	where, args := `b.board_group_id = ?`, []any{f.Group}
	if f.Reader != nil && !f.Reader.ReadsAllBoards() {
		where, args = where+` AND `+granted, append(args, f.Reader.ID)
	}
	if f.Except != nil {
		where, args = where+` AND b.id <> ?`, append(args, *f.Except)
	}
	return where, args
}

// BoardsOfGroup lists boards of a group by name.
func (r Reader) BoardsOfGroup(ctx context.Context, f GroupBoards) ([]mc.Board, error) {
	where, args := f.where()
	return list[mc.Board](ctx, r, `SELECT `+boardCols+` FROM boards b WHERE `+where+` ORDER BY `+r.folded("b.name")+`, b.created_at DESC, b.id`, args...)
}

// StatusCount is how many tasks of a board have a status.
type StatusCount struct {
	BoardID mc.ID         `db:"board_id"`
	Status  mc.TaskStatus `db:"status"`
	Count   int           `db:"n"`
}

// TaskCountsOfGroup counts the tasks of a group's boards by status. Statuses
// without tasks are not in the list.
func (r Reader) TaskCountsOfGroup(ctx context.Context, f GroupBoards) ([]StatusCount, error) {
	where, args := f.where()
	return list[StatusCount](ctx, r, `
		SELECT t.board_id, t.status, count(*) AS n FROM boards b JOIN tasks t ON t.board_id = b.id
		WHERE `+where+` GROUP BY t.board_id, t.status`, args...)
}

// TopTask is a task among the first of its board, with the name of its assignee.
type TopTask struct {
	mc.Task
	Assignee *string `db:"assignee"`
}

// TopTasks lists the first tasks of each board of a group, at most perBoard of
// each, in the order of importance: status, priority, last change. Done ones
// count only with includeDone.
func (r Reader) TopTasks(ctx context.Context, f GroupBoards, includeDone bool, perBoard int) ([]TopTask, error) {
	top, args := topTasks(f, includeDone, perBoard)
	return list[TopTask](ctx, r, top+`
		SELECT `+taskCols+`, a.name AS assignee
		FROM top JOIN tasks t ON t.id = top.id LEFT JOIN agents a ON a.id = t.assigned_agent_id
		ORDER BY top.board_id, top.place`, args...)
}

// TagsOfTopTasks lists the tags of the tasks that TopTasks lists, those of each
// task in the order they were set.
func (r Reader) TagsOfTopTasks(ctx context.Context, f GroupBoards, includeDone bool, perBoard int) ([]TaskTag, error) {
	top, args := topTasks(f, includeDone, perBoard)
	return list[TaskTag](ctx, r, top+`
		SELECT s.task_id, `+tagCols+`
		FROM top JOIN tag_assignments s ON s.task_id = top.id JOIN tags g ON g.id = s.tag_id
		ORDER BY s.created_at, s.id`, args...)
}

// topTasks begins a query with what the first tasks of each board are.
func topTasks(f GroupBoards, includeDone bool, perBoard int) (with string, args []any) {
	where, args := f.where()
	if !includeDone {
		where, args = where+` AND t.status <> ?`, append(args, mc.StatusDone)
	}
	return `WITH ranked AS (
			SELECT t.id, t.board_id, row_number() OVER (PARTITION BY t.board_id ORDER BY
				CASE t.status WHEN 'in_progress' THEN 0 WHEN 'review' THEN 1 WHEN 'inbox' THEN 2 WHEN 'done' THEN 3 ELSE 4 END,
				CASE t.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END,
				t.updated_at DESC, t.created_at DESC, t.id) AS place
			FROM boards b JOIN tasks t ON t.board_id = b.id WHERE ` + where + `
		), top AS (SELECT id, board_id, place FROM ranked WHERE place <= ?)`, append(args, perBoard)
}
