package mc

// GateFacts is how the gates ask for what only the store knows. Each is asked
// at most once, and only when a gate depends on it.
type GateFacts struct {
	// PendingApproval reports whether a pending approval of the board is linked to the task.
	PendingApproval func() (bool, error)
	// ApprovedApproval reports whether an approved one is.
	ApprovedApproval func() (bool, error)
	// CommentSince reports whether the author's newest comment on the task, made at
	// or after since, is there and not blank.
	CommentSince func(author ID, since Time) (bool, error)
}

// CheckGates applies the board's rules to what Move made of the task, in the
// contract's order. An error of a fact is returned as it is.
func (t *Transition) CheckGates(facts GateFacts) error {
	for _, gate := range []func(GateFacts) error{t.gatePending, t.gateReviewFirst, t.gateApproved, t.gateComment} {
		if err := gate(facts); err != nil {
			return err
		}
	}
	return nil
}

// gatePending holds a task whose approval is pending. A block's rewrite is held
// only when another status was asked for.
func (t *Transition) gatePending(facts GateFacts) error {
	asked, ok := t.change.Status.Get()
	if !t.rules.BlockStatusChangesWithPendingApproval || !ok || asked == t.before.Status || t.after.Status == t.before.Status {
		return nil
	}
	pending, err := facts.PendingApproval()
	if err == nil && pending {
		err = gated("Task status cannot be changed while a linked approval is pending.")
	}
	return err
}

func (t *Transition) gateReviewFirst(GateFacts) error {
	if t.rules.RequireReviewBeforeDone && t.entersDone() && t.before.Status != StatusReview {
		return gated("Task can only be marked done from review when the board rule is enabled.")
	}
	return nil
}

func (t *Transition) gateApproved(facts GateFacts) error {
	if !t.rules.RequireApprovalForDone || !t.entersDone() {
		return nil
	}
	approved, err := facts.ApprovedApproval()
	if err == nil && !approved {
		err = gated("Task can only be marked done when a linked approval has been approved.")
	}
	return err
}

// gateComment asks for words of whoever hands the task in: in the change itself,
// or on the thread since the work began. Leads cannot move to review anyway.
func (t *Transition) gateComment(facts GateFacts) error {
	status, ok := t.requested()
	if !t.rules.CommentRequiredForReview || !ok || status != StatusReview || t.actor.Kind() == ActorLead || t.change.CommentText() != "" {
		return nil
	}
	author := t.before.AssignedAgentID
	if id, ok := t.change.AssignedAgentID.Get(); ok {
		author = &id
	}
	if author != nil && t.before.InProgressAt != nil {
		if found, err := facts.CommentSince(*author, *t.before.InProgressAt); err != nil || found {
			return err
		}
	}
	return Unprocessable("Comment is required.")
}

func (t *Transition) entersDone() bool {
	return t.before.Status != StatusDone && t.after.Status == StatusDone
}
