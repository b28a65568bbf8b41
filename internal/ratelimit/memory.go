package ratelimit

import (
	"context"
	"slices"
	"sync"
	"time"
)

// sweepEvery is after how many calls the keys are searched for those that
// nobody uses any more. The search is then cheap per call, and no timer runs.
const sweepEvery = 128

// Memory counts in the memory of this process. It is safe for concurrent use.
type Memory struct {
	clock func() time.Time
	start time.Time

	mu    sync.Mutex
	calls int
	logs  map[logKey]*log
}

type logKey struct{ scope, key string }

// log is the attempts of one key, the oldest first, as times since the start.
type log struct {
	window time.Duration
	times  []time.Duration
}

// NewMemory returns a limiter that has counted nothing. The clock should be
// time.Now, whose monotonic reading makes it proof against changes of the
// machine's time.
func NewMemory(clock func() time.Time) *Memory {
	return &Memory{clock: clock, start: clock(), logs: map[logKey]*log{}}
}

// Hit implements Limiter.
func (m *Memory) Hit(_ context.Context, p Policy, key string) Decision {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.tick()
	l := m.logs[logKey{p.Scope, key}]
	if l == nil {
		l = &log{}
		m.logs[logKey{p.Scope, key}] = l
	}
	l.window = p.Window
	l.expire(now)
	allowed := len(l.times) < p.Limit
	if !allowed {
		l.times = slices.Delete(l.times, 0, min(len(l.times)-p.Limit+1, len(l.times)))
	}
	l.times = append(l.times, now)
	return p.decide(allowed, l.state(now))
}

// Check implements Limiter.
func (m *Memory) Check(_ context.Context, p Policy, key string) Decision {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.tick()
	l := m.logs[logKey{p.Scope, key}]
	if l == nil {
		return p.decide(p.Limit > 0, window{})
	}
	l.window = p.Window
	l.expire(now)
	return p.decide(len(l.times) < p.Limit, l.state(now))
}

// tick returns the time since the start, and sweeps when it is time to.
func (m *Memory) tick() time.Duration {
	now := m.clock().Sub(m.start)
	if m.calls++; m.calls%sweepEvery == 0 {
		for key, l := range m.logs {
			if l.expire(now); len(l.times) == 0 {
				delete(m.logs, key)
			}
		}
	}
	return now
}

// expire forgets the attempts that have left the window.
func (l *log) expire(now time.Duration) {
	live := 0
	for live < len(l.times) && l.times[live] <= now-l.window {
		live++
	}
	l.times = slices.Delete(l.times, 0, live)
}

func (l *log) state(now time.Duration) window {
	n := len(l.times)
	if n == 0 {
		return window{}
	}
	return window{count: n, oldest: now - l.times[0], newest: now - l.times[n-1]}
}
