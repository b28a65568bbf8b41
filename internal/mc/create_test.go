package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDraftCheckBlocked(t *testing.T) {
	t.Parallel()
	open := []ID{depID}
	ids := `"blocked_by_task_ids":["` + depID.String() + `"]}`
	for name, tc := range map[string]struct {
		actor  TaskActor
		draft  TaskDraft
		open   []ID
		detail string
	}{
		"not blocked":             {byUser, TaskDraft{Status: StatusInProgress, AssignedAgentID: &wanda.ID}, nil, ""},
		"waits in the inbox":      {byUser, TaskDraft{Status: StatusInbox}, open, ""},
		"lead, waits in an inbox": {byLead, TaskDraft{Status: StatusInbox}, open, ""},
		"assigned": {byUser, TaskDraft{Status: StatusInbox, AssignedAgentID: &wanda.ID}, open,
			`{"message":"Task is blocked by incomplete dependencies.","code":"task_blocked_cannot_transition",` + ids},
		"not in the inbox": {byUser, TaskDraft{Status: StatusDone}, open,
			`{"message":"Task is blocked by incomplete dependencies.","code":"task_blocked_cannot_transition",` + ids},
		"by a lead, without a code": {byLead, TaskDraft{Status: StatusReview}, open,
			`{"message":"Task is blocked by incomplete dependencies.",` + ids},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tc.draft.CheckBlocked(tc.actor, tc.open)
			if tc.detail == "" {
				checkErr(t, err, nil)
				return
			}
			checkDetail(t, err, KindConflict, tc.detail)
		})
	}
}

func TestCheckAssignee(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		actor     TaskActor
		candidate *Agent
		want      error
	}{
		"a worker of the board":   {byUser, &wanda, nil},
		"the lead, by a user":     {byUser, &lead, nil},
		"a main agent":            {byLead, &main, nil},
		"unknown":                 {byUser, nil, NotFound()},
		"another board":           {byUser, &alien, Conflict()},
		"another board, by lead":  {byLead, &alien, Conflict()},
		"a lead, by a lead":       {byLead, &lead, Forbidden("Board leads cannot assign tasks to themselves.")},
		"any lead, before boards": {byLead, &Agent{BoardID: &otherBoardID, IsBoardLead: true}, Forbidden("Board leads cannot assign tasks to themselves.")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkErr(t, CheckAssignee(tc.actor, boardID, tc.candidate), tc.want)
		})
	}
}

func TestDraftTask(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		actor TaskActor
		draft TaskDraft
		want  Task
		event Event
	}{
		"by a user": {byUser, TaskDraft{Title: "A", Status: StatusInbox, Priority: DefaultPriority, DueAt: &started},
			Task{Title: "A", Status: StatusInbox, Priority: "medium", DueAt: &started, CreatedByUserID: &userID},
			Event{EventTaskCreated, "Task created: A."}},
		"in progress": {byUser, TaskDraft{Title: "A", Status: StatusInProgress, AssignedAgentID: &wanda.ID},
			Task{Title: "A", Status: StatusInProgress, AssignedAgentID: &wanda.ID, InProgressAt: &now, CreatedByUserID: &userID},
			Event{EventTaskCreated, "Task created: A."}},
		"in review, not to the lead": {byUser, TaskDraft{Title: "", Status: StatusReview},
			Task{Status: StatusReview, CreatedByUserID: &userID}, Event{EventTaskCreated, "Task created: ."}},
		"only the caller is the creator": {byUser, TaskDraft{Title: "A", Status: StatusInbox, CreatedByUserID: &depID},
			Task{Title: "A", Status: StatusInbox, CreatedByUserID: &userID}, Event{EventTaskCreated, "Task created: A."}},
		"by a lead": {byLead, TaskDraft{Title: "A", Status: StatusInbox, Description: Ref("d")},
			Task{Title: "A", Status: StatusInbox, Description: Ref("d"), AutoCreated: true, AutoReason: Ref("lead_agent:" + lead.ID.String())},
			Event{EventTaskCreated, "Task created by lead: A."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.want.ID, tc.want.BoardID, tc.want.CreatedAt, tc.want.UpdatedAt, tc.want.StatusChangedAt = taskID, boardID, now, now, now
			got := tc.draft.Task(taskID, tc.actor, boardID, now)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.event, CreatedEvent(tc.actor, got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
