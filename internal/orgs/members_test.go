package orgs_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestMembersAreListedByEmail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		people := []mc.User{w.Owner}
		for range 4 {
			people = append(people, w.Member(mc.RoleMember, false, false))
		}
		emails := []*string{mc.Ref("b@example.com"), nil, mc.Ref("A@example.com"), nil, mc.Ref("a@example.org")}
		names := []string{"1", "zoe", "2", "Ann", "3"}
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for i, u := range people {
				u.Email, u.Name, u.ActiveOrganizationID = emails[i], &names[i], &w.Organization.ID
				if err := tx.UpdateUser(ctx, u); err != nil {
					return err
				}
			}
			return nil
		})
		w.NewOrganization("Rival")
		got := w.Call(apitest.As(people[1]), "GET", members, "")
		var order []any
		for i := range 5 {
			order = append(order, got.At("items", i, "user", "name"))
		}
		if diff := cmp.Diff([]any{"2", "3", "1", "Ann", "zoe"}, order); diff != "" || got.At("total") != 5.0 || got.At("items", 5) != nil {
			t.Errorf("%v (-want +got):\n%s", got.Body, diff)
		}
		if second := w.Call(apitest.As(people[1]), "GET", members+"?limit=1&offset=1", ""); second.At("items", 0, "user", "name") != "3" || second.At("total") != 5.0 {
			t.Errorf("the second page: %v", second.Body)
		}
	})
}

func TestWhoSeesWhichMember(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		plain, admin := w.Member(mc.RoleMember, false, false), w.Member(mc.RoleAdmin, false, false)
		board := w.Board("Launch", nil)
		w.Grant(plain, board, true)
		_, stranger := w.NewOrganization("Rival")
		own := w.Call(apitest.As(plain), "GET", member, "")
		if own.At("board_access", 0, "board_id") != board.ID.String() || own.At("board_access", 0, "can_write") != true {
			t.Errorf("the own membership: %v", own.Body)
		}
		for name, tc := range map[string]struct {
			as     mc.User
			path   string
			status int
		}{
			"oneself":              {plain, pathOf(t, w, plain), 200},
			"another":              {plain, pathOf(t, w, admin), 403},
			"nobody":               {plain, members + "/" + mc.NewID().String(), 404},
			"an admin":             {admin, pathOf(t, w, plain), 200},
			"from elsewhere":       {stranger, pathOf(t, w, plain), 404},
			"no id":                {admin, members + "/x", 422},
			"a user's id is no id": {admin, members + "/" + plain.ID.String(), 404},
		} {
			got := w.Call(apitest.As(tc.as), "GET", tc.path, "")
			if got.Status != tc.status {
				t.Errorf("%s: answered %d %v", name, got.Status, got.Body)
			}
			if got.Status == 200 && cmp.Diff(own.Body, got.Body) != "" {
				t.Errorf("%s: %s", name, cmp.Diff(own.Body, got.Body))
			}
		}
	})
}

// The rules for owners: who may make whom what.
func TestChangeRole(t *testing.T) {
	t.Parallel()
	const owners, last = "Only owners can manage owners", "Organization must have at least one owner"
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		for name, tc := range map[string]struct {
			caller, target string // of the people below
			role           any
			status         int
			detail         any
			becomes        mc.Role
		}{
			"a member promotes":             {"member", "member", "admin", 403, "Forbidden", "member"},
			"an admin promotes":             {"admin", "member", " ADMIN ", 200, nil, "admin"},
			"an admin demotes himself":      {"admin", "admin", "guest", 200, nil, "guest"},
			"an admin makes an owner":       {"admin", "member", "owner", 403, owners, "member"},
			"an admin makes himself owner":  {"admin", "admin", "owner", 403, owners, "admin"},
			"an admin demotes an owner":     {"admin", "owner", "member", 403, owners, "owner"},
			"an owner stays what they are":  {"admin", "owner", "owner", 403, owners, "owner"},
			"an owner makes an owner":       {"owner", "admin", "owner", 200, nil, "owner"},
			"the last owner steps down":     {"owner", "owner", "member", 422, last, "owner"},
			"the last owner stays":          {"owner", "owner", "Owner", 200, nil, "owner"},
			"an empty role":                 {"owner", "admin", " ", 200, nil, "member"},
			"any word":                      {"owner", "member", "Intern", 200, nil, "intern"},
			"null":                          {"owner", "member", nil, 422, `["body","role"]`, "member"},
			"a number":                      {"owner", "member", 1, 422, `["body","role"]`, "member"},
			"somebody of elsewhere changes": {"stranger", "member", "admin", 404, "Not Found", "member"},
		} {
			w.Organization, w.Owner = w.NewOrganization(mc.NewID().String())
			_, stranger := w.NewOrganization("Rival")
			people := map[string]mc.User{"owner": w.Owner, "admin": w.Member(mc.RoleAdmin, true, false), "member": w.Member(mc.RoleMember, false, false), "stranger": stranger}
			target := people[tc.target]
			since := lastSeq(t, st)
			got := w.Call(apitest.As(people[tc.caller]), "PATCH", pathOf(t, w, target), roleBody(tc.role))
			if got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: answered %d %v", name, got.Status, got.Body)
			}
			if m := memberOf(t, w, target); m.Role != tc.becomes {
				t.Errorf("%s: is now %s", name, m.Role)
			}
			told := announced(t, st, since)
			if changed := tc.status == 200; changed != (told[store.KindOrganization][w.Organization.ID] == 1) || changed != (told[store.KindAccess][target.ID] == 1) {
				t.Errorf("%s: announced %v", name, told)
			}
			entries := audited(t, w)
			if changed := string(tc.becomes) != tc.target; !changed && len(entries) != 0 || changed && (len(entries) != 1 || entries[0].Action != mc.AuditMemberRoleChanged) {
				t.Errorf("%s: audited %+v", name, entries)
			}
		}
	})
}

