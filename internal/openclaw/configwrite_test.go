package openclaw_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
)

// beating is how the configuration names an agent that beats at an interval.
func beating(id, interval string) openclaw.AgentConfig {
	return openclaw.AgentConfig{ID: id, Workspace: "/w", Heartbeat: fmt.Appendf(nil, `{"every":%q}`, interval)}
}

func TestApplyAgentConfig(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	for range 2 {
		if err := openclaw.ApplyAgentConfig(t.Context(), gateway, beating("mc-1", "10m")); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"config.get", "config.patch", "config.get"}, g.Methods()); diff != "" {
		t.Error(diff)
	}
	patch := g.Calls("config.patch")[0].Params
	if hash, _ := patch["baseHash"].(string); len(hash) != 64 || len(patch) != 2 {
		t.Errorf("the patch is %v", patch)
	}
	agent := g.Agents()[1]
	want := openclawtest.Agent{ID: "mc-1", Workspace: "/w", Heartbeat: map[string]any{"every": "10m"}}
	if diff := cmp.Diff(want, agent); diff != "" {
		t.Error(diff)
	}
}

func TestApplyAgentConfigOfSeveralIsOneWrite(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	g.FailWith("config.patch", 1, "config changed since last load; re-run config.get and retry")
	for _, agents := range [][]openclaw.AgentConfig{{beating("mc-1", "10m")}, {beating("mc-2", "2m"), beating("mc-1", "3m"), beating("mc-3", "4m")}, {beating("mc-3", "4m"), beating("mc-1", "3m")}, nil} {
		if err := openclaw.ApplyAgentConfig(t.Context(), gateway, agents...); err != nil {
			t.Fatal(err)
		}
	}
	beats := map[string]any{}
	for _, a := range g.Agents()[1:] {
		beats[a.ID] = a.Heartbeat
	}
	at := func(interval string) map[string]any { return map[string]any{"every": interval} }
	if diff := cmp.Diff(map[string]any{"mc-1": at("3m"), "mc-2": at("2m"), "mc-3": at("4m")}, beats); diff != "" {
		t.Error(diff)
	}
	want := []string{"config.get", "config.patch", "config.get", "config.patch", "config.get", "config.patch", "config.get", "config.get"}
	if diff := cmp.Diff(want, g.Methods()); diff != "" {
		t.Error(diff)
	}
}

func TestApplyAgentConfigTakesMembersAway(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	for _, heartbeat := range []string{`{"every":"10m","prompt":"x"}`, `{"every":"10m"}`, `{"every":"10m"}`} {
		if err := openclaw.ApplyAgentConfig(t.Context(), gateway, openclaw.AgentConfig{ID: "mc-1", Workspace: "/w", Heartbeat: json.RawMessage(heartbeat)}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]any{"every": "10m"}, g.Agents()[1].Heartbeat); diff != "" || len(g.Calls("config.patch")) != 2 {
		t.Errorf("%d writes, %s", len(g.Calls("config.patch")), diff)
	}
}

