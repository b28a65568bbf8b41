// Package live tells open event streams what was committed.
//
// The broker hands every committed change to the streams that asked for its
// topic, in the order of commits, without touching the database. What a change
// looks like on the wire is the business of the feature whose stream it is; the
// broker only sees to it that this is worked out once for all who watch.
package live

import (
	"context"
	"sync"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Topic is what a stream can watch: a kind of change within a scope, such as
// the activity of one board. With the zero scope it is the kind everywhere.
type Topic struct {
	Kind  string // of store.Change
	Scope mc.ID
}

// Item is a committed change on its way to the streams.
type Item struct {
	store.Change

	mu       sync.Mutex
	rendered map[any]rendering
}

type rendering struct {
	value any
	err   error
}

// Render works out what the item looks like once, however many streams show
// it; key names the way of looking at it.
func Render[T any](ctx context.Context, it *Item, key any, build func(ctx context.Context, c store.Change) (T, error)) (T, error) {
	it.mu.Lock()
	defer it.mu.Unlock()
	if r, ok := it.rendered[key]; ok {
		value, _ := r.value.(T)
		return value, r.err
	}
	// The first stream works for all: it must not take them down with its own end.
	value, err := build(context.WithoutCancel(ctx), it.Change)
	if it.rendered == nil {
		it.rendered = map[any]rendering{}
	}
	it.rendered[key] = rendering{value, err}
	return value, err
}

// Broker fans changes out to subscriptions.
type Broker struct {
	mu     sync.RWMutex
	topics map[Topic]map[*Subscription]struct{}
}

// NewBroker returns a broker without subscriptions.
func NewBroker() *Broker { return &Broker{topics: map[Topic]map[*Subscription]struct{}{}} }

// backlog is how many changes a stream may lie behind before it is cut off; it
// then resumes with its last id.
const backlog = 256

// Subscription receives the changes of its topics.
type Subscription struct {
	broker *Broker
	topics []Topic
	items  chan *Item
	once   sync.Once
}

// Subscribe starts to receive the changes of topics.
func (b *Broker) Subscribe(topics ...Topic) *Subscription {
	s := &Subscription{broker: b, topics: topics, items: make(chan *Item, backlog)}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range topics {
		if b.topics[t] == nil {
			b.topics[t] = map[*Subscription]struct{}{}
		}
		b.topics[t][s] = struct{}{}
	}
	return s
}

// Items delivers changes in the order of commits. It is closed when the reader
// fell too far behind, or by Close.
func (s *Subscription) Items() <-chan *Item { return s.items }

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.broker.mu.Lock()
	defer s.broker.mu.Unlock()
	s.drop()
}

// drop takes the subscription out of its topics. The broker's lock is held, so
// that nothing is sent on the closed channel.
func (s *Subscription) drop() {
	s.once.Do(func() {
		for _, t := range s.topics {
			delete(s.broker.topics[t], s)
			if len(s.broker.topics[t]) == 0 {
				delete(s.broker.topics, t)
			}
		}
		close(s.items)
	})
}

// Publish hands out committed changes. It is called in the order of commits and
// never waits for a reader.
func (b *Broker) Publish(changes []store.Change) {
	var slow []*Subscription
	b.mu.RLock()
	for _, c := range changes {
		if c.Kind == store.KindReset {
			for _, subs := range b.topics {
				for s := range subs {
					slow = append(slow, s)
				}
			}
			continue
		}
		it := &Item{Change: c}
		slow = send(slow, b.topics[Topic{Kind: c.Kind, Scope: c.Scope}], it)
		if c.Scope != (mc.ID{}) {
			slow = send(slow, b.topics[Topic{Kind: c.Kind}], it)
		}
	}
	b.mu.RUnlock()
	if len(slow) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range slow {
		s.drop()
	}
}

func send(slow []*Subscription, subs map[*Subscription]struct{}, it *Item) []*Subscription {
	for s := range subs {
		select {
		case s.items <- it:
		default:
			slow = append(slow, s)
		}
	}
	return slow
}
