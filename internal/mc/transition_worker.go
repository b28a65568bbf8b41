package mc

// The rules of workers: the status of a task that is theirs or nobody's, and
// comments and custom field values on any task of the board.

func (t *Transition) checkWorker() error {
	c := t.change
	assignee := t.before.AssignedAgentID
	if c.Status.Present() && assignee != nil && !t.actor.is(*assignee) {
		return assigneeMismatch()
	}
	_, dependencies := c.DependsOnTaskIDs.Get()
	_, tags := c.TagIDs.Get()
	if c.Title.Present() || c.Description.Present() || c.Priority.Present() || c.DueAt.Present() ||
		c.AssignedAgentID.Present() || dependencies || tags {
		return fieldForbidden()
	}
	if c.Status.Present() && t.rules.OnlyLeadCanChangeStatus {
		return Forbidden("Only board leads can change task status.")
	}
	return nil
}

func (t *Transition) workerNeedsBlockers() bool {
	status, ok := t.change.Status.Get()
	return ok && status != StatusInbox
}

func (t *Transition) moveByWorker() {
	status, ok := t.change.Status.Get()
	if !ok {
		return
	}
	t.after.Status = status
	switch status {
	case StatusInbox, StatusReview:
		t.putDown()
	case StatusInProgress:
		t.after.InProgressAt = Ref(t.now)
		t.after.AssignedAgentID = t.actor.AgentID()
	case StatusDone:
		t.after.AssignedAgentID = t.actor.AgentID()
	}
}
