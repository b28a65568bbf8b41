package openclaw

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// conn is one connection to a gateway that many calls share. One goroutine
// reads; each call waits for the frame that answers it, with its own deadline.
// A call that gives up leaves the connection alone.
type conn struct {
	ws    *websocket.Conn
	hello Hello

	mu      sync.Mutex
	waiting map[string]chan frame
	err     error // why the connection ended; nil while it lives
	done    chan struct{}
	used    time.Time
	heard   int // frames read so far
}

// dial connects and introduces this client.
func dial(ctx context.Context, e Endpoint, id *Identity, now func() time.Time) (*conn, error) {
	address, header, client, err := e.dial()
	if err != nil {
		return nil, err
	}
	ws, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: client, HTTPHeader: header}) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, transport(err)
	}
	hello, err := handshake(ctx, ws, e, id, now)
	if err != nil {
		_ = ws.CloseNow() // the error of the handshake is the one that matters
		return nil, err
	}
	return &conn{ws: ws, hello: hello, waiting: map[string]chan frame{}, done: make(chan struct{}), used: now()}, nil
}

// read hands frames to those who wait for them until the connection ends.
func (c *conn) read() {
	for {
		_, raw, err := c.ws.Read(context.Background())
		if err != nil {
			c.end(transport(err))
			return
		}
		f := parseFrame(raw)
		id := f.answers()
		c.mu.Lock()
		c.heard++
		answer := c.waiting[id]
		delete(c.waiting, id)
		c.mu.Unlock()
		if answer != nil {
			answer <- f
		}
	}
}

// end fails all calls under way.
func (c *conn) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	close(c.done)
	_ = c.ws.CloseNow()
}

// reason is why the connection ended.
func (c *conn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *conn) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err == nil
}

// idleSince returns since when nobody waits for an answer.
func (c *conn) idleSince() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used, len(c.waiting) == 0
}

// call sends a request and waits for its answer. sent is false when the
// connection was dead before the request was written, so that it may be sent on
// another one.
func (c *conn) call(ctx context.Context, method string, params any, now time.Time) (payload json.RawMessage, sent bool, err error) {
	req := request{Type: "req", ID: uuid.NewString(), Method: method, Params: params}
	raw, err := json.Marshal(req)
	if err != nil {
		return nil, false, err
	}
	answer := make(chan frame, 1)
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return nil, false, c.err
	}
	c.waiting[req.ID], c.used = answer, now
	heard, start := c.heard, time.Now()
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, req.ID)
		c.mu.Unlock()
	}()
	// A write that is cut short breaks the connection, so it has a deadline of
	// its own instead of the call's.
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	err = c.ws.Write(writing, websocket.MessageText, raw)
	cancel()
	if err != nil {
		// Nobody knows how much of the request went out.
		c.end(transport(err))
		<-c.done
		return nil, true, c.reason()
	}
	select {
	case f := <-answer:
		payload, err = f.result()
		return payload, true, err
	case <-c.done:
		return nil, true, c.reason()
	case <-ctx.Done():
		err := transport(ctx.Err())
		if time.Since(start) >= silence && c.silentSince(heard) {
			// Not even an event came: the connection is dead, whatever TCP believes.
			c.end(err)
		}
		return nil, true, err
	}
}

// silentSince reports whether nothing was read since the count was heard.
func (c *conn) silentSince(heard int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard == heard
}

const (
	writeTimeout = 10 * time.Second
	// silence is how long a call must have waited before hearing nothing at all
	// says something of the connection.
	silence = 10 * time.Second
)
