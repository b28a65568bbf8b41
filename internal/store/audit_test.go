package store_test

import (
	"context"
	"strings"
	"testing"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestTheAuditLogIsNeitherChangedNorDeleted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		write(t, st, func(_ context.Context, tx *store.Tx) error {
			tx.Audit(mc.AuditBoardCreated, f.board.AuditTarget(), map[string]any{"a": 1})
			tx.Audit(mc.AuditUserDeleted, f.user.AuditTarget(), nil) // of the installation
			return nil
		})
		before := contents(t, st)
		for _, statement := range []string{
			"UPDATE audit_log SET actor_name = 'somebody else'", "DELETE FROM audit_log WHERE organization_id IS NULL", "DELETE FROM audit_log WHERE organization_id IS NOT NULL",
		} {
			err := st.Write(t.Context(), func(tx *store.Tx) error {
				_, err := store.Exec(t.Context(), tx, statement)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "the audit log is never") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		if after := contents(t, st); len(before["audit_log"]) != 2 || strings.Join(before["audit_log"], "\n") != strings.Join(after["audit_log"], "\n") {
			t.Errorf("the log is now %q, was %q", after["audit_log"], before["audit_log"])
		}
	})
}

func TestAuditOfAnAgentGoesToItsOrganization(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		party := mc.Party{Kind: mc.PartyUser, ID: &f.user.ID, Name: "Ann"}
		main, lost := mc.Agent{ID: mc.NewID(), Name: "Main", GatewayID: &f.gateway.ID}, mc.Agent{ID: mc.NewID(), Name: "Lost", BoardID: mc.Ref(mc.NewID())}
		err := st.Write(mc.WithOrigin(t.Context(), mc.Origin{Party: party}), func(tx *store.Tx) error {
			for _, a := range []mc.Agent{f.agent, main, lost} {
				if err := tx.AuditAgent(t.Context(), mc.AuditAgentDeleted, a, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		entries, total, err := st.AuditLog(t.Context(), store.AuditFilter{OrganizationID: f.org.ID}, 10, 0)
		if err != nil || total != 2 || entries[0].TargetName != "Main" || entries[1].TargetID != f.agent.ID || *entries[0].ActorID != f.user.ID {
			t.Errorf("%d entries: %+v, %v", total, entries, err)
		}
	})
}

// PostgreSQL finds entries by an index as well, however large the log is.
func TestTheAuditLogIsReadByIndexOnPostgres(t *testing.T) {
	t.Parallel()
	st := storetest.NewPostgres(t)
	f := seed(t, st)
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		for range 5000 {
			tx.Audit(mc.AuditBoardChanged, f.board.AuditTarget(), nil)
		}
		return nil
	})
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "ANALYZE audit_log")
		return err
	})
	for _, condition := range []string{"TRUE", "action = 'agent.deleted'", "area = 'agent'", "actor_id = '" + f.user.ID.String() + "'", "target_id = '" + f.agent.ID.String() + "'", "(at, id) < ('2026-01-01', '" + f.agent.ID.String() + "')"} {
		plan, err := store.List[string](t.Context(), st.Reader, "EXPLAIN SELECT * FROM audit_log WHERE organization_id = ? AND "+condition+" ORDER BY at DESC, id DESC LIMIT 50", f.org.ID)
		if text := strings.Join(plan, "\n"); err != nil || !strings.Contains(text, "Index Scan") || strings.Contains(text, "Sort") {
			t.Errorf("%s: %v\n%s", condition, err, text)
		}
	}
}
