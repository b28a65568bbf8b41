// Package openclawtest is an OpenClaw gateway in the process of a test. It
// speaks the real protocol over a real WebSocket, checks what a real gateway
// checks, keeps agents, files, sessions and configuration in memory, shows what
// it was asked, and can be told to misbehave.
//
// It is for tests only, and answers from memory alone: no agent acts on what it
// is sent. It checks and answers without any code of the client's.
package openclawtest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Options are how a gateway behaves. Set changes them at any time.
type Options struct {
	Token    string // that clients must send; empty: none
	Version  any    // of the server in hello-ok; nil leaves it out
	Protocol int    // the only version it speaks

	// StrictControlUI refuses control-ui clients without a device.
	StrictControlUI bool
	// PairingRequired refuses every device, as one that nobody approved.
	PairingRequired bool

	// HTTPStatus answers the upgrade with this status instead, unless it is 0.
	HTTPStatus int
	// ChallengeDelay is how long the challenge takes; a negative one never comes.
	ChallengeDelay time.Duration
	// MaxPayload is the policy of hello-ok, in bytes; 0 leaves it out.
	MaxPayload int64
	// IgnorePings makes the gateway seem dead to those who ask for a sign of life.
	IgnorePings bool

	// Restart is what a config.patch does that changes something.
	Restart Restart
	// Down is how long such a restart takes.
	Down time.Duration
	// PatchLimit is how many config.patch calls are taken; 0: any number.
	PatchLimit int
}

// Restart is how a gateway restarts when its configuration changes.
type Restart int

// The ways to restart.
const (
	NoRestart     Restart = iota
	RestartAfter          // answer, then restart
	RestartBefore         // restart instead of answering; the change was made
	RestartLosing         // restart instead of answering, once; the change is lost
)

// Gateway is a running gateway. It is safe for concurrent use.
type Gateway struct {
	URL string // ws://… or wss://…

	t       testing.TB
	life    context.Context
	useTLS  bool
	address string
	work    sync.WaitGroup // of connections and restarts

	mu      sync.Mutex
	o       Options
	server  *httptest.Server // nil while it is down
	conns   map[*websocket.Conn]struct{}
	changed chan struct{} // closed, and made anew, with each call and connection
	calls   []Call
	clients []Connection
	faults  []*fault
	state   state
}

// Start runs a gateway until the test ends.
func Start(t testing.TB) *Gateway {
	t.Helper()
	return start(t, false)
}

// StartTLS runs a gateway with a certificate that nobody trusts until the test ends.
func StartTLS(t testing.TB) *Gateway {
	t.Helper()
	return start(t, true)
}

func start(t testing.TB, useTLS bool) *Gateway {
	t.Helper()
	life, end := context.WithCancel(context.Background())
	g := &Gateway{
		t: t, life: life, useTLS: useTLS, o: Options{Version: "2026.4.2", Protocol: 3},
		conns: map[*websocket.Conn]struct{}{}, changed: make(chan struct{}), state: newState(),
	}
	g.Resume()
	t.Cleanup(func() {
		end()
		g.Stop()
		g.work.Wait()
	})
	return g
}

// Set changes how the gateway behaves from now on.
func (g *Gateway) Set(change func(o *Options)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.o)
}

func (g *Gateway) options() Options {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.o
}

// Stop ends every connection with close code 1012 and refuses new ones. What
// the gateway keeps stays.
func (g *Gateway) Stop() { g.stop(websocket.StatusServiceRestart, "service restart") }

func (g *Gateway) stop(code websocket.StatusCode, reason string) {
	g.mu.Lock()
	server := g.server
	g.server = nil
	g.mu.Unlock()
	if server != nil {
		server.Listener.Close()
	}
	g.CloseAll(code, reason)
	if server != nil {
		server.Close()
	}
}

// Resume lets the gateway listen again, at the same address.
func (g *Gateway) Resume() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.server != nil {
		return
	}
	listener := g.listen()
	if listener == nil {
		return
	}
	g.server = httptest.NewUnstartedServer(handler{g})
	g.server.Listener.Close()
	g.server.Listener = listener
	// A client that hangs up is what many tests want.
	g.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if g.useTLS {
		g.server.StartTLS()
	} else {
		g.server.Start()
	}
	if g.URL == "" {
		g.address = listener.Addr().String()
		g.URL = "ws" + strings.TrimPrefix(g.server.URL, "http")
	}
}

// listen listens where the gateway is to be found, or finds a place for it: one
// below the ports that the system hands out, so that nobody takes it while the
// gateway is down. It returns nil when the test ended.
func (g *Gateway) listen() net.Listener {
	for tries := 1; ; tries++ {
		address := g.address
		if address == "" {
			address = net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(12000)))
		}
		listener, err := (&net.ListenConfig{}).Listen(g.life, "tcp", address)
		switch {
		case err == nil:
			return listener
		case g.life.Err() != nil:
			return nil
		case tries == 100:
			g.t.Errorf("openclawtest: %v", err)
			return nil
		}
		g.pause(20 * time.Millisecond)
	}
}

// RestartNow ends every connection with close code 1012 and refuses new ones
// for a while; it returns at once.
func (g *Gateway) RestartNow(down time.Duration) {
	g.work.Go(func() {
		g.Stop()
		g.pause(down)
		g.Resume()
	})
}

// pause waits, at most until the test ends.
func (g *Gateway) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-g.life.Done():
	}
}

// CloseAll ends every connection with a close code.
func (g *Gateway) CloseAll(code websocket.StatusCode, reason string) {
	g.eachConn(func(ws *websocket.Conn) { _ = ws.Close(code, reason) })
}

// DropAll cuts every connection without a goodbye.
func (g *Gateway) DropAll() {
	g.eachConn(func(ws *websocket.Conn) { _ = ws.CloseNow() })
}

func (g *Gateway) eachConn(do func(ws *websocket.Conn)) {
	var all sync.WaitGroup
	defer all.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	for ws := range g.conns {
		all.Go(func() { do(ws) })
	}
}
