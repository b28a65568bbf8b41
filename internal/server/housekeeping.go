package server

import (
	"context"
	"errors"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// trimArgs forgets changes that no stream resumes from any more, the answers to
// requests that nobody repeats any more, and sessions that have ended.
type trimArgs struct{}

// Kind names the job.
func (trimArgs) Kind() string { return "change_log_trim" }

var trimPolicy = jobs.Policy{Timeout: time.Minute, MaxAttempts: 3, Base: time.Minute, Max: time.Minute}

const (
	trimEvery = time.Hour
	// changesKept is how long a stream may be away and still resume without a gap.
	changesKept = 24 * time.Hour
)

// housekeeping declares the work that keeps the database from growing for ever.
func (s *Server) housekeeping() {
	jobs.Handle(s.workers, trimPolicy, func(ctx context.Context, _ trimArgs) error {
		now := mc.SystemClock()
		_, err := s.store.TrimChangeLog(ctx, now.Add(-changesKept))
		_, keysErr := s.store.TrimKeys(ctx, now.Add(-store.KeysKept))
		return errors.Join(err, keysErr, s.store.TrimSignInSessions(ctx, now, now.Add(-s.settings.Auth.SessionIdle)))
	})
	jobs.Every(s.workers, trimEvery, trimArgs{})
}
