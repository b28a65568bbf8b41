package openclaw_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
)

const (
	standInToken = "token-of-the-stand-in"
	handshake    = "connect"
	moduleRoot   = "../.."
)

// standIn is the gateway that the contract's own tests use, in a process of its
// own: nothing of it was written with this client in mind.
type standIn struct {
	t       *testing.T
	url     string
	control string
}

// startStandIn runs the stand-in until the test ends. It needs the contract's
// files beside the module and Python's websockets. Where tests count, both have
// to be there; elsewhere the test is skipped without them.
func startStandIn(t *testing.T) *standIn {
	t.Helper()
	shared := cmp.Or(os.Getenv("SHARED"), "../shared")
	if !filepath.IsAbs(shared) {
		shared = filepath.Join(moduleRoot, shared)
	}
	script := filepath.Join(shared, "conformance", "fake_gateway.py")
	if _, err := os.Stat(script); err != nil {
		missing(t, "the stand-in gateway is not there: %v", err)
	}
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	if interpreter == "" {
		missing(t, "there is no Python with websockets")
	}
	port, controlPort := freePort(t), freePort(t)
	command := exec.CommandContext(t.Context(), interpreter, script, "--ws-port", port, "--control-port", controlPort, "--token", standInToken)
	command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var output lockedBuffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it has nothing to save
		_ = command.Wait()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	s := &standIn{t: t, url: "ws://127.0.0.1:" + port, control: "http://127.0.0.1:" + controlPort}
	s.waitReady(&output)
	return s
}

func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// python is a command that runs a Python with websockets, "" for none. The
// module's own environment is made, once, where it is missing and tests count:
// that takes a while.
var python = sync.OnceValues(func() (command string, err error) {
	ctx := context.Background()
	for _, candidate := range append([]string{"python3"}, glob(filepath.Join(moduleRoot, "bin", "tools", "python-*", "bin", "python"))...) {
		if exec.CommandContext(ctx, candidate, "-c", "import websockets").Run() == nil {
			return candidate, nil
		}
	}
	script, err := filepath.Abs(filepath.Join(moduleRoot, "scripts", "python.sh"))
	if err != nil || os.Getenv("CI") == "" {
		return "", err
	}
	if output, err := exec.CommandContext(ctx, script, "-c", "import websockets").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return script, nil
})

func glob(pattern string) []string {
	found, err := filepath.Glob(pattern)
	if err != nil {
		return nil
	}
	return found
}

// freePort returns a port that nobody listens on, below those that the system
// hands out, so that nobody takes it before the stand-in does.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("there is no free port")
	return ""
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (s *standIn) waitReady(output *lockedBuffer) {
	s.t.Helper()
	// The line is printed when it listens; there is nothing else to wait for.
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(output.String(), "fake gateway on"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the stand-in did not start: %s", output.String())
		}
	}
}

func (s *standIn) endpoint() openclaw.Endpoint {
	return openclaw.Endpoint{URL: s.url, Token: standInToken}
}

func (s *standIn) post(path string, body any) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.request(http.MethodPost, path, bytes.NewReader(raw), nil)
}

func (s *standIn) get(path string, out any) {
	s.t.Helper()
	s.request(http.MethodGet, path, http.NoBody, out)
}

func (s *standIn) request(method, path string, body io.Reader, out any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.control+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
	if out != nil {
		if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
			s.t.Fatal(err)
		}
	}
}

// methods lists what was called, but for the handshake.
func (s *standIn) methods() []string {
	s.t.Helper()
	var calls []struct{ Method string }
	s.get("/calls", &calls)
	var out []string
	for _, c := range calls {
		if c.Method != handshake {
			out = append(out, c.Method)
		}
	}
	return out
}

