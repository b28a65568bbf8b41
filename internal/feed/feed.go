// Package feed is how every event stream of the API works: subscribe, catch up
// with what the rows say, then show what is announced, each change once.
//
// What a change looks like is the business of the feature whose stream it is;
// the frames on the wire are those of httpapi.
package feed

import (
	"context"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Frame is a change as it goes out.
type Frame struct {
	Event httpapi.Event
	At    mc.Time // what since is compared with
}

// Source is what a stream shows.
type Source struct {
	Topics []live.Topic
	// Backlog returns a page of what has a number above after and happened at or
	// after since, in the order of numbers. Scanned is the number up to which
	// nothing is missing from the page; done reports that there is no more.
	Backlog func(ctx context.Context, since mc.Time, after int64) (frames []Frame, scanned int64, done bool, err error)
	// Wants reports whether an announced change is shown at all; nil: every one is.
	Wants func(c store.Change) bool
	// Show works out the frame of an announced change, once for all streams of the
	// same Kind; nil when there is nothing to show any more.
	Show func(ctx context.Context, c store.Change) (*Frame, error)
	Kind any // names the way of showing; comparable
}

// Open starts a stream at a cursor. It subscribes before it looks at the rows,
// so that nothing falls between. Whenever access to one of its scopes changes
// it is opened again.
func Open(ctx context.Context, st *store.Store, broker *live.Broker, cursor httpapi.Cursor, src Source) (opened httpapi.Feed[*live.Item], err error) {
	sub := broker.SubscribeIf(src.Wants, src.Topics...)
	s := &stream{src: src, cursor: cursor}
	if s.sent, err = Start(ctx, st.Reader, cursor); err != nil {
		sub.Close()
		return opened, err
	}
	return httpapi.Feed[*live.Item]{
		CatchUp: s.catchUp, Queue: sub, Emit: s.emit, Position: func() int64 { return max(s.sent, sub.Through()) }, Concerns: scopes(src.Topics),
	}, nil
}

// Start returns the number of the change after which a stream begins. Without a
// cursor that is the last one there is: what was committed before may still be
// on its way to the broker. So it is for a number that was never given, as of
// another database.
func Start(ctx context.Context, r store.Reader, cursor httpapi.Cursor) (after int64, err error) {
	if cursor.HasSince && !cursor.Resumes {
		return 0, nil
	}
	last, err := r.LastSeq(ctx)
	if err != nil {
		return 0, err
	}
	if cursor.Resumes {
		return min(cursor.After, last), nil
	}
	return last, nil
}

func scopes(topics []live.Topic) []mc.ID {
	ids := make([]mc.ID, 0, len(topics))
	for _, t := range topics {
		if t.Scope != (mc.ID{}) {
			ids = append(ids, t.Scope)
		}
	}
	return mc.DedupeIDs(ids)
}

type stream struct {
	src    Source
	cursor httpapi.Cursor
	sent   int64 // number of the last change that this stream is done with
}

func (s *stream) catchUp(ctx context.Context, emit func(httpapi.Event) error) error {
	if !s.cursor.Resumes && !s.cursor.HasSince {
		return nil
	}
	for {
		frames, scanned, done, err := s.src.Backlog(ctx, s.cursor.Since, s.sent)
		if err != nil {
			return err
		}
		for _, f := range frames {
			if err := emit(f.Event); err != nil {
				return err
			}
		}
		s.sent = max(s.sent, scanned)
		if done {
			return nil
		}
	}
}

func (s *stream) emit(ctx context.Context, item *live.Item, emit func(httpapi.Event) error) error {
	if item.Seq <= s.sent {
		return nil
	}
	frame, err := live.Render(ctx, item, s.src.Kind, s.src.Show)
	if err != nil || frame == nil || frame.At.Before(s.cursor.Since) {
		return err
	}
	s.sent = item.Seq
	event := frame.Event
	event.ID = item.Seq
	return emit(event)
}
