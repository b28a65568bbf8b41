package openclawtest

import (
	"context"
	"slices"
	"time"
)

// Call is a request that the gateway received.
type Call struct {
	Method string
	Params map[string]any
}

// Connection is an attempt to connect that got as far as the connect request.
type Connection struct {
	Path, Query, Origin string // of the upgrade
	Params              map[string]any
}

// Calls lists the requests of some methods, or all but connect when none is
// named (or just ""), in the order of their arrival.
func (g *Gateway) Calls(methods ...string) []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := len(methods) == 0 || methods[0] == ""
	var out []Call
	for _, c := range g.calls {
		if all && c.Method != methodConnect || slices.Contains(methods, c.Method) {
			out = append(out, c)
		}
	}
	return out
}

// Methods lists the methods of the requests, without connect, in the order of
// their arrival.
func (g *Gateway) Methods() []string {
	var out []string
	for _, c := range g.Calls() {
		out = append(out, c.Method)
	}
	return out
}

// ForgetCalls empties what Calls and Connections list.
func (g *Gateway) ForgetCalls() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls, g.clients = nil, nil
}

// Connections lists who connected, or tried to.
func (g *Gateway) Connections() []Connection {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.clients)
}

// Open returns how many connections are open.
func (g *Gateway) Open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.conns)
}

// patience is how long Wait waits before the test fails.
const patience = 20 * time.Second

// Wait returns when holds does. It looks again whenever a request or a message
// arrives, and whenever a connection opens or ends.
func (g *Gateway) Wait(what string, holds func() bool) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.life, patience)
	defer cancel()
	for {
		g.mu.Lock()
		changed := g.changed
		g.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			g.t.Fatalf("openclawtest: waited in vain for %s; the calls were %v", what, g.Methods())
		}
	}
}

// WaitCalls waits until a method was called a number of times.
func (g *Gateway) WaitCalls(method string, times int) []Call {
	g.t.Helper()
	g.Wait(method, func() bool { return len(g.Calls(method)) >= times })
	return g.Calls(method)
}

// notify wakes those who wait. The lock is held.
func (g *Gateway) notify() {
	close(g.changed)
	g.changed = make(chan struct{})
}
