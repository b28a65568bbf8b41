package openclaw

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Options configures a client. The zero value of a duration is its default.
type Options struct {
	// Identity is needed for endpoints that pair devices.
	Identity *Identity
	Log      *slog.Logger // nil: no logs

	DialTimeout time.Duration // until the gateway's challenge is there; 15 s
	CallTimeout time.Duration // of one request; 30 s
	IdleTimeout time.Duration // after which an unused connection is closed; 5 min

	// Observe is told of every request and how it ended; nil: nobody is.
	Observe func(method string, took time.Duration, err error)
	// OnEvent is told what gateways send unasked; nil: nobody is. It holds up the
	// connection until it returns.
	OnEvent func(e Endpoint, name string, payload json.RawMessage)
}

// Client talks to gateways. It keeps one connection per endpoint, dialled when
// it is needed and again when it is lost. It is safe for concurrent use.
type Client struct {
	o       Options
	life    context.Context
	end     context.CancelFunc
	configs keyedLock // of gateways whose configuration is being written

	mu     sync.Mutex
	closed bool
	links  map[Endpoint]*link
	conns  map[*conn]struct{} // those of links and probes
	work   sync.WaitGroup     // of dials and connections
}

// NewClient returns a client without connections.
func NewClient(o Options) *Client {
	o.DialTimeout = cmp.Or(o.DialTimeout, 15*time.Second)
	o.CallTimeout = cmp.Or(o.CallTimeout, 30*time.Second)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, 5*time.Minute)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	life, end := context.WithCancel(context.Background())
	return &Client{o: o, life: life, end: end, links: map[Endpoint]*link{}, conns: map[*conn]struct{}{}}
}

// Gateway returns a handle for the calls to one gateway. It costs nothing: the
// connection is made by the first call.
func (c *Client) Gateway(e Endpoint) *Gateway { return &Gateway{client: c, endpoint: e} }

// Call sends one request and decodes its answer into out, unless out is nil.
// Params are encoded as JSON; nil stands for none. The answer is waited for as
// long as ctx lives, at most for the client's CallTimeout. A request is never
// sent twice: when the connection breaks after it was written, that is the error.
func (c *Client) Call(ctx context.Context, e Endpoint, method string, params, out any) error {
	start := time.Now()
	payload, err := c.call(ctx, e.normalized(), method, params)
	if c.o.Observe != nil {
		c.o.Observe(method, time.Since(start), err)
	}
	if err != nil {
		c.o.Log.LogAttrs(ctx, slog.LevelDebug, "openclaw.call_failed", slog.Any("gateway", e), slog.String("method", method), slog.String("error", err.Error()))
		return err
	}
	return decode(method, payload, out)
}

func decode(method string, payload json.RawMessage, out any) error {
	if raw, ok := out.(*json.RawMessage); ok {
		*raw = payload
		return nil
	}
	if out == nil || len(payload) == 0 {
		return nil
	}
	if err := json.Unmarshal(payload, out); err != nil {
		return &Error{Kind: KindTransport, Message: "the gateway's answer to " + method + " cannot be read", cause: err}
	}
	return nil
}

// call uses the connection there is. One that had died unnoticed is replaced
// once, as long as the request was not on its way.
func (c *Client) call(ctx context.Context, e Endpoint, method string, params any) (json.RawMessage, error) {
	encoded, err := encode(method, params)
	if err != nil {
		return nil, err
	}
	l, err := c.link(e)
	if err != nil {
		return nil, err
	}
	for again := true; ; again = false {
		conn, reused, err := l.connection(ctx)
		if err != nil {
			return nil, err
		}
		payload, sent, err := c.request(ctx, conn, method, encoded)
		if err == nil || sent || !reused || !again || !conn.ended() {
			return payload, err
		}
	}
}

// request is one call on a connection, within the time that calls have.
func (c *Client) request(ctx context.Context, on *conn, method string, params json.RawMessage) (payload json.RawMessage, sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.CallTimeout)
	defer cancel()
	return on.call(ctx, method, params)
}

