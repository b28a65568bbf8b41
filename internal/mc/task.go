package mc

import "strings"

// TaskStatus is where a task stands.
type TaskStatus string

// The four statuses of a task.
const (
	StatusInbox      TaskStatus = "inbox"
	StatusInProgress TaskStatus = "in_progress"
	StatusReview     TaskStatus = "review"
	StatusDone       TaskStatus = "done"
)

// Values lists the statuses, for validation and documentation.
func (TaskStatus) Values() []string {
	return []string{string(StatusInbox), string(StatusInProgress), string(StatusReview), string(StatusDone)}
}

// Valid reports whether s is one of the four statuses. Case counts.
func (s TaskStatus) Valid() bool {
	return s == StatusInbox || s == StatusInProgress || s == StatusReview || s == StatusDone
}

// Task is a unit of work on a board.
type Task struct {
	ID                   ID         `db:"id"`
	BoardID              ID         `db:"board_id"`
	Title                string     `db:"title"`
	Description          *string    `db:"description"`
	Status               TaskStatus `db:"status"`
	Priority             string     `db:"priority"`
	DueAt                *Time      `db:"due_at"`
	InProgressAt         *Time      `db:"in_progress_at"`
	PreviousInProgressAt *Time      `db:"previous_in_progress_at"` // start of the earlier phase of work, for the comment gate
	CreatedByUserID      *ID        `db:"created_by_user_id"`
	AssignedAgentID      *ID        `db:"assigned_agent_id"`
	AutoCreated          bool       `db:"auto_created"`
	AutoReason           *string    `db:"auto_reason"`
	CreatedAt            Time       `db:"created_at"`
	UpdatedAt            Time       `db:"updated_at"`
	StatusChangedAt      Time       `db:"status_changed_at"`
	// The last phase of work that has ended: from when the task was in progress
	// until it left.
	WorkStartedAt *Time `db:"work_started_at"`
	WorkEndedAt   *Time `db:"work_ended_at"`
}

// DefaultPriority is the priority of a task that names none.
const DefaultPriority = "medium"

// AutoReasonOfLead is what a task made by a lead says of its origin.
func AutoReasonOfLead(lead ID) string { return "lead_agent:" + lead.String() }

// CreatedByLead reports whether the lead made the task.
func (t Task) CreatedByLead(lead ID) bool {
	return t.AutoCreated && t.AutoReason != nil && *t.AutoReason == AutoReasonOfLead(lead)
}

// since returns the task with the times of a change of its status, from what it
// was before. Every rule that changes a status ends with it.
func (t Task) since(before Task, now Time) Task {
	if t.Status == before.Status {
		return t
	}
	t.StatusChangedAt = now
	if before.Status == StatusInProgress && before.InProgressAt != nil {
		t.WorkStartedAt, t.WorkEndedAt = before.InProgressAt, &now
	}
	return t
}

// AssignedTo reports whether the task is assigned to the agent.
func (t Task) AssignedTo(agent ID) bool {
	return t.AssignedAgentID != nil && *t.AssignedAgentID == agent
}

// TaskDependency says that a task waits for another one on the same board.
type TaskDependency struct {
	ID              ID   `db:"id"`
	BoardID         ID   `db:"board_id"`
	TaskID          ID   `db:"task_id"`
	DependsOnTaskID ID   `db:"depends_on_task_id"`
	CreatedAt       Time `db:"created_at"`
}

// Snippet is how long texts appear in messages to agents: trimmed, and cut to
// limit characters of which the last three are dots.
func Snippet(s string, limit int) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-3]) + "..."
	}
	return s
}

// SnippetLimit is the length of a snippet in notices about tasks.
const SnippetLimit = 500
