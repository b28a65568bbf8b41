// Package openclawtest is an OpenClaw gateway in the process of a test: it
// speaks the real protocol over a real WebSocket, keeps agents, files, sessions
// and configuration in memory, and can be told to misbehave.
package openclawtest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Call is a request that the gateway received.
type Call struct {
	Method string
	Params map[string]any
}

// Gateway is a running fake. Its exported fields are set before it is used.
type Gateway struct {
	Version      string        // of the server, as hello-ok tells it
	Token        string        // that clients must send; empty: none
	Protocol     int           // the only version it speaks; 0: 3
	Challenge    time.Duration // delay before the challenge
	ControlUI    bool          // lets control-ui clients in without a device
	RestartAfter bool          // a config.patch that changes something closes every connection with 1012

	URL string // ws://…

	server *httptest.Server

	mu       sync.Mutex
	conns    map[*websocket.Conn]struct{}
	calls    []Call
	faults   []*fault
	agents   map[string]string            // id -> workspace
	names    map[string]string            // id -> display name
	files    map[string]map[string]string // agent id -> name -> content
	sessions map[string][]string          // key -> messages
	list     []any                        // agents.list of the configuration
	config   map[string]any
	runs     map[string]struct{} // idempotency keys seen
	dials    int
}

type fault struct {
	method string
	times  int
	act    func(ctx context.Context, ws *websocket.Conn) map[string]any // nil result: no answer
}

// Start runs a gateway until the test ends.
func Start(t testing.TB) *Gateway {
	t.Helper()
	g := &Gateway{
		Version: "2026.4.2", Protocol: 3, conns: map[*websocket.Conn]struct{}{}, agents: map[string]string{}, names: map[string]string{},
		files: map[string]map[string]string{}, sessions: map[string][]string{}, config: map[string]any{}, runs: map[string]struct{}{},
	}
	g.server = httptest.NewServer(http.HandlerFunc(g.accept))
	g.URL = "ws" + strings.TrimPrefix(g.server.URL, "http")
	t.Cleanup(func() {
		g.CloseAll(websocket.StatusGoingAway)
		g.server.Close()
	})
	return g
}

// Fail makes the next calls of a method, times of them or all for -1, answer an error.
func (g *Gateway) Fail(method string, times int, message string) {
	g.inject(method, times, func(context.Context, *websocket.Conn) map[string]any {
		return map[string]any{"ok": false, "error": map[string]any{"code": "INVALID_REQUEST", "message": message}}
	})
}

// Silence makes the next calls of a method get no answer.
func (g *Gateway) Silence(method string, times int) {
	g.inject(method, times, func(context.Context, *websocket.Conn) map[string]any { return nil })
}

// Cut makes the next calls of a method end their connection with this code.
func (g *Gateway) Cut(method string, times int, code websocket.StatusCode) {
	g.inject(method, times, func(_ context.Context, ws *websocket.Conn) map[string]any {
		_ = ws.Close(code, "service restart")
		return nil
	})
}

// Slow delays the next calls of a method.
func (g *Gateway) Slow(method string, times int, d time.Duration) {
	g.inject(method, times, func(ctx context.Context, _ *websocket.Conn) map[string]any {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
		return map[string]any{}
	})
}

func (g *Gateway) inject(method string, times int, act func(context.Context, *websocket.Conn) map[string]any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &fault{method, times, act})
}

// CloseAll ends every connection with a close code.
func (g *Gateway) CloseAll(code websocket.StatusCode) {
	g.mu.Lock()
	conns := make([]*websocket.Conn, 0, len(g.conns))
	for ws := range g.conns {
		conns = append(conns, ws)
	}
	g.mu.Unlock()
	for _, ws := range conns {
		_ = ws.Close(code, "")
	}
}

// Calls lists the received requests of a method, or all for "".
func (g *Gateway) Calls(method string) []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []Call
	for _, c := range g.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// Dials returns how many connections were made.
func (g *Gateway) Dials() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dials
}

// File returns a file that was written for an agent, or "".
func (g *Gateway) File(agent, name string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.files[agent][name]
}

// SetFile writes a file as the agent itself would.
func (g *Gateway) SetFile(agent, name, content string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.files[agent] == nil {
		g.files[agent] = map[string]string{}
	}
	g.files[agent][name] = content
}

// HasAgent reports whether the gateway hosts the agent.
func (g *Gateway) HasAgent(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.agents[id]
	return ok
}

// Messages lists what was sent to a session.
func (g *Gateway) Messages(key string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.sessions[key]...)
}

func (g *Gateway) accept(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	ws.SetReadLimit(32 << 20)
	g.mu.Lock()
	g.conns[ws] = struct{}{}
	g.dials++
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		delete(g.conns, ws)
		g.mu.Unlock()
		_ = ws.CloseNow()
	}()
	g.serve(r.Context(), ws)
}

