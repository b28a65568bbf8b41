package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoticesOfAChange(t *testing.T) {
	t.Parallel()
	assigned := func(a Agent) []Notice {
		return []Notice{{Kind: NoticeAssigned, AgentID: a.ID, Wake: true, Reason: "assignment"}}
	}
	back := []Notice{{Kind: NoticeBack}}
	for name, tc := range map[string]struct {
		actor         TaskActor
		before, after Task
		want          []Notice
	}{
		// U and W, rule 1.
		"U back to the inbox":                 {byUser, taskIn(StatusInProgress, &wanda), taskIn(StatusInbox, nil), back},
		"U back, nobody had it":               {byUser, taskIn(StatusDone, nil), taskIn(StatusInbox, nil), back},
		"U taken away in the inbox":           {byUser, taskIn(StatusInbox, &wanda), taskIn(StatusInbox, nil), back},
		"W gives back":                        {byWanda, taskIn(StatusInProgress, &wanda), taskIn(StatusInbox, nil), back},
		"U stays in the inbox, nobody's":      {byUser, taskIn(StatusInbox, nil), taskIn(StatusInbox, nil), nil},
		"U unassigned elsewhere":              {byUser, taskIn(StatusInProgress, &wanda), taskIn(StatusInProgress, nil), nil},
		"U back with an assignee is assigned": {byUser, taskIn(StatusDone, nil), taskIn(StatusInbox, &wanda), assigned(wanda)},
		// U and W, rule 2a.
		"U starts": {byUser, taskIn(StatusInbox, &wanda), taskIn(StatusInProgress, &wanda),
			[]Notice{{AgentID: wanda.ID, Wake: true, Reason: "status_in_progress"}}},
		"W starts its own": {byWanda, taskIn(StatusInbox, &wanda), taskIn(StatusInProgress, &wanda),
			[]Notice{{AgentID: wanda.ID, Wake: true, Reason: "status_in_progress"}}},
		"U starts again":     {byUser, taskIn(StatusInProgress, &wanda), taskIn(StatusInProgress, &wanda), nil},
		"U to done":          {byUser, taskIn(StatusInProgress, &wanda), taskIn(StatusDone, &wanda), nil},
		"U the same again":   {byUser, taskIn(StatusInbox, &wanda), taskIn(StatusInbox, &wanda), nil},
		"U starts, nobody's": {byUser, taskIn(StatusInbox, nil), taskIn(StatusInProgress, nil), nil},
		// U and W, rule 2b.
		"U assigns":              {byUser, taskIn(StatusInbox, nil), taskIn(StatusInbox, &wanda), assigned(wanda)},
		"U hands over, started":  {byUser, taskIn(StatusInProgress, &wanda), taskIn(StatusInProgress, &walt), assigned(walt)},
		"U starts and assigns":   {byUser, taskIn(StatusInbox, nil), taskIn(StatusInProgress, &walt), assigned(walt)},
		"W claims for itself":    {byWanda, taskIn(StatusInbox, nil), taskIn(StatusInProgress, &wanda), nil},
		"W hands in to the lead": {byWanda, taskIn(StatusInProgress, &wanda), taskIn(StatusReview, &lead), assigned(lead)},
		// L.
		"L assigns":             {byLead, taskIn(StatusInbox, nil), taskIn(StatusInbox, &wanda), assigned(wanda)},
		"L assigns and starts":  {byLead, taskIn(StatusInbox, nil), taskIn(StatusInProgress, &wanda), assigned(wanda)},
		"L assigns in review":   {byLead, taskIn(StatusReview, &lead), taskIn(StatusReview, &wanda), assigned(wanda)},
		"L starts, no wake":     {byLead, taskIn(StatusInbox, &wanda), taskIn(StatusInProgress, &wanda), nil},
		"L returns":             {byLead, taskIn(StatusReview, &lead), taskIn(StatusInbox, &wanda), []Notice{{Kind: NoticeRework, AgentID: wanda.ID}}},
		"L returns to its own":  {byLead, taskIn(StatusReview, &wanda), taskIn(StatusInbox, &wanda), []Notice{{Kind: NoticeRework, AgentID: wanda.ID}}},
		"L returns to nobody":   {byLead, taskIn(StatusReview, &lead), taskIn(StatusInbox, nil), nil},
		"L unassigns, never N4": {byLead, taskIn(StatusInbox, &wanda), taskIn(StatusInbox, nil), nil},
		"L accepts":             {byLead, taskIn(StatusReview, &lead), taskIn(StatusDone, &lead), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, TaskOutcome{Before: tc.before, After: tc.after}.Notices(tc.actor)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCreatedNotices(t *testing.T) {
	t.Parallel()
	added := Notice{Kind: NoticeAdded}
	assigned := Notice{Kind: NoticeAssigned, AgentID: wanda.ID, Wake: true, Reason: WakeAssignment}
	for name, tc := range map[string]struct {
		actor TaskActor
		task  Task
		want  []Notice
	}{
		"U":           {byUser, taskIn(StatusInbox, nil), []Notice{added}},
		"U, assigned": {byUser, taskIn(StatusInbox, &wanda), []Notice{added, assigned}},
		"L":           {byLead, taskIn(StatusInbox, nil), nil},
		"L, assigned": {byLead, taskIn(StatusInbox, &wanda), []Notice{assigned}},
	} {
		if diff := cmp.Diff(tc.want, CreatedNotices(tc.actor, tc.task)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestNoticesOfAReset(t *testing.T) {
	t.Parallel()
	hold := func(a Agent) Notice { return Notice{Kind: NoticeOnHold, AgentID: a.ID} }
	back := Notice{Kind: NoticeBack}
	for name, tc := range map[string]struct {
		actor  TaskActor
		change DependentChange
		want   []Notice
	}{
		"nothing was reset":      {byUser, DependentChange{Before: taskIn(StatusInProgress, &wanda)}, nil},
		"worker and lead":        {byUser, DependentChange{Before: taskIn(StatusInProgress, &wanda), Reset: true}, []Notice{hold(wanda), back}},
		"nobody had it":          {byWanda, DependentChange{Before: taskIn(StatusReview, nil), Reset: true}, []Notice{back}},
		"the actor's own task":   {byWanda, DependentChange{Before: taskIn(StatusInProgress, &wanda), Reset: true}, []Notice{back}},
		"the lead knows what it": {byLead, DependentChange{Before: taskIn(StatusInProgress, &wanda), Reset: true}, []Notice{hold(wanda)}},
	} {
		if diff := cmp.Diff(tc.want, tc.change.Notices(tc.actor)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestAddressNotices(t *testing.T) {
	t.Parallel()
	back, added := Notice{Kind: NoticeBack}, Notice{Kind: NoticeAdded}
	toLead := func(k NoticeKind) Notice { return Notice{Kind: k, AgentID: lead.ID} }
	toWanda := Notice{Kind: NoticeAssigned, AgentID: wanda.ID, Wake: true, Reason: WakeAssignment}
	for name, tc := range map[string]struct {
		notices []Notice
		lead    *ID
		want    []Notice
	}{
		"the lead is filled in":           {[]Notice{added, toWanda}, &lead.ID, []Notice{toLead(NoticeAdded), toWanda}},
		"no lead, no notice":              {[]Notice{added, toWanda, back}, nil, []Notice{toWanda}},
		"the lead is told once":           {[]Notice{toLead(NoticeOnHold), back}, &lead.ID, []Notice{toLead(NoticeBack)}},
		"unless it is not asked about it": {[]Notice{toLead(NoticeOnHold)}, &lead.ID, []Notice{toLead(NoticeOnHold)}},
	} {
		if diff := cmp.Diff(tc.want, AddressNotices(tc.notices, tc.lead)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
