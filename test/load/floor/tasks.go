package floor

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"
)

// task is a task as clients see it.
type task struct {
	Title             string          `json:"title"`
	Description       *string         `json:"description"`
	Status            string          `json:"status"`
	Priority          string          `json:"priority"`
	DueAt             *stamp          `json:"due_at"`
	AssignedAgentID   *string         `json:"assigned_agent_id"`
	DependsOnTaskIDs  []string        `json:"depends_on_task_ids"`
	TagIDs            []string        `json:"tag_ids"`
	ID                string          `json:"id"`
	BoardID           string          `json:"board_id"`
	CreatedByUserID   *string         `json:"created_by_user_id"`
	InProgressAt      *stamp          `json:"in_progress_at"`
	CreatedAt         stamp           `json:"created_at"`
	UpdatedAt         stamp           `json:"updated_at"`
	BlockedByTaskIDs  []string        `json:"blocked_by_task_ids"`
	IsBlocked         bool            `json:"is_blocked"`
	Tags              []string        `json:"tags"`
	CustomFieldValues json.RawMessage `json:"custom_field_values"`

	previousInProgressAt       *stamp
	statusChangedAt            stamp
	workStartedAt, workEndedAt *stamp
	autoCreated                bool
	autoReason                 *string
}

const done = "done"

func scanTask(r row) (t task, err error) {
	err = r.Scan(&t.ID, &t.BoardID, &t.Title, &t.Description, &t.Status, &t.Priority, &t.DueAt, &t.InProgressAt, &t.previousInProgressAt,
		&t.CreatedByUserID, &t.AssignedAgentID, &t.autoCreated, &t.autoReason, &t.CreatedAt, &t.UpdatedAt, &t.statusChangedAt,
		&t.workStartedAt, &t.workEndedAt)
	return t, err
}

// edge is a dependency with the status of the task that is waited for.
type edge struct{ task, dependsOn, status string }

