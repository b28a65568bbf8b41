package openclawtest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// handler takes connections for a gateway.
type handler struct{ g *Gateway }

// session is one connection.
type session struct {
	g       *Gateway
	ws      *websocket.Conn
	request *http.Request
	nonce   string
	scopes  atomic.Pointer[[]string] // nil until it has connected
}

type requestFrame struct {
	ID     string         `json:"id"`
	Method string         `json:"method"`
	Params map[string]any `json:"params"`
}

// ServeHTTP takes one connection.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o := h.g.options()
	if o.HTTPStatus != 0 {
		w.Header().Set("Location", "/elsewhere") // for redirects
		w.WriteHeader(o.HTTPStatus)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the handshake checks the origin
		OnPingReceived:     func(context.Context, []byte) bool { return !h.g.options().IgnorePings },
	})
	if err != nil {
		return
	}
	ws.SetReadLimit(-1)
	if !h.g.enter(ws) {
		_ = ws.Close(websocket.StatusServiceRestart, "service restart")
		return
	}
	defer h.g.leave(ws)
	s := &session{g: h.g, ws: ws, request: r, nonce: uuid.NewString()}
	s.serve(h.g.life) //nolint:contextcheck // a connection outlives the request that opened it
}

func (g *Gateway) enter(ws *websocket.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.server == nil {
		return false
	}
	g.work.Add(1)
	g.conns[ws] = struct{}{}
	g.notify()
	return true
}

func (g *Gateway) leave(ws *websocket.Conn) {
	_ = ws.CloseNow()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, ws)
	g.notify()
	g.work.Done()
}

func (s *session) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var answers sync.WaitGroup
	defer answers.Wait()
	defer cancel()
	answers.Go(func() {
		delay := s.g.options().ChallengeDelay
		if delay >= 0 {
			s.g.pause(delay)
			s.g.write(ctx, s.ws, event("connect.challenge", map[string]any{"nonce": s.nonce, "ts": 1}))
		}
	})
	for {
		_, raw, err := s.ws.Read(ctx)
		if err != nil {
			return
		}
		var req requestFrame
		if json.Unmarshal(raw, &req) != nil {
			_ = s.ws.Close(websocket.StatusPolicyViolation, "invalid request frame")
			return
		}
		fault := s.record(req)
		if req.Method == methodConnect {
			s.answer(ctx, req, fault) // what follows depends on it
			continue
		}
		answers.Go(func() { s.answer(ctx, req, fault) })
	}
}

func (s *session) record(req requestFrame) *fault {
	g := s.g
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.notify()
	g.calls = append(g.calls, Call{req.Method, req.Params})
	if req.Method == methodConnect {
		g.clients = append(g.clients, Connection{
			Path: s.request.URL.Path, Query: s.request.URL.RawQuery, Origin: s.request.Header.Get("Origin"), Params: req.Params,
		})
	}
	return g.next(req.Method)
}

func (s *session) answer(ctx context.Context, req requestFrame, fault *fault) {
	var err error
	if fault != nil {
		var answer bool
		if answer, err = fault.act(ctx, s.ws, req.ID); !answer {
			return
		}
	}
	// Events come at any time, also between a request and its response.
	s.g.write(ctx, s.ws, event("tick", map[string]any{"ts": 1}))
	var payload any
	if err == nil {
		payload, err = s.handle(req)
	}
	if errors.Is(err, errRestarting) {
		s.g.RestartNow(s.g.options().Down)
		return
	}
	if err != nil {
		s.g.write(ctx, s.ws, map[string]any{"type": "res", "id": req.ID, "ok": false, "error": errorFrame(err)})
		if s.scopes.Load() == nil {
			_ = s.ws.Close(websocket.StatusPolicyViolation, err.Error())
		}
		return
	}
	s.g.write(ctx, s.ws, map[string]any{"type": "res", "id": req.ID, "ok": true, "payload": payload})
	if o := s.g.options(); req.Method == "config.patch" && o.Restart == RestartAfter && payload.(map[string]any)["noop"] == nil {
		s.g.RestartNow(o.Down)
	}
}

func event(name string, payload any) map[string]any {
	return map[string]any{"type": "event", "event": name, "payload": payload}
}

// write sends a frame. A connection that is gone is the business of its reader.
func (g *Gateway) write(ctx context.Context, ws *websocket.Conn, frame map[string]any) {
	raw, err := json.Marshal(frame)
	if err != nil {
		g.t.Errorf("openclawtest: %v", err)
		return
	}
	_ = ws.Write(ctx, websocket.MessageText, raw)
}
