package httpapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"missioncontrol/internal/mc"
)

// caller is the scope of the streams of these tests.
type caller struct{ ids []mc.ID }

func (c caller) Concerns() []mc.ID { return c.ids }

// script is a feed under the test's control: what was published stays, to catch
// up with, as rows do.
type script struct {
	mu        sync.Mutex
	published []int64
	queue     []int64
	dropped   bool
	ready     chan struct{}
	opened    int
	starts    []Cursor
}

func newScript() *script { return &script{ready: make(chan struct{}, 1)} }

func (s *script) publish(n ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.published, s.queue = append(s.published, n...), append(s.queue, n...)
	s.signal()
}

func (s *script) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.dropped = nil, true
	s.signal()
}

func (s *script) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

func (s *script) Ready() <-chan struct{} { return s.ready }
func (s *script) Done()                  {}
func (s *script) Close()                 {}
func (s *script) Take() ([]int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := s.queue
	s.queue = nil
	return items, !s.dropped
}

func number(n int64) Event { return Event{n, "n", []byte(`{}`)} }

// feed opens the script at a cursor.
func (s *script) feed(_ context.Context, _ caller, q *StreamQuery) (Feed[int64], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := q.Cursor().After
	s.opened++
	s.starts = append(s.starts, q.Cursor())
	s.queue, s.dropped = nil, false
	missed := slices.DeleteFunc(slices.Clone(s.published), func(n int64) bool { return n <= at })
	return Feed[int64]{
		CatchUp: func(_ context.Context, emit func(Event) error) error {
			for _, n := range missed {
				at = n
				if err := emit(number(n)); err != nil {
					return err
				}
			}
			return nil
		},
		Queue: s,
		Emit: func(_ context.Context, n int64, emit func(Event) error) error {
			if n <= at {
				return nil
			}
			at = n
			return emit(number(n))
		},
		Position: func() int64 { return at },
	}, nil
}

// watch is an access watcher under the test's control.
type watch struct {
	mu      sync.Mutex
	signals map[chan struct{}][]mc.ID
}

func (w *watch) AccessMark() uint64 { return 0 }
func (w *watch) WatchAccess(_ uint64, ids []mc.ID) (<-chan struct{}, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	signal := make(chan struct{}, 1)
	w.signals[signal] = ids
	return signal, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.signals, signal)
	}
}

func (w *watch) change(id mc.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for signal, ids := range w.signals {
		if slices.Contains(ids, id) {
			signal <- struct{}{}
		}
	}
}

// frames reads a stream frame by frame; EOF is a clean end, CUT any other.
type frames struct {
	lines *bufio.Reader
	head  http.Header
}

func openFrames(t *testing.T, s *httptest.Server, header map[string]string) frames {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return frames{bufio.NewReader(res.Body), res.Header}
}

func (f frames) next() string {
	var frame strings.Builder
	for {
		line, err := f.lines.ReadString('\n')
		switch {
		case errors.Is(err, io.EOF):
			return "EOF"
		case err != nil:
			return "CUT"
		case line == "\r\n":
			return frame.String()
		}
		frame.WriteString(line)
	}
}

