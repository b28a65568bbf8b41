package provision

import (
	"context"
	"fmt"
	"time"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
)

// ParseSettings is parseSettings.
var ParseSettings = parseSettings

// Hurry makes a Service impatient.
func (s *Service) Hurry() {
	s.pace.afterCreate = time.Millisecond
	s.pace.updateWaits = []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}
	s.pace.run, s.pace.repeatRun, s.pace.repeatOther = 20*time.Second, 8*time.Second, 3*time.Second
	s.pace.repeatBase, s.pace.repeatMax = 10*time.Millisecond, 100*time.Millisecond
	s.pace.sync.Total, s.pace.sync.Base = 300*time.Millisecond, 10*time.Millisecond
}

// LeaseTime is how long after its begin a run counts as dead.
func (s *Service) LeaseTime() time.Duration { return s.pace.run + leaseMargin }

// SyncPolicy is how long a template sync is patient.
func (s *Service) SyncPolicy() *openclaw.RetryPolicy { return &s.pace.sync }

// Do does a job as a worker would.
func (s *Service) Do(ctx context.Context, job store.Job) error {
	switch args := job.Args.(type) {
	case reconcileArgs:
		return s.reconcile(ctx, args)
	case removeArgs:
		return s.remove(ctx, args)
	case cleanupArgs:
		return s.askCleanup(ctx, args)
	case heartbeatArgs:
		return s.syncHeartbeats(ctx, args)
	}
	return fmt.Errorf("a job of kind %s", job.Args.Kind())
}
