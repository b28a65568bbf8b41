package orgs_test

import (
	"fmt"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

const (
	organizations = "/api/v1/organizations"
	active        = organizations + "/me/active"
	current       = organizations + "/me"
	mine          = organizations + "/me/list"
	member        = organizations + "/me/member"
	members       = organizations + "/me/members"
	invites       = organizations + "/me/invites"
	accept        = organizations + "/invites/accept"
)

func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	return newWorldWithTTL(t, st, 0)
}

func newWorldWithTTL(t *testing.T, st *store.Store, inviteTTL time.Duration) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	lifecycle := provision.New(provision.Config{Store: st, Client: openclawtest.Client(t), Retry: jobs.Policy{MaxAttempts: 1}})
	w.Serve(orgs.New(st, lifecycle, inviteTTL))
	return w
}

func named(name string) string { return fmt.Sprintf(`{"name":%q}`, name) }

func roleBody(role any) string { return string(mc.JSONOf(map[string]any{"role": role})) }

// memberOf loads the membership of a user in the world's organization.
func memberOf(t *testing.T, w *apitest.World, u mc.User) mc.Member {
	t.Helper()
	m, err := w.Store.Member(t.Context(), w.Organization.ID, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func pathOf(t *testing.T, w *apitest.World, u mc.User) string {
	t.Helper()
	return members + "/" + memberOf(t, w, u).ID.String()
}

// invited invites somebody as the owner and returns the token.
func invited(t *testing.T, w *apitest.World, body string) string {
	t.Helper()
	got := w.Call(apitest.As(w.Owner), "POST", invites, body)
	token, ok := got.At("token").(string)
	if got.Status != 200 || !ok {
		t.Fatalf("answered %d %v", got.Status, got.Body)
	}
	return token
}

// audited lists the actions in the log of the world's organization, newest first.
func audited(t *testing.T, w *apitest.World) []mc.AuditEntry {
	t.Helper()
	entries, _, err := w.Store.AuditLog(t.Context(), store.AuditFilter{OrganizationID: w.Organization.ID}, 200, 0)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// announced counts what was announced since a number, by kind and scope.
func announced(t *testing.T, st *store.Store, since int64) map[string]map[mc.ID]int {
	t.Helper()
	changes, err := st.ChangesAfter(t.Context(), since, 1000)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]map[mc.ID]int{}
	for _, c := range changes {
		if n[c.Kind] == nil {
			n[c.Kind] = map[mc.ID]int{}
		}
		n[c.Kind][c.Scope]++
	}
	return n
}

func lastSeq(t *testing.T, st *store.Store) int64 {
	t.Helper()
	seq, err := st.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return seq
}
