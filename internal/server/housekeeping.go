package server

import (
	"context"
	"errors"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// trimArgs forgets changes that no stream resumes from any more, and the answers
// to requests that nobody repeats any more.
type trimArgs struct{}

// Kind names the job.
func (trimArgs) Kind() string { return "change_log_trim" }

var trimPolicy = jobs.Policy{Timeout: time.Minute, MaxAttempts: 3, Base: time.Minute, Max: time.Minute}

const (
	trimEvery = 5 * time.Minute
	// changesKept is how long the stream of everything may be away and still resume
	// without a gap, where little happens; where much does, the number of changes
	// bounds it, and keptAnyway is what is promised. A change takes about 150 bytes.
	changesKept = 24 * time.Hour
	changesRows = 200_000
	keptAnyway  = 15 * time.Minute
)

// housekeeping declares the work that keeps the database from growing for ever.
func (s *Server) housekeeping() {
	jobs.Handle(s.workers, trimPolicy, func(ctx context.Context, _ trimArgs) error {
		now := mc.SystemClock()
		_, err := s.store.TrimChangeLog(ctx, store.LogKeep{Since: now.Add(-changesKept), Rows: changesRows, Spare: now.Add(-keptAnyway)})
		_, keysErr := s.store.TrimKeys(ctx, now.Add(-store.KeysKept))
		return errors.Join(err, keysErr)
	})
	jobs.Every(s.workers, trimEvery, trimArgs{})
}
