package livestream

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// stream is one that is open.
type stream struct {
	feature *Feature
	member  mc.Member
	board   *mc.ID
	cursor  httpapi.Cursor
	byKind  map[string][]int // indexes into feature.shown
	sub     *live.Subscription

	sent int64 // number of the last change that this stream is done with

	// boards are those it is about, sorted. The broker looks at them while the
	// stream replaces them. nil: not known yet.
	boards atomic.Pointer[[]mc.ID]
	groups map[mc.ID]bool // what is known of the access to groups
}

// listensTo are the topics to subscribe to: of one board, or everywhere.
func (s *stream) listensTo() (topics []live.Topic) {
	kinds := map[string]bool{store.KindBoard: true, store.KindBoardDeleted: true} // also when they are not shown
	for kind := range s.byKind {
		kinds[kind] = true
	}
	for kind := range kinds {
		topic := live.Topic{Kind: kind}
		if s.board != nil && kind != store.KindBoardDeleted {
			topic.Scope = *s.board
		}
		topics = append(topics, topic)
	}
	return topics
}

// wants reports whether a change can be for this stream at all. It is asked for
// every change by the broker, so it only looks at what it has.
func (s *stream) wants(c store.Change) bool {
	boards := s.boards.Load()
	if boards == nil {
		return true
	}
	switch c.Kind {
	case store.KindBoard:
		return s.reaches(*boards, feed.BoardReaders, c)
	case store.KindBoardDeleted:
		return s.reaches(*boards, feed.FormerReaders, c)
	}
	for _, i := range s.byKind[c.Kind] {
		if w := s.feature.shown[i].Wants; (w == nil || w(c)) && s.reaches(*boards, s.feature.shown[i].Audience, c) {
			return true
		}
	}
	return false
}

// reaches reports whether the member may see a change, as far as can be told
// without looking anything up.
func (s *stream) reaches(boards []mc.ID, audience feed.Audience, c store.Change) bool {
	switch audience {
	case feed.BoardReaders:
		return has(boards, c.Scope) || s.mayBeNew(c)
	case feed.BoardAdmins:
		return s.member.Role.IsAdmin() && has(boards, c.Scope)
	case feed.GroupReaders:
		return s.groupMayBeMine(c.Scope)
	case feed.Organization:
		return c.Scope == s.member.OrganizationID
	case feed.FormerReaders:
		return c.Scope == s.member.OrganizationID && (s.board == nil || *s.board == c.Entity)
	}
	return false
}

// emit sends the frames of one change, which all have its number.
func (s *stream) emit(ctx context.Context, item *live.Item, emit func(httpapi.Event) error) error {
	if item.Seq <= s.sent {
		return nil
	}
	if s.cursor.HasSince && s.feature.clock().Before(s.cursor.Since) {
		return nil // a stream of the future
	}
	return s.show(ctx, item, isLive, emit)
}

// origin is how a stream comes by a change.
type origin bool

const (
	isLive   origin = true
	isLogged origin = false
)

var errBoardGone = errors.New("the board that the stream is about is gone")

func (s *stream) show(ctx context.Context, item *live.Item, from origin, emit func(httpapi.Event) error) error {
	known, err := s.getToKnow(ctx, item, from)
	if err != nil || !known {
		return err
	}
	for _, i := range s.byKind[item.Kind] {
		shown := s.feature.shown[i]
		if shown.Wants != nil && !shown.Wants(item.Change) || !s.reaches(*s.boards.Load(), shown.Audience, item.Change) {
			continue
		}
		event, err := s.feature.render(ctx, item, i)
		if err != nil {
			return err
		}
		if event == nil {
			continue
		}
		if err := emit(*event); err != nil {
			return err
		}
	}
	s.sent = item.Seq
	if item.Kind == store.KindBoardDeleted {
		s.forget(item.Entity)
		if s.board != nil && *s.board == item.Entity {
			return errBoardGone
		}
	}
	return nil
}

func has(sorted []mc.ID, id mc.ID) bool {
	_, found := slices.BinarySearchFunc(sorted, id, compareIDs)
	return found
}

func compareIDs(a, b mc.ID) int { return slices.Compare(a[:], b[:]) }
