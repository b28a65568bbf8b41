package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPatchByUser(t *testing.T) {
	t.Parallel()
	status := func(s TaskStatus) TaskChange { return TaskChange{Status: Set(s)} }
	type row struct {
		task   Task
		change TaskChange
		world  world
		want   func(*Task) // what becomes of the task besides updated_at
	}
	for name, tc := range map[string]row{
		"an empty change is an update": {taskIn(StatusInbox, &wanda), TaskChange{}, world{}, nil},
		"plain fields": {taskIn(StatusInbox, nil),
			TaskChange{Title: Set(""), Description: Set(" D "), Priority: Set("P"), DueAt: Set(started)}, world{},
			func(t *Task) { t.Title, t.Description, t.Priority, t.DueAt = "", Ref(" D "), "P", &started }},
		"null clears": {Task{ID: taskID, BoardID: boardID, Status: StatusInbox, Description: Ref("d"), DueAt: &started, AssignedAgentID: &wanda.ID},
			TaskChange{Description: Null[string](), DueAt: Null[Time](), AssignedAgentID: Null[ID]()}, world{},
			func(t *Task) { t.Description, t.DueAt, t.AssignedAgentID = nil, nil, nil }},

		// The effects of a status.
		"to inbox": {taskIn(StatusInProgress, &wanda), status(StatusInbox), world{}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusInbox, nil, &started, nil
		}},
		"inbox again unassigns": {taskIn(StatusInbox, &wanda), status(StatusInbox), world{},
			func(t *Task) { t.AssignedAgentID = nil }},
		"to review without a lead": {taskIn(StatusInProgress, &wanda), status(StatusReview), world{}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusReview, nil, &started, nil
		}},
		"to in_progress keeps the assignee": {taskIn(StatusInbox, &wanda), status(StatusInProgress), world{},
			func(t *Task) { t.Status, t.InProgressAt = StatusInProgress, &now }},
		"in_progress again starts anew": {taskIn(StatusInProgress, &wanda), status(StatusInProgress), world{},
			func(t *Task) { t.InProgressAt = &now }},
		"to done leaves all else": {taskIn(StatusInProgress, &wanda), status(StatusDone), world{},
			func(t *Task) { t.Status = StatusDone }},
		"a done task may be reopened": {taskIn(StatusDone, &wanda), status(StatusInProgress), world{},
			func(t *Task) { t.Status, t.InProgressAt = StatusInProgress, &now }},

		// An assignee in the same request wins over the clearing.
		"inbox with an assignee": {taskIn(StatusDone, nil), TaskChange{Status: Set(StatusInbox), AssignedAgentID: Set(wanda.ID)},
			world{agents: everybody()}, func(t *Task) { t.Status, t.AssignedAgentID = StatusInbox, &wanda.ID }},
		"review with an assignee, no lead": {taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusReview), AssignedAgentID: Set(walt.ID)},
			world{agents: everybody()}, func(t *Task) { t.Status, t.AssignedAgentID = StatusReview, &walt.ID }},
		"in_progress, unassigned by the same request": {taskIn(StatusInbox, &wanda),
			TaskChange{Status: Set(StatusInProgress), AssignedAgentID: Null[ID]()}, world{},
			func(t *Task) { t.Status, t.InProgressAt, t.AssignedAgentID = StatusInProgress, &now, nil }},

		// Entering review.
		"review goes to the lead": {taskIn(StatusInProgress, &wanda), status(StatusReview), world{lead: &lead.ID}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusReview, &lead.ID, &started, nil
		}},
		"even over an assignee": {taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusReview), AssignedAgentID: Set(walt.ID)},
			world{agents: everybody(), lead: &lead.ID}, func(t *Task) { t.Status, t.AssignedAgentID = StatusReview, &lead.ID }},
		"review again is not entered": {taskIn(StatusReview, &wanda), status(StatusReview), world{lead: &lead.ID},
			func(t *Task) { t.AssignedAgentID, t.PreviousInProgressAt = nil, nil }},
		"other changes in review leave the assignee": {taskIn(StatusReview, &wanda), TaskChange{Title: Set("B")}, world{lead: &lead.ID},
			func(t *Task) { t.Title = "B" }},

		// Assigning.
		"assign": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(wanda.ID)}, world{agents: everybody()},
			func(t *Task) { t.AssignedAgentID = &wanda.ID }},
		"leads may be assigned": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(lead.ID)}, world{agents: everybody()},
			func(t *Task) { t.AssignedAgentID = &lead.ID }},
		"main agents may be assigned": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(main.ID)}, world{agents: everybody()},
			func(t *Task) { t.AssignedAgentID = &main.ID }},

		// A block's rewrite.
		"blocked: back to the inbox": {taskIn(StatusInProgress, &wanda), status(StatusReview), world{open: []ID{depID}, lead: &lead.ID},
			func(t *Task) {
				t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusInbox, nil, &started, nil
			}},
		"blocked: without a status too": {taskIn(StatusInProgress, &wanda), TaskChange{Title: Set("B")}, world{open: []ID{depID}},
			func(t *Task) {
				t.Title, t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = "B", StatusInbox, nil, &started, nil
			}},
		"blocked: the assignee is not even looked up": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(depID)}, world{open: []ID{depID}}, nil},
		"blocked: the start of the work is kept": {
			Task{ID: taskID, BoardID: boardID, Status: StatusInbox, PreviousInProgressAt: &started}, status(StatusInProgress), world{open: []ID{depID}}, nil},
		"blocked: a done task that stays done": {taskIn(StatusDone, &wanda), TaskChange{Status: Set(StatusDone), Title: Set("B")}, world{open: []ID{depID}},
			func(t *Task) { t.Title = "B" }},
		"blocked: a done task without a status": {taskIn(StatusDone, &wanda), TaskChange{Title: Set("B")}, world{open: []ID{depID}},
			func(t *Task) { t.Title = "B" }},
		"blocked: a done task that is reopened": {taskIn(StatusDone, &wanda), status(StatusInProgress), world{open: []ID{depID}},
			func(t *Task) { t.Status, t.AssignedAgentID = StatusInbox, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tc.task
			want.UpdatedAt = now
			if tc.want != nil {
				tc.want(&want)
			}
			want = want.since(tc.task, now)
			got, err := patch(t, byUser, BoardRules{}, tc.task, tc.change, tc.world)
			checkErr(t, err, nil)
			if diff := cmp.Diff(TaskOutcome{Before: tc.task, After: want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatchByUserRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		task   Task
		change TaskChange
		want   error
	}{
		"dependencies of a done task": {taskIn(StatusDone, nil), TaskChange{DependsOnTaskIDs: Set([]ID{})},
			Conflict("Cannot change task dependencies after a task is done.")},
		"dependencies before the assignee": {taskIn(StatusDone, nil), TaskChange{DependsOnTaskIDs: Set([]ID{}), AssignedAgentID: Set(depID)},
			Conflict("Cannot change task dependencies after a task is done.")},
		"unknown agent":          {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(depID)}, NotFound()},
		"agent of another board": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(alien.ID)}, Conflict()},
		"the assignee before the gates": {taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusDone), AssignedAgentID: Set(alien.ID)},
			Conflict()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := patch(t, byUser, BoardRules{RequireReviewBeforeDone: true}, tc.task, tc.change, world{agents: everybody()})
			checkErr(t, err, tc.want)
		})
	}
}

func TestNewDependencies(t *testing.T) {
	t.Parallel()
	n := ids(2)
	for name, tc := range map[string]struct {
		sent     Opt[[]ID]
		want     []ID
		replaces bool
	}{
		"absent":   {},
		"null":     {sent: Null[[]ID]()},
		"cleared":  {sent: Set([]ID{}), want: []ID{}, replaces: true},
		"replaced": {sent: Set([]ID{n[1], n[0], n[1]}), want: []ID{n[1], n[0]}, replaces: true},
	} {
		tr, err := BeginTransition(byUser, BoardRules{}, taskIn(StatusInbox, nil), TaskChange{DependsOnTaskIDs: tc.sent}, now)
		checkErr(t, err, nil)
		got, replaces, err := tr.NewDependencies()
		checkErr(t, err, nil)
		if diff := cmp.Diff(tc.want, got); diff != "" || replaces != tc.replaces {
			t.Errorf("%s: replaces %v\n%s", name, replaces, diff)
		}
	}
}
