package agents

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision/templates"
	"missioncontrol/internal/store"
)

// KeepSoul keeps a text as the soul from which an agent is set up from now on.
// One that cannot be used as such is refused: it would be in the way of every
// later set-up.
func (f *Feature) KeepSoul(ctx context.Context, id mc.ID, soul string) (after mc.Agent, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		ctx := tx.Context()
		before, err := tx.LockAgent(ctx, id)
		if err != nil {
			return err
		}
		if err := checkTemplate(templates.KindOf(before), &soul, "content"); err != nil {
			return err
		}
		after = before
		after.SoulTemplate = &soul
		after.Change(tx.Now())
		if err := tx.UpdateAgent(ctx, after); err != nil {
			return err
		}
		return tx.AuditAgent(ctx, mc.AuditAgentChanged, before, mc.AgentDifferences(before, after))
	})
	return after, err
}
