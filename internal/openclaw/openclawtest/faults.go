package openclawtest

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/coder/websocket"
)

// Error is what a gateway answers when it refuses.
type Error struct {
	Message    string
	Code       string // "": INVALID_REQUEST
	Details    any
	Retryable  bool
	RetryAfter time.Duration
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Forever is a number of times without an end.
const Forever = -1

// fault is something that goes wrong with the next calls of a method.
type fault struct {
	method string // or * for all
	times  int
	// act misbehaves; answer tells whether the call is answered all the same, err
	// with what.
	act func(ctx context.Context, ws *websocket.Conn, id string) (answer bool, err error)
}

func (g *Gateway) inject(method string, times int, act func(ctx context.Context, ws *websocket.Conn, id string) (bool, error)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &fault{method, times, act})
}

// next returns the fault that is due for a call, if any. The lock is held.
func (g *Gateway) next(method string) *fault {
	for _, f := range g.faults {
		if f.times != 0 && (f.method == method || f.method == "*") {
			f.times--
			return f
		}
	}
	return nil
}

// Fail makes the next calls of a method ("*": of any) answer an error; times
// may be Forever. An *Error brings its code, details and advice to retry.
func (g *Gateway) Fail(method string, times int, err error) {
	g.inject(method, times, func(context.Context, *websocket.Conn, string) (bool, error) { return true, err })
}

// FailWith is Fail with a message.
func (g *Gateway) FailWith(method string, times int, message string) {
	g.Fail(method, times, errors.New(message))
}

// Silence makes the next calls of a method get no answer.
func (g *Gateway) Silence(method string, times int) {
	g.inject(method, times, func(context.Context, *websocket.Conn, string) (bool, error) { return false, nil })
}

// Drop cuts the connection at the next calls of a method, without an answer or
// a goodbye.
func (g *Gateway) Drop(method string, times int) {
	g.inject(method, times, func(_ context.Context, ws *websocket.Conn, _ string) (bool, error) {
		_ = ws.CloseNow()
		return false, nil
	})
}

// Close ends the connection at the next calls of a method with a close code.
func (g *Gateway) Close(method string, times int, code websocket.StatusCode, reason string) {
	g.inject(method, times, func(_ context.Context, ws *websocket.Conn, _ string) (bool, error) {
		_ = ws.Close(code, reason)
		return false, nil
	})
}

// Delay makes the next calls of a method take their time.
func (g *Gateway) Delay(method string, times int, d time.Duration) {
	g.inject(method, times, func(context.Context, *websocket.Conn, string) (bool, error) {
		g.pause(d)
		return true, nil
	})
}

// Garbage sends frames that are none before the answers of the next calls of a
// method.
func (g *Gateway) Garbage(method string, times int, frames ...string) {
	g.inject(method, times, func(ctx context.Context, ws *websocket.Conn, _ string) (bool, error) {
		for _, f := range frames {
			_ = ws.Write(ctx, websocket.MessageText, []byte(f))
		}
		return true, nil
	})
}

// Answer makes the next calls of a method answer with exactly this frame; its
// id is set.
func (g *Gateway) Answer(method string, times int, frame map[string]any) {
	g.inject(method, times, func(ctx context.Context, ws *websocket.Conn, id string) (bool, error) {
		answer := map[string]any{"id": id}
		for key, value := range frame {
			answer[key] = value
		}
		g.write(ctx, ws, answer)
		return false, nil
	})
}

// errorFrame is the error of a response.
func errorFrame(err error) map[string]any {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Message: err.Error()}
	}
	out := map[string]any{"code": cmp.Or(e.Code, "INVALID_REQUEST"), "message": e.Message}
	if e.Details != nil {
		out["details"] = e.Details
	}
	if e.Retryable {
		out["retryable"] = true
	}
	if e.RetryAfter > 0 {
		out["retryAfterMs"] = e.RetryAfter.Milliseconds()
	}
	return out
}
