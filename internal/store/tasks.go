package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	taskTable       = tableOf[mc.Task]("tasks")
	taskCols        = taskTable.cols("t")
	dependencyTable = tableOf[mc.TaskDependency]("task_dependencies")
	dependencyCols  = dependencyTable.cols("d")
)

// Task loads a task of a board.
func (r Reader) Task(ctx context.Context, board, id mc.ID) (mc.Task, error) {
	return get[mc.Task](ctx, r, `SELECT `+taskCols+` FROM tasks t WHERE t.id = ? AND t.board_id = ?`, id, board)
}

// LockTask loads a task of a board and holds its row until the end of the
// transaction, so that two agents cannot both claim it.
func (tx *Tx) LockTask(ctx context.Context, board, id mc.ID) (mc.Task, error) {
	return get[mc.Task](ctx, tx.Reader, `SELECT `+taskCols+` FROM tasks t WHERE t.id = ? AND t.board_id = ?`+tx.forUpdate(), id, board)
}

// TasksByID loads the tasks with these ids that exist on a board, in no order.
func (r Reader) TasksByID(ctx context.Context, board mc.ID, ids []mc.ID) ([]mc.Task, error) {
	return listIn[mc.Task](ctx, r, `SELECT `+taskCols+` FROM tasks t WHERE t.board_id = ? AND t.id`, ids, "", board)
}

// TaskFilter chooses tasks of a board.
type TaskFilter struct {
	Statuses   []mc.TaskStatus // empty: all
	AssigneeID *mc.ID
	Unassigned bool
}

// Tasks lists a page of a board's tasks, newest first.
func (r Reader) Tasks(ctx context.Context, board mc.ID, f TaskFilter, limit, offset int) ([]mc.Task, int64, error) {
	where, args := `t.board_id = ?`, []any{board}
	if len(f.Statuses) > 0 {
		placeholders, values := in(f.Statuses)
		where, args = where+` AND t.status IN `+placeholders, append(args, values...)
	}
	if f.AssigneeID != nil {
		where, args = where+` AND t.assigned_agent_id = ?`, append(args, *f.AssigneeID)
	}
	if f.Unassigned {
		where += ` AND t.assigned_agent_id IS NULL`
	}
	return page[mc.Task](ctx, r, taskCols, `FROM tasks t WHERE `+where, `t.created_at DESC, t.id`, limit, offset, args...)
}

// AllTasks lists all tasks of a board, newest first.
func (r Reader) AllTasks(ctx context.Context, board mc.ID) ([]mc.Task, error) {
	return list[mc.Task](ctx, r, `SELECT `+taskCols+` FROM tasks t WHERE t.board_id = ? ORDER BY t.created_at DESC, t.id`, board)
}

// TaskEdge is a dependency with what is known of the task that is waited for.
type TaskEdge struct {
	TaskID          mc.ID         `db:"task_id"`
	DependsOnTaskID mc.ID         `db:"depends_on_task_id"`
	Status          mc.TaskStatus `db:"status"`
}

// EdgesOfTasks lists what these tasks wait for, in the order the dependencies were set.
func (r Reader) EdgesOfTasks(ctx context.Context, tasks []mc.ID) ([]TaskEdge, error) {
	return listIn[TaskEdge](ctx, r, `
		SELECT d.task_id, d.depends_on_task_id, t.status
		FROM task_dependencies d JOIN tasks t ON t.id = d.depends_on_task_id
		WHERE d.task_id`, tasks, `
		ORDER BY d.created_at, d.id`)
}

// EdgesOfBoard lists all dependencies of a board as task -> what it waits for.
func (r Reader) EdgesOfBoard(ctx context.Context, board mc.ID) (map[mc.ID][]mc.ID, error) {
	rows, err := list[mc.TaskDependency](ctx, r, `SELECT `+dependencyCols+` FROM task_dependencies d WHERE d.board_id = ?`, board)
	edges := make(map[mc.ID][]mc.ID, len(rows))
	for _, d := range rows {
		edges[d.TaskID] = append(edges[d.TaskID], d.DependsOnTaskID)
	}
	return edges, err
}

// LockDependents loads the tasks that directly wait for a task, in the order
// they began to, and holds their rows.
func (tx *Tx) LockDependents(ctx context.Context, task mc.ID) ([]mc.Task, error) {
	return list[mc.Task](ctx, tx.Reader, `
		SELECT `+taskCols+`
		FROM task_dependencies d JOIN tasks t ON t.id = d.task_id
		WHERE d.depends_on_task_id = ?
		ORDER BY d.created_at, d.id`+tx.forUpdate(), task)
}

// InsertTask adds a task. It has had its status from the beginning, unless it
// says otherwise.
func (tx *Tx) InsertTask(ctx context.Context, t mc.Task) error {
	if t.StatusChangedAt.IsZero() {
		t.StatusChangedAt = t.CreatedAt
	}
	return taskTable.insert(ctx, tx, &t)
}

// UpdateTask writes everything of a task that may change.
func (tx *Tx) UpdateTask(ctx context.Context, t mc.Task) error {
	return taskTable.update(ctx, tx, &t,
		"title", "description", "status", "priority", "due_at", "in_progress_at", "previous_in_progress_at", "assigned_agent_id", "updated_at",
		"status_changed_at", "work_started_at", "work_ended_at")
}

// ReplaceDependencies sets what a task waits for, in this order.
func (tx *Tx) ReplaceDependencies(ctx context.Context, board, task mc.ID, dependsOn []mc.ID) error {
	if _, err := exec(ctx, tx, `DELETE FROM task_dependencies WHERE task_id = ?`, task); err != nil {
		return err
	}
	return tx.AddDependencies(ctx, board, task, dependsOn)
}

// AddDependencies makes a task that waits for nothing yet wait for others, in
// this order.
func (tx *Tx) AddDependencies(ctx context.Context, board, task mc.ID, dependsOn []mc.ID) error {
	rows := make([]*mc.TaskDependency, len(dependsOn))
	for i, id := range dependsOn {
		// A microsecond apart, so that the order of the list is the order of the rows.
		rows[i] = &mc.TaskDependency{ID: mc.NewID(), BoardID: board, TaskID: task, DependsOnTaskID: id, CreatedAt: tx.Tick()}
	}
	return dependencyTable.insert(ctx, tx, rows...)
}

// DeleteTask removes a task with its comments and other activity. An approval
// that is first of all about it goes on to the next task it is linked to, or
// goes with it. The rest follows by the foreign keys of the schema.
func (tx *Tx) DeleteTask(ctx context.Context, id mc.ID) error {
	if _, err := exec(ctx, tx, `DELETE FROM activity_events WHERE task_id = ?`, id); err != nil {
		return err
	}
	if err := tx.unlinkTask(ctx, id); err != nil {
		return err
	}
	_, err := exec(ctx, tx, `DELETE FROM tasks WHERE id = ?`, id)
	return err
}

// KeepTasks returns which of these tasks are on the board, and keeps others from
// changing or deleting them until the end of the transaction.
func (tx *Tx) KeepTasks(ctx context.Context, board mc.ID, ids []mc.ID) ([]mc.ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	placeholders, args := in(ids)
	return list[mc.ID](ctx, tx.Reader, `SELECT t.id FROM tasks t WHERE t.board_id = ? AND t.id IN `+placeholders+` ORDER BY t.id`+tx.forKeyShare("t"), append([]any{board}, args...)...)
}
