package openclaw

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
)

// Deadlines of a client.
const (
	dialTimeout = 15 * time.Second // until the handshake is done
	callTimeout = 30 * time.Second // of one request
	idleAfter   = 5 * time.Minute  // then an unused connection is closed
)

// Options configures a client.
type Options struct {
	Identity *Identity
	Log      *slog.Logger // nil: no logs
	Now      func() time.Time
	// Observe is told of every request and how it ended; nil: nobody is.
	Observe func(method string, took time.Duration, err error)
}

// Client talks to gateways. It keeps one connection per endpoint, dialled when
// it is needed and again when it is lost. It is safe for concurrent use.
type Client struct {
	o     Options
	stop  context.CancelFunc
	ended context.Context //nolint:containedctx // the life of the client

	mu        sync.Mutex
	gateways  map[Endpoint]*link
	configs   sync.Map // Endpoint -> *sync.Mutex: one configuration write at a time
	forgetter sync.Once
}

// link is the place of the connection to one endpoint.
type link struct {
	dialing sync.Mutex // one dial at a time
	mu      sync.Mutex
	conn    *conn
	breaker breaker
}

// NewClient returns a client without connections.
func NewClient(o Options) *Client {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Observe == nil {
		o.Observe = func(string, time.Duration, error) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Client{o: o, stop: cancel, ended: ctx, gateways: map[Endpoint]*link{}}
}

// Gateway returns a handle for the calls to one gateway. It costs nothing: the
// connection is made by the first call.
func (c *Client) Gateway(e Endpoint) *Gateway { return &Gateway{client: c, endpoint: e} }

// Close ends all connections.
func (c *Client) Close() error {
	c.stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.gateways {
		l.mu.Lock()
		if l.conn != nil {
			l.conn.end(&Error{Message: "the client was closed"})
		}
		l.mu.Unlock()
	}
	return nil
}

// Probe dials the gateway anew, whatever connection there is, and tells what it
// said of itself: do these settings connect now?
func (c *Client) Probe(ctx context.Context, e Endpoint) (Hello, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := dial(ctx, e, c.o.Identity, c.o.Now)
	if err != nil {
		return Hello{}, err
	}
	defer conn.end(&Error{Message: "the probe is over"})
	return conn.hello, nil
}

// Call sends one request and decodes its answer into out, unless out is nil. A
// context without a nearer deadline gets that of the client.
func (c *Client) Call(ctx context.Context, e Endpoint, method string, params, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	start := c.o.Now()
	payload, err := c.call(ctx, e, method, params)
	c.o.Observe(method, c.o.Now().Sub(start), err)
	if err != nil {
		c.o.Log.LogAttrs(ctx, slog.LevelDebug, "openclaw.call_failed", slog.String("gateway", e.String()), slog.String("method", method), slog.String("error", err.Error()))
		return err
	}
	if out == nil || len(payload) == 0 {
		return nil
	}
	if raw, ok := out.(*json.RawMessage); ok {
		*raw = payload
		return nil
	}
	if err := json.Unmarshal(payload, out); err != nil {
		return &Error{Message: "the gateway's answer to " + method + " cannot be read", cause: err}
	}
	return nil
}

// call uses the connection there is. One that died unnoticed is replaced once,
// as long as the request was not on its way.
func (c *Client) call(ctx context.Context, e Endpoint, method string, params any) (json.RawMessage, error) {
	if params == nil {
		params = struct{}{}
	}
	l := c.link(e)
	for range 2 {
		conn, fresh, err := l.connection(ctx, c, e)
		if err != nil {
			return nil, err
		}
		payload, sent, err := conn.call(ctx, method, params, c.o.Now())
		if err == nil || sent || fresh {
			return payload, err
		}
	}
	return nil, &Error{Message: "connection closed"}
}

func (c *Client) link(e Endpoint) *link {
	c.forgetter.Do(func() { go c.forgetIdle() })
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.gateways[e]
	if l == nil {
		l = &link{}
		c.gateways[e] = l
	}
	return l
}

// connection returns the living connection, or dials one; callers who come
// meanwhile wait for the same dial.
func (l *link) connection(ctx context.Context, c *Client, e Endpoint) (_ *conn, fresh bool, err error) {
	if conn := l.living(); conn != nil {
		return conn, false, nil
	}
	l.dialing.Lock()
	defer l.dialing.Unlock()
	if conn := l.living(); conn != nil {
		return conn, false, nil
	}
	if c.ended.Err() != nil {
		return nil, false, &Error{Message: "the client was closed"}
	}
	if err := l.breaker.allow(c.o.Now()); err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := dial(ctx, e, c.o.Identity, c.o.Now)
	if err != nil {
		// A caller that went away says nothing of the gateway.
		if context.Cause(ctx) != context.Canceled { //nolint:errorlint // the exact cause
			l.breaker.failed(c.o.Now(), err)
		}
		return nil, false, err
	}
	l.breaker.succeeded()
	go conn.read()
	l.mu.Lock()
	l.conn = conn
	l.mu.Unlock()
	return conn, true, nil
}

func (l *link) living() *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil && l.conn.alive() {
		return l.conn
	}
	return nil
}

// forgetIdle closes connections that nobody uses.
func (c *Client) forgetIdle() {
	tick := time.NewTicker(idleAfter / 5)
	defer tick.Stop()
	for {
		select {
		case <-c.ended.Done():
			return
		case <-tick.C:
		}
		c.mu.Lock()
		for e, l := range c.gateways {
			conn := l.living()
			if conn == nil {
				continue
			}
			if used, idle := conn.idleSince(); idle && c.o.Now().Sub(used) > idleAfter {
				conn.end(&Error{Message: "connection closed: it was idle"})
				delete(c.gateways, e)
			}
		}
		c.mu.Unlock()
	}
}
