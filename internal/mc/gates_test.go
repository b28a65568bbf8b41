package mc

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestGates(t *testing.T) {
	t.Parallel()
	var (
		pendingRule  = BoardRules{BlockStatusChangesWithPendingApproval: true}
		reviewRule   = BoardRules{RequireReviewBeforeDone: true}
		approvalRule = BoardRules{RequireApprovalForDone: true}
		commentRule  = BoardRules{CommentRequiredForReview: true}

		pending  = gated("Task status cannot be changed while a linked approval is pending.")
		review   = gated("Task can only be marked done from review when the board rule is enabled.")
		approved = gated("Task can only be marked done when a linked approval has been approved.")
		comment  = Unprocessable("Comment is required.")
	)
	to := func(s TaskStatus) TaskChange { return TaskChange{Status: Set(s)} }
	said := func(a Agent, at Time) world { return world{agents: everybody(), comments: map[ID]Time{a.ID: at}} }
	for name, tc := range map[string]struct {
		actor  TaskActor
		rules  BoardRules
		task   Task
		change TaskChange
		world  world
		want   error
	}{
		"G1 held":                        {byUser, pendingRule, taskIn(StatusInbox, nil), to(StatusInProgress), world{pending: true}, pending},
		"G1 rule off":                    {byUser, BoardRules{}, taskIn(StatusInbox, nil), to(StatusInProgress), world{pending: true}, nil},
		"G1 nothing pending":             {byUser, pendingRule, taskIn(StatusInbox, nil), to(StatusInProgress), world{}, nil},
		"G1 the current status":          {byUser, pendingRule, taskIn(StatusInbox, nil), to(StatusInbox), world{pending: true}, nil},
		"G1 no status asked":             {byUser, pendingRule, taskIn(StatusInbox, nil), TaskChange{Title: Set("x")}, world{pending: true}, nil},
		"G1 worker":                      {byWanda, pendingRule, taskIn(StatusInbox, nil), to(StatusInProgress), world{pending: true}, pending},
		"G1 lead":                        {byLead, pendingRule, taskIn(StatusReview, nil), to(StatusDone), world{pending: true}, pending},
		"G1 rewrite, none asked":         {byUser, pendingRule, taskIn(StatusInProgress, nil), TaskChange{}, world{pending: true, open: []ID{depID}}, nil},
		"G1 rewrite, current one asked":  {byUser, pendingRule, taskIn(StatusInProgress, nil), to(StatusInProgress), world{pending: true, open: []ID{depID}}, nil},
		"G1 rewrite, another asked":      {byUser, pendingRule, taskIn(StatusInProgress, nil), to(StatusDone), world{pending: true, open: []ID{depID}}, pending},
		"G1 rewrite to where it was":     {byUser, pendingRule, taskIn(StatusInbox, nil), to(StatusDone), world{pending: true, open: []ID{depID}}, nil},
		"G1 before G2":                   {byUser, BoardRules{BlockStatusChangesWithPendingApproval: true, RequireReviewBeforeDone: true}, taskIn(StatusInbox, nil), to(StatusDone), world{pending: true}, pending},
		"G2 from the inbox":              {byUser, reviewRule, taskIn(StatusInbox, nil), to(StatusDone), world{}, review},
		"G2 from in_progress, by worker": {byWanda, reviewRule, taskIn(StatusInProgress, &wanda), to(StatusDone), world{}, review},
		"G2 from review":                 {byUser, reviewRule, taskIn(StatusReview, nil), to(StatusDone), world{}, nil},
		"G2 done already":                {byUser, reviewRule, taskIn(StatusDone, nil), to(StatusDone), world{}, nil},
		"G2 before G3":                   {byUser, BoardRules{RequireReviewBeforeDone: true, RequireApprovalForDone: true}, taskIn(StatusInbox, nil), to(StatusDone), world{}, review},
		"G3 none approved":               {byUser, approvalRule, taskIn(StatusInbox, nil), to(StatusDone), world{}, approved},
		"G3 approved":                    {byUser, approvalRule, taskIn(StatusInbox, nil), to(StatusDone), world{approved: true}, nil},
		"G3 a pending one beside it":     {byUser, approvalRule, taskIn(StatusInbox, nil), to(StatusDone), world{approved: true, pending: true}, nil},
		"G3 done already":                {byUser, approvalRule, taskIn(StatusDone, nil), to(StatusDone), world{}, nil},
		"G3 other moves":                 {byUser, approvalRule, taskIn(StatusInbox, nil), to(StatusReview), world{}, nil},
		"G3 lead":                        {byLead, approvalRule, taskIn(StatusReview, nil), to(StatusDone), world{}, approved},
		"G3 a rewrite is not done":       {byUser, approvalRule, taskIn(StatusInbox, nil), to(StatusDone), world{open: []ID{depID}}, nil},

		"G4 rule off":                {byUser, BoardRules{}, taskIn(StatusInbox, nil), to(StatusReview), world{}, nil},
		"G4 no comment":              {byUser, commentRule, taskIn(StatusInbox, nil), to(StatusReview), world{}, comment},
		"G4 blank comment":           {byUser, commentRule, taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusReview), Comment: Set(" \n")}, world{}, comment},
		"G4 comment in the request":  {byUser, commentRule, taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusReview), Comment: Set(" x ")}, world{}, nil},
		"G4 review to review":        {byUser, commentRule, taskIn(StatusReview, &wanda), to(StatusReview), said(wanda, now), comment},
		"G4 assignee spoke":          {byUser, commentRule, taskIn(StatusInProgress, &wanda), to(StatusReview), said(wanda, started), nil},
		"G4 an older round":          {byUser, commentRule, taskIn(StatusInProgress, &wanda), to(StatusReview), said(wanda, earlier), comment},
		"G4 somebody else spoke":     {byUser, commentRule, taskIn(StatusInProgress, &wanda), to(StatusReview), said(walt, now), comment},
		"G4 the new assignee spoke":  {byUser, commentRule, taskIn(StatusInProgress, &wanda), TaskChange{Status: Set(StatusReview), AssignedAgentID: Set(walt.ID)}, said(walt, now), nil},
		"G4 the old assignee spoke":  {byUser, commentRule, taskIn(StatusInProgress, &wanda), TaskChange{Status: Set(StatusReview), AssignedAgentID: Set(walt.ID)}, said(wanda, now), comment},
		"G4 never started":           {byUser, commentRule, taskIn(StatusInbox, &wanda), to(StatusReview), said(wanda, now), comment},
		"G4 worker spoke":            {byWanda, commentRule, taskIn(StatusInProgress, &wanda), to(StatusReview), said(wanda, now), nil},
		"G4 worker with its comment": {byWanda, commentRule, taskIn(StatusInbox, nil), TaskChange{Status: Set(StatusReview), Comment: Set("x")}, world{}, nil},
		"G4 leaving review":          {byUser, commentRule, taskIn(StatusReview, nil), to(StatusInProgress), world{}, nil},
		"G4 a rewrite is no review":  {byUser, commentRule, taskIn(StatusInProgress, nil), to(StatusReview), world{open: []ID{depID}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := patch(t, tc.actor, tc.rules, tc.task, tc.change, tc.world)
			checkErr(t, err, tc.want)
		})
	}
}

