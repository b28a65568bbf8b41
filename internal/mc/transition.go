package mc

// Transition is one PATCH of one task on its way through the rules: the state
// machine of tasks. Its steps are called in the order of this file; between
// them the use case looks up what the next step asks for, and only that, so
// that the first refusal in the contract's order is the one that is answered.
//
// What the steps do depends on who acts: transition_user.go,
// transition_worker.go and transition_lead.go hold the three sets of rules.
type Transition struct {
	actor     TaskActor
	rules     BoardRules
	change    TaskChange
	before    Task
	after     Task
	now       Time
	rewritten bool // a person's change of a blocked task: back to the inbox, whatever was asked
}

// BeginTransition starts a PATCH of task, as read under the lock of its row.
// It refuses what the actor may not ask for at all.
func BeginTransition(actor TaskActor, rules BoardRules, task Task, change TaskChange, now Time) (*Transition, error) {
	t := &Transition{actor: actor, rules: rules, change: change, before: task, after: task, now: now}
	t.after.UpdatedAt = NextVersion(task.UpdatedAt, now)
	var err error
	switch actor.Kind() {
	case ActorWorker:
		err = t.checkWorker()
	case ActorLead:
		err = t.checkLead()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// TagsFirst reports whether the tags of the change are looked up before its
// dependencies are validated, and not after.
func (t *Transition) TagsFirst() bool { return t.actor.Kind() == ActorUser }

// NewDependencies returns the list that is to replace the task's dependencies,
// without duplicates, and whether there is one. A done task keeps its own: 409.
func (t *Transition) NewDependencies() ([]ID, bool, error) {
	wanted, ok := t.change.DependsOnTaskIDs.Get()
	if !ok {
		return nil, false, nil
	}
	if t.before.Status == StatusDone {
		return nil, false, Conflict("Cannot change task dependencies after a task is done.")
	}
	return DedupeIDs(wanted), true, nil
}

// NeedsBlockers reports whether open dependencies matter to this change.
func (t *Transition) NeedsBlockers() bool {
	switch t.actor.Kind() {
	case ActorWorker:
		return t.workerNeedsBlockers()
	case ActorLead:
		return t.change.AssignedAgentID.Present() || t.change.Status.Present()
	}
	return t.userNeedsBlockers()
}

// Block takes the open dependencies of the task, after a new list is in place.
// Agents are refused; a person's change is rewritten instead.
func (t *Transition) Block(open []ID) error {
	if len(open) == 0 || !t.NeedsBlockers() {
		return nil
	}
	if t.actor.Kind() == ActorUser {
		t.rewritten = true
		return nil
	}
	return blocked(open)
}

// Candidate returns the agent that the change assigns, for CheckAssignee. There
// is none when the assignee is absent or cleared, or the change was rewritten.
func (t *Transition) Candidate() (ID, bool) {
	if t.rewritten {
		return ID{}, false
	}
	return t.change.AssignedAgentID.Get()
}

// Move writes fields, assignee and status, with what a status does by itself.
// It refuses what the lead's status gates refuse.
func (t *Transition) Move() error {
	switch t.actor.Kind() {
	case ActorWorker:
		t.moveByWorker()
	case ActorLead:
		return t.moveByLead()
	default:
		t.moveByUser()
	}
	return nil
}

// ReturnsToWorker reports whether the lead gave a task back from review, so
// that ReturnTo is to name the worker.
func (t *Transition) ReturnsToWorker() bool {
	return t.actor.Kind() == ActorLead && t.before.Status == StatusReview && t.after.Status == StatusInbox
}

// ReturnTo assigns the last worker who handed the task in, nil for none, over
// whatever the change says. That worker is the agent of the newest status event
// of the task whose message starts with MovedToReview, who still exists on the
// board and is no lead.
func (t *Transition) ReturnTo(worker *ID) {
	if t.ReturnsToWorker() {
		t.after.AssignedAgentID = worker
	}
}

// EntersReview reports whether the task is handed in, so that AssignReviewer is
// to name the lead. It comes after the gates.
func (t *Transition) EntersReview() bool {
	return t.before.Status != StatusReview && t.after.Status == StatusReview
}

// AssignReviewer assigns the board's lead, even over an assignee in the same
// change. Without a lead, nil, the assignee stays what it is.
func (t *Transition) AssignReviewer(lead *ID) {
	if lead != nil && t.EntersReview() {
		t.after.AssignedAgentID = lead
	}
}

// Outcome returns what became of the task.
func (t *Transition) Outcome() TaskOutcome {
	return TaskOutcome{Before: t.before, After: t.after.since(t.before, t.now), Comment: t.change.CommentText()}
}

// requested is the status that the change asks for after a rewrite, if any.
func (t *Transition) requested() (TaskStatus, bool) {
	if t.rewritten {
		return StatusInbox, true
	}
	return t.change.Status.Get()
}

// putDown ends a phase of work: nobody has the task any more.
func (t *Transition) putDown() {
	t.after.PreviousInProgressAt = t.after.InProgressAt
	t.after.InProgressAt = nil
	t.after.AssignedAgentID = nil
}
