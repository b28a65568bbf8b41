package mc

// TaskDraft is a task to be made, with the keys of the body that asks for it.
type TaskDraft struct {
	Title             string     `json:"title"`
	Description       *string    `json:"description"`
	Status            TaskStatus `json:"status" default:"inbox"`
	Priority          string     `json:"priority" default:"medium"`
	DueAt             *Time      `json:"due_at"`
	AssignedAgentID   *ID        `json:"assigned_agent_id"`
	DependsOnTaskIDs  []ID       `json:"depends_on_task_ids" default:"[]"`
	TagIDs            []ID       `json:"tag_ids" default:"[]"`
	CreatedByUserID   *ID        `json:"created_by_user_id"` // read and ignored: only the caller can be the creator
	CustomFieldValues Opt[JSON]  `json:"custom_field_values" jsontype:"values" notnull:"true" nullable:"false"`
}

// CheckBlocked refuses a task that waits for others, open, and yet is to be
// worked on: assigned, or anywhere but in the inbox. It comes after the
// dependencies and tags were validated.
func (d TaskDraft) CheckBlocked(actor TaskActor, open []ID) error {
	if len(open) == 0 || d.AssignedAgentID == nil && d.Status == StatusInbox {
		return nil
	}
	if actor.Kind() == ActorLead {
		// The contract has no code here.
		return Conflict(BlockedDetail{Message: blockedMessage, BlockedByTaskIDs: open})
	}
	return blocked(open)
}

// Task returns the task as it is stored first. No board rule is looked at, and a
// task made in review does not go to the lead.
func (d TaskDraft) Task(id ID, actor TaskActor, board ID, now Time) Task {
	t := Task{
		ID: id, BoardID: board, Title: d.Title, Description: d.Description, Status: d.Status, Priority: d.Priority,
		DueAt: d.DueAt, AssignedAgentID: d.AssignedAgentID, CreatedAt: now, UpdatedAt: now, StatusChangedAt: now,
	}
	if d.Status == StatusInProgress {
		t.InProgressAt = &now
	}
	if actor.Kind() == ActorUser {
		t.CreatedByUserID = Ref(actor.UserID)
	} else {
		t.AutoCreated = true
		t.AutoReason = Ref(AutoReasonOfLead(actor.Agent.ID))
	}
	return t
}

// CreatedEvent is the activity event that tells of a new task.
func CreatedEvent(actor TaskActor, task Task) Event {
	if actor.Kind() == ActorUser {
		return Event{EventTaskCreated, "Task created: " + task.Title + "."}
	}
	return Event{EventTaskCreated, "Task created by lead: " + task.Title + "."}
}
