package mc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	taskA = MustID("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
	taskB = MustID("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb")
	taskC = MustID("cccccccc-cccc-4ccc-8ccc-cccccccccccc")
	taskD = MustID("dddddddd-dddd-4ddd-8ddd-dddddddddddd")
)

func TestApprovalHasToSayWhy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		payload, reasoning string
		want               string // the payload that is stored; empty: refused
	}{
		"nowhere":                      {``, ``, ``},
		"blank everywhere":             {`{"reason":"  ","decision":{"reason":"\t"}}`, ` `, ``},
		"in the payload":               {`{"reason":"kept", "n":1.0}`, `mine`, `{"reason":"kept", "n":1.0}`},
		"in the payload's decision":    {`{"decision":{"reason":"nested"}}`, `mine`, `{"decision":{"reason":"nested"}}`},
		"beside":                       {`null`, ` trimmed `, `{"reason":"trimmed"}`},
		"beside another payload":       {`{"n":1.0,"a":[1, 2]}`, `why`, `{"n":1.0,"a":[1, 2],"reason":"why"}`},
		"beside a blank one":           {`{"reason":"","z":0}`, `why`, `{"reason":"why","z":0}`},
		"a number is no reason":        {`{"reason":7}`, ``, ``},
		"a decision that is a text":    {`{"decision":"reason"}`, ``, ``},
		"a number, and words beside":   {`{"reason":7}`, `why`, `{"reason":"why"}`},
		"with letters that are escape": {`{}`, `a "b" <c>`, `{"reason":"a \"b\" <c>"}`},
	} {
		draft := ApprovalDraft{Payload: JSON(tc.payload), LeadReasoning: &tc.reasoning}
		err := draft.Validate()
		if tc.want == "" {
			if KindOf(err) != KindInvalid {
				t.Errorf("%s: %v, want a refusal", name, err)
			}
			continue
		}
		got := draft.Approval(NewID(), byUser, boardID, nil, nil, now).Payload
		if err != nil || string(got) != tc.want {
			t.Errorf("%s: %v, payload %s, want %s", name, err, got, tc.want)
		}
	}
	if err := (ApprovalDraft{}).Validate(); err == nil {
		t.Error("an approval without any word was taken")
	}
}

func TestTasksOfAnApproval(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		draft            ApprovalDraft
		named, mentioned []ID
	}{
		"none":                {},
		"task_id, then list":  {ApprovalDraft{TaskID: &taskB, TaskIDs: []ID{taskA, taskB, taskA}}, []ID{taskB, taskA}, nil},
		"lists before single": {ApprovalDraft{Payload: JSON(`{"taskId":"` + taskA.String() + `","taskIDs":["` + taskB.String() + `"],"task_ids":["` + taskC.String() + `"]}`)}, nil, []ID{taskC, taskB, taskA}},
		"all singles":         {ApprovalDraft{Payload: JSON(`{"taskID":"` + taskC.String() + `","taskId":"` + taskB.String() + `","task_id":"` + taskA.String() + `"}`)}, nil, []ID{taskA, taskB, taskC}},
		"what is none":        {ApprovalDraft{Payload: JSON(`{"task_ids":"` + taskA.String() + `","taskIds":[7,null,"junk",{"id":1}],"task_id":["` + taskB.String() + `"],"taskId":""}`)}, nil, nil},
		"already named":       {ApprovalDraft{TaskID: &taskA, Payload: JSON(`{"task_ids":["` + taskA.String() + `","` + taskB.String() + `"]}`)}, []ID{taskA}, []ID{taskB}},
		"in another form":     {ApprovalDraft{Payload: JSON(`{"task_id":"AAAAAAAAAAAA4AAA8AAAAAAAAAAAAAAA"}`)}, nil, []ID{taskA}},
	} {
		named, mentioned := tc.draft.TaskRefs()
		if !slices.Equal(named, tc.named) || !slices.Equal(mentioned, tc.mentioned) {
			t.Errorf("%s: named %v, mentioned %v; want %v and %v", name, named, mentioned, tc.named, tc.mentioned)
		}
	}
}

func TestOnlyTasksOfTheBoardAreChosen(t *testing.T) {
	t.Parallel()
	onBoard := func(id ID) bool { return id == taskA || id == taskC }
	mentions := JSON(`{"task_ids":["` + taskB.String() + `","` + taskC.String() + `"]}`)
	if got, err := (ApprovalDraft{TaskID: &taskA, Payload: mentions}).ChooseTasks(onBoard); err != nil || !slices.Equal(got, []ID{taskA, taskC}) {
		t.Errorf("got %v, %v; what the payload mentions elsewhere is left out", got, err)
	}
	_, err := ApprovalDraft{TaskID: &taskD, TaskIDs: []ID{taskA, taskB}, Payload: mentions}.ChooseTasks(onBoard)
	want := NotFound(MissingTasksDetail{"One or more tasks were not found on this board.", []ID{taskD, taskB}})
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("named elsewhere (-want +got):\n%s", diff)
	}
}

