// Package live tells open event streams what was committed.
//
// The broker hands every committed change to the streams that asked for its
// topic, in the order of commits, without touching the database. What a change
// looks like on the wire is the business of the feature whose stream it is; the
// broker only sees to it that this is worked out once for all who watch.
package live

import (
	"sync"
	"sync/atomic"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Topic is what a stream can watch: a kind of change within a scope, such as
// the activity of one board. With the zero scope it is the kind everywhere.
type Topic struct {
	Kind  string // of store.Change
	Scope mc.ID
}

// Broker fans changes out to subscriptions.
type Broker struct {
	mu     sync.RWMutex
	topics map[Topic]map[*Subscription]struct{}

	access accessWatch
	last   atomic.Int64 // number of the last change that was handed out

	queued  sync.Mutex
	room    *sync.Cond // there is room in the queue again
	queue   []store.Change
	sending bool // somebody empties the queue
}

// maxQueued bounds the changes that were committed and not yet handed out. A
// writer that gets ahead by more waits, or memory would be the bound.
const maxQueued = 1 << 16

// NewBroker returns a broker without subscriptions.
func NewBroker() *Broker {
	b := &Broker{topics: map[Topic]map[*Subscription]struct{}{}, access: newAccessWatch()}
	b.room = sync.NewCond(&b.queued)
	return b
}

// Publish hands out committed changes. It is called in the order of commits and
// returns at once: whoever commits does not wait for thousands of streams to be
// woken.
func (b *Broker) Publish(changes []store.Change) {
	b.queued.Lock()
	defer b.queued.Unlock()
	for len(b.queue) >= maxQueued {
		b.room.Wait()
	}
	b.queue = append(b.queue, changes...)
	if !b.sending {
		b.sending = true
		go b.send()
	}
}

// send empties the queue. There is only ever one that does, so the order stays.
func (b *Broker) send() {
	for {
		b.queued.Lock()
		changes := b.queue
		b.queue = nil
		if len(changes) == 0 {
			b.sending = false
			b.queued.Unlock()
			return
		}
		b.room.Broadcast()
		b.queued.Unlock()
		b.fanOut(changes)
	}
}

func (b *Broker) fanOut(changes []store.Change) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, c := range changes {
		b.hand(c)
		b.last.Store(c.Seq)
	}
}

func (b *Broker) hand(c store.Change) {
	if c.Kind == store.KindReset {
		for _, subs := range b.topics {
			for s := range subs {
				s.lose()
			}
		}
		return
	}
	if c.Kind == store.KindAccess {
		b.access.changed(c.Scope)
	}
	it := NewItem(c)
	push(b.topics[Topic{Kind: c.Kind, Scope: c.Scope}], it)
	if c.Scope != (mc.ID{}) {
		push(b.topics[Topic{Kind: c.Kind}], it)
	}
}

func push(subs map[*Subscription]struct{}, it *Item) {
	for s := range subs {
		s.push(it)
	}
}
