package groups

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Beat gives the agents of all boards of a group, leads only if asked, another
// heartbeat. It is kept whatever becomes of it at the gateways: failed are the
// agents whose gateway has not got it yet, which a job tries again.
func (f *Feature) Beat(ctx context.Context, group mc.BoardGroup, every string, leads bool) (updated, failed []mc.ID, err error) {
	var agents []mc.Agent
	err = f.store.Write(ctx, func(tx *store.Tx) (err error) {
		if agents, err = tx.LockAgentsOfGroup(ctx, group.ID, leads); err != nil {
			return err
		}
		for i, a := range agents {
			a.HeartbeatConfig = mc.HeartbeatEvery(a.HeartbeatConfig, every)
			a.Change(tx.Now())
			tx.Audit(mc.AuditAgentChanged, a.AuditTarget(group.OrganizationID), mc.AgentDifferences(agents[i], a))
			if err := tx.UpdateAgent(ctx, a); err != nil {
				return err
			}
			agents[i] = a
		}
		f.lifecycle.HeartbeatsInBackground(tx, agents)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	updated = make([]mc.ID, len(agents))
	for i, a := range agents {
		updated[i] = a.ID
	}
	failed, err = f.lifecycle.SendHeartbeats(ctx, agents)
	return updated, failed, err
}
