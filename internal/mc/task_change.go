package mc

import "strings"

// TaskChange is what a PATCH of a task asks for, with the keys of its body.
// Absent fields stay as they are.
type TaskChange struct {
	Title             Opt[string]     `json:"title" notnull:"true"`
	Description       Opt[string]     `json:"description"`
	Status            Opt[TaskStatus] `json:"status"`
	Priority          Opt[string]     `json:"priority" notnull:"true"`
	DueAt             Opt[Time]       `json:"due_at"`
	AssignedAgentID   Opt[ID]         `json:"assigned_agent_id"`
	DependsOnTaskIDs  Opt[[]ID]       `json:"depends_on_task_ids"` // null leaves them, an empty list clears them
	TagIDs            Opt[[]ID]       `json:"tag_ids"`             // likewise
	CustomFieldValues Opt[JSON]       `json:"custom_field_values" jsontype:"values"`
	Comment           Opt[string]     `json:"comment"`
}

// Validate refuses what no task can be changed to. Every single field is right already.
func (c TaskChange) Validate() error {
	if c.Status.IsNull() {
		return Invalid("status is required", "body")
	}
	return nil
}

// CommentText is the comment of the change, trimmed; a blank one is none.
func (c TaskChange) CommentText() string {
	text, _ := c.Comment.Get()
	return strings.TrimSpace(text)
}

// ActorKind tells whose rules a change of a task follows.
type ActorKind int

// The kinds of actors. A gateway's main agent counts as a worker on every board.
const (
	ActorUser ActorKind = iota
	ActorWorker
	ActorLead
)

// TaskActor is who acts on a task: a person, or an agent.
type TaskActor struct {
	UserID ID     // of the person; not used when Agent is set
	Agent  *Agent // nil for a person
}

// Kind returns whose rules apply.
func (a TaskActor) Kind() ActorKind {
	switch {
	case a.Agent == nil:
		return ActorUser
	case a.Agent.IsBoardLead:
		return ActorLead
	}
	return ActorWorker
}

// AgentID is the agent that events of the actor name, nil for a person.
func (a TaskActor) AgentID() *ID {
	if a.Agent == nil {
		return nil
	}
	return Ref(a.Agent.ID)
}

// is reports whether the actor is this very agent.
func (a TaskActor) is(agent ID) bool { return a.Agent != nil && a.Agent.ID == agent }