func (f frames) expect(t *testing.T, want string) {
	t.Helper()
	if got := f.next(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

const someFrame = "event: n\r\nid: 7\r\ndata: {}\r\n"

// streamServer serves a script at /stream.
func streamServer(t *testing.T, s *script, resolve func(*http.Request) (caller, error)) (*Router, *httptest.Server, *watch) {
	t.Helper()
	r, server, _ := testServer(t, nil)
	w := &watch{signals: map[chan struct{}][]mc.ID{}}
	r.WatchAccess(w)
	RegisterStream(r, Op{Method: "GET", Path: "/stream", Name: "stream"}, StreamDoc{Event: "n"}, Guard[caller]{Resolve: resolve}, s.feed)
	return r, server, w
}

func everybody(*http.Request) (caller, error) { return caller{}, nil }

func TestStreamFrames(t *testing.T) {
	t.Parallel()
	s := newScript()
	s.publish(1)
	r, server, _ := streamServer(t, s, everybody)
	f := openFrames(t, server, map[string]string{"Accept-Encoding": "gzip", "Origin": "http://ui.example"}) // gzip must not hold frames back
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": "",
		"Access-Control-Allow-Origin": "http://ui.example", "Access-Control-Allow-Credentials": "true", "Vary": "Origin", "X-Frame-Options": "DENY",
	} {
		if got := f.head.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := f.next(); !strings.HasPrefix(got, ": ping") {
		t.Errorf("first comes %q", got)
	}
	f.expect(t, "event: n\r\nid: 1\r\ndata: {}\r\n")
	s.publish(7)
	f.expect(t, someFrame)
	if r.OpenStreams() != 1 {
		t.Errorf("%d open streams", r.OpenStreams())
	}
	r.EndStreams()
	// Some clients come back after an error only.
	f.expect(t, "CUT")
}

func TestStreamMethods(t *testing.T) {
	t.Parallel()
	_, server, _ := streamServer(t, newScript(), everybody)
	for _, method := range []string{"HEAD", "POST"} {
		if res, _ := send(t, server, method, "/stream", "", nil); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET" {
			t.Errorf("%s: %d, Allow %q", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

func TestStreamForOldClients(t *testing.T) {
	t.Parallel()
	s := newScript()
	s.publish(7)
	_, server, _ := streamServer(t, s, everybody)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /stream HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(conn)
	res, err := http.ReadResponse(lines, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.TransferEncoding) > 0 || !res.Close {
		t.Errorf("HTTP/1.0 is answered %s, encoding %v, close %v", res.Status, res.TransferEncoding, res.Close)
	}
	f := frames{lines: bufio.NewReader(res.Body)}
	f.next()
	f.expect(t, someFrame)
}

// unflushable is a connection that only tells at its end what was written.
type unflushable struct{ http.ResponseWriter }

func TestStreamNeedsAConnectionThatCarriesIt(t *testing.T) {
	t.Parallel()
	r := NewRouter(slog.New(slog.DiscardHandler))
	RegisterStream(r, Op{Method: "GET", Path: "/stream", Name: "stream"}, StreamDoc{Event: "n"}, Guard[caller]{Resolve: everybody}, newScript().feed)
	rec := httptest.NewRecorder()
	r.ServeHTTP(unflushable{rec}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/stream", nil))
	if rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "Internal Server Error") {
		t.Errorf("answered %d %s", rec.Code, rec.Body)
	}
}

func TestStreamPings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := NewRouter(slog.New(slog.DiscardHandler))
		RegisterStream(r, Op{Method: "GET", Path: "/stream", Name: "stream"}, StreamDoc{Event: "n"}, Guard[caller]{Resolve: everybody}, newScript().feed)
		rec := httptest.NewRecorder()
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			r.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/stream", nil))
		}()
		time.Sleep(31 * time.Second)
		r.EndStreams()
		if why := <-ended; why != any(http.ErrAbortHandler) {
			t.Errorf("ended with %v", why)
		}
		if got := strings.Count(rec.Body.String(), ": ping - "); got != 3 {
			t.Errorf("%d pings in 31 seconds:\n%s", got, rec.Body)
		}
	})
}

func TestStreamAsksItsGuardAgain(t *testing.T) {
	t.Parallel()
	user, board := mc.NewID(), mc.NewID()
	var refused, again atomic.Bool
	s := newScript()
	_, server, w := streamServer(t, s, func(r *http.Request) (caller, error) {
		if AskedAgain(r.Context()) {
			again.Store(true)
		}
		if refused.Load() {
			return caller{}, mc.Forbidden()
		}
		return caller{[]mc.ID{user, board}}, nil
	})
	f := openFrames(t, server, nil)
	f.next()
	s.publish(3)
	f.expect(t, "event: n\r\nid: 3\r\ndata: {}\r\n")
	if again.Load() {
		t.Error("the guard was asked again for no reason")
	}
	w.change(mc.NewID()) // somebody else
	w.change(board)
	s.publish(7)
	f.expect(t, someFrame)
	s.mu.Lock()
	if s.opened != 2 || !again.Load() || s.starts[1] != (Cursor{After: 3, Resumes: true}) {
		t.Errorf("opened %d times, asked again %v, at %+v", s.opened, again.Load(), s.starts)
	}
	s.mu.Unlock()
	refused.Store(true)
	w.change(user)
	s.publish(8) // must not slip through
	f.expect(t, "CUT")
}

func TestStreamEndsWhenItsCallerActsElsewhere(t *testing.T) {
	t.Parallel()
	user := mc.NewID()
	_, server, w := streamServer(t, newScript(), func(*http.Request) (caller, error) { return caller{[]mc.ID{user, mc.NewID()}}, nil })
	f := openFrames(t, server, nil)
	f.next()
	w.change(user)
	f.expect(t, "CUT")
}

func TestStreamCatchesUpAfterABurst(t *testing.T) {
	t.Parallel()
	s := newScript()
	_, server, _ := streamServer(t, s, everybody)
	f := openFrames(t, server, nil)
	f.next()
	s.mu.Lock()
	s.published = []int64{5, 7}
	s.mu.Unlock()
	s.drop()
	f.expect(t, "event: n\r\nid: 5\r\ndata: {}\r\n")
	f.expect(t, someFrame)
	s.publish(9)
	f.expect(t, "event: n\r\nid: 9\r\ndata: {}\r\n")
}

func TestSlowReaderIsToldAndCutOff(t *testing.T) {
	t.Parallel()
	s := newScript()
	s.publish(1)
	r, server, _ := testServer(t, nil)
	RegisterStream(r, Op{Method: "GET", Path: "/stream", Name: "stream"}, StreamDoc{Event: "n"}, Guard[caller]{Resolve: everybody},
		func(ctx context.Context, c caller, q *StreamQuery) (Feed[int64], error) {
			feed, err := s.feed(ctx, c, q)
			catchUp := feed.CatchUp
			feed.CatchUp = func(ctx context.Context, emit func(Event) error) error {
				defer s.drop() // while it catches up, more happens than is kept
				return catchUp(ctx, emit)
			}
			return feed, err
		})
	f := openFrames(t, server, nil)
	f.next()
	f.expect(t, "event: n\r\nid: 1\r\ndata: {}\r\n")
	f.expect(t, ": too slow, resume with Last-Event-ID: 1\r\n")
	f.expect(t, "CUT")
	if s.opened != 2 {
		t.Errorf("opened %d times", s.opened)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("42", "2026-03-01T00:00:00Z")
	f.Add("-1", "")
	f.Add("9223372036854775808", "1700000000")
	f.Fuzz(func(t *testing.T, id, since string) {
		c := StreamQuery{LastEventID: id, Since: &since}.Cursor()
		if c.Resumes && c.After < 0 {
			t.Errorf("%q resumes after %d", id, c.After)
		}
		if c.HasSince && c.Since.IsZero() && !strings.HasPrefix(strings.TrimSpace(since), "0001") {
			t.Errorf("%q starts at the zero time", since)
		}
	})
}
