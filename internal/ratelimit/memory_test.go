package ratelimit

import (
	"strconv"
	"testing"
	"time"
)

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	m := NewMemory(func() time.Time { return now })
	p := Policy{Scope: "s", Limit: 5, Window: time.Minute}
	for range 1000 {
		m.Hit(t.Context(), p, "busy")
	}
	if n := len(m.logs[logKey{"s", "busy"}].times); n != 5 {
		t.Errorf("%d attempts are stored for one key, want 5", n)
	}

	for i := range 500 {
		m.Hit(t.Context(), p, strconv.Itoa(i))
	}
	now = now.Add(time.Minute)
	for range sweepEvery {
		m.Hit(t.Context(), p, "busy")
	}
	if len(m.logs) != 1 {
		t.Errorf("%d keys are left after a sweep, want 1", len(m.logs))
	}
}

func TestMemoryCheckStoresNothing(t *testing.T) {
	t.Parallel()
	m := NewMemory(time.Now)
	m.Check(t.Context(), Policy{Scope: "s", Limit: 1, Window: time.Minute}, "k")
	if len(m.logs) != 0 {
		t.Errorf("%d keys are stored", len(m.logs))
	}
}