func TestNothingToChangeIsFine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		before := memberOf(t, w, w.Owner)
		got := w.Call(apitest.As(w.Owner), "PATCH", pathOf(t, w, w.Owner), `{"all_boards_read":false}`)
		if after := memberOf(t, w, w.Owner); got.Status != 200 || !after.AllBoardsRead || after.Role != mc.RoleOwner || !after.UpdatedAt.After(before.UpdatedAt) {
			t.Errorf("answered %d; it is now %+v", got.Status, after)
		}
	})
}

// Two owners who demote each other at the same time: one of them stays.
func TestTheLastOwnerStaysWhateverHappensAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		for range 5 {
			w.Organization, w.Owner = w.NewOrganization(mc.NewID().String())
			second := w.Member(mc.RoleOwner, true, true)
			paths := []string{pathOf(t, w, second), pathOf(t, w, w.Owner)}
			var wg sync.WaitGroup
			for i, u := range []mc.User{w.Owner, second} {
				wg.Go(func() { w.Call(apitest.As(u), "PATCH", paths[i], `{"role":"member"}`) })
				wg.Go(func() { w.Call(apitest.As(u), "PATCH", paths[1-i], `{"role":"admin"}`) })
				wg.Go(func() { w.Call(apitest.As(u), "DELETE", paths[i], "") })
			}
			wg.Wait()
			if n := owners(t, w); n < 1 {
				t.Errorf("%d owners are left", n)
			}
		}
	})
}

func owners(t *testing.T, w *apitest.World) (n int) {
	t.Helper()
	all, _, err := w.Store.Members(t.Context(), w.Organization.ID, 200, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.Role == mc.RoleOwner {
			n++
		}
	}
	return n
}

func TestSetAccess(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		u, admin := w.Member(mc.RoleMember, false, false), w.Member(mc.RoleAdmin, false, false)
		a, b := w.Board("A", nil), w.Board("B", nil)
		rival, _ := w.NewOrganization("Rival")
		foreign := w.BoardOf(rival, "Foreign", nil)
		path := pathOf(t, w, u) + "/access"
		type grant struct{ read, write bool }
		for _, step := range []struct {
			about, body string
			status      int
			detail      any
			read, write bool
			grants      map[mc.ID]grant
		}{
			{"one board, by default to read", fmt.Sprintf(`{"board_access":[{"board_id":%q}]}`, a.ID), 200, nil, false, false, map[mc.ID]grant{a.ID: {true, false}}},
			{"another instead, as it is", fmt.Sprintf(`{"board_access":[{"board_id":%q,"can_read":false,"can_write":true}]}`, b.ID), 200, nil, false, false, map[mc.ID]grant{b.ID: {false, true}}},
			{"named twice", fmt.Sprintf(`{"board_access":[{"board_id":%q},{"board_id":%q,"can_read":false,"can_write":true},{"board_id":%q}]}`, a.ID, a.ID, b.ID), 200, nil, false, false, map[mc.ID]grant{a.ID: {true, true}, b.ID: {true, false}}},
			{"a foreign board", fmt.Sprintf(`{"board_access":[{"board_id":%q}]}`, foreign.ID), 422, "Unprocessable Entity", false, false, map[mc.ID]grant{a.ID: {true, true}, b.ID: {true, false}}},
			{"a foreign board beside a flag", fmt.Sprintf(`{"all_boards_read":true,"board_access":[{"board_id":%q}]}`, foreign.ID), 422, "Unprocessable Entity", false, false, map[mc.ID]grant{a.ID: {true, true}, b.ID: {true, false}}},
			{"a flag drops single boards", fmt.Sprintf(`{"all_boards_write":true,"board_access":[{"board_id":%q}]}`, a.ID), 200, nil, false, true, map[mc.ID]grant{}},
			{"nothing", `{}`, 200, nil, false, false, map[mc.ID]grant{}},
			{"no list", `{"board_access":null}`, 422, `["body","board_access"]`, false, false, map[mc.ID]grant{}},
			{"no board", `{"board_access":[{}]}`, 422, `["body","board_access",0,"board_id"]`, false, false, map[mc.ID]grant{}},
		} {
			got := w.Call(apitest.As(admin), "PUT", path, step.body)
			if got.Status != step.status || got.Detail() != step.detail {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
			if list, _ := got.At("board_access").([]any); got.Status == 200 && (list == nil || len(list) != 0) {
				t.Errorf("%s: shows %v", step.about, list)
			}
			m := memberOf(t, w, u)
			rows, err := st.Grants(t.Context(), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			grants := map[mc.ID]grant{}
			for _, g := range rows {
				grants[g.BoardID] = grant{g.CanRead, g.CanWrite}
			}
			if m.AllBoardsRead != step.read || m.AllBoardsWrite != step.write || cmp.Diff(step.grants, grants, cmp.AllowUnexported(grant{})) != "" {
				t.Errorf("%s: now %+v with %v", step.about, m, grants)
			}
		}
		if got := w.Call(apitest.As(admin), "PUT", pathOf(t, w, w.Owner)+"/access", `{}`); got.Status != 403 || got.Detail() != "Only owners can manage owners" {
			t.Errorf("an admin takes an owner's access: %d %v", got.Status, got.Body)
		}
		if got := w.Call(apitest.As(w.Owner), "PUT", pathOf(t, w, w.Owner)+"/access", `{}`); got.Status != 200 || memberOf(t, w, w.Owner).AllBoardsRead {
			t.Errorf("an owner's own access: %d %v", got.Status, got.Body)
		}
	})
}

