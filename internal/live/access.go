package live

import (
	"sync"

	"missioncontrol/internal/mc"
)

// accessWatch tells streams that their guards have to be asked again.
type accessWatch struct {
	mu       sync.Mutex
	last     int64 // number of the last change of anybody's access
	watchers map[mc.ID]map[chan int64]struct{}
}

func newAccessWatch() accessWatch {
	return accessWatch{watchers: map[mc.ID]map[chan int64]struct{}{}}
}

// AccessMark names this moment for WatchAccess, by the number of the last change
// that was handed out.
func (b *Broker) AccessMark() int64 { return b.last.Load() }

// WatchAccess tells when the access of one of these users, agents, boards or
// organizations changes, or might have changed since the mark: take the mark,
// ask the guard, then watch, and nothing falls between. What it sends is the
// number from which on changes have to be looked at with the new access.
func (b *Broker) WatchAccess(mark int64, ids []mc.ID) (changed <-chan int64, stop func()) {
	signal := make(chan int64, 1) // of several changes, the first one counts
	b.access.mu.Lock()
	defer b.access.mu.Unlock()
	if b.access.last > mark {
		signal <- mark + 1
	}
	for _, id := range ids {
		if b.access.watchers[id] == nil {
			b.access.watchers[id] = map[chan int64]struct{}{}
		}
		b.access.watchers[id][signal] = struct{}{}
	}
	return signal, func() { b.access.leave(signal, ids) }
}

func (a *accessWatch) leave(signal chan int64, ids []mc.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		delete(a.watchers[id], signal)
		if len(a.watchers[id]) == 0 {
			delete(a.watchers, id)
		}
	}
}

func (a *accessWatch) changed(whose mc.ID, seq int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = seq
	for signal := range a.watchers[whose] {
		select {
		case signal <- seq:
		default:
		}
	}
}
