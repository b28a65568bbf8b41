package live

import (
	"sync"

	"missioncontrol/internal/store"
)

// backlog is how many changes a stream may lie behind. They are shared by all
// streams, so one that lags holds pointers only, and an idle one not even those.
const backlog = 256

// Subscription receives the changes of its topics.
type Subscription struct {
	broker *Broker
	topics []Topic
	wants  func(store.Change) bool // nil: every one
	ready  chan struct{}

	mu      sync.Mutex
	items   []*Item
	lost    bool  // something was dropped: nothing is kept from then on
	taken   bool  // items that were taken are not done with yet
	through int64 // see Through
	next    int64 // what through will be once those are done with
}

// Subscribe starts to receive the changes of topics.
func (b *Broker) Subscribe(topics ...Topic) *Subscription { return b.SubscribeIf(nil, topics...) }

// SubscribeIf is Subscribe for those changes that wants lets through. It is
// asked while others wait, so it must be quick.
func (b *Broker) SubscribeIf(wants func(store.Change) bool, topics ...Topic) *Subscription {
	s := &Subscription{broker: b, topics: topics, wants: wants, ready: make(chan struct{}, 1)}
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

// Ready receives when there is something to take.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// Take returns the changes that came since it was last called, in the order of
// commits. Once it is not complete, changes were dropped, because the reader
// was too slow or they were lost on their way: a new subscription is needed,
// and a look at the rows.
func (s *Subscription) Take() (items []*Item, complete bool) {
	last := s.broker.last.Load() // what was handed out by now is among the items, if it is wanted
	s.mu.Lock()
	defer s.mu.Unlock()
	items, s.items = s.items, nil
	s.taken, s.next = true, last
	return items, !s.lost
}

// Done says that the changes that were taken are dealt with.
func (s *Subscription) Done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken, s.through = false, s.next
}

// Through returns a number up to which every change was either not wanted or is
// done with.
func (s *Subscription) Through() int64 {
	last := s.broker.last.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost || s.taken || len(s.items) > 0 {
		return s.through
	}
	return last
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.broker.mu.Lock()
	defer s.broker.mu.Unlock()
	for _, t := range s.topics {
		delete(s.broker.topics[t], s)
		if len(s.broker.topics[t]) == 0 {
			delete(s.broker.topics, t)
		}
	}
}

func (s *Subscription) push(it *Item) {
	if s.wants != nil && !s.wants(it.Change) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return
	}
	if len(s.items) == backlog {
		s.items, s.lost = nil, true // its reader knows already that there is something
		return
	}
	if s.items = append(s.items, it); len(s.items) == 1 {
		if !s.taken {
			s.through = it.Seq - 1 // numbers have no gaps
		}
		s.signal()
	}
}

// lose drops what there is and what will come.
func (s *Subscription) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items, s.lost = nil, true
	s.signal()
}

func (s *Subscription) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