func (q *queries) loadEdges(ids []string) ([]edge, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	stmt, args := q.edgesOf(ids) //nolint:sqlclosecheck // it is one of the prepared ones
	rows, err := stmt.Query(args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var edges []edge
	for rows.Next() {
		var e edge
		if err := rows.Scan(&e.task, &e.dependsOn, &e.status); err != nil {
			return nil, err
		}
		edges = append(edges, e)
	}
	return edges, rows.Err()
}

var noValues = json.RawMessage("{}")

// complete adds to tasks what their rows do not hold, and shows their times as
// the contract does.
func (q *queries) complete(tasks []task) error {
	ids := make([]string, len(tasks))
	index := make(map[string]int, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		ids[i], index[t.ID] = t.ID, i
		t.DependsOnTaskIDs, t.BlockedByTaskIDs, t.TagIDs, t.Tags, t.CustomFieldValues = []string{}, []string{}, []string{}, []string{}, noValues
		t.DueAt.wire()
		t.InProgressAt.wire()
		t.CreatedAt.wire()
		t.UpdatedAt.wire()
	}
	edges, err := q.loadEdges(ids)
	for _, e := range edges {
		t := &tasks[index[e.task]]
		t.DependsOnTaskIDs = append(t.DependsOnTaskIDs, e.dependsOn)
		if t.Status != done && e.status != done {
			t.BlockedByTaskIDs, t.IsBlocked = append(t.BlockedByTaskIDs, e.dependsOn), true
		}
	}
	return err
}

func (s *Server) listTasks(r *http.Request) (any, error) {
	_, b, err := s.enter(r)
	if err != nil {
		return nil, err
	}
	return s.tasks(b.ID, limitOf(r))
}

func (s *Server) tasks(board string, limit int) (*page[task], error) {
	p := &page[task]{Limit: limit}
	if err := s.reads.taskCount.QueryRow(board).Scan(&p.Total); err != nil {
		return nil, err
	}
	var err error
	if p.Items, err = collect(s.reads.queries.tasks, board, limit, p.Offset); err != nil {
		return nil, err
	}
	return p, s.reads.complete(p.Items)
}

func collect(stmt *sql.Stmt, args ...any) ([]task, error) {
	rows, err := stmt.Query(args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tasks := []task{}
	for rows.Next() {
		t, err := scanTask(rows)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, rows.Err()
}

func (s *Server) createTask(r *http.Request) (any, error) {
	u, b, err := s.enter(r)
	if err != nil {
		return nil, err
	}
	draft := task{Status: "inbox", Priority: "medium"}
	if err := decode(r, &draft); err != nil {
		return nil, err
	}
	var made []task
	w := s.writer
	err = w.transact(func() ([]change, error) {
		at := now()
		t := draft
		t.ID, t.BoardID, t.CreatedByUserID, t.CreatedAt, t.UpdatedAt = uuid.NewString(), b.ID, &u.ID, at, at
		_, err := w.insertTask.Exec(t.ID, t.BoardID, t.Title, t.Description, t.Status, t.Priority, t.DueAt, t.InProgressAt,
			t.previousInProgressAt, t.CreatedByUserID, t.AssignedAgentID, t.autoCreated, t.autoReason, t.CreatedAt, t.UpdatedAt,
			t.CreatedAt, nil, nil)
		if err != nil {
			return nil, err
		}
		for _, id := range draft.DependsOnTaskIDs {
			if _, err := w.insertDependency.Exec(uuid.NewString(), b.ID, t.ID, id, at); err != nil {
				return nil, err
			}
		}
		if err := w.findLead(b.ID); err != nil {
			return nil, err
		}
		made = []task{t}
		return []change{recorded(eventOf(&made[0], u, "task.created", "Task created: "+t.Title+"."))}, w.complete(made)
	})
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

func eventOf(t *task, u *user, kind, message string) *event {
	return &event{id: uuid.NewString(), kind: kind, message: message, task: &t.ID, board: &t.BoardID, user: &u.ID, at: now()}
}

// findLead looks for the lead of the board, who would be told.
func (w *writer) findLead(board string) error {
	_, err := scanAgent(w.lead.QueryRow(board))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// inPath loads the task in the path.
func (s *Server) inPath(q *queries, r *http.Request, b board) (task, error) {
	t, err := scanTask(q.task.QueryRow(r.PathValue("task"), b.ID))
	if errors.Is(err, sql.ErrNoRows) {
		err = status(http.StatusNotFound)
	}
	return t, err
}

// changeTask is a person's PATCH of title and status.
func (s *Server) changeTask(r *http.Request) (any, error) {
	u, b, err := s.enter(r)
	if err != nil {
		return nil, err
	}
	if _, err := s.inPath(s.reads.queries, r, b); err != nil {
		return nil, err
	}
	var patch struct{ Title, Status *string }
	if err := decode(r, &patch); err != nil {
		return nil, err
	}
	var changed []task
	w := s.writer
	err = w.transact(func() ([]change, error) {
		t, err := s.inPath(w.queries, r, b)
		if err != nil {
			return nil, err
		}
		edges, err := w.loadEdges([]string{t.ID})
		if err != nil {
			return nil, err
		}
		before := t.Status
		t.apply(patch.Title, patch.Status, edges)
		if before != "review" && t.Status == "review" {
			if err := w.findLead(b.ID); err != nil {
				return nil, err
			}
		}
		_, err = w.updateTask.Exec(t.Title, t.Description, t.Status, t.Priority, t.DueAt, t.InProgressAt, t.previousInProgressAt,
			t.AssignedAgentID, t.UpdatedAt, t.statusChangedAt, t.workStartedAt, t.workEndedAt, t.ID)
		if err != nil {
			return nil, err
		}
		changed = []task{t}
		e := eventOf(&changed[0], u, "task.updated", "Task updated: "+t.Title+".")
		if before != t.Status {
			e.kind, e.message = "task.status_changed", "Task moved to "+t.Status+": "+t.Title+"."
			if t.Status == "inbox" {
				if err := w.findLead(b.ID); err != nil {
					return nil, err
				}
			}
		}
		return []change{recorded(e)}, w.complete(changed)
	})
	if err != nil {
		return nil, err
	}
	return changed[0], nil
}

// apply is the state machine as far as it is measured: what a person may do to
// a task that nobody has, short of done.
func (t *task) apply(title, status *string, edges []edge) {
	t.UpdatedAt = now()
	for _, e := range edges {
		if e.status != done {
			inbox := "inbox"
			status = &inbox
		}
	}
	if status != nil {
		if *status != t.Status {
			at := t.UpdatedAt
			if t.statusChangedAt = at; t.InProgressAt != nil {
				t.workStartedAt, t.workEndedAt = t.InProgressAt, &at
			}
		}
		t.Status = *status
		if t.Status == "in_progress" {
			at := t.UpdatedAt
			t.InProgressAt = &at
		} else {
			t.previousInProgressAt, t.InProgressAt = t.InProgressAt, nil
		}
	}
	if title != nil {
		t.Title = *title
	}
}

// comment is a comment as clients see it.
type comment struct {
	ID        string  `json:"id"`
	Message   string  `json:"message"`
	AgentID   *string `json:"agent_id"`
	TaskID    string  `json:"task_id"`
	UserID    *string `json:"user_id"`
	CreatedAt stamp   `json:"created_at"`
}

func (s *Server) comment(r *http.Request) (any, error) {
	u, b, err := s.enter(r)
	if err != nil {
		return nil, err
	}
	if _, err := s.inPath(s.reads.queries, r, b); err != nil {
		return nil, err
	}
	var body struct{ Message string }
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	var c comment
	w := s.writer
	err = w.transact(func() ([]change, error) {
		t, err := s.inPath(w.queries, r, b)
		if err != nil {
			return nil, err
		}
		if _, err := w.loadAgents(b.ID); err != nil {
			return nil, err
		}
		e := eventOf(&t, u, "task.comment", body.Message)
		c = comment{ID: e.id, Message: e.message, TaskID: t.ID, UserID: e.user, CreatedAt: e.at}
		c.CreatedAt.wire()
		return []change{recorded(e)}, nil
	})
	return c, err
}