func TestRemove(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		admin, plain := w.Member(mc.RoleAdmin, false, false), w.Member(mc.RoleMember, false, false)
		first, _ := w.NewOrganization("First")
		second, _ := w.NewOrganization("Second")
		w.Join(plain, first, mc.RoleMember, false, false)
		w.Join(plain, second, mc.RoleMember, false, false)
		for _, step := range []struct {
			about  string
			as     mc.User
			path   string
			status int
			detail any
		}{
			{"nobody", admin, members + "/" + mc.NewID().String(), 404, "Not Found"},
			{"oneself", admin, pathOf(t, w, admin), 403, "You cannot remove yourself from the organization"},
			{"the owner herself", w.Owner, pathOf(t, w, w.Owner), 403, "You cannot remove yourself from the organization"},
			{"an owner by an admin", admin, pathOf(t, w, w.Owner), 403, "Only owners can remove owners"},
			{"by a member", plain, pathOf(t, w, admin), 403, "Forbidden"},
			{"a member", admin, pathOf(t, w, plain), 200, nil},
		} {
			if got := w.Call(apitest.As(step.as), "DELETE", step.path, ""); got.Status != step.status || got.Detail() != step.detail {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
		}
		u, err := st.User(t.Context(), plain.ID)
		if err != nil || !mc.Same(u.ActiveOrganizationID, &first.ID) {
			t.Errorf("now acts in %v, %v", u.ActiveOrganizationID, err)
		}
		if got := w.Call(apitest.As(plain), "GET", current, ""); got.At("id") != first.ID.String() {
			t.Errorf("and sees %v", got.Body)
		}
		entries := audited(t, w)
		if len(entries) != 1 || entries[0].Action != mc.AuditMemberRemoved || *entries[0].ActorID != admin.ID || string(entries[0].Details) != `{"role":"member"}` {
			t.Errorf("audited %+v", entries)
		}
	})
}

// Who belongs to no organization any more takes a pending invite, even of the
// one they were removed from, or gets one of their own.
func TestRemovedFromTheLastOrganization(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		for _, email := range []string{"back@example.com", "gone@example.com"} {
			token := invited(t, w, fmt.Sprintf(`{"invited_email":%q}`, email))
			caller := apitest.AsNewcomer(email, email, true)
			id := w.Call(caller, "GET", member, "").At("id").(string)
			if got := w.Call(caller, "POST", accept, fmt.Sprintf(`{"token":%q}`, token)); got.Status != 404 {
				t.Errorf("the invite was not taken at the first sign-in: %v", got.Body)
			}
			if email == "back@example.com" {
				w.Write(func(ctx context.Context, tx *store.Tx) error {
					return tx.InsertInvite(ctx, mc.Invite{ID: mc.NewID(), OrganizationID: w.Organization.ID, InvitedEmail: email, Token: email, Role: "back", CreatedAt: tx.Now(), UpdatedAt: tx.Now()}, nil)
				})
			}
			if got := w.Call(apitest.As(w.Owner), "DELETE", members+"/"+id, ""); got.Status != 200 {
				t.Fatalf("answered %d %v", got.Status, got.Body)
			}
		}
		// The provider need not vouch for the address again.
		if got := w.Call(apitest.As(mc.User{ClerkUserID: "back@example.com"}), "GET", member, ""); got.At("role") != "back" || got.At("organization_id") != w.Organization.ID.String() {
			t.Errorf("with an invite: %v", got.Body)
		}
		if got := w.Call(apitest.As(mc.User{ClerkUserID: "gone@example.com"}), "GET", current, ""); got.At("name") != mc.PersonalOrganization {
			t.Errorf("without one: %v", got.Body)
		}
	})
}
