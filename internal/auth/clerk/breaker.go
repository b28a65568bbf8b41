package clerk

import (
	"sync"
	"time"
)

const (
	breakerFailures = 3 // in a row that open it
	breakerOpen     = 15 * time.Second
)

// breaker keeps requests from waiting for a Clerk that is away, each for its own
// few seconds. While it is open, one caller per breakerOpen tries.
type breaker struct {
	now func() time.Time

	mu       sync.Mutex
	failures int
	until    time.Time
}

// permits reports whether Clerk may be asked.
func (b *breaker) permits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakerFailures {
		return true
	}
	if now := b.now(); !now.Before(b.until) {
		b.until = now.Add(breakerOpen) // this caller tries, the others wait for what becomes of it
		return true
	}
	return false
}

// saw tells what became of a question.
func (b *breaker) saw(answered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		b.failures = 0
		return
	}
	if b.failures++; b.failures >= breakerFailures {
		b.until = b.now().Add(breakerOpen)
	}
}
