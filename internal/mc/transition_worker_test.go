package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPatchByWorker(t *testing.T) {
	t.Parallel()
	type row struct {
		actor  TaskActor
		task   Task
		change TaskChange
		world  world
		want   func(*Task)
	}
	status := func(s TaskStatus) TaskChange { return TaskChange{Status: Set(s)} }
	for name, tc := range map[string]row{
		"claims by starting": {byWanda, taskIn(StatusInbox, nil), status(StatusInProgress), world{},
			func(t *Task) { t.Status, t.InProgressAt, t.AssignedAgentID = StatusInProgress, &now, &wanda.ID }},
		"gives back": {byWanda, taskIn(StatusInProgress, &wanda), status(StatusInbox), world{}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusInbox, nil, &started, nil
		}},
		"hands in: to the lead": {byWanda, taskIn(StatusInProgress, &wanda), status(StatusReview), world{lead: &lead.ID}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusReview, &lead.ID, &started, nil
		}},
		"hands in without a lead": {byWanda, taskIn(StatusInProgress, &wanda), status(StatusReview), world{}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusReview, nil, &started, nil
		}},
		"finishes straight from the inbox": {byWanda, taskIn(StatusInbox, nil), status(StatusDone), world{},
			func(t *Task) { t.Status, t.AssignedAgentID = StatusDone, &wanda.ID }},
		"reopens its own done task": {byWanda, taskIn(StatusDone, &wanda), status(StatusInProgress), world{},
			func(t *Task) { t.Status, t.InProgressAt = StatusInProgress, &now }},
		"comments on anybody's task": {byWanda, taskIn(StatusInProgress, &walt), TaskChange{Comment: Set(" hi ")}, world{}, nil},
		"custom fields on anybody's task": {byWanda, taskIn(StatusInProgress, &walt),
			TaskChange{CustomFieldValues: Set(JSON(`{"a":1}`))}, world{}, nil},
		"lists that are null pass": {byWanda, taskIn(StatusInbox, &walt),
			TaskChange{DependsOnTaskIDs: Null[[]ID](), TagIDs: Null[[]ID](), Comment: Null[string]()}, world{}, nil},
		"blocked, but back to the inbox": {byWanda, taskIn(StatusInProgress, &wanda), status(StatusInbox), world{open: []ID{depID}}, func(t *Task) {
			t.Status, t.AssignedAgentID, t.PreviousInProgressAt, t.InProgressAt = StatusInbox, nil, &started, nil
		}},
		"blocked, but without a status": {byWanda, taskIn(StatusInProgress, &wanda), TaskChange{Comment: Set("x")}, world{open: []ID{depID}}, nil},
		"a main agent is a worker": {byMain, taskIn(StatusInbox, nil), status(StatusInProgress), world{},
			func(t *Task) { t.Status, t.InProgressAt, t.AssignedAgentID = StatusInProgress, &now, &main.ID }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tc.task
			want.UpdatedAt = now
			if tc.want != nil {
				tc.want(&want)
			}
			want = want.since(tc.task, now)
			got, err := patch(t, tc.actor, BoardRules{}, tc.task, tc.change, tc.world)
			checkErr(t, err, nil)
			if diff := cmp.Diff(want, got.After); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Comment != tc.change.CommentText() {
				t.Errorf("comment %q", got.Comment)
			}
		})
	}
}

func TestPatchByWorkerRefused(t *testing.T) {
	t.Parallel()
	const (
		mismatch  = `{"message":"Agents can only change status on tasks assigned to them.","code":"task_assignee_mismatch"}`
		forbidden = `{"message":"Agents may only update status, comment, and custom field values.","code":"task_update_field_forbidden"}`
		onlyLead  = `"Only board leads can change task status."`
	)
	blockedBy := `{"message":"Task is blocked by incomplete dependencies.","code":"task_blocked_cannot_transition","blocked_by_task_ids":["` + depID.String() + `"]}`
	for name, tc := range map[string]struct {
		rules  BoardRules
		task   Task
		change TaskChange
		kind   Kind
		detail string
	}{
		"another agent's task": {BoardRules{}, taskIn(StatusInProgress, &walt), TaskChange{Status: Set(StatusReview)}, KindForbidden, mismatch},
		"even to where it is":  {BoardRules{}, taskIn(StatusInProgress, &walt), TaskChange{Status: Set(StatusInProgress)}, KindForbidden, mismatch},
		"mismatch before fields": {BoardRules{}, taskIn(StatusInProgress, &walt),
			TaskChange{Status: Set(StatusReview), Title: Set("x")}, KindForbidden, mismatch},
		"title":       {BoardRules{}, taskIn(StatusInbox, &wanda), TaskChange{Title: Set("x")}, KindForbidden, forbidden},
		"description": {BoardRules{}, taskIn(StatusInbox, &wanda), TaskChange{Description: Null[string]()}, KindForbidden, forbidden},
		"priority":    {BoardRules{}, taskIn(StatusInbox, &wanda), TaskChange{Priority: Set("x")}, KindForbidden, forbidden},
		"due_at":      {BoardRules{}, taskIn(StatusInbox, &wanda), TaskChange{DueAt: Null[Time]()}, KindForbidden, forbidden},
		"assignee, even null": {BoardRules{}, taskIn(StatusInbox, &wanda),
			TaskChange{AssignedAgentID: Null[ID]()}, KindForbidden, forbidden},
		"dependencies": {BoardRules{}, taskIn(StatusInbox, &wanda), TaskChange{DependsOnTaskIDs: Set([]ID{})}, KindForbidden, forbidden},
		"tags":         {BoardRules{}, taskIn(StatusInbox, &wanda), TaskChange{TagIDs: Set([]ID{})}, KindForbidden, forbidden},
		"fields before the rule": {BoardRules{OnlyLeadCanChangeStatus: true}, taskIn(StatusInbox, &wanda),
			TaskChange{Status: Set(StatusInProgress), Title: Set("x")}, KindForbidden, forbidden},
		"only leads": {BoardRules{OnlyLeadCanChangeStatus: true}, taskIn(StatusInbox, &wanda),
			TaskChange{Status: Set(StatusInProgress)}, KindForbidden, onlyLead},
		"blocked": {BoardRules{}, taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusInProgress)}, KindConflict, blockedBy},
		"blocked before the gates": {BoardRules{RequireReviewBeforeDone: true}, taskIn(StatusInbox, nil),
			TaskChange{Status: Set(StatusDone)}, KindConflict, blockedBy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := patch(t, byWanda, tc.rules, tc.task, tc.change, world{open: []ID{depID}})
			checkDetail(t, err, tc.kind, tc.detail)
		})
	}
}