func encode(method string, params any) (json.RawMessage, error) {
	if params == nil {
		return json.RawMessage("{}"), nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // files are full of < and &
	if err := encoder.Encode(params); err != nil {
		return nil, &Error{Kind: KindRequest, Message: "the parameters of " + method + " cannot be encoded", cause: err}
	}
	return out.Bytes(), nil
}

// Probe dials the gateway anew, whatever connection there is, tells what it
// said of itself, and hangs up: do these settings connect now?
func (c *Client) Probe(ctx context.Context, e Endpoint) (Hello, error) {
	conn, err := c.dialAnew(ctx, e)
	if err != nil {
		return Hello{}, err
	}
	go conn.close("the probe is over")
	return conn.hello, nil
}

// dialAnew dials beside the connection that calls share. A success tells those
// who wait for the gateway to come back that it has.
func (c *Client) dialAnew(ctx context.Context, e Endpoint) (*conn, error) {
	e = e.normalized()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(c.life, cancel) //nolint:contextcheck // Close ends it, whoever the caller is
	defer stop()
	conn, err := c.dial(ctx, e)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	l := c.links[e]
	c.mu.Unlock()
	if l != nil {
		l.reached()
	}
	return conn, nil
}

// dial connects and introduces this client.
func (c *Client) dial(ctx context.Context, e Endpoint) (*conn, error) {
	u, err := e.address()
	if err != nil {
		return nil, err
	}
	opening, cancel := context.WithTimeout(ctx, c.o.DialTimeout)
	defer cancel()
	ws, answer, err := websocket.Dial(opening, u.String(), e.dialOptions(u)) //nolint:bodyclose // the library closes it
	if err != nil {
		if opening.Err() != nil {
			return nil, contextError(opening, "connecting to the gateway")
		}
		return nil, dialError(err, answer)
	}
	conn, run := newConn(ctx, ws, c.eventsOf(e))
	if !c.adopt(conn, run) {
		return nil, closedError()
	}
	if err := c.shakeHands(ctx, opening, conn, e); err != nil {
		conn.fail(err)
		return nil, err
	}
	return conn, nil
}

func (c *Client) shakeHands(ctx, opening context.Context, conn *conn, e Endpoint) error {
	nonce, err := conn.awaitNonce(opening)
	if err != nil {
		return err
	}
	who, err := introduce(e, c.o.Identity, nonce, time.Now())
	if err != nil {
		return err
	}
	params, err := encode("connect", who)
	if err != nil {
		return err
	}
	payload, _, err := c.request(ctx, conn, "connect", params)
	if err != nil {
		return protocolAdvice(err)
	}
	hello := parseHello(payload)
	if p := hello.Protocol; p != 0 && (p < minProtocol || p > maxProtocol) {
		return &Error{Kind: KindAnswer, Message: mismatch(strconv.Itoa(p))}
	}
	conn.hello = hello
	conn.ws.SetReadLimit(hello.readLimit())
	return nil
}

func (c *Client) eventsOf(e Endpoint) func(string, json.RawMessage) {
	if c.o.OnEvent == nil {
		return nil
	}
	return func(name string, payload json.RawMessage) { c.o.OnEvent(e, name, payload) }
}

// adopt starts a connection and keeps track of it; false when the client was
// closed meanwhile.
func (c *Client) adopt(conn *conn, run func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.fail(closedError())
		return false
	}
	c.conns[conn] = struct{}{}
	c.work.Go(func() {
		run()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.conns, conn)
	})
	return true
}

// Close ends all connections, and with them the calls under way. It returns
// when nothing of the client runs any more.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.end()
	for conn := range c.conns {
		go conn.close(closedReason)
	}
	c.mu.Unlock()
	c.work.Wait()
	return nil
}

const closedReason = "the gateway client was closed"

// closedError is a transient one: after a restart the same call may succeed.
func closedError() *Error {
	return &Error{Kind: KindTransport, Message: "connection closed: " + closedReason}
}
