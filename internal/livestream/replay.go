package livestream

import (
	"context"
	"sync"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// replayChunk bounds what catching up holds in memory.
const replayChunk = 200

// catchUp sends what the log holds since the cursor. Where the log does not
// reach back to it, the client is told to load anew.
func (s *stream) catchUp(ctx context.Context, emit func(httpapi.Event) error) error {
	if !s.cursor.Resumes && !s.cursor.HasSince {
		return nil
	}
	reaches, err := s.findStart(ctx)
	for err == nil && reaches {
		var changes []store.LoggedChange
		changes, err = s.feature.store.LoggedAfter(ctx, s.sent, replayChunk)
		if err != nil || len(changes) == 0 {
			return err
		}
		// The log may have been trimmed since it was asked how far it reaches.
		if reaches = changes[0].Seq == s.sent+1; reaches {
			err = s.replay(ctx, changes, emit)
		}
	}
	if err != nil {
		return err
	}
	return s.reset(ctx, emit)
}

// findStart sets where the log is read from, and reports whether it is all there.
func (s *stream) findStart(ctx context.Context) (reaches bool, err error) {
	if s.cursor.Resumes {
		s.sent = s.cursor.After
		return s.feature.store.LogReaches(ctx, s.sent)
	}
	s.sent, reaches, err = s.feature.store.LogSince(ctx, s.cursor.Since)
	return reaches, err
}

func (s *stream) replay(ctx context.Context, changes []store.LoggedChange, emit func(httpapi.Event) error) error {
	for _, c := range changes {
		if !c.At.Before(s.cursor.Since) && s.wants(c.Change) {
			if err := s.show(ctx, s.feature.recent.item(c.Change), isLogged, emit); err != nil {
				return err
			}
		}
		s.sent = c.Seq
	}
	return nil
}

// reset tells the client that there is a gap which cannot be filled. What
// follows is live; its id stands for everything up to now.
func (s *stream) reset(ctx context.Context, emit func(httpapi.Event) error) error {
	last, err := s.feature.store.LastSeq(ctx)
	if err != nil {
		return err
	}
	s.sent = last
	return emit(httpapi.Event{ID: last, Name: resetEvent, Data: []byte("{}")})
}

const resetEvent = "reset"

// recent remembers changes that were replayed lately. After a restart all
// streams come back at once and ask for the same ones; what they look like is
// worked out once for all of them here, too.
type recent struct {
	clock mc.Clock

	mu    sync.Mutex
	items map[int64]*live.Item
	since mc.Time // when the oldest of them came
}

const (
	recentKept  = 10 * time.Second
	recentItems = 2048
)

func newRecent(clock mc.Clock) *recent { return &recent{clock: clock, items: map[int64]*live.Item{}} }

func (r *recent) item(c store.Change) *live.Item {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock()
	if len(r.items) >= recentItems || now.Sub(r.since) > recentKept {
		clear(r.items)
		r.since = now
	}
	it := r.items[c.Seq]
	if it == nil {
		it = live.NewItem(c)
		r.items[c.Seq] = it
	}
	return it
}
