package openclaw

import (
	"sync"
	"time"
)

// breaker spares callers the wait for a gateway that is known to be away. It
// counts failed dials and handshakes only: an error that a gateway answers says
// that it is there. It stays open briefly, so that a caller who retries for
// longer finds the gateway when it comes back.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time
	last     error
}

const (
	breakerFailures = 5
	breakerOpen     = 2 * time.Second
)

// allow returns the last error while the breaker is open.
func (b *breaker) allow(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.until) {
		return b.last
	}
	return nil
}

func (b *breaker) failed(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	b.last = err
	if b.failures >= breakerFailures {
		b.until = now.Add(breakerOpen)
	}
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.until, b.last = 0, time.Time{}, nil
}
