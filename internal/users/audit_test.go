package users_test

import (
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// Who leaves is told where they were a member, with who follows them; of an
// organization that ends with them only the installation knows.
func TestTheEndOfAnAccountIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		heir := w.Member(mc.RoleMember, false, false)
		own, _ := w.NewOrganization("Own")
		w.Join(w.Owner, own, mc.RoleMember, false, false)
		since, err := st.LastSeq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Call(apitest.As(w.Owner), "DELETE", me, ""); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		entries, _, err := st.AuditLog(t.Context(), store.AuditFilter{OrganizationID: w.Organization.ID}, 10, 0)
		if err != nil || len(entries) != 2 {
			t.Fatalf("audited %+v, %v", entries, err)
		}
		if e := entries[1]; e.Action != mc.AuditMemberLeft || *e.ActorID != w.Owner.ID || string(e.Details) != `{"role":"owner"}` {
			t.Errorf("who left: %+v", e)
		}
		if e := entries[0]; e.Action != mc.AuditMemberRoleChanged || e.ActorKind != mc.PartySystem || string(e.Details) != `{"role":{"old":"member","new":"owner"}}` {
			t.Errorf("who follows: %+v", e)
		}
		changes, err := st.ChangesAfter(t.Context(), since, 100)
		if err != nil {
			t.Fatal(err)
		}
		access := map[mc.ID]bool{}
		for _, c := range changes {
			access[c.Scope] = access[c.Scope] || c.Kind == store.KindAccess
		}
		if !access[w.Owner.ID] || !access[heir.ID] {
			t.Errorf("announced %+v", changes)
		}
	})
}
