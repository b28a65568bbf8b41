package openclaw

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// link is the place of the connection that the calls to one endpoint share.
type link struct {
	client   *Client
	endpoint Endpoint

	mu      sync.Mutex
	conn    *conn
	dialing *dialing // nil: nobody dials
	breaker breaker
	used    time.Time
}

// dialing is a dial under way. It belongs to no caller: one who gives up does
// not take it away from the others.
type dialing struct {
	done chan struct{} // closed when conn or err is set
	conn *conn
	err  error
}

// link returns the endpoint's link.
func (c *Client) link(e Endpoint) (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, closedError()
	}
	l := c.links[e]
	if l == nil {
		c.forgetUnused()
		l = &link{client: c, endpoint: e, used: time.Now()}
		c.links[e] = l
	}
	return l, nil
}

// forgetUnused drops the links of endpoints that are not in use any more, such
// as those with a former token.
func (c *Client) forgetUnused() {
	for e, l := range c.links {
		if l.unused(c.o.IdleTimeout) {
			delete(c.links, e)
		}
	}
}

func (l *link) unused(since time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dialing == nil && (l.conn == nil || l.conn.ended()) && time.Since(l.used) > since
}

// connection returns the living connection, reused, or one dialled now; callers
// who come meanwhile wait for the same dial.
func (l *link) connection(ctx context.Context) (_ *conn, reused bool, err error) {
	l.mu.Lock()
	l.used = time.Now()
	conn := l.conn
	l.mu.Unlock()
	if conn != nil && conn.usable(ctx) {
		return conn, true, nil
	}
	if ctx.Err() != nil {
		return nil, false, contextError(ctx, "connecting to the gateway")
	}
	d, err := l.dial(conn, isPatient(ctx))
	if err != nil {
		return nil, false, err
	}
	select {
	case <-d.done:
		return d.conn, false, d.err
	case <-ctx.Done():
		return nil, false, contextError(ctx, "connecting to the gateway")
	}
}

// dial returns the dial under way, or begins one. The connection instead of
// which it is wanted tells whether another caller has been faster.
func (l *link) dial(instead *conn, patient bool) (*dialing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := &dialing{done: make(chan struct{})}
	if l.conn != instead && !l.conn.ended() {
		d.conn = l.conn
		close(d.done)
		return d, nil
	}
	wait, err := l.breaker.permit(time.Now())
	if err != nil && !patient {
		return nil, err
	}
	if l.dialing != nil {
		return l.dialing, nil
	}
	if !l.client.spawn(func() { l.run(d, wait) }) {
		return nil, closedError()
	}
	l.dialing = d
	return d, nil
}

// run dials after a pause and tells those who wait.
func (l *link) run(d *dialing, wait time.Duration) {
	c := l.client
	if err := sleep(c.life, wait); err != nil {
		d.err = closedError()
	} else {
		d.conn, d.err = c.dial(c.life, l.endpoint)
	}
	if c.life.Err() != nil && d.err != nil {
		d.err = closedError()
	}
	l.settle(d)
	if d.err != nil {
		c.o.Log.LogAttrs(c.life, slog.LevelDebug, "openclaw.dial_failed", slog.Any("gateway", l.endpoint), slog.String("error", d.err.Error()))
		return
	}
	c.o.Log.LogAttrs(c.life, slog.LevelInfo, "openclaw.connected", slog.Any("gateway", l.endpoint),
		slog.Int("protocol", d.conn.hello.Protocol), slog.String("version", d.conn.hello.Version))
	d.conn.closeWhenIdle(c.o.IdleTimeout)
	c.o.Log.LogAttrs(c.life, slog.LevelInfo, "openclaw.disconnected", slog.Any("gateway", l.endpoint), slog.String("reason", d.conn.cause().Error()))
}

func (l *link) settle(d *dialing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(d.done)
	l.dialing = nil
	switch {
	case d.err == nil:
		l.conn = d.conn
		l.breaker.succeeded()
	case asError(d.err).Kind == KindTransport:
		l.breaker.failed(time.Now(), d.err)
	default: // the gateway answered, or was never asked
		l.breaker.succeeded()
	}
}

// reached notes that the gateway was seen, on another connection.
func (l *link) reached() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.breaker.succeeded()
}

// patientKey marks the context of a call that is a try of several.
type patientKey struct{}

func withPatience(ctx context.Context) context.Context {
	return context.WithValue(ctx, patientKey{}, true)
}

func isPatient(ctx context.Context) bool { return ctx.Value(patientKey{}) != nil }

// spawn runs do unless the client is closed; Close waits for it.
func (c *Client) spawn(do func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.work.Go(do)
	return true
}

// sleep waits for d, or until ctx ends, which is an error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