func TestStandInHandshake(t *testing.T) {
	t.Parallel()
	s, c := startStandIn(t), openclawtest.Client(t)
	if ok, message, err := openclaw.CheckVersion(t.Context(), c, s.endpoint(), "2026.02.9"); !ok || message != "" || err != nil {
		t.Errorf("the version: %v, %q, %v", ok, message, err)
	}
	s.post("/options", map[string]any{"version": nil})
	if ok, message, err := openclaw.CheckVersion(t.Context(), c, s.endpoint(), "2026.02.9"); !ok || err != nil {
		t.Errorf("the version of the configuration: %q, %v", message, err)
	}
	controlUI := s.endpoint()
	controlUI.DisableDevicePairing = true
	if err := c.Gateway(controlUI).AgentsCreate(t.Context(), "mc-ui", "/w"); err != nil {
		t.Errorf("as control UI: %v", err)
	}
	wrong := s.endpoint()
	wrong.Token = "wrong"
	if _, err := c.Probe(t.Context(), wrong); err == nil || openclaw.NormalizedMessage(err) != "Gateway authentication failed. Verify gateway token and operator scopes." {
		t.Errorf("with a wrong token: %v", err)
	}
	s.post("/options", map[string]any{"pairing": "required"})
	if _, err := c.Probe(t.Context(), s.endpoint()); err == nil || err.Error() != "pairing required" {
		t.Errorf("without an approval: %v", err)
	}
	s.post("/options", map[string]any{"pairing": "auto", "challenge_delay": 2.5})
	if _, err := c.Probe(t.Context(), s.endpoint()); err != nil {
		t.Errorf("with a slow challenge: %v", err)
	}
	var connections []struct {
		Path string
		OK   bool
	}
	s.get("/connections", &connections)
	if len(connections) != 6 || connections[0].Path != "/" || !connections[0].OK {
		t.Errorf("connections %+v", connections)
	}
}

