// Package livestream is the stream of everything: one connection that tells a
// member all that happens on the boards they may read, for clients that would
// otherwise need a stream per board and kind.
//
// What a change looks like is the business of the features, which say so by
// feed.Shown. Here it is decided who sees what, and where a stream goes on that
// was away.
package livestream

import (
	"context"
	"slices"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature holds what the use case needs.
type Feature struct {
	store  *store.Store
	broker *live.Broker
	clock  mc.Clock
	shown  []feed.Shown     // in the order in which the frames of one change are sent
	all    map[string][]int // by kind, as indexes, what a stream shows that is not narrowed
	recent *recent
}

// New returns the feature, which shows what others offer.
func New(st *store.Store, broker *live.Broker, clock mc.Clock, shown ...feed.Shown) *Feature {
	f := &Feature{store: st, broker: broker, clock: clock, shown: shown, recent: newRecent(clock)}
	f.all = f.narrow(nil, nil)
	return f
}

// Open starts a member's stream. Topics are the names of the events wanted, all
// if there are none; board, if given, is the only board it is about.
func (f *Feature) Open(ctx context.Context, p access.Person, topics []string, board *mc.ID, cursor httpapi.Cursor) (opened httpapi.Feed[*live.Item], err error) {
	s := &stream{feature: f, member: p.Member, board: board, cursor: cursor, byKind: f.choose(topics, board)}
	// Before the boards are looked up: one that is made meanwhile is heard of.
	s.sub = f.broker.SubscribeIf(s.wants, s.listensTo()...)
	defer func() {
		if err != nil {
			s.sub.Close()
		}
	}()
	if err := s.lookAround(ctx); err != nil {
		return opened, err
	}
	if s.sent, err = feed.Start(ctx, f.store.Reader, cursor); err != nil {
		return opened, err
	}
	return httpapi.Feed[*live.Item]{CatchUp: s.catchUp, Queue: s.sub, Emit: s.emit, Position: func() int64 { return max(s.sent, s.sub.Through()) }}, nil
}

// checkTopics refuses names that no event has.
func (f *Feature) checkTopics(topics []string) error {
	names := f.names()
	for _, topic := range topics {
		if !slices.Contains(names, topic) {
			return mc.Invalid("Unknown topic "+topic+"; there are "+strings.Join(names, ", "), "query", "topics")
		}
	}
	return nil
}

// names lists the events there are.
func (f *Feature) names() (names []string) {
	for _, s := range f.shown {
		if !slices.Contains(names, s.Event) {
			names = append(names, s.Event)
		}
	}
	return names
}

// choose returns what a stream shows of each kind of change, as indexes. Most
// streams show everything and share that.
func (f *Feature) choose(topics []string, board *mc.ID) map[string][]int {
	if len(topics) == 0 && board == nil {
		return f.all
	}
	return f.narrow(topics, board)
}

func (f *Feature) narrow(topics []string, board *mc.ID) map[string][]int {
	byKind := map[string][]int{}
	for i, s := range f.shown {
		if len(topics) > 0 && !slices.Contains(topics, s.Event) {
			continue
		}
		if board != nil && (s.Audience == feed.Organization || s.Audience == feed.GroupReaders) {
			continue
		}
		byKind[s.Kind] = append(byKind[s.Kind], i)
	}
	return byKind
}
