package openclaw

import (
	"context"
	"sync"
)

// keyedLock is a lock per key. Keys that nobody holds or wants take no room.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]*heldKey
}

type heldKey struct {
	turn    chan struct{} // holds one token while the key is free
	waiting int           // including the holder
}

// lock waits until the key is free, or until ctx ends.
func (k *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	k.mu.Lock()
	h := k.held[key]
	if h == nil {
		h = &heldKey{turn: make(chan struct{}, 1)}
		h.turn <- struct{}{}
		if k.held == nil {
			k.held = map[string]*heldKey{}
		}
		k.held[key] = h
	}
	h.waiting++
	k.mu.Unlock()

	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if h.waiting--; h.waiting == 0 {
			delete(k.held, key)
		}
	}
	select {
	case <-h.turn:
		return func() { h.turn <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
