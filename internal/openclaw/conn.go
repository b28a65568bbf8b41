package openclaw

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// conn is one connection to a gateway that many calls share. One goroutine
// reads; each call waits for the frame that answers it, with its own deadline.
// A call that gives up leaves the connection alone.
type conn struct {
	ws      *websocket.Conn
	cut     context.CancelFunc // ends the socket at once
	onEvent func(name string, payload json.RawMessage)
	nonce   chan string   // of the gateway's challenge
	done    chan struct{} // closed when err is set
	hello   Hello         // set before the connection is shared

	mu      sync.Mutex
	pending map[string]chan frame
	err     error // why the connection ended; nil while it lives
	heard   time.Time
	used    time.Time
}

// Bounds of what belongs to no call.
const (
	writeTimeout = 10 * time.Second // of one frame: the gateway takes nothing any more
	pongTimeout  = 5 * time.Second
	closeTimeout = time.Second // for the gateway to confirm the end
	// quietAfter is how long a connection may have been silent before it is
	// asked for a sign of life; a gateway sends something every 30 seconds.
	quietAfter = 45 * time.Second
)

// newConn returns a connection over ws; run must be started. onEvent may be nil.
func newConn(ctx context.Context, ws *websocket.Conn, onEvent func(string, json.RawMessage)) (c *conn, run func()) {
	now := time.Now()
	// The end of a read's context is the end of the connection: no caller's will do.
	ctx, cut := context.WithCancel(context.WithoutCancel(ctx))
	c = &conn{
		ws: ws, cut: cut, onEvent: onEvent, nonce: make(chan string, 1), done: make(chan struct{}),
		pending: map[string]chan frame{}, heard: now, used: now,
	}
	ws.SetReadLimit(handshakeReadLimit)
	return c, func() { c.read(ctx) }
}

// read hands frames to those who wait for them until the connection ends.
func (c *conn) read(ctx context.Context) {
	for {
		_, raw, err := c.ws.Read(ctx)
		if err != nil {
			c.fail(transportError(err))
			return
		}
		c.receive(parseFrame(raw))
	}
}

func (c *conn) receive(f frame) {
	c.mu.Lock()
	c.heard = time.Now()
	id := f.answers()
	answer := c.pending[id]
	delete(c.pending, id)
	c.mu.Unlock()
	switch {
	case answer != nil:
		answer <- f
	case f.Event == "connect.challenge":
		if nonce := nonceOf(f.Payload); nonce != "" {
			select {
			case c.nonce <- nonce:
			default: // one is enough
			}
		}
	case f.Event != "" && c.onEvent != nil:
		c.onEvent(f.Event, f.Payload)
	}
}

// awaitNonce waits for the gateway's challenge. Without its nonce nothing that
// is signed would be accepted, so one that is slow to come is waited for.
func (c *conn) awaitNonce(ctx context.Context) (string, error) {
	select {
	case nonce := <-c.nonce:
		return nonce, nil
	case <-c.done:
		return "", c.cause()
	case <-ctx.Done():
		return "", contextError(ctx, "waiting for the gateway's challenge")
	}
}

// call sends a request and waits for its answer. sent is false when the
// connection turned out dead before the request was written, so that it may be
// sent on another one.
func (c *conn) call(ctx context.Context, method string, params json.RawMessage) (payload json.RawMessage, sent bool, err error) {
	req := request{Type: "req", ID: uuid.NewString(), Method: method, Params: params}
	raw, err := json.Marshal(req)
	if err != nil {
		return nil, false, &Error{Kind: KindRequest, Message: "the parameters of " + method + " cannot be encoded", cause: err}
	}
	if limit := c.hello.MaxPayload; limit > 0 && int64(len(raw)) > limit {
		// The gateway would end the connection, and with it everybody's calls.
		return nil, false, &Error{Kind: KindRequest, Message: fmt.Sprintf("the request %s is larger than the %d bytes that the gateway takes", method, limit)}
	}
	answer, err := c.expect(req.ID)
	if err != nil {
		return nil, false, err
	}
	defer c.forget(req.ID)

	written := make(chan error, 1)
	go func() { written <- c.write(ctx, raw) }()
	select {
	case err := <-written:
		if err != nil {
			return nil, false, err
		}
	case <-ctx.Done():
		return nil, true, contextError(ctx, "sending "+method+" to the gateway")
	}
	select {
	case f := <-answer:
		payload, err = f.result()
		return payload, true, err
	case <-c.done:
		select {
		case f := <-answer: // it came just before the end
			payload, err = f.result()
			return payload, true, err
		default:
			return nil, true, c.cause()
		}
	case <-ctx.Done():
		err := contextError(ctx, "waiting for the gateway to answer "+method)
		if isTimeout(err) {
			// Slow, or dead without anybody having noticed? The next call wants to know.
			go c.alive(context.WithoutCancel(ctx))
		}
		return nil, true, err
	}
}

// write sends a frame. It does not end with the call that asked for it: a frame
// that is cut short would end the connection for all.
func (c *conn) write(ctx context.Context, raw []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, raw); err != nil {
		c.fail(transportError(err))
		return c.cause()
	}
	return nil
}

func (c *conn) expect(id string) (<-chan frame, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return nil, c.err
	}
	answer := make(chan frame, 1)
	c.pending[id] = answer
	return answer, nil
}

func (c *conn) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
	c.used = time.Now()
}

// usable reports whether a request may be sent: the connection has not ended,
// and does not only seem to live after a long silence.
func (c *conn) usable(ctx context.Context) bool {
	c.mu.Lock()
	ended, quiet := c.err != nil, time.Since(c.heard) > quietAfter
	c.mu.Unlock()
	return !ended && (!quiet || c.alive(ctx))
}

// alive asks the gateway for a sign of life, and ends the connection when there is none.
func (c *conn) alive(ctx context.Context) bool {
	pinging, cancel := context.WithTimeout(ctx, pongTimeout)
	defer cancel()
	if err := c.ws.Ping(pinging); err != nil {
		if ctx.Err() == nil {
			c.fail(&Error{Kind: KindTransport, Message: "connection closed: the gateway gave no sign of life for too long", cause: err})
		}
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = time.Now()
	return c.err == nil
}

func (c *conn) ended() bool { return c.cause() != nil }

// cause returns why the connection ended.
func (c *conn) cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// fail ends a broken connection and with it all calls under way.
func (c *conn) fail(err error) {
	c.end(err)
	c.cut()
	_ = c.ws.CloseNow() // it is broken; err says why
}

// close ends the connection with a goodbye, for which it waits a moment.
func (c *conn) close(why string) {
	if !c.end(&Error{Kind: KindTransport, Message: "connection closed: " + why}) {
		return
	}
	late := time.AfterFunc(closeTimeout, c.cut)
	defer late.Stop()
	_ = c.ws.Close(websocket.StatusNormalClosure, "") // whether the gateway answers is its own business
	c.cut()
}

// end notes why the connection ended; false if it had.
func (c *conn) end(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return false
	}
	c.err = err
	close(c.done)
	return true
}

// closeWhenIdle closes the connection when nobody used it for a while.
func (c *conn) closeWhenIdle(after time.Duration) {
	timer := time.NewTimer(after)
	defer timer.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-timer.C:
		}
		c.mu.Lock()
		busy, unused := len(c.pending) > 0, time.Since(c.used)
		c.mu.Unlock()
		if !busy && unused >= after {
			c.close("it was idle")
			return
		}
		timer.Reset(max(after-unused, after/10))
	}
}