func (g *Gateway) serve(ctx context.Context, ws *websocket.Conn) {
	const nonce = "nonce-of-the-fake"
	time.Sleep(g.Challenge)
	if write(ctx, ws, map[string]any{"type": "event", "event": "connect.challenge", "payload": map[string]any{"nonce": nonce, "ts": 1}}) != nil {
		return
	}
	connected := false
	for {
		_, raw, err := ws.Read(ctx)
		if err != nil {
			return
		}
		var req struct {
			ID     string         `json:"id"`
			Method string         `json:"method"`
			Params map[string]any `json:"params"`
		}
		if json.Unmarshal(raw, &req) != nil {
			return
		}
		go g.respond(ctx, ws, req.ID, req.Method, req.Params, nonce, connected || req.Method == "connect")
		connected = true
	}
}

func (g *Gateway) respond(ctx context.Context, ws *websocket.Conn, id, method string, params map[string]any, nonce string, mayCall bool) {
	g.mu.Lock()
	g.calls = append(g.calls, Call{method, params})
	var act *fault
	for _, f := range g.faults {
		if f.times != 0 && (f.method == method || f.method == "*") {
			act = f
			f.times--
			break
		}
	}
	g.mu.Unlock()
	if act != nil {
		answer := act.act(ctx, ws)
		if answer == nil {
			return
		}
		if len(answer) > 0 {
			answer["type"], answer["id"] = "res", id
			_ = write(ctx, ws, answer)
			return
		}
	}
	// Events come at any time between a request and its response.
	_ = write(ctx, ws, map[string]any{"type": "event", "event": "tick", "payload": map[string]any{"ts": 1}})
	var payload any
	var err error
	switch {
	case !mayCall:
		err = fmt.Errorf("invalid handshake: first request must be connect")
	case method == "connect":
		payload, err = g.connect(params, nonce)
	default:
		payload, err = g.handle(method, params)
	}
	if err != nil {
		answer := map[string]any{"type": "res", "id": id, "ok": false, "error": map[string]any{"code": "INVALID_REQUEST", "message": err.Error(), "details": details(err)}}
		_ = write(ctx, ws, answer)
		if method == "connect" {
			_ = ws.Close(websocket.StatusPolicyViolation, err.Error())
		}
		return
	}
	_ = write(ctx, ws, map[string]any{"type": "res", "id": id, "ok": true, "payload": payload})
	if method == "config.patch" && g.RestartAfter && payload.(map[string]any)["noop"] == nil {
		g.CloseAll(websocket.StatusServiceRestart)
	}
}

type protocolError struct{ want int }

func (e protocolError) Error() string { return "protocol mismatch" }

func details(err error) any {
	if e, ok := err.(protocolError); ok {
		return map[string]any{"expectedProtocol": e.want}
	}
	return nil
}

func write(ctx context.Context, ws *websocket.Conn, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return ws.Write(ctx, websocket.MessageText, raw)
}

// connect checks the introduction as a real gateway does.
func (g *Gateway) connect(p map[string]any, nonce string) (any, error) {
	low, _ := p["minProtocol"].(float64)
	high, _ := p["maxProtocol"].(float64)
	if want := float64(g.Protocol); low > want || high < want {
		return nil, protocolError{g.Protocol}
	}
	auth, _ := p["auth"].(map[string]any)
	token, _ := auth["token"].(string)
	if g.Token != "" && token != g.Token {
		return nil, fmt.Errorf("unauthorized: gateway token mismatch (provide gateway auth token)")
	}
	client, _ := p["client"].(map[string]any)
	device, _ := p["device"].(map[string]any)
	switch {
	case device == nil && client["id"] == "openclaw-control-ui" && g.ControlUI:
	case device == nil:
		return nil, fmt.Errorf("control ui requires device identity (use HTTPS or localhost secure context)")
	default:
		if err := checkSignature(p, client, device, token, nonce); err != nil {
			return nil, err
		}
	}
	return map[string]any{
		"type": "hello-ok", "protocol": g.Protocol, "server": map[string]any{"version": g.Version, "connId": "c"},
		"policy": map[string]any{"maxPayload": 26214400},
	}, nil
}

func checkSignature(p, client, device map[string]any, token, nonce string) error {
	public, err := base64.RawURLEncoding.DecodeString(fmt.Sprint(device["publicKey"]))
	if err != nil || len(public) != ed25519.PublicKeySize {
		return fmt.Errorf("device public key invalid")
	}
	sum := sha256.Sum256(public)
	if device["id"] != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("device id mismatch")
	}
	var scopes []string
	list, _ := p["scopes"].([]any)
	for _, s := range list {
		scopes = append(scopes, fmt.Sprint(s))
	}
	signedAt, _ := device["signedAt"].(float64)
	text := strings.Join([]string{
		"v2", fmt.Sprint(device["id"]), fmt.Sprint(client["id"]), fmt.Sprint(client["mode"]), fmt.Sprint(p["role"]),
		strings.Join(scopes, ","), fmt.Sprintf("%.0f", signedAt), token, nonce,
	}, "|")
	signature, err := base64.RawURLEncoding.DecodeString(fmt.Sprint(device["signature"]))
	if err != nil || !ed25519.Verify(public, []byte(text), signature) || device["nonce"] != nonce {
		return fmt.Errorf("device signature invalid")
	}
	return nil
}