func TestGateDetailHasNoCode(t *testing.T) {
	t.Parallel()
	checkDetail(t, gated("m"), KindConflict, `{"message":"m","blocked_by_task_ids":[]}`)
}

func TestGatesPassOnErrorsOfTheStore(t *testing.T) {
	t.Parallel()
	fails := func() (bool, error) { return false, errStore }
	facts := GateFacts{fails, fails, func(ID, Time) (bool, error) { return false, errStore }}
	for name, tc := range map[string]struct {
		rules  BoardRules
		status TaskStatus
	}{
		"pending":  {BoardRules{BlockStatusChangesWithPendingApproval: true}, StatusDone},
		"approved": {BoardRules{RequireApprovalForDone: true}, StatusDone},
		"comment":  {BoardRules{CommentRequiredForReview: true}, StatusReview},
	} {
		tr, err := BeginTransition(byUser, tc.rules, taskIn(StatusInProgress, &wanda), TaskChange{Status: Set(tc.status)}, now)
		checkErr(t, err, nil)
		checkErr(t, tr.Move(), nil)
		if err := tr.CheckGates(facts); !errors.Is(err, errStore) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Facts that no rule asks for are never looked up.
func TestGatesAskForNothingInVain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		task := taskIn(rapid.SampledFrom(allStatuses).Draw(rt, "prev"), nil)
		tr, err := BeginTransition(byUser, BoardRules{}, task, TaskChange{Status: Set(rapid.SampledFrom(allStatuses).Draw(rt, "to"))}, now)
		if err != nil {
			rt.Fatal(err)
		}
		if err := tr.Move(); err != nil {
			rt.Fatal(err)
		}
		if err := tr.CheckGates(GateFacts{}); err != nil {
			rt.Fatal(err)
		}
	})
}
