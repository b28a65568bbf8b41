package mc

// NoticeKind is what a notice tells an agent about a task.
type NoticeKind int

// The kinds of notices. The names in brackets are the contract's.
const (
	NoticeNone     NoticeKind = iota // a wake without a message
	NoticeAdded                      // N1, to the lead: a new task
	NoticeAssigned                   // N2, to the assignee
	NoticeRework                     // N3, to the worker: the lead wants changes
	NoticeBack                       // N4, to the lead: a task is back in the inbox
	NoticeOnHold                     // to the worker who lost a task because its dependency was reopened
)

// ToLead reports whether the notice goes to the board's lead, whoever that is.
func (k NoticeKind) ToLead() bool { return k == NoticeAdded || k == NoticeBack }

// WakeReason says why an agent is woken.
type WakeReason string

// The reasons for a wake.
const (
	WakeAssignment WakeReason = "assignment"
	WakeInProgress WakeReason = "status_in_progress"
)

// Notice is a message to an agent about a task, a wake, or both; the wake comes first.
type Notice struct {
	Kind    NoticeKind
	AgentID ID // not set while Kind is for the lead and the lead is not looked up yet: see AddressNotices
	Wake    bool
	Reason  WakeReason // of the wake
}

func assignment(agent ID) Notice {
	return Notice{Kind: NoticeAssigned, AgentID: agent, Wake: true, Reason: WakeAssignment}
}

// CreatedNotices follow from the creation of a task. The lead is told of what
// others add, the assignee of its task.
func CreatedNotices(actor TaskActor, task Task) []Notice {
	var notices []Notice
	if actor.Kind() != ActorLead {
		notices = append(notices, Notice{Kind: NoticeAdded})
	}
	if task.AssignedAgentID != nil {
		notices = append(notices, assignment(*task.AssignedAgentID))
	}
	return notices
}

// Notices follow from a change of a task.
func (o TaskOutcome) Notices(actor TaskActor) []Notice {
	if actor.Kind() == ActorLead {
		return o.noticesOfLead()
	}
	assignee := o.After.AssignedAgentID
	switch {
	case assignee == nil:
		if o.After.Status == StatusInbox && (o.StatusChanged() || o.Before.AssignedAgentID != nil) {
			return []Notice{{Kind: NoticeBack}}
		}
	case !o.AssigneeChanged():
		if o.StatusChanged() && o.After.Status == StatusInProgress {
			return []Notice{{AgentID: *assignee, Wake: true, Reason: WakeInProgress}}
		}
	case !actor.is(*assignee):
		return []Notice{assignment(*assignee)}
	}
	return nil
}

// noticesOfLead tells the worker that gets a task. One that gets it back from
// review is told what to change, also if it was the assignee in review already.
func (o TaskOutcome) noticesOfLead() []Notice {
	assignee := o.After.AssignedAgentID
	switch {
	case assignee == nil:
		return nil
	case o.Before.Status == StatusReview && o.After.Status == StatusInbox:
		return []Notice{{Kind: NoticeRework, AgentID: *assignee}}
	case o.AssigneeChanged():
		return []Notice{assignment(*assignee)}
	}
	return nil
}

// Notices follow from the reset of a dependent: the worker who had the task and
// the lead are told, but not of what they did themselves.
func (d DependentChange) Notices(actor TaskActor) []Notice {
	if !d.Reset {
		return nil
	}
	var notices []Notice
	if worker := d.Before.AssignedAgentID; worker != nil && !actor.is(*worker) {
		notices = append(notices, Notice{Kind: NoticeOnHold, AgentID: *worker})
	}
	if actor.Kind() != ActorLead {
		notices = append(notices, Notice{Kind: NoticeBack})
	}
	return notices
}

// AddressNotices fills in the board's lead. Notices for the lead are dropped
// when there is none, and so is a lead's notice of a task on hold that it is
// asked about anyway.
func AddressNotices(notices []Notice, lead *ID) []Notice {
	var asked bool
	for _, n := range notices {
		asked = asked || n.Kind == NoticeBack
	}
	var kept []Notice
	for _, n := range notices {
		switch {
		case n.Kind.ToLead() && lead == nil:
			continue
		case n.Kind.ToLead():
			n.AgentID = *lead
		case n.Kind == NoticeOnHold && asked && lead != nil && n.AgentID == *lead:
			continue
		}
		kept = append(kept, n)
	}
	return kept
}
