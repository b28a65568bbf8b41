package users_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/users"
)

const me = "/api/v1/users/me"

func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w, _ := newWorldWithJobs(t, st)
	return w
}

// newWorldWithJobs also returns what starts to do the queued jobs.
func newWorldWithJobs(t *testing.T, st *store.Store) (w *apitest.World, work func()) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	queue, err := jobs.NewEnqueuer(st, quiet)
	if err != nil {
		t.Fatal(err)
	}
	workers := jobs.NewWorkers()
	lifecycle := provision.New(provision.Config{Store: st, Client: openclawtest.Client(t), Retry: jobs.Policy{MaxAttempts: 2, Base: time.Second, Max: time.Second}})
	lifecycle.RegisterJobs(workers)
	w = apitest.New(t, st)
	st.UseJobs(queue) // instead of the world's, of which nothing is done
	w.Serve(users.New(st, lifecycle, nil))
	return w, func() {
		runner, err := jobs.Start(t.Context(), st, workers, quiet, func(string, time.Duration, error) {})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := runner.Stop(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// newcomer calls as somebody who was never seen before.
func newcomer(subject string) apitest.Caller { return apitest.As(mc.User{ClerkUserID: subject}) }

func idOf(t *testing.T, a apitest.Answer) mc.ID {
	t.Helper()
	text, _ := a.At("id").(string)
	id, ok := mc.ParseID(text)
	if a.Status != 200 || !ok {
		t.Fatalf("answered %d with %v", a.Status, a.Body)
	}
	return id
}

func TestProfile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		caller := apitest.As(w.Owner)
		want := map[string]any{
			"clerk_user_id": w.Owner.ClerkUserID, "email": *w.Owner.Email, "name": "Acme owner", "preferred_name": nil, "pronouns": nil,
			"timezone": nil, "notes": nil, "context": nil, "id": w.Owner.ID.String(), "is_super_admin": false,
		}
		for _, step := range []struct {
			about, method, path, body string
			changed                   map[string]any
		}{
			{"at first", "GET", me, "", nil},
			{"signing in shows the same", "POST", "/api/v1/auth/bootstrap", "", nil},
			{"everything", "PATCH", me, `{"name":" Ann ","preferred_name":"A","pronouns":"they/them","timezone":"nowhere","notes":"","context":"c"}`,
				map[string]any{"name": " Ann ", "preferred_name": "A", "pronouns": "they/them", "timezone": "nowhere", "notes": "", "context": "c"}},
			{"stored", "GET", me, "", nil},
			{"null clears, absent stays", "PATCH", me, `{"pronouns":null,"notes":"n"}`, map[string]any{"pronouns": nil, "notes": "n"}},
			{"nothing", "PATCH", me, `{}`, nil},
			{"what cannot be changed", "PATCH", me, `{"email":"x@example.com","is_super_admin":true,"id":"x","active_organization_id":null}`, nil},
			{"stored again", "GET", me, "", nil},
		} {
			for key, value := range step.changed {
				want[key] = value
			}
			got := w.Call(caller, step.method, step.path, step.body)
			if diff := cmp.Diff(any(want), got.Body); diff != "" || got.Status != 200 {
				t.Errorf("%s: %d (-want +got):\n%s", step.about, got.Status, diff)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	board := w.Board("Launch", nil)
	_, token := w.Agent("Ada", &board, nil)
	owner := apitest.As(w.Owner)
	for name, tc := range map[string]struct {
		as                 apitest.Caller
		method, path, body string
		status             int
		detail             any
	}{
		"a number for a name":    {owner, "PATCH", me, `{"name":1,"notes":[1]}`, 422, `["body","name"] ["body","notes"]`},
		"no body":                {owner, "PATCH", me, ``, 422, `["body"]`},
		"a list":                 {owner, "PATCH", me, `[]`, 422, `["body"]`},
		"NUL":                    {owner, "PATCH", me, `{"notes":"a\u0000b"}`, 422, `["body","notes"]`},
		"nobody reads":           {apitest.AsNobody, "GET", me, ``, 401, "Unauthorized"},
		"nobody changes":         {apitest.AsNobody, "PATCH", me, `{"name":1}`, 401, "Unauthorized"},
		"nobody deletes":         {apitest.AsNobody, "DELETE", me, ``, 401, "Unauthorized"},
		"nobody signs in":        {apitest.AsNobody, "POST", "/api/v1/auth/bootstrap", ``, 401, "Unauthorized"},
		"an agent is no person":  {apitest.AsAgent(token), "GET", me, ``, 401, "Unauthorized"},
		"an agent cannot delete": {apitest.AsAgent(token), "DELETE", me, ``, 401, "Unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := w.Call(tc.as, tc.method, tc.path, tc.body)
			if got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("answered %d %v, want %d %v", got.Status, got.Detail(), tc.status, tc.detail)
			}
		})
	}
}

func TestSixFirstRequestsMakeOneUserInOneOrganization(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		var wg sync.WaitGroup
		answers := make([]apitest.Answer, 6)
		for i := range answers {
			wg.Go(func() { answers[i] = w.Call(newcomer("subject-1"), "POST", "/api/v1/auth/bootstrap", "") })
		}
		wg.Wait()
		user := idOf(t, answers[0])
		for _, a := range answers {
			if diff := cmp.Diff(answers[0], a); diff != "" {
				t.Errorf("two answers differ:\n%s", diff)
			}
		}
		memberships, err := st.Memberships(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if len(memberships) != 1 || memberships[0].Name != mc.PersonalOrganization || memberships[0].Role != mc.RoleOwner {
			t.Errorf("memberships: %+v", memberships)
		}
	})
}

