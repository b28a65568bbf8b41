package storetest

import (
	"context"
	"sync/atomic"

	"missioncontrol/internal/store"
)

// Statements counts the statements that a store runs, for tests of what must
// take the same number of them however much there is.
type Statements struct{ n atomic.Int64 }

// Count makes a store count, in the options of Each or New.
func (s *Statements) Count(cfg *store.Config) {
	cfg.Observe = func(context.Context, string) { s.n.Add(1) }
}

// During returns how many statements ran during f.
func (s *Statements) During(f func()) int64 {
	before := s.n.Load()
	f()
	return s.n.Load() - before
}
