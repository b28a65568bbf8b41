package mc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var allStatuses = []TaskStatus{StatusInbox, StatusInProgress, StatusReview, StatusDone}

func drawChange(t *rapid.T) TaskChange {
	var c TaskChange
	if rapid.Bool().Draw(t, "status sent") {
		c.Status = Set(rapid.SampledFrom(allStatuses).Draw(t, "status"))
	}
	switch rapid.IntRange(0, 3).Draw(t, "assignee sent") {
	case 1:
		c.AssignedAgentID = Null[ID]()
	case 2:
		c.AssignedAgentID = Set(rapid.SampledFrom([]ID{wanda.ID, walt.ID, lead.ID, main.ID, alien.ID, depID}).Draw(t, "assignee"))
	}
	if rapid.Bool().Draw(t, "title sent") {
		c.Title = Set("B")
	}
	if rapid.Bool().Draw(t, "comment sent") {
		c.Comment = Set(rapid.SampledFrom([]string{"", " ", "words"}).Draw(t, "comment"))
	}
	return c
}

func drawRules(t *rapid.T) BoardRules {
	b := rapid.Bool()
	return BoardRules{b.Draw(t, "approval"), b.Draw(t, "review first"), b.Draw(t, "comment"), b.Draw(t, "pending"), b.Draw(t, "only lead")}
}

// What holds for every change that is accepted, whoever asks and whatever the
// board's rules are.
func TestTransitionInvariants(t *testing.T) {
	t.Parallel()
	actors := []TaskActor{byUser, byWanda, byWalt, byLead, byMain}
	rapid.Check(t, func(rt *rapid.T) {
		actor := rapid.SampledFrom(actors).Draw(rt, "actor")
		rules := drawRules(rt)
		assignee := rapid.SampledFrom([]*Agent{nil, &wanda, &walt, &lead}).Draw(rt, "was assigned to")
		task := taskIn(rapid.SampledFrom(allStatuses).Draw(rt, "prev"), assignee)
		change := drawChange(rt)
		w := world{
			agents: everybody(), pending: rapid.Bool().Draw(rt, "pending approval"), approved: rapid.Bool().Draw(rt, "approved approval"),
			open: rapid.SampledFrom([][]ID{nil, {depID}}).Draw(rt, "open"), lead: rapid.SampledFrom([]*ID{nil, &lead.ID}).Draw(rt, "lead"),
			handedIn: rapid.SampledFrom([]*ID{nil, &wanda.ID}).Draw(rt, "handed in"),
		}
		untouched := task
		got, err := patch(t, actor, rules, task, change, w)
		if err != nil {
			if KindOf(err) == KindInternal {
				rt.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if diff := cmp.Diff(untouched, got.Before); diff != "" {
			rt.Fatalf("the task before has changed:\n%s", diff)
		}
		check := func(ok bool, rule string) {
			if !ok {
				rt.Fatalf("%s\nafter %+v", rule, got.After)
			}
		}
		before, after := got.Before, got.After
		asked, asks := change.Status.Get()
		check(after.UpdatedAt == now, "updated_at moves")
		check(after.ID == before.ID && after.BoardID == before.BoardID && after.CreatedAt == before.CreatedAt, "identity stays")
		check(!got.EnteredDone() || !rules.RequireApprovalForDone || w.approved, "done needs an approval")
		check(!got.EnteredDone() || !rules.RequireReviewBeforeDone || before.Status == StatusReview, "done comes from review")
		check(!got.StatusChanged() || !asks || !rules.BlockStatusChangesWithPendingApproval || !w.pending || asked == before.Status,
			"a pending approval holds the status")
		entersReview := got.StatusChanged() && after.Status == StatusReview
		check(!entersReview || w.lead == nil || Same(after.AssignedAgentID, w.lead), "review goes to the lead")
		check(len(w.open) == 0 || !got.StatusChanged() || after.Status == StatusInbox, "a blocked task moves to the inbox only")
		switch actor.Kind() {
		case ActorWorker:
			check(!got.StatusChanged() || assignee == nil || actor.is(assignee.ID), "a worker moves no task of others")
			check(!got.StatusChanged() || !rules.OnlyLeadCanChangeStatus, "only leads change status")
			check(after.Title == before.Title, "a worker changes no title")
		case ActorLead:
			check(before.Status != StatusDone || !got.StatusChanged(), "a lead reopens nothing")
			check(!slices.Contains([]string{"words"}, got.Comment), "a lead comments elsewhere")
			check(!got.AssigneeChanged() || after.AssignedAgentID == nil || *after.AssignedAgentID != lead.ID, "a lead takes no work")
		}
	})
}

// At most one message goes to one agent, and none to the one who acted.
func TestNoticeInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		actor := rapid.SampledFrom([]TaskActor{byUser, byWanda, byLead}).Draw(rt, "actor")
		drawTask := func(label string) Task {
			return taskIn(rapid.SampledFrom(allStatuses).Draw(rt, label),
				rapid.SampledFrom([]*Agent{nil, &wanda, &walt, &lead}).Draw(rt, label+" assigned to"))
		}
		got := AddressNotices(TaskOutcome{Before: drawTask("before"), After: drawTask("after")}.Notices(actor), &lead.ID)
		if len(got) > 1 {
			rt.Fatalf("%d notices: %+v", len(got), got)
		}
		for _, n := range got {
			if n.AgentID == (ID{}) || n.Wake != (n.Reason != "") || n.Kind == NoticeNone && !n.Wake {
				rt.Fatalf("%+v", n)
			}
			if actor.Kind() == ActorLead && n.Kind == NoticeBack {
				rt.Fatal("a lead is asked about its own decision")
			}
		}
	})
}
