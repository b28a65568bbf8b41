package mc

import (
	"slices"
	"testing"
)

func TestWorkerLimit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		limit, workers int
		want           string
	}{
		{1, 0, ""}, {2, 1, ""},
		{0, 0, "Board worker-agent limit reached: max_agents=0 (excluding the lead); cannot create more than 0 agents."},
		{1, 1, "Board worker-agent limit reached: max_agents=1 (excluding the lead); cannot create more than 1 agent."},
		{2, 5, "Board worker-agent limit reached: max_agents=2 (excluding the lead); cannot create more than 2 agents."},
	} {
		err := Board{MaxAgents: tc.limit}.CheckWorkerLimit(tc.workers)
		if got := textOf(err); got != tc.want {
			t.Errorf("%d workers of %d: %q, want %q", tc.workers, tc.limit, got, tc.want)
		}
		if err != nil && KindOf(err) != KindConflict {
			t.Errorf("kind %d", KindOf(err))
		}
	}
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return DetailText(err)
}

func TestNeverProvisioned(t *testing.T) {
	t.Parallel()
	failed := Agent{Runtime: RuntimeOpenClaw, ProvisionAction: Ref("provision"), LastProvisionError: Ref("disk is full")}
	if !failed.NeverProvisioned() {
		t.Error("an agent whose only run failed counts as provisioned")
	}
	for name, change := range map[string]func(a *Agent){
		"under way":   func(a *Agent) { a.LastProvisionError = nil },
		"came to end": func(a *Agent) { a.ProvisionAction = nil },
		"was seen":    func(a *Agent) { a.LastSeenAt = &Time{} },
		"external":    func(a *Agent) { a.Runtime = RuntimeExternal },
	} {
		a := failed
		change(&a)
		if a.NeverProvisioned() {
			t.Errorf("%s: counts as never provisioned", name)
		}
	}
}

func TestReported(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{"": "", "busy": "busy", "online": "online", "updating": "", "deleting": "", "Updating": "Updating"} {
		if got := Reported(sent); got != want {
			t.Errorf("Reported(%q) = %q, want %q", sent, got, want)
		}
	}
}

func TestRunEvents(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		update  bool
		failure error
		want    []Event
	}{
		{false, nil, []Event{{EventAgentProvisioned, "Provisioned directly for Ada."}, {EventAgentWakeupSent, "Wakeup message sent to Ada."}}},
		{true, nil, []Event{{EventAgentUpdated, "Updated directly for Ada."}, {EventAgentWakeupSent, "Wakeup message sent to Ada."}}},
		{false, Upstream("Gateway provision failed: away"), []Event{{EventAgentProvisionFailed, "Provision message failed: Gateway provision failed: away"}}},
		{true, Upstream("Gateway update failed: away"), []Event{{EventAgentUpdateFailed, "Update message failed: Gateway update failed: away"}}},
	} {
		if got := RunEvents("Ada", tc.update, tc.failure); !slices.Equal(got, tc.want) {
			t.Errorf("got %v, want %v", got, tc.want)
		}
	}
}
