package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"slices"
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
	// Queue delivers what is announced.
	Queue Queue[T]
	// Emit sends what one announced item means for this client, which may be nothing.
	Emit func(ctx context.Context, item T, emit func(Event) error) error
	// Position is the number of the last change that the feed is done with: opened
	// again from there, it misses nothing and repeats nothing.
	Position func() int64
	// Concerns are ids, besides those of the scope, whose access decides about it.
	Concerns []mc.ID
}

// Queue holds what is announced until the stream gets round to it.
type Queue[T any] interface {
	// Ready receives when there is something to take.
	Ready() <-chan struct{}
	// Take returns what came; complete is false once something had to be dropped.
	Take() (items []T, complete bool)
	// Done says that what was taken is sent.
	Done()
	Close()
}

// Scope is what a guard yields for a stream: it says whose access the caller's
// depends on (users, agents, boards, organizations).
type Scope interface{ Concerns() []mc.ID }

// AccessWatcher tells when somebody's access changes.
type AccessWatcher interface {
	// AccessMark names this moment.
	AccessMark() uint64
	// WatchAccess signals when the access of one of ids changes, or may have changed since the mark.
	WatchAccess(mark uint64, ids []mc.ID) (changed <-chan struct{}, stop func())
}

// StreamQuery says where a stream starts: after the last event the client saw,
// else at a time, else now.
type StreamQuery struct {
	Since       *string `query:"since" doc:"ISO 8601 time of the first event to send; a value that cannot be read counts as absent."`
	LastEventID string  `header:"Last-Event-ID" default:"" doc:"Id of the last event received; everything after it is sent."`

	goesOnAfter *int64
}

// Cursor is where a stream starts.
type Cursor struct {
	After    int64 // id of the last event seen; meaningful if Resumes
	Resumes  bool
	Since    mc.Time // meaningful if HasSince
	HasSince bool    // nothing before Since is sent; never set with Resumes, but for a stream that goes on
}

// Cursor reads the query. Last-Event-ID wins; anything but a number counts as absent.
func (q StreamQuery) Cursor() Cursor {
	var c Cursor
	if id, err := strconv.ParseInt(q.LastEventID, 10, 64); err == nil && id >= 0 {
		c.After, c.Resumes = id, true
	} else if q.Since != nil {
		c.Since, c.HasSince = mc.ParseSince(*q.Since)
	}
	if q.goesOnAfter != nil {
		c.After, c.Resumes = *q.goesOnAfter, true
	}
	return c
}

// goOn makes the stream start where it was left, on the same connection.
func (q *StreamQuery) goOn(after int64) { q.goesOnAfter = &after }

// StreamDoc documents the frames of a stream.
type StreamDoc struct {
	Event   string       // name of its events
	Data    reflect.Type // of the data line
	Example string
	Events  []StreamEvent // of a stream of several kinds, instead of Event and Data
}

// StreamEvent documents one of the kinds of events of a stream.
type StreamEvent struct {
	Name string
	Data reflect.Type
	Doc  string
}

// StreamHandler opens a stream, or refuses as any handler does.
type StreamHandler[S, I, T any] func(ctx context.Context, scope S, in *I) (Feed[T], error)

// RegisterStream adds an operation that answers with an event stream.
//
// Once open, a stream is opened again on its connection when access of somebody
// changes on which it depends: the guard and the handler are asked as they were
// at first, and it goes on where it was, with what its caller may see now, or
// ends. So it does, too, when more happened at once than is kept for it.
func RegisterStream[S Scope, I, T any](r *Router, op Op, doc StreamDoc, guard Guard[S], open StreamHandler[S, I, T]) {
	plan := planInput(reflect.TypeFor[I]())
	if _, ok := any(new(I)).(interface{ goOn(after int64) }); !ok {
		panic(op.Name + ": the input of a stream embeds StreamQuery")
	}
	entry := newOperation(op, guard.Auth, guard.Errors, guard.Limit, guard.Path, plan)
	entry.stream = &doc
	r.add(entry, func(w http.ResponseWriter, req *http.Request) {
		s := &session[S, I, T]{router: r, guard: guard, open: open, req: req, out: newEventWriter(w)}
		s.mark = r.accessMark()
		var err error
		if s.scope, s.in, _, err = admit[S, I](w, req, guard, plan); err == nil {
			err = s.out.check()
		}
		if err != nil {
			r.fail(w, req, err)
			return
		}
		ctx, end := r.live.join(req.Context())
		defer end()
		feed, err := open(ctx, s.scope, s.in)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		s.serve(ctx, feed)
		if req.Context().Err() == nil {
			// The client is still there, and would take an orderly end for the end of
			// all events: some come back only after an error.
			panic(http.ErrAbortHandler)
		}
	})
}

