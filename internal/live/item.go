package live

import (
	"context"
	"errors"
	"sync"

	"missioncontrol/internal/store"
)

// Item is a committed change on its way to the streams.
type Item struct {
	store.Change

	mu       sync.Mutex
	rendered map[any]*rendering
}

type rendering struct {
	once  sync.Once
	value any
	err   error
}

// NewItem returns a change that nobody has looked at yet.
func NewItem(c store.Change) *Item { return &Item{Change: c} }

var errUnfinished = errors.New("what a change looks like was not worked out")

// Render works out what the item looks like once, however many streams show
// it; key names the way of looking at it. One way may build on another.
func Render[T any](ctx context.Context, it *Item, key any, build func(ctx context.Context, c store.Change) (T, error)) (T, error) {
	it.mu.Lock()
	r := it.rendered[key]
	if r == nil {
		if it.rendered == nil {
			it.rendered = map[any]*rendering{}
		}
		r = &rendering{err: errUnfinished} // stays, should build panic
		it.rendered[key] = r
	}
	it.mu.Unlock()
	r.once.Do(func() {
		// The first stream works for all: it must not take them down with its own end.
		r.value, r.err = build(context.WithoutCancel(ctx), it.Change)
	})
	value, _ := r.value.(T)
	return value, r.err
}