func TestWhoAsks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		actor TaskActor
		sent  *ID
		want  *ID
		kind  Kind
	}{
		"a person, for nobody":   {byUser, nil, nil, KindInternal},
		"a person, for an agent": {byUser, &wanda.ID, &wanda.ID, KindInternal},
		"an agent, unsaid":       {byWanda, nil, &wanda.ID, KindInternal},
		"an agent, itself":       {byWanda, &wanda.ID, &wanda.ID, KindInternal},
		"an agent, another":      {byWanda, &walt.ID, nil, KindForbidden},
		"a lead, a worker":       {byLead, &wanda.ID, nil, KindForbidden},
	} {
		got, err := ApprovalDraft{AgentID: tc.sent}.Asker(tc.actor)
		if !Same(got, tc.want) || KindOf(err) != tc.kind {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestApprovalAsItIsStored(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		actor   TaskActor
		sent    ApprovalStatus
		want    ApprovalStatus
		decided bool
	}{
		"a person asks":         {byUser, ApprovalPending, ApprovalPending, false},
		"a person has decided":  {byUser, ApprovalApproved, ApprovalApproved, true},
		"an agent would decide": {byWanda, ApprovalApproved, ApprovalPending, false},
		"a lead would too":      {byLead, ApprovalRejected, ApprovalPending, false},
		"and a main agent":      {byMain, ApprovalApproved, ApprovalPending, false},
	} {
		a := ApprovalDraft{Status: tc.sent}.Approval(taskD, tc.actor, boardID, nil, []ID{taskA, taskB}, now)
		if a.Status != tc.want || (a.DecidedByUserID != nil) != tc.decided || a.ResolvedAt != nil || *a.TaskID != taskA || a.CreatedAt != now || a.UpdatedAt != now {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if a := (ApprovalDraft{}).Approval(taskD, byUser, boardID, nil, nil, now); a.TaskID != nil {
		t.Errorf("about no task: %+v", a)
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before, asked  ApprovalStatus
		resolved, news bool // resolved now
		changed        bool
	}{
		"approve":              {ApprovalPending, ApprovalApproved, true, true, true},
		"reject":               {ApprovalPending, ApprovalRejected, true, true, true},
		"approve again":        {ApprovalApproved, ApprovalApproved, true, false, true},
		"reject after all":     {ApprovalApproved, ApprovalRejected, true, true, true},
		"reopen":               {ApprovalRejected, ApprovalPending, false, false, true},
		"pending stays as was": {ApprovalPending, ApprovalPending, false, false, false},
	} {
		before := Approval{Status: tc.before, ResolvedAt: &earlier, UpdatedAt: earlier}
		after, news := before.Decide(tc.asked, userID, now)
		resolvedAt := earlier
		if tc.resolved {
			resolvedAt = now
		}
		if after.Status != tc.asked || news != tc.news || *after.ResolvedAt != resolvedAt || (after.UpdatedAt == now) != tc.changed || (after.DecidedByUserID != nil) != tc.resolved {
			t.Errorf("%s: %+v, news %v", name, after, news)
		}
	}
}

func TestConflictNamesTheOldestOfEachTask(t *testing.T) {
	t.Parallel()
	if err := PendingConflict(nil); err != nil {
		t.Errorf("nothing in the way: %v", err)
	}
	err := PendingConflict([]PendingLink{{taskC, taskD}, {taskA, taskB}, {taskC, taskB}})
	want := Conflict(ApprovalConflictDetail{"Each task can have only one pending approval.", []PendingLink{{taskA, taskB}, {taskC, taskD}}})
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLeadIsToldOfADecision(t *testing.T) {
	t.Parallel()
	a := Approval{ID: taskD, ActionType: "deploy", Confidence: 70, Status: ApprovalApproved}
	const head = "APPROVAL RESOLVED\nBoard: Billing\nApproval ID: dddddddd-dddd-4ddd-8ddd-dddddddddddd\nAction: deploy\nDecision: approved\nConfidence: 70.0\n"
	const tail = "\nTake action: go on with what was approved, and close the loop on its tasks."
	for tasks, tc := range map[string]struct {
		ids  []ID
		want string
	}{
		"none": {nil, head + tail},
		"one":  {[]ID{taskA}, head + "Task ID: " + taskA.String() + "\n" + tail},
		"two":  {[]ID{taskB, taskA}, head + "Task IDs: " + taskB.String() + ", " + taskA.String() + "\n" + tail},
	} {
		if diff := cmp.Diff(tc.want, a.ResolvedMessage("Billing", tc.ids)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tasks, diff)
		}
	}
	want := NoticeRecord{
		"approval.lead_notified", "Lead agent notified for approved approval dddddddd-dddd-4ddd-8ddd-dddddddddddd.",
		"approval.lead_notify_failed", "Lead notify failed for approval dddddddd-dddd-4ddd-8ddd-dddddddddddd: ",
	}
	if diff := cmp.Diff(want, a.ResolvedRecord()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}