func TestApplyAgentConfigThroughTrouble(t *testing.T) {
	t.Parallel()
	const get, patch = "config.get", "config.patch"
	for name, tc := range map[string]struct {
		trouble func(g *openclawtest.Gateway)
		want    []string
		polls   bool // config.get may be repeated while the gateway restarts
	}{
		"overtaken": {func(g *openclawtest.Gateway) {
			g.FailWith(patch, 2, "config changed since last load; re-run config.get and retry")
		}, []string{get, patch, get, patch, get, patch}, false},
		"put off": {func(g *openclawtest.Gateway) {
			g.Fail(patch, 1, &openclawtest.Error{Message: "rate limit exceeded for config.patch; retry after 1s", Code: "UNAVAILABLE", Retryable: true, RetryAfter: 50 * time.Millisecond})
		}, []string{get, patch, get, patch}, false},
		"restart instead of an answer": {func(g *openclawtest.Gateway) {
			g.Set(func(o *openclawtest.Options) { o.Restart, o.Down = openclawtest.RestartBefore, 300*time.Millisecond })
		}, []string{get, patch, get}, true},
		"restart that loses the write": {func(g *openclawtest.Gateway) {
			g.Set(func(o *openclawtest.Options) { o.Restart, o.Down = openclawtest.RestartLosing, 300*time.Millisecond })
		}, []string{get, patch, get, patch}, true},
		"connection cut": {func(g *openclawtest.Gateway) { g.Drop(patch, 1) }, []string{get, patch, get, patch}, true},
		"restart after the answer": {func(g *openclawtest.Gateway) {
			g.Set(func(o *openclawtest.Options) { o.Restart = openclawtest.RestartAfter })
		}, []string{get, patch}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openclawtest.Start(t)
			gateway := openclawtest.Client(t).Gateway(g.Endpoint())
			tc.trouble(g)
			if err := openclaw.ApplyAgentConfig(t.Context(), gateway, beating("mc-1", "10m")); err != nil {
				t.Fatal(err)
			}
			if !g.HasAgent("mc-1") {
				t.Error("the agent is not in the configuration")
			}
			got := g.Methods()
			if tc.polls {
				got = compact(got)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// compact takes repetitions of the same call for one.
func compact(methods []string) []string {
	var out []string
	for _, m := range methods {
		if len(out) == 0 || out[len(out)-1] != m {
			out = append(out, m)
		}
	}
	return out
}

func TestApplyAgentConfigGivesUp(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trouble func(g *openclawtest.Gateway)
		want    string
	}{
		"read fails":  {func(g *openclawtest.Gateway) { g.FailWith("config.get", 1, "no") }, "no"},
		"write fails": {func(g *openclawtest.Gateway) { g.FailWith("config.patch", 1, "invalid heartbeat") }, "invalid heartbeat"},
		"always overtaken": {func(g *openclawtest.Gateway) {
			g.FailWith("config.patch", openclawtest.Forever, "config changed since last load; re-run config.get and retry")
		}, "config changed since last load"},
		"put off for long": {func(g *openclawtest.Gateway) {
			g.Fail("config.patch", 1, &openclawtest.Error{Message: "rate limit exceeded", Retryable: true, RetryAfter: time.Minute})
		}, "rate limit exceeded"},
		"silence": {func(g *openclawtest.Gateway) { g.Silence("config.patch", 1) }, "timed out waiting for the gateway to answer config.patch"},
		"odd list": {func(g *openclawtest.Gateway) {
			g.SetConfig(map[string]any{"agents": map[string]any{"list": "x"}})
		}, "config agents.list is not a list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openclawtest.Start(t)
			tc.trouble(g)
			gateway := openclawtest.ClientWith(t, openclaw.Options{CallTimeout: 300 * time.Millisecond}).Gateway(g.Endpoint())
			if err := openclaw.ApplyAgentConfig(t.Context(), gateway, beating("mc-1", "10m")); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestApplyAgentConfigEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	g.Set(func(o *openclawtest.Options) { o.Restart, o.Down = openclawtest.RestartBefore, time.Hour })
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- openclaw.ApplyAgentConfig(ctx, gateway, beating("mc-1", "10m")) }()
	g.WaitCalls("config.patch", 1)
	waiting := make(chan error)
	go func() { waiting <- openclaw.ApplyAgentConfig(ctx, gateway, beating("mc-2", "10m")) }()
	cancel()
	for _, err := range []error{<-result, <-waiting} {
		if err == nil {
			t.Error("a write to a gateway that never came back succeeded")
		}
	}
}

func TestConfigWritesGoOneAfterTheOther(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.Client(t)
	controlUI := g.Endpoint()
	controlUI.DisableDevicePairing = true
	var writes sync.WaitGroup
	for i := range 12 {
		// The same gateway, whichever way it is reached.
		gateway := c.Gateway([]openclaw.Endpoint{g.Endpoint(), controlUI}[i%2])
		writes.Go(func() {
			if err := openclaw.ApplyAgentConfig(t.Context(), gateway, beating(fmt.Sprintf("mc-%d", i), "10m")); err != nil {
				t.Error(err)
			}
		})
	}
	writes.Wait()
	if n := len(g.Calls("config.patch")); n != 12 || len(g.Agents()) != 13 {
		t.Errorf("%d writes for 12 agents; %d agents", n, len(g.Agents()))
	}
}
