package provision

import (
	"context"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// succeed writes down that a run came to its end, and waits for the check-in of
// an agent that was woken. One that was quicker than this write is not waited for.
func (s *Service) succeed(ctx context.Context, l Lease) (mc.Agent, error) {
	a, _, err := s.end(ctx, l, func(tx *store.Tx, a *mc.Agent) {
		a.ProvisionRequestedAt, a.ProvisionAction = nil, nil
		if a.Status == mc.AgentProvisioning || a.Status == mc.AgentUpdating {
			a.Status = mc.AgentOnline
		}
		if a.CheckinDeadlineAt == nil {
			return
		}
		if l.run.Wake {
			a.CheckinDeadlineAt = mc.Ref(tx.Now().Add(s.pace.checkin))
		}
		tx.Enqueue(reconcileJob(l, 0, *a.CheckinDeadlineAt))
	})
	return a, err
}

// fail writes down why a run failed, together with the job that repeats it. A
// run that would fail again, or did so too often, is given up.
func (s *Service) fail(ctx context.Context, l Lease, cause error) (mc.Agent, error) {
	failures := l.failures + 1
	a, owned, err := s.end(ctx, l, func(tx *store.Tx, a *mc.Agent) {
		a.LastProvisionError = mc.Ref(cause.Error())
		if !isGateway(cause) || failures >= s.retry.MaxAttempts {
			giveUp(a, l.run)
			return
		}
		tx.Enqueue(reconcileJob(l, failures, tx.Now().Add(jobs.Jittered(s.retry.Delay(failures)))))
	})
	if err != nil || !owned {
		return a, err
	}
	return a, runError(l.run.Action, cause)
}

// giveUp ends the runs of an agent until somebody asks for another one, which
// then has to do what this one did not: the action stays. No job of the run
// counts any more. An agent that only had its files rewritten is as alive as it
// was.
func giveUp(a *mc.Agent, r Run) {
	a.Status = mc.AgentOffline
	if !r.Wake && a.LastSeenAt != nil {
		a.Status = mc.AgentOnline
	}
	if a.CheckinDeadlineAt != nil {
		a.WakeAttempts = max(a.WakeAttempts-1, 0) // it was never sent
	}
	a.ProvisionRequestedAt, a.CheckinDeadlineAt = nil, nil
	a.LifecycleGeneration++
}

// end changes the agent of a run if the run still owns it. It returns the agent
// as it is then.
func (s *Service) end(ctx context.Context, l Lease, change func(tx *store.Tx, a *mc.Agent)) (a mc.Agent, owned bool, err error) {
	err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.LockAgent(ctx, l.agent.ID); err != nil {
			return err
		}
		if owned = a.LifecycleGeneration == l.agent.LifecycleGeneration; !owned {
			return nil
		}
		change(tx, &a)
		a.UpdatedAt = mc.NextVersion(a.UpdatedAt, tx.Now())
		return tx.UpdateAgent(ctx, a)
	})
	if mc.KindOf(err) == mc.KindNotFound {
		err = s.forget(ctx, l)
	}
	return a, owned, err
}

// current returns the agent as the run that took over has it.
func (s *Service) current(ctx context.Context, l Lease) (mc.Agent, error) {
	a, err := s.store.Agent(ctx, l.agent.ID)
	if mc.KindOf(err) == mc.KindNotFound {
		return a, s.forget(ctx, l)
	}
	return a, err
}

// forget takes away again what a run has made of an agent that was deleted
// meanwhile.
func (s *Service) forget(ctx context.Context, l Lease) error {
	ctx, cancel := context.WithTimeout(ctx, s.pace.repeatOther)
	defer cancel()
	if err := s.removeOnce(ctx, Endpoint(l.gateway), l.agent); err != nil {
		s.log.WarnContext(ctx, "provision.leftover", "agent_id", l.agent.ID, "gateway_id", l.gateway.ID, "error", err.Error())
	}
	return errGone()
}
