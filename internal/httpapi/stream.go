package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"time"

	"missioncontrol/internal/mc"
)

// Event is one frame of an event stream.
type Event struct {
	ID   int64 // of the change; grows with every committed change of the installation
	Name string
	Data []byte // one line of JSON
}

// Feed is the content of one open event stream: first what the client missed,
// then what happens. T is what is announced.
type Feed[T any] struct {
	// CatchUp sends what happened since the client's cursor, oldest first.
	CatchUp func(ctx context.Context, emit func(Event) error) error
	// Items delivers what is announced. It is closed when the reader was too
	// slow or lost its access; the client then comes back with its last id.
	Items <-chan T
	// Emit sends what one announced item means for this client, which may be nothing.
	Emit  func(ctx context.Context, item T, emit func(Event) error) error
	Close func()
}

// StreamQuery says where a stream starts: after the last event the client saw,
// else at a time, else now.
type StreamQuery struct {
	Since       *string `query:"since" doc:"ISO 8601 time of the first event to send; a value that cannot be read counts as absent."`
	LastEventID string  `header:"Last-Event-ID" default:"" doc:"Id of the last event received; everything after it is sent."`
}

// Cursor is where a stream starts.
type Cursor struct {
	After    int64 // id of the last event seen; meaningful if Resumes
	Resumes  bool
	Since    mc.Time // meaningful if HasSince
	HasSince bool
}

// Cursor reads the query. Last-Event-ID wins; anything but a number counts as absent.
func (q StreamQuery) Cursor() Cursor {
	var c Cursor
	if id, err := strconv.ParseInt(q.LastEventID, 10, 64); err == nil && id >= 0 {
		c.After, c.Resumes = id, true
	}
	if q.Since != nil {
		c.Since, c.HasSince = mc.ParseSince(*q.Since)
	}
	return c
}

// StreamDoc documents the frames of a stream.
type StreamDoc struct {
	Event   string       // name of its events
	Data    reflect.Type // of the data line
	Example string
}

// StreamHandler opens a stream, or refuses as any handler does.
type StreamHandler[S, I, T any] func(ctx context.Context, scope S, in *I) (Feed[T], error)

const (
	pingEvery = 15 * time.Second
	// writeWithin is how long a client may take to receive a frame before it is cut off.
	writeWithin = 10 * time.Second
)

// RegisterStream adds an operation that answers with an event stream.
func RegisterStream[S, I, T any](r *Router, op Op, doc StreamDoc, guard Guard[S], open StreamHandler[S, I, T]) {
	plan := planInput(reflect.TypeFor[I]())
	entry := newOperation(op, guard.Auth, guard.Errors, guard.Limit, guard.Path, plan)
	entry.stream = &doc
	r.add(entry, func(w http.ResponseWriter, req *http.Request) {
		scope, in, _, err := admit[S, I](w, req, guard, plan)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		ctx, end := r.live.join(req.Context())
		defer end()
		feed, err := open(ctx, scope, in)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		defer feed.Close()
		serveStream(ctx, w, feed)
		if req.Context().Err() == nil {
			// The client is still there, and would take an orderly end for the end of
			// all events: some come back only after an error.
			panic(http.ErrAbortHandler)
		}
	})
}

func serveStream[T any](ctx context.Context, w http.ResponseWriter, feed Feed[T]) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "keep-alive")
	h.Set("X-Accel-Buffering", "no")
	out := &eventWriter{w: w, rc: http.NewResponseController(w)}
	if out.ping() != nil || feed.CatchUp(ctx, out.event) != nil || out.flush() != nil {
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-ping.C:
			err = out.ping()
		case item, open := <-feed.Items:
			if !open {
				return
			}
			if err = feed.Emit(ctx, item, out.event); err == nil {
				err = out.flush()
			}
		}
		if err != nil {
			return
		}
	}
}

// eventWriter writes frames with a deadline each.
type eventWriter struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	buf bytes.Buffer
}

// maxBuffered bounds what catching up gathers before it is written.
const maxBuffered = 64 << 10

func (e *eventWriter) event(ev Event) error {
	e.buf.WriteString("event: ")
	e.buf.WriteString(ev.Name)
	e.buf.WriteString("\r\nid: ")
	e.buf.Write(strconv.AppendInt(e.buf.AvailableBuffer(), ev.ID, 10))
	e.buf.WriteString("\r\ndata: ")
	e.buf.Write(ev.Data)
	e.buf.WriteString("\r\n\r\n")
	if e.buf.Len() >= maxBuffered {
		return e.flush()
	}
	return nil
}

func (e *eventWriter) ping() error {
	e.buf.WriteString(": ping - ")
	e.buf.WriteString(time.Now().UTC().Format(time.RFC3339))
	e.buf.WriteString("\r\n\r\n")
	return e.flush()
}

func (e *eventWriter) flush() error {
	if e.buf.Len() == 0 {
		return nil
	}
	// A server without deadlines on this connection, as in a test, is no reason to stop.
	_ = e.rc.SetWriteDeadline(time.Now().Add(writeWithin))
	_, err := e.w.Write(e.buf.Bytes())
	e.buf.Reset()
	if err != nil {
		return err
	}
	return e.rc.Flush()
}

// streamSet lets a shutdown end all open streams before it waits for requests.
type streamSet struct {
	mu     sync.Mutex
	ended  bool
	cancel map[*context.CancelFunc]struct{}
}

func (s *streamSet) join(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		cancel()
	}
	s.cancel[&cancel] = struct{}{}
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.cancel, &cancel)
	}
}

// EndStreams ends all open streams and lets no new one stay open.
func (r *Router) EndStreams() {
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	r.live.ended = true
	for cancel := range r.live.cancel {
		(*cancel)()
	}
}

// OpenStreams returns how many streams are open.
func (r *Router) OpenStreams() int {
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	return len(r.live.cancel)
}
