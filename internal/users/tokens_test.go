package users_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/boards"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/tags"
	"missioncontrol/internal/users"
)

const tokens = "/api/v1/users/me/tokens"

// furnished is a world with what tokens can be tried on.
func furnished(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	w.Serve(users.New(st, nil, nil), orgs.New(st, nil, 0), boards.New(st, nil, nil, mc.SystemClock), tags.New(st))
	return w
}

func bearer(secret string) apitest.Caller {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }
}

// mint makes a token as somebody and returns its id and what it is sent as.
func mint(t *testing.T, w *apitest.World, as apitest.Caller, body string) (id string, caller apitest.Caller) {
	t.Helper()
	got := w.Call(as, "POST", tokens, body)
	secret, _ := got.At("token").(string)
	if got.Status != 200 || !strings.HasPrefix(secret, "mcp_") {
		t.Fatalf("answered %d with %v", got.Status, got.Body)
	}
	return got.At("id").(string), bearer(secret)
}

func TestScopesOfTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := furnished(t, st)
		owner := apitest.As(w.Owner)
		board := w.Board("Alpha", nil)
		_, reads := mint(t, w, owner, `{"name":"r","scopes":["read"]}`)
		_, writes := mint(t, w, owner, `{"name":"w","scopes":["write","read"]}`)
		_, administers := mint(t, w, owner, `{"name":"a","scopes":["admin"]}`)
		plain := apitest.As(w.Member(mc.RoleMember, true, true))
		_, ofMember := mint(t, w, plain, `{"name":"m","scopes":["admin"]}`)
		const lacksWrite, lacksAdmin, inPerson = "The token lacks the scope write", "The token lacks the scope admin", "Access tokens cannot do this"
		type want struct {
			status int
			detail any
		}
		ok := want{200, nil}
		for _, tc := range []struct {
			method, path, body                   string
			reads, writes, administers, ofMember want
		}{
			{"GET", "/api/v1/users/me", "", ok, ok, ok, ok},
			{"GET", "/api/v1/boards/" + board.ID.String(), "", ok, ok, ok, ok},
			{"PATCH", "/api/v1/users/me", `{"pronouns":"it"}`, want{403, lacksWrite}, ok, ok, ok},
			{"PATCH", "/api/v1/boards/" + board.ID.String(), `{"name":"Beta"}`, want{403, lacksWrite}, ok, ok, ok},
			{"GET", "/api/v1/organizations/me/invites", "", want{403, lacksAdmin}, want{403, lacksAdmin}, ok, want{403, "Forbidden"}},
			{"POST", "/api/v1/tags", `{"name":"T"}`, want{403, lacksWrite}, want{403, lacksAdmin}, ok, want{403, "Forbidden"}},
			{"POST", tokens, `{"name":"x","scopes":["read"]}`, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}},
			{"GET", tokens, "", want{403, inPerson}, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}},
			{"POST", "/api/v1/organizations/me/tokens", `{"name":"x","scopes":["read"]}`, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}},
			{"DELETE", "/api/v1/users/me", "", want{403, inPerson}, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}},
			{"POST", "/api/v1/organizations", `{"name":"x"}`, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}, want{403, inPerson}},
		} {
			for name, c := range map[string]struct {
				as   apitest.Caller
				want want
			}{"read": {reads, tc.reads}, "write": {writes, tc.writes}, "admin": {administers, tc.administers}, "of a member": {ofMember, tc.ofMember}} {
				if got := w.Call(c.as, tc.method, tc.path, tc.body); got.Status != c.want.status || c.want.detail != nil && got.Detail() != c.want.detail {
					t.Errorf("%s %s with %s: %d %v, want %v", tc.method, tc.path, name, got.Status, got.Body, c.want)
				}
			}
		}
		// What an admin sees of others takes the scope as well, wherever it is asked.
		other, err := st.Member(t.Context(), w.Organization.ID, w.Member(mc.RoleMember, false, false).ID)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			as   apitest.Caller
			want int
		}{"write": {writes, 403}, "admin": {administers, 200}} {
			if got := w.Call(c.as, "GET", "/api/v1/organizations/me/members/"+other.ID.String(), ""); got.Status != c.want {
				t.Errorf("another member with %s: %d", name, got.Status)
			}
		}
	})
}

