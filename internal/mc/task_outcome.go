package mc

// TaskOutcome is what a change made of a task.
type TaskOutcome struct {
	Before  Task
	After   Task
	Comment string // trimmed; empty for none
}

// StatusChanged reports whether the task stands elsewhere now.
func (o TaskOutcome) StatusChanged() bool { return o.Before.Status != o.After.Status }

// EnteredDone reports whether the task became done.
func (o TaskOutcome) EnteredDone() bool { return o.StatusChanged() && o.After.Status == StatusDone }

// LeftDone reports whether the task is no longer done.
func (o TaskOutcome) LeftDone() bool { return o.StatusChanged() && o.Before.Status == StatusDone }

// AssigneeChanged reports whether another agent has the task now, or none.
func (o TaskOutcome) AssigneeChanged() bool {
	return !Same(o.Before.AssignedAgentID, o.After.AssignedAgentID)
}

// Event is the activity event that tells of the change.
func (o TaskOutcome) Event() Event {
	if o.StatusChanged() {
		return Event{EventTaskStatusChanged, "Task moved to " + string(o.After.Status) + ": " + o.After.Title + "."}
	}
	return Event{EventTaskUpdated, "Task updated: " + o.After.Title + "."}
}

// Event is what an activity event says.
type Event struct {
	Type    EventType
	Message string
}

// MovedToReview is how the message of a status event starts when a task was
// handed in. The worker to whom a lead returns a task is found by it.
const MovedToReview = "Task moved to review:"
