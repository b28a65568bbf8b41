package openclaw_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
)

func newClient(t *testing.T) *openclaw.Client {
	t.Helper()
	id, err := openclaw.LoadIdentity(filepath.Join(t.TempDir(), "device.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := openclaw.NewClient(openclaw.Options{Identity: id})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestManyCallsShareOneConnection(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Token = "secret"
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL, Token: "secret"})
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := gw.Health(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if g.Dials() != 1 {
		t.Errorf("%d connections for 40 calls", g.Dials())
	}
}

func TestProtocolVersions(t *testing.T) {
	t.Parallel()
	for protocol, wantErr := range map[int]string{3: "", 4: "", 5: "the gateway wants protocol 5, this client speaks 3 to 4", 2: "the gateway wants protocol 2"} {
		g := openclawtest.Start(t)
		g.Protocol = protocol
		_, err := newClient(t).Probe(t.Context(), openclaw.Endpoint{URL: g.URL})
		if wantErr == "" && err != nil || wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)) {
			t.Errorf("protocol %d: %v, want %q", protocol, err, wantErr)
		}
	}
}

func TestControlUIMode(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	e := openclaw.Endpoint{URL: g.URL, DisableDevicePairing: true}
	if _, err := newClient(t).Probe(t.Context(), e); err == nil || !strings.Contains(err.Error(), "requires device identity") {
		t.Errorf("a strict gateway: %v", err)
	}
	g.ControlUI = true
	if _, err := newClient(t).Probe(t.Context(), e); err != nil {
		t.Errorf("an open gateway: %v", err)
	}
}

func TestErrorsAreWordsForPeople(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Token = "secret"
	c := newClient(t)
	for url, want := range map[string]string{
		"":                                       "Gateway URL is not configured.",
		"ftp://127.0.0.1/x":                      "scheme isn't ws or wss",
		"ws://127.0.0.1:9":                       "Connection refused",
		"ws://no-such-host.invalid":              "Name or service not known",
		g.URL + "?token=hidden":                  "unauthorized",
		"http" + strings.TrimPrefix(g.URL, "ws"): "scheme isn't ws or wss",
	} {
		_, err := c.Probe(t.Context(), openclaw.Endpoint{URL: url, Token: "wrong-token"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "wrong-token")) {
			t.Errorf("%s: the error shows a secret: %v", url, err)
		}
	}
}

func TestAnsweredErrorsAreFinalAndKeepTheConnection(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL})
	g.Fail("agents.delete", 1, `agent "x" not found`)
	err := gw.AgentsDelete(t.Context(), "x")
	if !openclaw.IsMissingAgent(err) || openclaw.IsTransient(err) {
		t.Errorf("got %v", err)
	}
	if err := gw.Health(t.Context()); err != nil || g.Dials() != 1 {
		t.Errorf("afterwards: %v, %d dials", err, g.Dials())
	}
}

func TestSilentGatewayCostsTheCallersTime(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Silence("health", 1)
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := gw.Health(ctx); err == nil || !openclaw.IsTransient(err) {
		t.Errorf("got %v", err)
	}
	if err := gw.Health(t.Context()); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestLostConnectionIsDialledAgain(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL})
	if err := gw.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.Cut("health", 1, websocket.StatusServiceRestart)
	if err := gw.Health(t.Context()); !openclaw.IsTransient(err) || !strings.Contains(err.Error(), "1012") {
		t.Errorf("while it restarts: %v", err)
	}
	if err := gw.Health(t.Context()); err != nil {
		t.Errorf("after the restart: %v", err)
	}
}

func TestRetryOutlivesTheBreaker(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL})
	g.Cut("connect", 8, websocket.StatusServiceRestart)
	policy := openclaw.Retry{Total: 20 * time.Second, Base: 20 * time.Millisecond, Max: 300 * time.Millisecond, Context: "test"}
	if err := policy.Do(t.Context(), gw.Health); err != nil {
		t.Errorf("the gateway came back, but: %v", err)
	}
}

func TestRetryEndsWithItsTime(t *testing.T) {
	t.Parallel()
	policy := openclaw.Retry{Total: 150 * time.Millisecond, Base: 10 * time.Millisecond, Max: 50 * time.Millisecond, Context: "gateway coordination"}
	err := policy.Do(t.Context(), func(context.Context) error { return &openclaw.Error{Message: "Connection refused"} })
	var timeout *openclaw.TimeoutError
	if !errors.As(err, &timeout) || !strings.Contains(err.Error(), "(gateway coordination timeout). Last error: Connection refused") {
		t.Errorf("got %v", err)
	}
	final := &openclaw.Error{Message: "unknown method: x", Code: "INVALID_REQUEST"}
	calls := 0
	if err := policy.Do(t.Context(), func(context.Context) error { calls++; return final }); !errors.Is(err, final) || calls != 1 {
		t.Errorf("a final error was tried %d times: %v", calls, err)
	}
}

