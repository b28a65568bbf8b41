package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// RawBody is the body of an operation that takes whatever is sent. An input has
// it as its field Body. Nothing is read of it before the guard has let the
// caller in and the handler asks for it; a handler that refuses sooner leaves it
// on the wire, and the connection is closed after the answer.
type RawBody struct {
	w   http.ResponseWriter
	req *http.Request
	// whole tells that the body was read to its end, so that the connection can
	// serve another request.
	whole bool
}

// Reading is how a RawBody is read.
type Reading struct {
	Most int64 // bytes
	// Within is how long the sender may take for all of it; zero: a minute. Pause is
	// how long it may send nothing; zero: ten seconds.
	Within, Pause time.Duration
}

// ErrBodyTooLarge is what Read returns for a body that is larger than allowed.
var ErrBodyTooLarge = errors.New("the body is too large")

var (
	errBodyTooSlow = &statusError{http.StatusRequestTimeout, "The body did not arrive in time"}
	errBodyBroken  = &statusError{http.StatusBadRequest, "There was an error parsing the body"}
)

const (
	pauseWithin = 10 * time.Second
	// readPiece is how much is read at once.
	readPiece = 32 << 10
	// What is left of the body of a refused request is taken off the wire up to
	// here, so that the answer reaches a sender that only then begins to listen.
	drainMost   = 256 << 10
	drainWithin = 2 * time.Second
)

type rawBodyKey struct{}

// withRawBody serves an operation whose body is for its handler to read: admit
// finds it in the context of the request.
func withRawBody(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		raw := &RawBody{w: w, req: req}
		defer raw.afterAnswer()
		serve(&recorder{ResponseWriter: w, onHead: func(int, http.Header) { raw.beforeAnswer() }}, req.WithContext(context.WithValue(req.Context(), rawBodyKey{}, raw)))
	}
}

// Header is the header of the request.
func (b *RawBody) Header() http.Header { return b.req.Header }

// Read returns the body. One that says it is too large is not read at all, one
// that turns out to be is read no further than a byte beyond what is allowed.
func (b *RawBody) Read(how Reading) ([]byte, error) {
	if b.req.ContentLength > how.Most {
		return nil, ErrBodyTooLarge
	}
	if how.Within == 0 {
		how.Within = readWithin
	}
	if how.Pause == 0 {
		how.Pause = pauseWithin
	}
	rc := http.NewResponseController(b.w)
	end := time.Now().Add(how.Within)
	// What was announced is not believed: the buffer grows with what arrives.
	body := make([]byte, 0, min(max(b.req.ContentLength, 0)+1, readPiece))
	source := io.LimitReader(b.req.Body, how.Most+1)
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		deadline := time.Now().Add(how.Pause)
		if deadline.After(end) {
			deadline = end
		}
		// A server without deadlines on this connection, as in a test, is no reason to refuse.
		_ = rc.SetReadDeadline(deadline)
		n, err := source.Read(body[len(body):min(cap(body), len(body)+readPiece)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > how.Most:
			return nil, ErrBodyTooLarge
		case errors.Is(err, io.EOF):
			b.whole = true
			_ = rc.SetReadDeadline(time.Time{})
			return body, nil
		case errors.Is(err, os.ErrDeadlineExceeded), err == nil && !time.Now().Before(end):
			return nil, errBodyTooSlow
		case err != nil:
			return nil, errBodyBroken
		}
	}
}

// beforeAnswer says that the connection ends with the answer when something of
// the body is still on the wire.
func (b *RawBody) beforeAnswer() {
	if !b.unread() {
		return
	}
	b.w.Header().Set("Connection", "close")
	_ = http.NewResponseController(b.w).SetReadDeadline(time.Now().Add(drainWithin))
}

// afterAnswer sends the answer off and takes a bounded part of what is left of
// the body off the wire: a connection that is closed over unread bytes loses the
// answer.
func (b *RawBody) afterAnswer() {
	if !b.unread() {
		return
	}
	if http.NewResponseController(b.w).Flush() == nil {
		_, _ = io.CopyN(io.Discard, b.req.Body, drainMost)
	}
}

func (b *RawBody) unread() bool { return !b.whole && b.req.ContentLength != 0 }
