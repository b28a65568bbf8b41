package mc

// DependentChange is what happens to a task when one that it depends on becomes
// done or is reopened.
type DependentChange struct {
	Before Task
	After  Task
	Event  Event
	Reset  bool // the task was put back to the inbox and is to be written
}

// OnDependencyChange says what the outcome for a dependency does to a task that
// directly depends on it, and false when it does nothing: the dependency neither
// entered nor left done, or the dependent is done itself. It goes no further
// than direct dependents.
func OnDependencyChange(dependency TaskOutcome, dependent Task, now Time) (DependentChange, bool) {
	if dependent.Status == StatusDone || !dependency.EnteredDone() && !dependency.LeftDone() {
		return DependentChange{}, false
	}
	title := dependency.After.Title
	d := DependentChange{
		Before: dependent, After: dependent,
		Event: Event{EventTaskUpdated, "Dependency completion changed: " + title + "."},
	}
	idle := dependent.Status == StatusInbox && dependent.AssignedAgentID == nil && dependent.InProgressAt == nil
	if dependency.EnteredDone() || idle {
		return d, true
	}
	d.Reset = true
	if dependent.InProgressAt != nil {
		d.After.PreviousInProgressAt = dependent.InProgressAt
	}
	d.After.Status = StatusInbox
	d.After.AssignedAgentID = nil
	d.After.InProgressAt = nil
	d.After.UpdatedAt = NextVersion(dependent.UpdatedAt, now)
	d.After = d.After.since(dependent, now)
	d.Event = Event{EventTaskStatusChanged, "Task returned to inbox: dependency reopened (" + title + ")."}
	return d, true
}