// session is one open stream.
type session[S Scope, I, T any] struct {
	router *Router
	guard  Guard[S]
	open   StreamHandler[S, I, T]
	req    *http.Request
	out    *eventWriter

	mark  uint64 // from before the guard was asked
	scope S
	in    *I
}

const pingEvery = 15 * time.Second

// outcome is why a feed is left.
type outcome int

const (
	ended   outcome = iota // the client is gone, or we are
	changed                // access of somebody has changed
	behind                 // something was dropped
)

// serve sends feeds until the stream ends. A reader that falls behind again
// before it has caught up is too slow and is cut off.
func (s *session[S, I, T]) serve(ctx context.Context, feed Feed[T]) {
	if s.out.head() != nil {
		feed.Queue.Close()
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	wasBehind := false
	for {
		why, caughtUp := s.send(ctx, feed, ping.C)
		feed.Queue.Close()
		switch {
		case why == ended:
			return
		case why == behind && wasBehind && !caughtUp:
			s.out.comment("too slow, resume with Last-Event-ID: " + strconv.FormatInt(feed.Position(), 10))
			_ = s.out.flush() // it may well be blocked
			return
		}
		wasBehind = why == behind || wasBehind && !caughtUp
		var err error
		if feed, err = s.again(ctx, feed.Position()); err != nil {
			return
		}
	}
}

// send sends one feed: what was missed, then what happens. caughtUp reports
// whether it got to the present.
func (s *session[S, I, T]) send(ctx context.Context, feed Feed[T], ping <-chan time.Time) (why outcome, caughtUp bool) {
	access, unwatch := s.router.watchAccess(s.mark, append(s.scope.Concerns(), feed.Concerns...))
	defer unwatch()
	if feed.CatchUp(ctx, s.out.event) != nil || s.out.flush() != nil {
		return ended, false
	}
	for {
		select {
		case <-ctx.Done():
			return ended, caughtUp
		case <-access:
			return changed, caughtUp
		case <-ping:
			s.out.comment("ping - " + time.Now().UTC().Format(time.RFC3339))
		case <-feed.Queue.Ready():
			items, complete := feed.Queue.Take()
			if !complete {
				return behind, caughtUp
			}
			select {
			case <-access: // what follows a change of access must not slip through
				return changed, caughtUp
			default:
			}
			for _, item := range items {
				if feed.Emit(ctx, item, s.out.event) != nil {
					_ = s.out.flush() // what there is may be the last word
					return ended, caughtUp
				}
			}
			feed.Queue.Done()
			caughtUp = true
		}
		if s.out.flush() != nil {
			return ended, caughtUp
		}
	}
}

// again opens the stream anew after a change. Whoever acts for another
// organization than before is told nothing of the new one under the old name.
func (s *session[S, I, T]) again(ctx context.Context, after int64) (feed Feed[T], err error) {
	s.mark = s.router.accessMark()
	scope, err := s.guard.again(ctx, s.req)
	if err != nil {
		return feed, err
	}
	if !slices.Equal(scope.Concerns(), s.scope.Concerns()) {
		return feed, mc.Forbidden()
	}
	s.scope = scope
	any(s.in).(interface{ goOn(after int64) }).goOn(after)
	return s.open(ctx, scope, s.in)
}

// WatchAccess sets what tells the router's streams of changes of access.
// Without one they ask their guards only when they open.
func (r *Router) WatchAccess(w AccessWatcher) { r.access = w }

func (r *Router) accessMark() uint64 {
	if r.access == nil {
		return 0
	}
	return r.access.AccessMark()
}

func (r *Router) watchAccess(mark uint64, ids []mc.ID) (changed <-chan struct{}, stop func()) {
	if r.access == nil {
		return nil, func() {}
	}
	return r.access.WatchAccess(mark, ids)
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
