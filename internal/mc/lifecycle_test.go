package mc

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func waiting(change func(*Agent)) Agent {
	a := Agent{ID: wanda.ID, Name: "Wanda", Status: AgentProvisioning, LifecycleGeneration: 4, WakeAttempts: 1,
		LastWakeSentAt: &started, CheckinDeadlineAt: Ref(started.Add(CheckinDeadline)), LastProvisionError: Ref("e"), UpdatedAt: started}
	if change != nil {
		change(&a)
	}
	return a
}

func TestCheckIn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stored   AgentStatus
		reported string
		want     AgentStatus
	}{
		"provisioning becomes online":  {AgentProvisioning, "", AgentOnline},
		"others stay":                  {"busy", "", "busy"},
		"updating stays":               {AgentUpdating, "", AgentUpdating},
		"offline stays, but for touch": {AgentOffline, "", AgentOffline},
		"what it says":                 {AgentProvisioning, "busy", "busy"},
		"verbatim":                     {AgentOnline, " Away ", " Away "},
	} {
		got := waiting(func(a *Agent) { a.Status = tc.stored }).CheckIn(tc.reported, now)
		want := Agent{ID: wanda.ID, Name: "Wanda", Status: tc.want, LifecycleGeneration: 4, LastWakeSentAt: &started, LastSeenAt: &now, UpdatedAt: now}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWake(t *testing.T) {
	t.Parallel()
	for _, stored := range []AgentStatus{AgentProvisioning, AgentOffline, AgentUpdating, "busy"} {
		got := waiting(func(a *Agent) { a.Status = stored }).Wake(now)
		want := Agent{ID: wanda.ID, Name: "Wanda", Status: AgentOnline, LifecycleGeneration: 4, LastWakeSentAt: &started, LastSeenAt: &now, UpdatedAt: now}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stored, diff)
		}
	}
}

func TestTouch(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stored AgentStatus
		seen   *Time
		want   AgentStatus
		writes bool
	}{
		"never seen":             {AgentProvisioning, nil, AgentOnline, true},
		"seen 30 s ago":          {"busy", Ref(now.Add(-30 * time.Second)), "busy", false},
		"seen longer ago":        {"busy", Ref(now.Add(-30*time.Second - time.Microsecond)), AgentOnline, true},
		"offline":                {AgentOffline, Ref(now.Add(-time.Hour)), AgentOnline, true},
		"updating":               {AgentUpdating, nil, AgentUpdating, true},
		"deleting":               {AgentDeleting, nil, AgentDeleting, true},
		"seen in the future":     {AgentOnline, Ref(now.Add(time.Hour)), AgentOnline, false},
		"provisioning, but seen": {AgentProvisioning, Ref(now), AgentProvisioning, false},
	} {
		before := waiting(func(a *Agent) { a.Status, a.LastSeenAt = tc.stored, tc.seen })
		want := before
		if tc.writes {
			want.Status, want.LastSeenAt, want.UpdatedAt = tc.want, &now, now
		}
		got, writes := before.Touch(now)
		if diff := cmp.Diff(want, got); diff != "" || writes != tc.writes {
			t.Errorf("%s: writes %v (-want +got):\n%s", name, writes, diff)
		}
	}
}

func TestHeartbeatOfAnAgentThatWasOffline(t *testing.T) {
	t.Parallel()
	touched, _ := waiting(func(a *Agent) { a.Status, a.LastSeenAt = AgentOffline, Ref(now.Add(-time.Hour)) }).Touch(now)
	if got := touched.CheckIn("", now).Status; got != AgentOnline {
		t.Errorf("status %s", got)
	}
}

func TestLifecycleEvents(t *testing.T) {
	t.Parallel()
	if got, want := HeartbeatEvent(wanda), (Event{"agent.heartbeat", "Heartbeat received from Wanda Worker."}); got != want {
		t.Errorf("got %+v", got)
	}
	want := Event{"task.assignee_woken", "Assignee heartbeat set online (status_in_progress): Wanda Worker."}
	if got := WokenEvent(wanda, WakeInProgress); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestDecideReconcile(t *testing.T) {
	t.Parallel()
	late := started.Add(time.Minute)
	early := started.Add(10 * time.Second)
	deadline := started.Add(CheckinDeadline)
	agent := func(change func(*Agent)) *Agent { return Ref(waiting(change)) }
	for name, tc := range map[string]struct {
		agent      *Agent
		generation int
		now        Time
		want       ReconcileStep
		until      Time
	}{
		"gone":                            {nil, 4, late, ReconcileDone, Time{}},
		"a newer run":                     {agent(nil), 3, late, ReconcileDone, Time{}},
		"seen after the wake":             {agent(func(a *Agent) { a.LastSeenAt = Ref(started.Add(time.Second)) }), 4, late, ReconcileDone, Time{}},
		"seen at the wake":                {agent(func(a *Agent) { a.LastSeenAt = &started }), 4, late, ReconcileDone, Time{}},
		"seen, never woken":               {agent(func(a *Agent) { a.LastSeenAt, a.LastWakeSentAt = &earlier, nil }), 4, late, ReconcileDone, Time{}},
		"seen before it":                  {agent(func(a *Agent) { a.LastSeenAt = &earlier }), 4, late, ReconcileRun, Time{}},
		"deleting":                        {agent(func(a *Agent) { a.Status = AgentDeleting }), 4, late, ReconcileDone, Time{}},
		"too early":                       {agent(nil), 4, early, ReconcileSnooze, deadline},
		"just in time":                    {agent(nil), 4, deadline, ReconcileRun, Time{}},
		"too early by the job's deadline": {agent(func(a *Agent) { a.CheckinDeadlineAt = nil }), 4, early, ReconcileSnooze, deadline},
		"late by the job's deadline":      {agent(func(a *Agent) { a.CheckinDeadlineAt = nil }), 4, late, ReconcileRun, Time{}},
		"the row's deadline wins":         {agent(func(a *Agent) { a.CheckinDeadlineAt = &now }), 4, late, ReconcileSnooze, now},
		"early before too many wakes":     {agent(func(a *Agent) { a.WakeAttempts = 3 }), 4, early, ReconcileSnooze, deadline},
		"two wakes":                       {agent(func(a *Agent) { a.WakeAttempts = 2 }), 4, late, ReconcileRun, Time{}},
		"three wakes":                     {agent(func(a *Agent) { a.WakeAttempts = 3 }), 4, late, ReconcileGiveUp, Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, until := DecideReconcile(tc.agent, tc.generation, deadline, tc.now)
			if got != tc.want || until != tc.until {
				t.Errorf("got %d until %s, want %d until %s", got, until, tc.want, tc.until)
			}
		})
	}
}

func TestGiveUp(t *testing.T) {
	t.Parallel()
	want := waiting(func(a *Agent) {
		a.Status, a.CheckinDeadlineAt, a.UpdatedAt = AgentOffline, nil, now
		a.LastProvisionError = Ref("Agent did not check in after wake; max wake attempts reached")
	})
	if diff := cmp.Diff(want, waiting(nil).GiveUp(now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReconcileDelay(t *testing.T) {
	t.Parallel()
	if got := ReconcileDelay(now, started); got != time.Hour {
		t.Error(got)
	}
	if got := ReconcileDelay(started, now); got != 0 {
		t.Error(got)
	}
}
