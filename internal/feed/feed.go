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
// so that nothing falls between.
func Open(ctx context.Context, st *store.Store, broker *live.Broker, cursor httpapi.Cursor, src Source) (httpapi.Feed[*live.Item], error) {
	sub := broker.Subscribe(src.Topics...)
	s := &stream{src: src, cursor: cursor}
	switch {
	case cursor.Resumes:
		s.sent = cursor.After
	case !cursor.HasSince:
		// What was committed before may still be on its way to the broker.
		last, err := st.LastSeq(ctx)
		if err != nil {
			sub.Close()
			return httpapi.Feed[*live.Item]{}, err
		}
		s.sent = last
	}
	return httpapi.Feed[*live.Item]{CatchUp: s.catchUp, Items: sub.Items(), Emit: s.emit, Close: sub.Close}, nil
}

type stream struct {
	src    Source
	cursor httpapi.Cursor
	sent   int64 // number of the last change that this stream is done with
}

// since is the time before which nothing is shown; a resumed stream has none.
func (s *stream) since() mc.Time {
	if s.cursor.Resumes {
		return mc.Time{}
	}
	return s.cursor.Since
}

func (s *stream) catchUp(ctx context.Context, emit func(httpapi.Event) error) error {
	if !s.cursor.Resumes && !s.cursor.HasSince {
		return nil
	}
	for {
		frames, scanned, done, err := s.src.Backlog(ctx, s.since(), s.sent)
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
	if item.Seq <= s.sent || s.src.Wants != nil && !s.src.Wants(item.Change) {
		return nil
	}
	frame, err := live.Render(ctx, item, s.src.Kind, s.src.Show)
	if err != nil || frame == nil || frame.At.Before(s.since()) {
		return err
	}
	s.sent = item.Seq
	event := frame.Event
	event.ID = item.Seq
	return emit(event)
}
