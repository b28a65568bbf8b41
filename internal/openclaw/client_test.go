package openclaw_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
)

func TestManyCallsShareOneConnection(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.Token = "secret" })
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	var calls sync.WaitGroup
	for range 40 {
		calls.Go(func() {
			if err := gateway.Health(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if n := len(g.Connections()); n != 1 {
		t.Errorf("%d connections for 40 calls", n)
	}
}

func TestEachEndpointHasItsConnection(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.Client(t)
	e := g.Endpoint()
	paired, controlUI := e, e
	controlUI.DisableDevicePairing = true
	spaced := e
	spaced.URL = "  " + e.URL + " "
	for _, e := range []openclaw.Endpoint{paired, controlUI, spaced, paired} {
		if err := c.Gateway(e).Health(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(g.Connections()); n != 2 {
		t.Errorf("%d connections for 2 different endpoints", n)
	}
}

func TestAnsweredErrorsAreFinalAndKeepTheConnection(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	g.Fail("agents.delete", 1, &openclawtest.Error{Message: `agent "x" not found`, Code: "GONE", Details: map[string]any{"a": 1}, RetryAfter: 2 * time.Second})
	err := gateway.AgentsDelete(t.Context(), "x")
	var e *openclaw.Error
	if !errors.As(err, &e) || e.Kind != openclaw.KindAnswer || e.Code != "GONE" || string(e.Details) != `{"a":1}` || e.RetryAfter != 2*time.Second {
		t.Errorf("got %+v", err)
	}
	if !openclaw.IsMissingAgent(err) || openclaw.IsTransient(err) {
		t.Errorf("%v is not told apart", err)
	}
	if err := gateway.Health(t.Context()); err != nil || len(g.Connections()) != 1 {
		t.Errorf("afterwards: %v, %d connections", err, len(g.Connections()))
	}
}

func TestFailuresOfTheConnection(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault     func(g *openclawtest.Gateway)
		want      string
		transient bool
	}{
		"restart":      {func(g *openclawtest.Gateway) { g.Close("health", 1, 1012, "service restart") }, "received 1012 (service restart)", true},
		"no reason":    {func(g *openclawtest.Gateway) { g.Close("health", 1, 1000, "") }, "received 1000 (OK)", true},
		"going away":   {func(g *openclawtest.Gateway) { g.Close("health", 1, 1001, "bye") }, "received 1001 (going away) bye", true},
		"policy":       {func(g *openclawtest.Gateway) { g.Close("health", 1, 1008, "slow consumer") }, "received 1008 (policy violation) slow consumer", false},
		"cut":          {func(g *openclawtest.Gateway) { g.Drop("health", 1) }, "no close frame received or sent", true},
		"silence":      {func(g *openclawtest.Gateway) { g.Silence("health", 1) }, "timed out waiting for the gateway to answer health", true},
		"huge frame":   {func(g *openclawtest.Gateway) { g.Garbage("health", 1, strings.Repeat(" ", 2<<20)) }, "too big", false},
		"while dialed": {func(g *openclawtest.Gateway) { g.Close("connect", 1, 1012, "") }, "received 1012 (service restart)", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openclawtest.Start(t)
			g.Set(func(o *openclawtest.Options) { o.MaxPayload = 1 << 20 })
			gateway := openclawtest.ClientWith(t, openclaw.Options{CallTimeout: 500 * time.Millisecond}).Gateway(g.Endpoint())
			tc.fault(g)
			err := gateway.Health(t.Context())
			var e *openclaw.Error
			if !errors.As(err, &e) || e.Kind != openclaw.KindTransport || !strings.Contains(e.Error(), tc.want) || openclaw.IsTransient(err) != tc.transient {
				t.Errorf("got %v", err)
			}
			if err := gateway.Health(t.Context()); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}

func TestBrokenConnectionFailsAllItsCalls(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	g.Silence("health", 10)
	results := make(chan error)
	for range 10 {
		go func() { results <- gateway.Health(t.Context()) }()
	}
	g.WaitCalls("health", 10)
	g.Stop()
	for range 10 {
		if err := <-results; !openclaw.IsTransient(err) || !strings.Contains(err.Error(), "received 1012 (service restart)") {
			t.Errorf("got %v", err)
		}
	}
}

func TestLostConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	lines := make(chan string, 100)
	gateway := openclawtest.ClientWith(t, openclaw.Options{Log: slog.New(slog.NewTextHandler(channelWriter(lines), nil))}).Gateway(g.Endpoint())
	for range 3 {
		if err := gateway.Health(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.DropAll()
		for !strings.Contains(<-lines, "openclaw.disconnected") {
		}
	}
	if n := len(g.Connections()); n != 3 {
		t.Errorf("%d connections", n)
	}
}

// TestRequestIsNotSentTwice loses connections at any moment of a call.
func TestRequestIsNotSentTwice(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	for i := range 200 {
		g.ForgetCalls()
		go g.DropAll()
		time.Sleep(time.Duration(i%20) * 20 * time.Microsecond) // so that every moment is met
		if err := gateway.Health(t.Context()); err != nil && !openclaw.IsTransient(err) {
			t.Fatal(err)
		}
		if n := len(g.Calls("health")); n > 1 {
			t.Fatalf("sent %d times", n)
		}
	}
}

type channelWriter chan<- string

func (c channelWriter) Write(p []byte) (int, error) {
	c <- string(p)
	return len(p), nil
}

func TestSilentGatewaysCostTimeAndNoMore(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(g *openclawtest.Gateway){
		"no challenge": func(g *openclawtest.Gateway) { g.Set(func(o *openclawtest.Options) { o.ChallengeDelay = -1 }) },
		"no hello":     func(g *openclawtest.Gateway) { g.Silence("connect", openclawtest.Forever) },
		"no answer":    func(g *openclawtest.Gateway) { g.Silence("health", openclawtest.Forever) },
		"nothing but junk": func(g *openclawtest.Gateway) {
			g.Answer("health", openclawtest.Forever, map[string]any{"id": "another", "type": "res"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openclawtest.Start(t)
			fault(g)
			c := openclawtest.ClientWith(t, openclaw.Options{DialTimeout: 200 * time.Millisecond, CallTimeout: 200 * time.Millisecond})
			start := time.Now()
			if err := c.Gateway(g.Endpoint()).Health(t.Context()); !openclaw.IsTransient(err) || !strings.Contains(err.Error(), "timed out") {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestCallersDeadlineIsKeptAndHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	g.Silence("health", 2)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := gateway.Health(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after a deadline: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	go func() { g.WaitCalls("health", 2); cancel() }()
	if err := gateway.Health(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after a cancel: %v", err)
	}
	if err := gateway.Health(t.Context()); err != nil || len(g.Connections()) != 1 {
		t.Errorf("the connection did not survive: %v, %d connections", err, len(g.Connections()))
	}
}

func TestDialOutlivesTheCallerWhoBeganIt(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.ChallengeDelay = 300 * time.Millisecond })
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() { first <- gateway.Health(ctx) }()
	g.Wait("the dial", func() bool { return g.Open() == 1 })
	second := make(chan error)
	go func() { second <- gateway.Health(t.Context()) }()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first caller got %v", err)
	}
	if err := <-second; err != nil || len(g.Connections()) != 1 {
		t.Errorf("the second caller got %v, %d connections", err, len(g.Connections()))
	}
}

func TestDeadConnectionIsFoundAfterATimeout(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.ClientWith(t, openclaw.Options{CallTimeout: 100 * time.Millisecond})
	gateway := c.Gateway(g.Endpoint())
	g.Silence("health", 1)
	g.Set(func(o *openclawtest.Options) { o.IgnorePings = true })
	if err := gateway.Health(t.Context()); !openclaw.IsTransient(err) {
		t.Fatalf("got %v", err)
	}
	g.Wait("the end of the connection", func() bool { return g.Open() == 0 })
	if err := gateway.Health(t.Context()); err != nil || len(g.Connections()) != 2 {
		t.Errorf("got %v, %d connections", err, len(g.Connections()))
	}
}

func TestIdleConnectionIsClosed(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.ClientWith(t, openclaw.Options{IdleTimeout: 50 * time.Millisecond}).Gateway(g.Endpoint())
	for range 2 {
		if err := gateway.Health(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.Wait("the end of the idle connection", func() bool { return g.Open() == 0 })
	}
	g.Delay("health", 1, 200*time.Millisecond)
	if err := gateway.Health(t.Context()); err != nil {
		t.Errorf("a connection with a call under way is not idle: %v", err)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.Client(t)
	gateway := c.Gateway(g.Endpoint())
	g.Silence("health", 1)
	result := make(chan error)
	go func() { result <- gateway.Health(t.Context()) }()
	g.WaitCalls("health", 1)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !openclaw.IsTransient(err) {
		t.Errorf("a call under way got %v", err)
	}
	g.Wait("the end of the connection", func() bool { return g.Open() == 0 })
	for what, call := range map[string]func() error{
		"a call":  func() error { return gateway.Health(t.Context()) },
		"a probe": func() error { _, err := c.Probe(t.Context(), g.Endpoint()); return err },
	} {
		if err := call(); err == nil {
			t.Errorf("%s of a closed client succeeded", what)
		}
	}
}

func TestBreakerSparesADeadGateway(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Stop()
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	start := time.Now()
	for range 200 {
		if err := gateway.Health(t.Context()); !openclaw.IsTransient(err) || !strings.Contains(err.Error(), "Connection refused") {
			t.Fatalf("got %v", err)
		}
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("200 calls to a dead gateway took %v", took)
	}
	g.Resume()
	if err := openclaw.Retry(t.Context(), openclaw.Coordination, openclaw.Timing{}, gateway.Health); err != nil {
		t.Errorf("after it came back: %v", err)
	}
}

func TestBreakerIgnoresAnswers(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.Token = "right" })
	c := openclawtest.Client(t)
	wrong := g.Endpoint()
	wrong.Token = "wrong"
	for range 8 {
		if err := c.Gateway(wrong).Health(t.Context()); err == nil || !strings.Contains(err.Error(), "unauthorized") {
			t.Fatalf("got %v", err)
		}
	}
	if n := len(g.Connections()); n != 8 {
		t.Errorf("%d of 8 calls asked the gateway", n)
	}
	g.FailWith("health", 20, "no")
	for range 20 {
		if err := c.Gateway(g.Endpoint()).Health(t.Context()); err == nil || err.Error() != "no" {
			t.Fatalf("got %v", err)
		}
	}
}

func TestRetryOutlivesARestart(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	gateway := openclawtest.Client(t).Gateway(g.Endpoint())
	if err := gateway.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.Close("connect", 5, websocket.StatusServiceRestart, "")
	g.RestartNow(200 * time.Millisecond)
	policy := openclaw.RetryPolicy{Total: 30 * time.Second, Base: 20 * time.Millisecond, Max: 200 * time.Millisecond, Jitter: 0.15, Context: "test"}
	if err := openclaw.Retry(t.Context(), policy, openclaw.Timing{}, gateway.Health); err != nil {
		t.Errorf("the gateway came back, but: %v", err)
	}
}

func TestEventsAreHandedOn(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	events := make(chan string, 10)
	c := openclawtest.ClientWith(t, openclaw.Options{OnEvent: func(_ openclaw.Endpoint, name string, _ json.RawMessage) { events <- name }})
	if err := c.Gateway(g.Endpoint()).Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name := <-events; name != "tick" {
		t.Errorf("got %s", name)
	}
}

func TestObserveSeesEveryCall(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.FailWith("health", 1, "no")
	var seen []string
	c := openclawtest.ClientWith(t, openclaw.Options{Observe: func(method string, _ time.Duration, err error) {
		seen = append(seen, method)
		if err != nil {
			seen = append(seen, err.Error())
		}
	}})
	for range 2 {
		_ = c.Gateway(g.Endpoint()).Health(t.Context()) // the first one fails
	}
	if got := strings.Join(seen, " "); got != "health no health" {
		t.Errorf("saw %s", got)
	}
}

func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	var log bytes.Buffer
	c := openclawtest.ClientWith(t, openclaw.Options{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	e := openclaw.Endpoint{URL: strings.Replace(g.URL, "ws://", "ws://user:password@", 1) + "/path?key=hidden", Token: "secret"}
	g.FailWith("health", 1, "no")
	_ = c.Gateway(e).Health(t.Context())
	g.Stop()
	_ = c.Gateway(e).Health(t.Context())
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	text := log.String()
	for _, secret := range []string{"hidden", "secret", "password"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log shows %q: %s", secret, text)
		}
	}
	if !strings.Contains(text, "openclaw.connected") || !strings.Contains(text, "openclaw.call_failed") {
		t.Errorf("the log misses lines: %s", text)
	}
}

func TestParametersThatCannotBeSent(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.MaxPayload = 1000 })
	c := openclawtest.Client(t)
	var e *openclaw.Error
	if err := c.Call(t.Context(), g.Endpoint(), "health", func() {}, nil); !errors.As(err, &e) || e.Kind != openclaw.KindRequest {
		t.Errorf("parameters that are no JSON: %v", err)
	}
	err := c.Gateway(g.Endpoint()).FilesSet(t.Context(), "main", "USER.md", strings.Repeat("x", 1000))
	if !errors.As(err, &e) || e.Kind != openclaw.KindRequest || openclaw.IsTransient(err) {
		t.Errorf("a request that is too large: %v", err)
	}
	if err := c.Gateway(g.Endpoint()).Health(t.Context()); err != nil || len(g.Connections()) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}
