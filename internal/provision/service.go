package provision

import (
	"context"
	"log/slog"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store      *store.Store
	Client     *openclaw.Client
	BaseURL    string // where agents reach Mission Control
	MinVersion string // of gateways
	// Retry is how failed runs are repeated in the background: MaxAttempts counts
	// the first one, Base and Max bound the waits. The timeout is ours.
	Retry jobs.Policy
	Clock mc.Clock     // nil: the system's
	Log   *slog.Logger // nil: no logs
}

// Service runs the lifecycle of agents. It is safe for concurrent use.
type Service struct {
	store      *store.Store
	client     *openclaw.Client
	baseURL    string
	minVersion string
	retry      jobs.Policy
	clock      mc.Clock
	log        *slog.Logger
	pace       pace
}

// pace is how patient a Service is with gateways.
type pace struct {
	afterCreate time.Duration   // until a gateway has read its configuration again
	updateWaits []time.Duration // for an agent that was just made and is not known yet
	run         time.Duration   // that one run may take in all
	repeatRun   time.Duration   // since its begin, that a run is repeated while the gateway is away
	repeatOther time.Duration   // likewise, of anything else
	repeatBase  time.Duration   // first wait before a repetition, doubled up to repeatMax
	repeatMax   time.Duration
	checkin     time.Duration // after a wake
	sync        openclaw.RetryPolicy
}

// A gateway that restarts because of what a run wrote is back within ten
// seconds or so; a run outlasts that, and no request waits much longer.
func defaultPace() pace {
	return pace{
		afterCreate: 750 * time.Millisecond,
		updateWaits: []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second},
		run:         time.Minute, repeatRun: 25 * time.Second, repeatOther: 10 * time.Second,
		repeatBase: 500 * time.Millisecond, repeatMax: 5 * time.Second,
		checkin: mc.CheckinDeadline, sync: openclaw.TemplateSync,
	}
}

// New returns a Service.
func New(c Config) *Service {
	if c.Clock == nil {
		c.Clock = mc.SystemClock
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		store: c.Store, client: c.Client, baseURL: c.BaseURL, minVersion: c.MinVersion, retry: c.Retry, clock: c.Clock, log: c.Log, pace: defaultPace(),
	}
}

// RegisterJobs declares the jobs that finish, repeat and clean up.
func (s *Service) RegisterJobs(ws *jobs.Workers) {
	jobs.Handle(ws, reconcilePolicy, s.reconcile)
	jobs.Handle(ws, cleanupPolicy, s.remove)
	jobs.Handle(ws, cleanupPolicy, s.askCleanup)
	jobs.Handle(ws, heartbeatPolicy, s.syncHeartbeats)
}

// repeat does something again, for as long as given, while a gateway is away or
// restarting. What a gateway answers is final.
func (s *Service) repeat(ctx context.Context, within time.Duration, do func(ctx context.Context) error) error {
	begun := time.Now()
	for wait := s.pace.repeatBase; ; wait = min(2*wait, s.pace.repeatMax) {
		err := do(ctx)
		if !isGateway(err) || !openclaw.IsTransient(err) || time.Since(begun)+wait > within {
			return err
		}
		if !sleep(ctx, jobs.Jittered(wait)) {
			return err
		}
	}
}

// sleep waits and reports whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
