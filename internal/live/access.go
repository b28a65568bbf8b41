package live

import (
	"sync"

	"missioncontrol/internal/mc"
)

// accessWatch tells streams that their guards have to be asked again.
type accessWatch struct {
	mu       sync.Mutex
	mark     uint64 // counts the changes
	watchers map[mc.ID]map[chan struct{}]struct{}
}

func newAccessWatch() accessWatch {
	return accessWatch{watchers: map[mc.ID]map[chan struct{}]struct{}{}}
}

// AccessMark names this moment for WatchAccess.
func (b *Broker) AccessMark() uint64 {
	b.access.mu.Lock()
	defer b.access.mu.Unlock()
	return b.access.mark
}

// WatchAccess signals when the access of one of these users, agents, boards or
// organizations changes, or might have changed since the mark: take the mark,
// ask the guard, then watch, and nothing falls between.
func (b *Broker) WatchAccess(mark uint64, ids []mc.ID) (changed <-chan struct{}, stop func()) {
	signal := make(chan struct{}, 1)
	b.access.mu.Lock()
	defer b.access.mu.Unlock()
	if b.access.mark != mark {
		signal <- struct{}{}
	}
	for _, id := range ids {
		if b.access.watchers[id] == nil {
			b.access.watchers[id] = map[chan struct{}]struct{}{}
		}
		b.access.watchers[id][signal] = struct{}{}
	}
	return signal, func() { b.access.leave(signal, ids) }
}

func (a *accessWatch) leave(signal chan struct{}, ids []mc.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		delete(a.watchers[id], signal)
		if len(a.watchers[id]) == 0 {
			delete(a.watchers, id)
		}
	}
}

func (a *accessWatch) changed(whose mc.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mark++
	for signal := range a.watchers[whose] {
		select {
		case signal <- struct{}{}:
		default:
		}
	}
}
