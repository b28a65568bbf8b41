package mc

import (
	"errors"
	"testing"
)

// world is what the store would say during a PATCH.
type world struct {
	open     []ID // open dependencies, after a new list
	agents   map[ID]Agent
	pending  bool
	approved bool
	comments map[ID]Time // time of an author's newest comment
	handedIn *ID
	lead     *ID
}

// patch calls the steps as a use case does.
func patch(t testing.TB, actor TaskActor, rules BoardRules, task Task, change TaskChange, w world) (TaskOutcome, error) {
	t.Helper()
	tr, err := BeginTransition(actor, rules, task, change, now)
	if err != nil {
		return TaskOutcome{}, err
	}
	if _, _, err := tr.NewDependencies(); err != nil {
		return TaskOutcome{}, err
	}
	if tr.NeedsBlockers() {
		if err := tr.Block(w.open); err != nil {
			return TaskOutcome{}, err
		}
	}
	if id, ok := tr.Candidate(); ok {
		var candidate *Agent
		if a, ok := w.agents[id]; ok {
			candidate = &a
		}
		if err := CheckAssignee(actor, task.BoardID, candidate); err != nil {
			return TaskOutcome{}, err
		}
	}
	if err := tr.Move(); err != nil {
		return TaskOutcome{}, err
	}
	if tr.ReturnsToWorker() {
		tr.ReturnTo(w.handedIn)
	}
	if err := tr.CheckGates(w.facts()); err != nil {
		return TaskOutcome{}, err
	}
	if tr.EntersReview() {
		tr.AssignReviewer(w.lead)
	}
	return tr.Outcome(), nil
}

func (w world) facts() GateFacts {
	return GateFacts{
		PendingApproval:  func() (bool, error) { return w.pending, nil },
		ApprovedApproval: func() (bool, error) { return w.approved, nil },
		CommentSince: func(author ID, since Time) (bool, error) {
			at, ok := w.comments[author]
			return ok && !at.Before(since), nil
		},
	}
}

func everybody() map[ID]Agent {
	return map[ID]Agent{wanda.ID: wanda, walt.ID: walt, lead.ID: lead, main.ID: main, alien.ID: alien}
}

// taskIn is a task in the given status, with its work begun where that is usual.
func taskIn(status TaskStatus, assignee *Agent) Task {
	t := Task{ID: taskID, BoardID: boardID, Title: "A", Status: status, Priority: "medium", CreatedAt: earlier, UpdatedAt: earlier}
	if assignee != nil {
		t.AssignedAgentID = &assignee.ID
	}
	if status == StatusInProgress {
		t.InProgressAt = &started
	}
	if status == StatusReview {
		t.PreviousInProgressAt = &started
	}
	return t
}

var errStore = errors.New("store is gone")
