package provision

import (
	"context"
	"strings"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// begin raises the generation of an agent, which ends every other run of it, and
// enqueues the job that looks after this one: after guard the run counts as
// dead. failures are the runs in a row that failed; the job counts this one too,
// because it comes to do something only when the run did not end.
func (s *Service) begin(ctx context.Context, tx *store.Tx, r Run, failures int, guard time.Duration) (Lease, error) {
	agent, err := tx.LockAgent(ctx, r.AgentID)
	if mc.KindOf(err) == mc.KindNotFound {
		return Lease{}, errGone()
	}
	if err != nil || agent.IsExternal() {
		return Lease{agent: agent}, err
	}
	l := Lease{run: r, files: r.Action, failures: max(failures, 0)}
	reachable, err := s.locate(ctx, tx, &agent, &l)
	if err != nil || !reachable {
		return Lease{agent: agent}, err
	}
	if l.user, err = worksFor(ctx, tx, r.UserID, agent, l.gateway); err != nil {
		return Lease{}, err
	}
	l.resume(&agent)
	l.mark(&agent, tx.Now(), s.pace.checkin)
	l.agent, l.begun = agent, true
	if err := tx.UpdateAgent(ctx, agent); err != nil {
		return Lease{}, err
	}
	tx.Enqueue(reconcileJob(l, failures+1, tx.Now().Add(guard)))
	return l, nil
}

// locate loads where the agent lives. The agent of a board whose gateway was
// exchanged moves along. It reports false when no gateway can be reached.
func (s *Service) locate(ctx context.Context, tx *store.Tx, a *mc.Agent, l *Lease) (bool, error) {
	left := a.GatewayID
	if a.BoardID != nil {
		board, err := tx.Board(ctx, *a.BoardID)
		if err != nil {
			return false, err
		}
		l.board = &board
		if board.GatewayID != nil {
			a.GatewayID = board.GatewayID
		}
	}
	if a.GatewayID == nil {
		return false, nil
	}
	gateway, err := tx.GatewayByID(ctx, *a.GatewayID)
	if err != nil || strings.TrimSpace(gateway.URL) == "" {
		return false, err
	}
	l.gateway = gateway
	if left != nil && *left != gateway.ID {
		former, err := tx.GatewayByID(ctx, *left)
		if err != nil {
			return false, err
		}
		s.RemoveInBackground(tx, *a, former)
	}
	return true, nil
}

// worksFor finds the user that the agent's files speak of.
func worksFor(ctx context.Context, tx *store.Tx, id *mc.ID, a mc.Agent, g mc.Gateway) (*mc.User, error) {
	var user mc.User
	err := error(mc.NotFound())
	if id != nil {
		user, err = tx.User(ctx, *id)
	}
	if mc.KindOf(err) == mc.KindNotFound {
		user, err = tx.OrganizationOwner(ctx, g.OrganizationID)
	}
	switch {
	case mc.KindOf(err) != mc.KindNotFound:
		return &user, err
	case a.IsMain():
		return nil, mc.Unprocessable("Organization owner not found (required for gateway agent USER.md rendering).")
	}
	return nil, nil
}

// resume takes over what an unfinished run owes: the files of a first
// provisioning, and the wake, which nobody else would send.
func (l *Lease) resume(a *mc.Agent) {
	if a.ProvisionAction == nil {
		return
	}
	l.resumed = true
	if *a.ProvisionAction == string(Provision) {
		l.files = Provision
	}
	if a.CheckinDeadlineAt != nil && !l.run.Wake {
		l.run.Wake, l.run.Deliver = true, true
	}
}

// mark puts the state of a run that begins into the agent. A run without a wake
// leaves the wait for an earlier one alone.
func (l *Lease) mark(a *mc.Agent, now mc.Time, checkin time.Duration) {
	a.SessionKey = mc.Ref(mc.SessionKeyOf(*a))
	a.HeartbeatConfig = mc.HeartbeatConfigOrDefault(a.HeartbeatConfig)
	a.Status = mc.AgentProvisioning
	if l.run.Action == Update {
		a.Status = mc.AgentUpdating
	}
	if l.run.Wake {
		if a.WakeAttempts >= mc.MaxWakes {
			a.WakeAttempts = 0 // it was given up; this is a new beginning
		}
		if owed := l.resumed && a.CheckinDeadlineAt != nil; !owed {
			a.WakeAttempts++
		}
		a.LastWakeSentAt = &now
		a.CheckinDeadlineAt = mc.Ref(now.Add(checkin))
	}
	a.ProvisionRequestedAt, a.ProvisionAction = &now, mc.Ref(string(l.files))
	a.LifecycleGeneration++
	a.LastProvisionError = nil
	a.UpdatedAt = mc.NextVersion(a.UpdatedAt, now)
}
