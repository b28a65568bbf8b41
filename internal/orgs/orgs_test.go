package orgs_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestCreateMakesItActive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		caller := apitest.As(w.Owner)
		made := w.Call(caller, "POST", organizations, named("  Zeta  "))
		if made.Status != 200 || made.At("name") != "Zeta" || made.At("created_at") == nil || made.At("created_at") != made.At("updated_at") {
			t.Fatalf("answered %d %v", made.Status, made.Body)
		}
		if got := w.Call(caller, "GET", current, ""); cmp.Diff(made.Body, got.Body) != "" {
			t.Errorf("the active one is %v", got.Body)
		}
		id, _ := mc.ParseID(made.At("id").(string))
		m, err := st.Member(t.Context(), id, w.Owner.ID)
		if err != nil || m.Role != mc.RoleOwner || !m.AllBoardsRead || !m.AllBoardsWrite {
			t.Errorf("its maker is %+v, %v", m, err)
		}
		list := w.Call(caller, "GET", mine, "")
		want := []any{
			map[string]any{"id": w.Organization.ID.String(), "name": "Acme", "role": "owner", "is_active": false},
			map[string]any{"id": id.String(), "name": "Zeta", "role": "owner", "is_active": true},
		}
		if diff := cmp.Diff(any(want), list.Body); diff != "" {
			t.Errorf("the list (-want +got):\n%s", diff)
		}
	})
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		w.NewOrganization("Rival") // of somebody else
		for name, tc := range map[string]struct {
			as     apitest.Caller
			body   string
			status int
			detail any
		}{
			"taken":             {apitest.As(w.Owner), named("Acme"), 409, "Conflict"},
			"taken by others":   {apitest.As(w.Owner), named(" rIVAL "), 409, "Conflict"},
			"blank":             {apitest.As(w.Owner), named("   "), 422, "Unprocessable Entity"},
			"empty":             {apitest.As(w.Owner), named(""), 422, "Unprocessable Entity"},
			"missing":           {apitest.As(w.Owner), `{}`, 422, `["body","name"]`},
			"null":              {apitest.As(w.Owner), `{"name":null}`, 422, `["body","name"]`},
			"a number":          {apitest.As(w.Owner), `{"name":7}`, 422, `["body","name"]`},
			"256 characters":    {apitest.As(w.Owner), named(strings.Repeat("ä", 256)), 422, `["body","name"]`},
			"nobody":            {apitest.AsNobody, `{}`, 401, "Unauthorized"},
			"broken JSON first": {apitest.AsNobody, `{"name"`, 422, `["body",7]`},
		} {
			if got := w.Call(tc.as, "POST", organizations, tc.body); got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: answered %d %v, want %d %v", name, got.Status, got.Detail(), tc.status, tc.detail)
			}
		}
		if got := w.Call(apitest.As(w.Owner), "GET", current, ""); got.At("id") != w.Organization.ID.String() {
			t.Errorf("a refusal changed the active organization to %v", got.Body)
		}
		if got := w.Call(apitest.As(w.Owner), "POST", organizations, named(strings.Repeat("ä", 255))); got.Status != 200 {
			t.Errorf("255 characters: %d %v", got.Status, got.Body)
		}
	})
}

func TestOneNameIsGivenOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		var wg sync.WaitGroup
		statuses := make([]int, 5)
		for i := range statuses {
			name := []string{"Race", "RACE", " race"}[i%3]
			wg.Go(func() { statuses[i] = w.Call(apitest.As(w.Owner), "POST", organizations, named(name)).Status })
		}
		wg.Wait()
		count := map[int]int{}
		for _, status := range statuses {
			count[status]++
		}
		if diff := cmp.Diff(map[int]int{200: 1, 409: 4}, count); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

func TestSwitchActive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		second, _ := w.NewOrganization("Second")
		foreign, _ := w.NewOrganization("Foreign")
		w.Join(w.Owner, second, mc.RoleMember, false, false)
		to := func(id string) string { return fmt.Sprintf(`{"organization_id":%s}`, id) }
		quoted := func(id mc.ID) string { return `"` + id.String() + `"` }
		for _, step := range []struct {
			about, body string
			status      int
			detail      any
			active      mc.ID
		}{
			{"to another", to(quoted(second.ID)), 200, nil, second.ID},
			{"to itself", to(quoted(second.ID)), 200, nil, second.ID},
			{"where the caller does not belong", to(quoted(foreign.ID)), 403, "No org access", second.ID},
			{"to none", to(quoted(mc.NewID())), 403, "No org access", second.ID},
			{"to no id", to(`"x"`), 422, `["body","organization_id"]`, second.ID},
			{"to null", to(`null`), 422, `["body","organization_id"]`, second.ID},
			{"to nothing", `{}`, 422, `["body","organization_id"]`, second.ID},
			{"and back", to(quoted(w.Organization.ID)), 200, nil, w.Organization.ID},
		} {
			got := w.Call(apitest.As(w.Owner), "PATCH", active, step.body)
			if got.Status != step.status || got.Detail() != step.detail {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
			if got.Status == 200 && got.At("id") != step.active.String() {
				t.Errorf("%s: answered with %v", step.about, got.Body)
			}
			if now := w.Call(apitest.As(w.Owner), "GET", current, ""); now.At("id") != step.active.String() {
				t.Errorf("%s: now active is %v", step.about, now.Body)
			}
		}
		list := w.Call(apitest.As(w.Owner), "GET", mine, "")
		if list.At(0, "is_active") != true || list.At(1, "is_active") != false || list.At(1, "role") != "member" {
			t.Errorf("the list: %v", list.Body)
		}
	})
}

func TestNewcomersActInAnOrganizationOfTheirOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		newcomer := apitest.As(mc.User{ClerkUserID: "subject-1"})
		var wg sync.WaitGroup
		answers := make([]apitest.Answer, 6)
		for i := range answers {
			path := []string{current, mine}[i%2]
			wg.Go(func() { answers[i] = w.Call(newcomer, "GET", path, "") })
		}
		wg.Wait()
		id := answers[0].At("id")
		for i, a := range answers {
			got := a.At("id")
			if i%2 == 1 {
				got = a.At(0, "id")
			}
			if list, ok := a.Body.([]any); a.Status != 200 || got != id || ok && len(list) != 1 {
				t.Errorf("request %d was answered %d %v", i, a.Status, a.Body)
			}
		}
		if answers[0].At("name") != mc.PersonalOrganization {
			t.Errorf("it is %v", answers[0].Body)
		}
	})
}

func TestWhoIsNoUserHasNoOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	f := orgs.New(w.Store, nil, 0)
	if _, err := f.Create(t.Context(), mc.NewID(), "Ghosts"); mc.KindOf(err) != mc.KindUnauthorized {
		t.Errorf("a user who is gone made an organization: %v", err)
	}
	if _, err := f.Activate(t.Context(), mc.NewID(), w.Organization.ID); mc.KindOf(err) != mc.KindUnauthorized {
		t.Errorf("a user who is gone acts in an organization: %v", err)
	}
	board := w.Board("Launch", nil)
	_, token := w.Agent("Ada", &board, nil)
	for _, call := range [][2]string{{"POST", organizations}, {"GET", mine}, {"PATCH", active}, {"GET", current}} {
		if got := w.Call(apitest.AsAgent(token), call[0], call[1], `{"name":"A","organization_id":null}`); got.Status != 401 {
			t.Errorf("%s %s by an agent: %d", call[0], call[1], got.Status)
		}
	}
}