func TestApplyAgentConfig(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL})
	config := openclaw.AgentConfig{AgentID: "mc-1", Workspace: "/w", Heartbeat: []byte(`{"every":"10m"}`)}
	g.Fail("config.patch", 1, "config changed since last load; re-run config.get and retry")
	for range 2 {
		if err := gw.ApplyAgentConfig(t.Context(), config); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(g.Calls("config.patch")); n != 2 {
		t.Errorf("%d writes; one was overtaken, one went through, the last one has nothing to write", n)
	}
	g.Cut("config.patch", 1, websocket.StatusServiceRestart)
	config.Heartbeat = []byte(`{"every":"5m"}`)
	if err := gw.ApplyAgentConfig(t.Context(), config); err != nil {
		t.Errorf("a write that restarts the gateway: %v", err)
	}
}

func TestFileContentForms(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gw := newClient(t).Gateway(openclaw.Endpoint{URL: g.URL})
	if err := gw.AgentsCreate(t.Context(), "mc-1", "/w"); err != nil {
		t.Fatal(err)
	}
	if err := gw.AgentsCreate(t.Context(), "mc-1", "/w"); !openclaw.IsAlreadyExists(err) {
		t.Errorf("created twice: %v", err)
	}
	if err := gw.FilesSet(t.Context(), "mc-1", "TOOLS.md", "text"); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := gw.FilesGet(t.Context(), "mc-1", "TOOLS.md"); got != "text" || !ok || err != nil {
		t.Errorf("got %q, %v, %v", got, ok, err)
	}
	if _, ok, err := gw.FilesGet(t.Context(), "mc-1", "MEMORY.md"); ok || err != nil {
		t.Errorf("a missing file: %v, %v", ok, err)
	}
	if err := gw.FilesSet(t.Context(), "mc-1", "OTHER.md", "x"); !openclaw.IsUnsupportedFile(err) || openclaw.IsTransient(err) {
		t.Errorf("an unsupported file: %v", err)
	}
}

func TestVersionVerdict(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ current, minimum, want string }{
		{"2026.2.21-2", "2026.2.21-1", ""},
		{"2026.2.21-1", "2026.2.21-2", "Gateway version 2026.2.21-1 is not supported. Minimum supported version is 2026.2.21-2."},
		{"2026.02.20", "2026.2.20", ""},
		{"v2026.4.2", " ", ""},
		{"", "2026.02.9", "Unable to determine gateway version from runtime metadata. Minimum supported version is 2026.02.9."},
		{"dev", "2026.02.9", "Gateway reported an unsupported version format 'dev'. Minimum supported version is 2026.02.9."},
		{"2026.13.1", "2026.02.9", "Gateway reported an unsupported version format '2026.13.1'. Minimum supported version is 2026.02.9."},
		{"2026.2.0-beta", "2026.02.9", "Gateway reported an unsupported version format '2026.2.0-beta'. Minimum supported version is 2026.02.9."},
		{"2026.4.2", "latest", "Server configuration error: GATEWAY_MIN_VERSION is invalid. Expected CalVer 'YYYY.M.D' or 'YYYY.M.D-REV', got 'latest'."},
	} {
		if got := openclaw.VersionVerdict(tc.current, tc.minimum); got != tc.want {
			t.Errorf("%q against %q: %q, want %q", tc.current, tc.minimum, got, tc.want)
		}
	}
}

func TestNormalizedMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"unauthorized: missing scope: operator.read": "Gateway token is missing required scope `operator.read`. Update the gateway token scopes and retry.",
		"Unauthorized: token mismatch":               "Gateway authentication failed. Verify gateway token and operator scopes.",
		"":                                           "Gateway authentication failed. Verify gateway token and operator scopes.",
		"Connection refused":                         "Connection refused",
	} {
		if got := openclaw.NormalizedMessage(&openclaw.Error{Message: text}); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestIdentityIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "device.json")
	first, err := openclaw.LoadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := openclaw.LoadIdentity(path)
	if err != nil || second.DeviceID != first.DeviceID || len(first.DeviceID) != 64 {
		t.Errorf("first %s, then %v, %v", first.DeviceID, second, err)
	}
}
