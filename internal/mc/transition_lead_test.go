package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPatchByLead(t *testing.T) {
	t.Parallel()
	type row struct {
		task   Task
		change TaskChange
		world  world
		want   func(*Task)
	}
	for name, tc := range map[string]row{
		"assigns": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(wanda.ID)}, world{},
			func(t *Task) { t.AssignedAgentID = &wanda.ID }},
		"assigns in every status": {taskIn(StatusDone, nil), TaskChange{AssignedAgentID: Set(wanda.ID)}, world{},
			func(t *Task) { t.AssignedAgentID = &wanda.ID }},
		"unassigns": {taskIn(StatusInProgress, &wanda), TaskChange{AssignedAgentID: Null[ID]()}, world{},
			func(t *Task) { t.AssignedAgentID = nil }},
		"assigns a main agent": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(main.ID)}, world{},
			func(t *Task) { t.AssignedAgentID = &main.ID }},
		"assigns and starts": {taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusInProgress), AssignedAgentID: Set(wanda.ID)}, world{},
			func(t *Task) { t.Status, t.AssignedAgentID, t.InProgressAt = StatusInProgress, &wanda.ID, &now }},
		"accepts": {taskIn(StatusReview, &lead), TaskChange{Status: Set(StatusDone)}, world{},
			func(t *Task) { t.Status = StatusDone }},
		"returns to the worker": {taskIn(StatusReview, &lead), TaskChange{Status: Set(StatusInbox)}, world{handedIn: &wanda.ID},
			func(t *Task) { t.Status, t.AssignedAgentID = StatusInbox, &wanda.ID }},
		"returns to the worker over an assignee": {taskIn(StatusReview, &lead),
			TaskChange{Status: Set(StatusInbox), AssignedAgentID: Set(walt.ID)}, world{handedIn: &wanda.ID},
			func(t *Task) { t.Status, t.AssignedAgentID = StatusInbox, &wanda.ID }},
		"returns to nobody": {taskIn(StatusReview, &lead), TaskChange{Status: Set(StatusInbox)}, world{},
			func(t *Task) { t.Status, t.AssignedAgentID = StatusInbox, nil }},
		"a return ends the work": {Task{ID: taskID, BoardID: boardID, Status: StatusReview, InProgressAt: &started}, TaskChange{Status: Set(StatusInbox)}, world{},
			func(t *Task) { t.Status, t.InProgressAt = StatusInbox, nil }},
		"blank comments, lists and custom fields pass": {taskIn(StatusInProgress, &wanda),
			TaskChange{Comment: Set("  "), TagIDs: Set([]ID{}), CustomFieldValues: Set(JSON(`{}`)), DependsOnTaskIDs: Set([]ID{depID})},
			world{open: []ID{depID}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.world.agents = everybody()
			want := tc.task
			want.UpdatedAt = now
			if tc.want != nil {
				tc.want(&want)
			}
			want = want.since(tc.task, now)
			// The rule concerns workers only.
			got, err := patch(t, byLead, BoardRules{OnlyLeadCanChangeStatus: true}, tc.task, tc.change, tc.world)
			checkErr(t, err, nil)
			if diff := cmp.Diff(TaskOutcome{Before: tc.task, After: want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatchByLeadRefused(t *testing.T) {
	t.Parallel()
	const (
		comment = "Lead comment gate failed: board leads cannot include `comment` in task PATCH. Use the task comments endpoint instead."
		allowed = ". Allowed fields: assigned_agent_id, custom_field_values, depends_on_task_ids, status, tag_ids."
		fields  = "Lead field gate failed: unsupported fields for board leads: "
		status  = "Lead status gate failed: board leads can only change status when the current task status is `review` (current: `"
		target  = "Lead status target gate failed: review tasks can only move to `done` or `inbox` (requested: `"
	)
	open := []ID{depID}
	for name, tc := range map[string]struct {
		task   Task
		change TaskChange
		open   []ID
		want   error
	}{
		"a comment": {taskIn(StatusInbox, nil), TaskChange{Comment: Set("hi")}, nil, Forbidden(comment)},
		"the comment before the fields": {taskIn(StatusInbox, nil), TaskChange{Comment: Set("hi"), Title: Set("x")}, nil,
			Forbidden(comment)},
		"fields, sorted": {taskIn(StatusInbox, nil),
			TaskChange{Title: Set("x"), Priority: Set("p"), DueAt: Null[Time](), Description: Null[string](), Status: Set(StatusDone)}, nil,
			Forbidden(fields + "description, due_at, priority, title" + allowed)},
		"fields before the dependencies": {taskIn(StatusDone, nil), TaskChange{Title: Set("x"), DependsOnTaskIDs: Set(open)}, nil,
			Forbidden(fields + "title" + allowed)},
		"dependencies of a done task": {taskIn(StatusDone, nil), TaskChange{DependsOnTaskIDs: Set(open)}, nil,
			Conflict("Cannot change task dependencies after a task is done.")},
		"blocked and assigned":    {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(wanda.ID)}, open, blocked(open)},
		"blocked and unassigned":  {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Null[ID]()}, open, blocked(open)},
		"blocked, same status":    {taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusInbox)}, open, blocked(open)},
		"blocked before assignee": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(lead.ID)}, open, blocked(open)},
		"unknown agent":           {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(depID)}, nil, NotFound()},
		"itself": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(lead.ID)}, nil,
			Forbidden("Board leads cannot assign tasks to themselves.")},
		"an agent of another board": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(alien.ID)}, nil, Conflict()},
		"the assignee before the status": {taskIn(StatusInbox, nil), TaskChange{AssignedAgentID: Set(lead.ID), Status: Set(StatusDone)}, nil,
			Forbidden("Board leads cannot assign tasks to themselves.")},
		"starting without assigning": {taskIn(StatusInbox, &wanda), TaskChange{Status: Set(StatusInProgress)}, nil,
			Forbidden(status + "inbox`).")},
		"starting while unassigning": {taskIn(StatusInbox, &wanda), TaskChange{Status: Set(StatusInProgress), AssignedAgentID: Null[ID]()}, nil,
			Forbidden(status + "inbox`).")},
		"the current status": {taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusInbox)}, nil, Forbidden(status + "inbox`).")},
		"from in_progress":   {taskIn(StatusInProgress, &wanda), TaskChange{Status: Set(StatusDone)}, nil, Forbidden(status + "in_progress`).")},
		"from done":          {taskIn(StatusDone, &wanda), TaskChange{Status: Set(StatusInbox)}, nil, Forbidden(status + "done`).")},
		"review to review":   {taskIn(StatusReview, nil), TaskChange{Status: Set(StatusReview)}, nil, Forbidden(target + "review`).")},
		"review to in_progress": {taskIn(StatusReview, nil), TaskChange{Status: Set(StatusInProgress), AssignedAgentID: Set(wanda.ID)}, nil,
			Forbidden(target + "in_progress`).")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := patch(t, byLead, BoardRules{}, tc.task, tc.change, world{agents: everybody(), open: tc.open})
			checkErr(t, err, tc.want)
		})
	}
}
