package orgs_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

const services = "/api/v1/organizations/me/tokens"

// service makes a service and returns its answer and what it calls as.
func service(t *testing.T, w *apitest.World, body string) (apitest.Answer, apitest.Caller) {
	t.Helper()
	got := w.Call(apitest.As(w.Owner), "POST", services, body)
	secret, _ := got.At("token").(string)
	if got.Status != 200 || !strings.HasPrefix(secret, "mcs_") {
		t.Fatalf("answered %d with %v", got.Status, got.Body)
	}
	return got, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }
}

func TestServices(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		owner := apitest.As(w.Owner)
		made, ci := service(t, w, `{"name":"CI","scopes":["write"],"all_boards_read":true}`)
		me := w.Call(ci, "GET", "/api/v1/organizations/me/member", "")
		if me.At("role") != "member" || me.At("all_boards_read") != true || me.At("user", "name") != "CI" || me.At("user", "is_service") != true || me.At("id") != made.At("member_id") {
			t.Errorf("the service is %v", me.Body)
		}
		if got := w.Call(ci, "GET", "/api/v1/organizations/me/list", ""); got.At(0, "id") != w.Organization.ID.String() || got.At(1) != nil {
			t.Errorf("belongs to %v", got.Body)
		}
		if got := w.Call(ci, "GET", "/api/v1/organizations/me/invites", ""); got.Status != 403 {
			t.Errorf("administers: %d", got.Status)
		}
		// It is managed as any member is, but never owns anything.
		member := "/api/v1/organizations/me/members/" + made.At("member_id").(string)
		if got := w.Call(owner, "PATCH", member, `{"role":"owner"}`); got.Status != 403 || got.Detail() != mc.ServiceNoOwner {
			t.Errorf("to be owner: %d %v", got.Status, got.Body)
		}
		if got := w.Call(owner, "PUT", member+"/access", `{"all_boards_write":true}`); got.Status != 200 || got.At("all_boards_write") != true {
			t.Errorf("more access: %v", got.Body)
		}
		list := w.Call(owner, "GET", services, "")
		if list.At(0, "name") != "CI" || list.At(0, "role") != "member" || list.At(0, "token") != nil || list.At(0, "last_used_at") == nil {
			t.Errorf("the list is %v", list.Body)
		}
		if got := w.Call(owner, "DELETE", services+"/"+made.At("id").(string), ""); got.Status != 200 {
			t.Errorf("revoked: %v", got.Body)
		}
		if got := w.Call(ci, "GET", "/api/v1/organizations/me", ""); got.Status != 401 {
			t.Errorf("revoked, and answered %d", got.Status)
		}
		if got := w.Call(owner, "GET", member, ""); got.Status != 404 {
			t.Errorf("the service stays behind: %d", got.Status)
		}

		_, admin := service(t, w, `{"name":"Ops","scopes":["admin"],"role":"admin"}`)
		if got := w.Call(admin, "GET", "/api/v1/organizations/me/invites", ""); got.Status != 200 {
			t.Errorf("an admin: %d", got.Status)
		}
		_, weak := service(t, w, `{"name":"Weak","scopes":["write"],"role":"admin"}`)
		if got := w.Call(weak, "GET", "/api/v1/organizations/me/invites", ""); got.Status != 403 {
			t.Errorf("an admin without the scope: %d", got.Status)
		}
		for _, told := range []string{"member.joined CI by user", "token.issued CI by user", "token.revoked CI by user"} {
			if !slices.Contains(w.Audited(), told) {
				t.Errorf("%q is not in %q", told, w.Audited())
			}
		}
	})
}

func TestWhoMakesServices(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		other, _ := w.NewOrganization("Other")
		foreign := w.BoardOf(other, "Foreign", nil)
		for body, want := range map[string]int{
			`{"name":"x","scopes":["read"],"role":"owner"}`: 422,
			`{"name":"x","scopes":[]}`:                      422,
			`{"name":"x","scopes":["read"],"board_access":[{"board_id":"` + foreign.ID.String() + `"}]}`: 422,
		} {
			if got := w.Call(apitest.As(w.Owner), "POST", services, body); got.Status != want {
				t.Errorf("%s: %d %v", body, got.Status, got.Body)
			}
		}
		plain := apitest.As(w.Member(mc.RoleMember, true, true))
		for _, method := range []string{"GET", "POST"} {
			if got := w.Call(plain, method, services, `{"name":"x","scopes":["read"]}`); got.Status != 403 {
				t.Errorf("a plain member, %s: %d", method, got.Status)
			}
		}
		made, _ := service(t, w, `{"name":"x","scopes":["read"]}`)
		_, stranger := w.NewOrganization("Third")
		if got := w.Call(apitest.As(stranger), "DELETE", services+"/"+made.At("id").(string), ""); got.Status != 404 {
			t.Errorf("an owner elsewhere: %d", got.Status)
		}
	})
}

// Removing a service as a member ends its token; what nobody is left to use ends too.
func TestServicesGoWithTheirMembership(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		made, ci := service(t, w, `{"name":"CI","scopes":["read"]}`)
		if got := w.Call(apitest.As(w.Owner), "DELETE", "/api/v1/organizations/me/members/"+made.At("member_id").(string), ""); got.Status != 200 {
			t.Fatalf("removed: %v", got.Body)
		}
		if got := w.Call(ci, "GET", "/api/v1/organizations/me", ""); got.Status != 401 {
			t.Errorf("removed, and answered %d", got.Status)
		}
		service(t, w, `{"name":"CI","scopes":["read"]}`)
		if others, err := st.HasOtherMembers(t.Context(), w.Organization.ID, w.Owner.ID); err != nil || others {
			t.Errorf("a service keeps an organization that nobody belongs to: %v", err)
		}
	})
}