func TestDeleteTakesWhatNobodyElseHas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		gateway := w.Gateway("ws://127.0.0.1:1")
		_, token := w.MainAgent(gateway)
		board := w.Board("Launch", &gateway)
		w.Agent("Ada", &board, nil)
		w.Task(board, "Write")
		other, heir := w.NewOrganization("Other")
		foreign := w.BoardOf(other, "Foreign", nil)
		w.Join(w.Owner, other, mc.RoleMember, true, true)
		task := w.Task(foreign, "Stays")
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			task.CreatedByUserID = &w.Owner.ID
			return tx.UpdateTask(ctx, task)
		})

		if got := w.Call(apitest.As(w.Owner), "DELETE", me, ""); got.Status != 200 || got.At("ok") != true {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		for about, load := range map[string]func(context.Context) error{
			"user":         func(ctx context.Context) error { _, err := st.User(ctx, w.Owner.ID); return err },
			"organization": func(ctx context.Context) error { _, err := st.Organization(ctx, w.Organization.ID); return err },
			"board":        func(ctx context.Context) error { _, err := st.Board(ctx, board.ID); return err },
			"gateway":      func(ctx context.Context) error { _, err := st.GatewayByID(ctx, gateway.ID); return err },
			"membership":   func(ctx context.Context) error { _, err := st.Member(ctx, other.ID, w.Owner.ID); return err },
		} {
			if err := load(t.Context()); mc.KindOf(err) != mc.KindNotFound {
				t.Errorf("the %s is still there (%v)", about, err)
			}
		}
		if _, err := st.Task(t.Context(), foreign.ID, task.ID); err != nil {
			t.Errorf("a task in an organization of others: %v", err)
		}
		if m, err := st.Member(t.Context(), other.ID, heir.ID); err != nil || m.Role != mc.RoleOwner {
			t.Errorf("the owner of the other organization is now %v, %v", m.Role, err)
		}
		if got := w.Call(apitest.AsAgent(token), "GET", me, ""); got.Status != 401 {
			t.Errorf("the agent's token still opens something: %d", got.Status)
		}
		again := idOf(t, w.Call(apitest.As(w.Owner), "GET", me, ""))
		if again == w.Owner.ID {
			t.Error("signing in again found the deleted user")
		}
	})
}

func TestTheLastOwnerLeavesAnHeir(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		w.Member(mc.RoleMember, true, true)
		admin := w.Member(mc.RoleAdmin, false, false)
		if got := w.Call(apitest.As(w.Owner), "DELETE", me, ""); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if m, err := st.Member(t.Context(), w.Organization.ID, admin.ID); err != nil || m.Role != mc.RoleOwner {
			t.Errorf("the admin is now %v, %v", m.Role, err)
		}
	})
}

// Whoever leaves last takes the organization along, also when all leave at once.
func TestEverybodyLeavesAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		second, _ := w.NewOrganization("Second")
		people := []mc.User{w.Owner}
		for range 4 {
			people = append(people, w.Member(mc.RoleMember, true, true))
		}
		for _, u := range people {
			w.Join(u, second, mc.RoleMember, true, true)
		}
		var wg sync.WaitGroup
		answers := make([]apitest.Answer, len(people))
		for i, u := range people {
			wg.Go(func() { answers[i] = w.Call(apitest.As(u), "DELETE", me, "") })
		}
		wg.Wait()
		for _, a := range answers {
			if a.Status != 200 {
				t.Errorf("answered %d %v", a.Status, a.Body)
			}
		}
		if _, err := st.Organization(t.Context(), w.Organization.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("the organization has nobody and is still there (%v)", err)
		}
		if _, err := st.Organization(t.Context(), second.ID); err != nil {
			t.Errorf("the organization that still has its owner: %v", err)
		}
	})
}

func TestTwoDeletionsOfOneAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		f := users.New(st, nil, nil) // has no agents to remove
		if err := f.Delete(t.Context(), w.Owner.ID); err != nil {
			t.Fatal(err)
		}
		if err := f.Delete(t.Context(), w.Owner.ID); mc.KindOf(err) != mc.KindUnauthorized {
			t.Errorf("the second deletion: %v", err)
		}
		if _, err := f.Change(t.Context(), w.Owner.ID, users.UserUpdate{Name: mc.Set("Ann")}); mc.KindOf(err) != mc.KindUnauthorized {
			t.Errorf("a change after it: %v", err)
		}
	})
}

// The gateway of an organization that ends is told, although its row is gone by
// the time it is.
func TestDeleteTakesAgentsOffTheirGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, work := newWorldWithJobs(t, st)
		remote := openclawtest.Start(t)
		gateway := w.Gateway(remote.URL)
		main, _ := w.MainAgent(gateway)
		board := w.Board("Launch", &gateway)
		want := []string{mc.GatewayAgentID(main)}
		for range 60 { // more than are held in memory at once
			a, _ := w.Agent("Ada", &board, nil)
			want = append(want, mc.GatewayAgentID(a))
		}
		w.Agent("Script", &board, func(a *mc.Agent) { a.Runtime, a.GatewayID = mc.RuntimeExternal, nil })
		if got := w.Call(apitest.As(w.Owner), "DELETE", me, ""); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		work()
		remote.WaitCalls("sessions.delete", len(want))
		var got []string
		for _, c := range remote.Calls("agents.delete") {
			id, _ := c.Params["agentId"].(string)
			got = append(got, id)
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("removed (-want +got):\n%s", diff)
		}
	})
}
