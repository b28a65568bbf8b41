package provision

import (
	"context"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// reconcileArgs look after one run: they finish it when nobody else did, and
// wait for the check-in of the agent it woke.
type reconcileArgs struct {
	Run
	GatewayID  mc.ID   `json:"gateway_id"`
	BoardID    *mc.ID  `json:"board_id"`
	Generation int     `json:"generation"` // that the run gave the agent
	Deadline   mc.Time `json:"checkin_deadline_at"`
	Failures   int     `json:"failures"` // runs in a row that failed, should this one not be finished
}

// Kind names the job.
func (reconcileArgs) Kind() string { return "agent_lifecycle_reconcile" }

// reconcilePolicy is for failures of the database; those of gateways enqueue a
// job of their own.
var reconcilePolicy = jobs.Policy{Timeout: 2 * time.Minute, MaxAttempts: 10, Base: 5 * time.Second, Max: 2 * time.Minute}

func reconcileJob(l Lease, failures int, at mc.Time) store.Job {
	args := reconcileArgs{
		Run: l.run, GatewayID: l.gateway.ID, BoardID: l.agent.BoardID,
		Generation: l.agent.LifecycleGeneration, Deadline: at, Failures: failures,
	}
	return store.Job{Args: args, Opts: reconcilePolicy.Options(at.Std())}
}

// reconcile decides, in one transaction, whether the agent of a run needs
// anything, and does it.
func (s *Service) reconcile(ctx context.Context, args reconcileArgs) error {
	var l Lease
	var wait time.Duration
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		l, wait, err = s.decide(ctx, tx, args)
		return err
	})
	switch {
	case mc.KindOf(err) == mc.KindNotFound:
		return nil // the agent is gone
	case err != nil:
		return err
	case wait > 0:
		return jobs.Snooze(wait)
	}
	_, _ = s.finish(ctx, l) // what fails is logged, and has a job of its own
	return nil
}

func (s *Service) decide(ctx context.Context, tx *store.Tx, args reconcileArgs) (Lease, time.Duration, error) {
	agent, err := tx.LockAgent(ctx, args.AgentID)
	if err != nil || agent.LifecycleGeneration != args.Generation || agent.Status == mc.AgentDeleting {
		return Lease{}, 0, err
	}
	now := tx.Now()
	if agent.ProvisionAction != nil {
		return s.decideUnfinished(ctx, tx, agent, args)
	}
	if agent.CheckinDeadlineAt == nil {
		return Lease{}, 0, nil // nobody waits for a check-in
	}
	switch step, at := mc.DecideReconcile(&agent, args.Generation, args.Deadline, now); step {
	case mc.ReconcileSnooze:
		return Lease{}, at.Sub(now), nil
	case mc.ReconcileGiveUp:
		return Lease{}, 0, tx.UpdateAgent(ctx, agent.GiveUp(now))
	case mc.ReconcileRun:
		again := Run{AgentID: agent.ID, Action: Update, UserID: args.UserID, Reset: true, Wake: true, Deliver: true}
		l, err := s.begin(ctx, tx, again, 0, s.pace.run+leaseMargin)
		return l, 0, err
	}
	return Lease{}, 0, nil
}

// decideUnfinished repeats a run that failed, was never begun in earnest, or
// ended with its process.
func (s *Service) decideUnfinished(ctx context.Context, tx *store.Tx, agent mc.Agent, args reconcileArgs) (Lease, time.Duration, error) {
	now := tx.Now()
	if wait := args.Deadline.Sub(now); wait > 0 {
		return Lease{}, wait, nil
	}
	if args.Failures > 0 && args.Failures >= s.retry.MaxAttempts {
		if agent.LastProvisionError == nil {
			agent.LastProvisionError = mc.Ref("The run did not come to its end")
		}
		giveUp(&agent, args.Run)
		agent.UpdatedAt = mc.NextVersion(agent.UpdatedAt, now)
		return Lease{}, 0, tx.UpdateAgent(ctx, agent)
	}
	l, err := s.begin(ctx, tx, args.Run, args.Failures, s.pace.run+leaseMargin)
	return l, 0, err
}