// TestStandInAgent makes an agent in the order that the contract has.
func TestStandInAgent(t *testing.T) {
	t.Parallel()
	s, c := startStandIn(t), openclawtest.Client(t)
	const id, key = "mc-0c7e", "agent:mc-0c7e:main"
	g, ctx := c.Gateway(s.endpoint()), t.Context()
	for _, step := range []func() error{
		func() error { return g.AgentsCreate(ctx, id, "/w") },
		func() error { return g.AgentsUpdate(ctx, id, "Ada", "/w") },
		func() error { return openclaw.ApplyAgentConfig(ctx, g, beating(id, "10m")) },
		func() error { _, err := g.FilesList(ctx, id); return err },
		func() error { return g.FilesSet(ctx, id, "TOOLS.md", "- `AUTH_TOKEN=<x>`") },
		func() error { return g.SessionsReset(ctx, key) },
		func() error { return g.SendMessage(ctx, key, "Ada", "Hello Ada", true) },
		func() error { return openclaw.ApplyAgentConfig(ctx, g, beating(id, "10m")) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"agents.create", "agents.update", "config.get", "config.patch", "agents.files.list", "agents.files.set", "sessions.reset", "sessions.patch",
		"chat.send", "config.get",
	}
	if diff := gocmp.Diff(want, s.methods()); diff != "" {
		t.Error(diff)
	}
	if content, ok, err := g.FilesGet(ctx, id, "TOOLS.md"); content != "- `AUTH_TOKEN=<x>`" || !ok || err != nil {
		t.Errorf("the file: %q, %v, %v", content, ok, err)
	}
	if history, err := g.ChatHistory(ctx, key, 0); err != nil || len(history) != 1 {
		t.Errorf("the session: %s, %v", history, err)
	}
	if sessions, err := g.SessionsList(ctx); err != nil || len(sessions) != 1 {
		t.Errorf("the sessions: %s, %v", sessions, err)
	}
	if err := g.AgentsCreate(ctx, id, "/w"); !openclaw.IsAlreadyExists(err) {
		t.Errorf("created twice: %v", err)
	}
	for _, err := range []error{g.AgentsDelete(ctx, id), g.SessionsDelete(ctx, key)} {
		if err != nil {
			t.Error(err)
		}
	}
	if err := g.AgentsDelete(ctx, id); !openclaw.IsMissingAgent(err) {
		t.Errorf("deleted twice: %v", err)
	}
	var connections []any
	if s.get("/connections", &connections); len(connections) != 1 {
		t.Errorf("%d connections", len(connections))
	}
}

func TestStandInRestart(t *testing.T) {
	t.Parallel()
	s, c := startStandIn(t), openclawtest.Client(t)
	g := c.Gateway(s.endpoint())
	s.post("/options", map[string]any{"restart": "before", "restart_seconds": 1})
	if err := openclaw.ApplyAgentConfig(t.Context(), g, beating("mc-1", "10m")); err != nil {
		t.Errorf("a write that restarts the gateway: %v", err)
	}
	s.post("/options", map[string]any{"restart": "after", "restart_delay": 0, "restart_seconds": 0.5})
	if err := openclaw.ApplyAgentConfig(t.Context(), g, beating("mc-1", "5m")); err != nil {
		t.Errorf("a write that restarts the gateway later: %v", err)
	}
	if err := openclaw.Retry(t.Context(), openclaw.Coordination, openclaw.Timing{}, g.Health); err != nil {
		t.Errorf("after the restart: %v", err)
	}
	var answer struct {
		Config struct {
			Agents struct {
				List []struct {
					ID        string
					Heartbeat map[string]any
				}
			}
		}
	}
	s.get("/config", &answer)
	list := answer.Config.Agents.List
	if len(list) != 2 || list[1].ID != "mc-1" || list[1].Heartbeat["every"] != "5m" {
		t.Errorf("the configuration: %+v", list)
	}
}

func TestStandInLimit(t *testing.T) {
	t.Parallel()
	s, c := startStandIn(t), openclawtest.Client(t)
	g := c.Gateway(s.endpoint())
	s.post("/options", map[string]any{"patch_limit": 1})
	if err := openclaw.ApplyAgentConfig(t.Context(), g, beating("mc-1", "10m")); err != nil {
		t.Fatal(err)
	}
	// The next one is put off for almost a minute: longer than anybody is made to wait.
	err := openclaw.ApplyAgentConfig(t.Context(), g, beating("mc-1", "5m"))
	if err == nil || !strings.Contains(err.Error(), "rate limit exceeded") || !openclaw.IsTransient(err) {
		t.Errorf("got %v", err)
	}
}

func TestStandInFaults(t *testing.T) {
	t.Parallel()
	s, c := startStandIn(t), openclawtest.Client(t)
	g := c.Gateway(s.endpoint())
	for _, tc := range []struct {
		fault map[string]any
		want  string
	}{
		{map[string]any{"method": "health", "close": 1012, "reason": "service restart"}, "received 1012 (service restart)"},
		{map[string]any{"method": "health", "drop": true}, "no close frame received or sent"},
		{map[string]any{"method": "health", "message": "out of order"}, "out of order"},
	} {
		s.post("/fail", tc.fault)
		if err := g.Health(t.Context()); err == nil || err.Error() != tc.want {
			t.Errorf("%v: %v", tc.fault, err)
		}
		if err := g.Health(t.Context()); err != nil {
			t.Errorf("after %v: %v", tc.fault, err)
		}
	}
	s.post("/fail", map[string]any{"method": "connect", "close": 1012, "reason": "service restart", "times": 3})
	another := s.endpoint()
	another.URL += "/another"
	if err := openclaw.Retry(t.Context(), openclaw.Coordination, openclaw.Timing{}, c.Gateway(another).Health); err != nil {
		t.Errorf("after three failed handshakes: %v", err)
	}
	if !slices.Contains(s.methods(), "health") {
		t.Error("the stand-in saw no call")
	}
}
