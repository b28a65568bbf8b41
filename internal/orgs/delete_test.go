package orgs_test

import (
	"fmt"
	"sync"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		admin, plain := w.Member(mc.RoleAdmin, true, true), w.Member(mc.RoleMember, false, false)
		gateway := w.Gateway("ws://127.0.0.1:1")
		_, mainToken := w.MainAgent(gateway)
		board := w.Board("Launch", &gateway)
		w.Agent("Ada", &board, nil)
		w.Agent("Script", &board, func(a *mc.Agent) { a.Runtime, a.GatewayID = mc.RuntimeExternal, nil })
		w.Task(board, "Write")
		second, _ := w.NewOrganization("Second")
		w.Join(plain, second, "guest", false, false)
		secret := invited(t, w, `{"invited_email":"x@example.com"}`)

		for name, tc := range map[string]struct {
			as     mc.User
			detail string
		}{"a member": {plain, "Forbidden"}, "an admin": {admin, "Only organization owners can delete organizations"}} {
			if got := w.Call(apitest.As(tc.as), "DELETE", current, ""); got.Status != 403 || got.Detail() != tc.detail {
				t.Errorf("%s: answered %d %v", name, got.Status, got.Body)
			}
		}
		since := lastSeq(t, st)
		if got := w.Call(apitest.As(w.Owner), "DELETE", current, ""); got.Status != 200 || got.At("ok") != true {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if n := len(w.Jobs("agent_removal")); n != 2 {
			t.Errorf("%d agents are taken off their gateway", n)
		}
		if told := announced(t, st, since); told[store.KindAccess][w.Organization.ID] != 1 {
			t.Errorf("announced %v", told)
		}
		if got := w.Call(apitest.AsAgent(mainToken), "GET", current, ""); got.Status != 401 {
			t.Errorf("an agent's token: %d", got.Status)
		}
		if got := w.Call(apitest.As(plain), "POST", accept, tokenBody(secret)); got.Status != 404 {
			t.Errorf("an invite: %d", got.Status)
		}
		if got := w.Call(apitest.As(plain), "GET", current, ""); got.At("id") != second.ID.String() {
			t.Errorf("a member acts in %v", got.Body)
		}
		if got := w.Call(apitest.As(admin), "GET", current, ""); got.At("name") != mc.PersonalOrganization {
			t.Errorf("a member of nothing else acts in %v", got.Body)
		}
		if got := w.Call(apitest.As(plain), "POST", organizations, named("acme")); got.Status != 200 {
			t.Errorf("the name is not free: %d", got.Status)
		}
	})
}

func TestDeletingTwiceAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		second := w.Member(mc.RoleOwner, true, true)
		var wg sync.WaitGroup
		statuses := make([]int, 2)
		for i, u := range []mc.User{w.Owner, second} {
			wg.Go(func() { statuses[i] = w.Call(apitest.As(u), "DELETE", current, "").Status })
		}
		wg.Wait()
		if _, err := st.Organization(t.Context(), w.Organization.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("it is still there (%v)", err)
		}
		// The slower one is refused or, if they came after the end, deletes what they
		// were given instead.
		for _, status := range statuses {
			if status != 200 && status != 403 {
				t.Errorf("answered %v", statuses)
			}
		}
	})
}

func TestRename(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		admin, plain := w.Member(mc.RoleAdmin, false, false), w.Member(mc.RoleMember, false, false)
		w.NewOrganization("Rival")
		since := lastSeq(t, st)
		name := current + "/name"
		for _, step := range []struct {
			about  string
			as     mc.User
			body   string
			status int
			detail any
			now    string
		}{
			{"by a member", plain, named("X"), 403, "Forbidden", "Acme"},
			{"by an admin", admin, named("  Zeta "), 200, nil, "Zeta"},
			{"only its case", w.Owner, named("ZETA"), 200, nil, "ZETA"},
			{"to a taken name", w.Owner, named(" rIVAL"), 409, "Conflict", "ZETA"},
			{"to a blank", w.Owner, named("  "), 422, "Unprocessable Entity", "ZETA"},
			{"to nothing", w.Owner, `{}`, 422, `["body","name"]`, "ZETA"},
		} {
			got := w.Call(apitest.As(step.as), "PUT", name, step.body)
			if got.Status != step.status || got.Detail() != step.detail {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
			if now := w.Call(apitest.As(plain), "GET", current, ""); now.At("name") != step.now {
				t.Errorf("%s: it is called %v", step.about, now.At("name"))
			}
		}
		entries := audited(t, w)
		if len(entries) != 2 || entries[1].Action != mc.AuditOrganizationRenamed || string(entries[1].Details) != `{"name":{"old":"Acme","new":"Zeta"}}` {
			t.Errorf("audited %+v", entries)
		}
		if told := announced(t, st, since); told[store.KindOrganization][w.Organization.ID] != 2 {
			t.Errorf("announced %v", told)
		}
	})
}

func TestTwoAreNotCalledTheSame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		var wg sync.WaitGroup
		statuses := make([]int, 6)
		for i := range statuses {
			_, owner := w.NewOrganization(fmt.Sprint("Org ", i))
			method, path := "PUT", current+"/name"
			if i%2 == 0 {
				method, path = "POST", organizations
			}
			wg.Go(func() { statuses[i] = w.Call(apitest.As(owner), method, path, named("Same")).Status })
		}
		wg.Wait()
		won := 0
		for _, status := range statuses {
			switch status {
			case 200:
				won++
			case 409:
			default:
				t.Errorf("answered %v", statuses)
			}
		}
		if won != 1 {
			t.Errorf("answered %v", statuses)
		}
	})
}
