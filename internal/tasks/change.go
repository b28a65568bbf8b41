package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Change applies a PATCH to a task, in the contract's order of checks: the
// first one that refuses is the answer, and nothing of the change remains. What
// the caller expects is checked as soon as it may ask for the change at all.
func (f *Feature) Change(ctx context.Context, p Place, id mc.ID, change mc.TaskChange, expected *mc.Precondition) (view views.TaskRead, err error) {
	values, err := f.fieldValues(ctx, p.Board.ID, change.CustomFieldValues)
	if err != nil {
		return view, err
	}
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		task, err := tx.LockTask(ctx, p.Board.ID, id)
		if err != nil {
			return err
		}
		outcome, err := f.apply(ctx, tx, p, task, change, expected)
		if err != nil {
			return err
		}
		if err := tx.UpdateTask(ctx, outcome.After); err != nil {
			return err
		}
		if tags, ok := change.TagIDs.Get(); ok {
			if err := tx.ReplaceTags(ctx, id, mc.DedupeIDs(tags)); err != nil {
				return err
			}
		}
		if change.CustomFieldValues.Present() {
			if err := changeFields(ctx, tx, outcome.After, values); err != nil {
				return err
			}
		}
		if err := f.tell(ctx, tx, p, outcome); err != nil {
			return err
		}
		view, err = views.Task(ctx, tx.Reader, outcome.After)
		return err
	})
	return view, err
}

// apply takes the change through the state machine, looking up what each step
// asks for. Dependencies are replaced on the way; the task is not written yet.
func (f *Feature) apply(ctx context.Context, tx *store.Tx, p Place, task mc.Task, change mc.TaskChange, expected *mc.Precondition) (outcome mc.TaskOutcome, err error) {
	t, err := mc.BeginTransition(p.Actor, p.Board.BoardRules, task, change, tx.Now())
	if err != nil {
		return outcome, err
	}
	current := func() (mc.Versioned, error) { return views.Task(ctx, tx.Reader, task) }
	if err := expected.Check(task.UpdatedAt, current); err != nil {
		return outcome, err
	}
	tags, _ := change.TagIDs.Get()
	if t.TagsFirst() {
		if err := checkTags(ctx, tx, p.Board.OrganizationID, tags); err != nil {
			return outcome, err
		}
	}
	open, err := waitsFor(ctx, tx, t, task)
	if err != nil {
		return outcome, err
	}
	if !t.TagsFirst() {
		if err := checkTags(ctx, tx, p.Board.OrganizationID, tags); err != nil {
			return outcome, err
		}
	}
	if err := t.Block(open); err != nil {
		return outcome, err
	}
	if candidate, ok := t.Candidate(); ok {
		if err := checkAssignee(ctx, tx, p, candidate); err != nil {
			return outcome, err
		}
	}
	if err := t.Move(); err != nil {
		return outcome, err
	}
	if t.ReturnsToWorker() {
		worker, err := tx.LastHandIn(ctx, p.Board.ID, task.ID, p.Actor.Agent.ID)
		if err != nil {
			return outcome, err
		}
		t.ReturnTo(worker)
	}
	if err := t.CheckGates(gateFacts(ctx, tx.Reader, task)); err != nil {
		return outcome, err
	}
	if t.EntersReview() {
		lead, err := leadOf(ctx, tx.Reader, p.Board.ID)
		if err != nil {
			return outcome, err
		}
		if lead != nil {
			t.AssignReviewer(&lead.ID)
		}
	}
	return t.Outcome(), nil
}

// waitsFor puts a new list of dependencies in place, if the change has one, and
// returns what the task still waits for, as far as the change depends on it.
func waitsFor(ctx context.Context, tx *store.Tx, t *mc.Transition, task mc.Task) (open []mc.ID, err error) {
	wanted, replaces, err := t.NewDependencies()
	if err != nil {
		return nil, err
	}
	if replaces {
		if open, err = checkDependencies(ctx, tx, task.BoardID, task.ID, wanted); err != nil {
			return nil, err
		}
		return open, tx.ReplaceDependencies(ctx, task.BoardID, task.ID, wanted)
	}
	if !t.NeedsBlockers() {
		return nil, nil
	}
	return openDependencies(ctx, tx, task.ID)
}

// gateFacts answers what the gates of a board's rules ask.
func gateFacts(ctx context.Context, r store.Reader, task mc.Task) mc.GateFacts {
	return mc.GateFacts{
		PendingApproval:  func() (bool, error) { return r.ApprovalLinked(ctx, task.BoardID, task.ID, mc.ApprovalPending) },
		ApprovedApproval: func() (bool, error) { return r.ApprovalLinked(ctx, task.BoardID, task.ID, mc.ApprovalApproved) },
		CommentSince: func(author mc.ID, since mc.Time) (bool, error) {
			comment, err := r.NewestCommentBy(ctx, task.ID, author, since)
			return comment != nil && comment.Message != nil && *comment.Message != "", err
		},
	}
}

// tell writes what follows from a change: the comment it carried, its event,
// what it does to the tasks that wait for this one, and the notices to agents.
func (f *Feature) tell(ctx context.Context, tx *store.Tx, p Place, outcome mc.TaskOutcome) error {
	if outcome.Comment != "" {
		recordEvent(tx, p, outcome.After, mc.Event{Type: mc.EventTaskComment, Message: outcome.Comment})
		if err := f.spreadComment(ctx, tx, p, outcome.After, outcome.Comment); err != nil {
			return err
		}
	}
	recordEvent(tx, p, outcome.After, outcome.Event())
	type about struct {
		task    mc.Task
		notices []mc.Notice
	}
	told := []about{{outcome.After, outcome.Notices(p.Actor)}}
	if outcome.EnteredDone() || outcome.LeftDone() {
		dependents, err := tx.LockDependents(ctx, outcome.After.ID)
		if err != nil {
			return err
		}
		for _, task := range dependents {
			d, ok := mc.OnDependencyChange(outcome, task, tx.Now())
			if !ok {
				continue
			}
			if d.Reset {
				if err := tx.UpdateTask(ctx, d.After); err != nil {
					return err
				}
			}
			recordEvent(tx, p, d.After, d.Event)
			told = append(told, about{d.After, d.Notices(p.Actor)})
		}
	}
	for _, t := range told {
		if err := f.sendNotices(ctx, tx, p, t.task, t.notices); err != nil {
			return err
		}
	}
	return nil
}