func TestTokensStayInTheirOrganization(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := furnished(t, st)
		owner := apitest.As(w.Owner)
		second, _ := w.NewOrganization("Second")
		w.Join(w.Owner, second, mc.RoleOwner, true, true)
		mine, foreign := w.Board("Mine", nil), w.BoardOf(second, "Foreign", nil)
		_, tok := mint(t, w, owner, `{"name":"t","scopes":["admin"]}`)
		if got := w.Call(owner, "PATCH", "/api/v1/organizations/me/active", `{"organization_id":"`+second.ID.String()+`"}`); got.Status != 200 {
			t.Fatalf("%v", got.Body)
		}
		if got := w.Call(tok, "GET", "/api/v1/organizations/me", ""); got.At("id") != w.Organization.ID.String() {
			t.Errorf("the token follows its owner to %v", got.Body)
		}
		if got := w.Call(tok, "GET", "/api/v1/boards/"+mine.ID.String(), ""); got.Status != 200 {
			t.Errorf("a board of its organization: %d", got.Status)
		}
		if got := w.Call(owner, "GET", "/api/v1/boards/"+foreign.ID.String(), ""); got.Status != 200 {
			t.Errorf("the owner themselves: %d", got.Status)
		}
		if got := w.Call(tok, "GET", "/api/v1/boards/"+foreign.ID.String(), ""); got.Status != 403 || got.Detail() != "No org access" {
			t.Errorf("a board of another organization: %d %v", got.Status, got.Body)
		}
		if got := w.Call(tok, "GET", "/api/v1/organizations/me/list", ""); got.At(0, "id") != w.Organization.ID.String() || got.At(1) != nil {
			t.Errorf("the token knows of %v", got.Body)
		}
		for path, body := range map[string]string{"PATCH me/active": `{"organization_id":"` + second.ID.String() + `"}`, "POST invites/accept": `{"token":"x"}`} {
			method, rest, _ := strings.Cut(path, " ")
			if got := w.Call(tok, method, "/api/v1/organizations/"+rest, body); got.Status != 403 {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := furnished(t, st)
		person := w.Member(mc.RoleAdmin, true, true)
		as := apitest.As(person)
		answers := func(what string, caller apitest.Caller, want int) {
			t.Helper()
			if got := w.Call(caller, "GET", "/api/v1/organizations/me/invites", ""); got.Status != want {
				t.Errorf("%s: %d %v", what, got.Status, got.Body)
			}
		}
		id, tok := mint(t, w, as, `{"name":" Status page ","scopes":["admin"],"expires_at":"2999-01-01T00:00:00Z"}`)
		answers("at first", tok, 200)
		list := w.Call(as, "GET", tokens, "")
		if list.At(0, "name") != "Status page" || list.At(0, "expires_at") != "2999-01-01T00:00:00" || list.At(0, "last_used_at") == nil || list.At(0, "token") != nil {
			t.Errorf("the list is %v", list.Body)
		}
		used := list.At(0, "last_used_at")
		answers("again", tok, 200)
		if again := w.Call(as, "GET", tokens, ""); again.At(0, "last_used_at") != used {
			t.Error("every use is written")
		}
		if got := w.Call(apitest.As(w.Owner), "DELETE", tokens+"/"+id, ""); got.Status != 404 {
			t.Errorf("somebody else's token: %d", got.Status)
		}

		// Never more than its owner is at the moment.
		member, err := st.Member(t.Context(), w.Organization.ID, person.ID)
		if err != nil {
			t.Fatal(err)
		}
		path := "/api/v1/organizations/me/members/" + member.ID.String()
		w.Call(apitest.As(w.Owner), "PATCH", path, `{"role":"member"}`)
		answers("its owner is a plain member now", tok, 403)
		w.Call(apitest.As(w.Owner), "PATCH", path, `{"role":"admin"}`)
		answers("and an admin again", tok, 200)

		before, err := st.LastSeq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Call(as, "DELETE", tokens+"/"+id, ""); got.Status != 200 {
			t.Errorf("revoked: %d", got.Status)
		}
		changes, err := st.ChangesAfter(t.Context(), before, 10)
		if err != nil || !slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == store.KindAccess && c.Scope == person.ID }) {
			t.Errorf("streams are told %v, %v", changes, err)
		}
		answers("revoked", tok, 401)

		_, other := mint(t, w, as, `{"name":"x","scopes":["admin"]}`)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			rows, err := tx.PersonalTokens(ctx, person.ID)
			if err != nil {
				return err
			}
			row := rows[0]
			row.ID, row.ExpiresAt = mc.NewID(), mc.Ref(tx.Now())
			if err := tx.DeleteAccessToken(ctx, rows[0].ID); err != nil {
				return err
			}
			return tx.InsertAccessToken(ctx, row)
		})
		answers("expired", other, 401)

		_, last := mint(t, w, as, `{"name":"x","scopes":["admin"]}`)
		w.Call(apitest.As(w.Owner), "DELETE", path, "")
		answers("its owner has left", last, 401)
		w.Join(person, w.Organization, mc.RoleAdmin, true, true)
		answers("and come back", last, 401)
		for _, wanted := range []string{"token.issued Status page by user", "token.revoked Status page by user"} {
			if !slices.Contains(w.Audited(), wanted) {
				t.Errorf("%q is not in %q", wanted, w.Audited())
			}
		}
	})
}

func TestWhatTokensMayBe(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := furnished(t, st)
		for body, place := range map[string]string{
			`{"scopes":["read"]}`:            `["body","name"]`,
			`{"name":" ","scopes":["read"]}`: `["body","name"]`,
			`{"name":"x"}`:                   `["body","scopes"]`,
			`{"name":"x","scopes":[]}`:       `["body","scopes"]`,
			`{"name":"x","scopes":["root"]}`: `["body","scopes",0]`,
			`{"name":"x","scopes":["read"],"expires_at":"2001-01-01T00:00:00Z"}`: `["body","expires_at"]`,
		} {
			if got := w.Call(apitest.As(w.Owner), "POST", tokens, body); got.Status != 422 || got.Detail() != place {
				t.Errorf("%s: %d %v", body, got.Status, got.Body)
			}
		}
		got := w.Call(apitest.As(w.Owner), "POST", tokens, `{"name":"x","scopes":["write"]}`)
		secret := got.At("token").(string)
		if row, err := st.AccessTokenBy(t.Context(), token.SHA256Hex(secret)); err != nil || row.TokenSHA256 == secret || row.Scope != mc.ScopeWrite {
			t.Errorf("kept as %+v, %v", row, err)
		}
		if rec := w.CallRaw(bearer(secret[:len(secret)-1]+"-"), "GET", "/api/v1/users/me", ""); rec.Code != 401 {
			t.Errorf("another token: %d", rec.Code)
		}
		// What a token does is told as its doing.
		w.Call(bearer(w.Call(apitest.As(w.Owner), "POST", tokens, `{"name":"Deployer","scopes":["admin"]}`).At("token").(string)),
			"POST", "/api/v1/organizations/me/invites", `{"invited_email":"x@example.com"}`)
		if told := w.Audited(); !slices.Contains(told, "invite.created x@example.com by token") {
			t.Errorf("told: %q", told)
		}
	})
}
