package mc

// The rules of people: any status, any field. A blocked task goes back to the
// inbox instead of being refused, unless it is done and stays done.

func (t *Transition) userNeedsBlockers() bool {
	target := t.before.Status
	t.change.Status.Apply(&target)
	return t.before.Status != StatusDone || target != StatusDone
}

func (t *Transition) moveByUser() {
	if status, ok := t.requested(); ok {
		t.after.Status = status
		switch status {
		case StatusInbox, StatusReview:
			t.putDown()
		case StatusInProgress:
			t.after.InProgressAt = Ref(t.now)
		}
	}
	if t.rewritten && t.after.PreviousInProgressAt == nil {
		// Every change of a blocked task comes here, also long after its work was
		// interrupted; the start of that work must not be forgotten.
		t.after.PreviousInProgressAt = t.before.PreviousInProgressAt
	}
	if !t.rewritten {
		t.change.AssignedAgentID.ApplyPtr(&t.after.AssignedAgentID)
	}
	t.change.Title.Apply(&t.after.Title)
	t.change.Description.ApplyPtr(&t.after.Description)
	t.change.Priority.Apply(&t.after.Priority)
	t.change.DueAt.ApplyPtr(&t.after.DueAt)
}
