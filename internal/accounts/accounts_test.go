package accounts_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"missioncontrol/internal/accounts"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/password"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func signUp(email, more string) string {
	return `{"email":"` + email + `","password":"` + passphrase + `"` + more + `}`
}

func signIn(email, password string) string {
	return `{"email":"` + email + `","password":"` + password + `"}`
}

func TestTheFirstAccountOwnsTheFirstOrganization(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		b := h.browser()
		b.answers(200, `"setup_needed":true`, "GET", "/api/v1/auth/config", "")
		b.answers(403, accounts.SetupNeeded, "POST", "/api/v1/auth/sign-up", signUp("ann@example.com", ""))
		b.answers(403, accounts.SetupWrong, "POST", "/api/v1/auth/sign-up", signUp("ann@example.com", `,"setup_token":"guess"`))
		results := make(chan int, 4)
		for i := range cap(results) {
			go func() {
				results <- h.browser().send("POST", "/api/v1/auth/sign-up", signUp(fmt.Sprintf("a%d@example.com", i), `,"setup_token":"`+setupToken+`"`)).Code
			}()
		}
		var codes []int
		for range cap(results) {
			codes = append(codes, <-results)
		}
		slices.Sort(codes)
		if !slices.Equal(codes, []int{200, 409, 409, 409}) {
			t.Errorf("four who found at once were answered %v", codes)
		}
		member := 0
		for i := range 4 {
			a := h.browser()
			if a.send("POST", "/api/v1/auth/sign-in", signIn(fmt.Sprintf("a%d@example.com", i), passphrase)).Code != 200 {
				continue
			}
			member++
			if got := h.Call(a.as, "GET", "/api/v1/organizations/me/member", ""); got.At("role") != "owner" || got.At("organization_id") != h.Organization.ID.String() {
				t.Errorf("the founder is %v", got.Body)
			}
		}
		if member != 1 {
			t.Errorf("%d founders", member)
		}
		b.answers(200, `"setup_needed":false`, "GET", "/api/v1/auth/config", "")
	})
}

func TestTheFirstAccountGoesOnWithLocalMode(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		local := mc.User{ID: mc.NewID(), ClerkUserID: mc.LocalUserSubject, Email: mc.Ref(mc.LocalUserEmail), EmailVerified: true, Name: mc.Ref(mc.LocalUserName)}
		h.Write(func(ctx context.Context, tx *store.Tx) error { return tx.EnsureUser(ctx, local) })
		h.Join(local, h.Organization, mc.RoleMember, true, false)
		me := h.me(h.joined("Ann@Example.com"))
		if me.At("id") != local.ID.String() || me.At("email") != "ann@example.com" || me.At("name") != "Ann" {
			t.Errorf("the founder is %v", me.Body)
		}
		if u, err := st.User(t.Context(), local.ID); err != nil || u.EmailVerified {
			t.Errorf("an address that nobody has seen counts as verified: %v", err)
		}
	})
}

func TestWhoMayMakeAnAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		owner := h.joined("ann@example.com")
		invite := h.Call(owner.as, "POST", "/api/v1/organizations/me/invites", `{"invited_email":"bob@example.com","role":"admin"}`)
		token := `,"invite_token":"` + invite.At("token").(string) + `"`
		for _, tc := range []struct {
			body   string
			status int
			says   string
		}{
			{signUp("bob@example.com", ""), 403, accounts.SignUpClosed},
			{signUp("bob@example.com", `,"invite_token":"nonsense"`), 404, accounts.InviteUnknown},
			{signUp("carol@example.com", token), 403, "Forbidden"},
			{signUp("ann@example.com", token), 409, accounts.EmailHasOne},
			{signUp("bob@example.com", `,"setup_token":"`+setupToken+`"`), 409, accounts.SetupDone},
			{signUp("bob", token), 422, "e-mail"},
			{signUp("bob bob@example.com", token), 422, "e-mail"},
			{`{"email":"bob@example.com","password":"short"` + token + `}`, 422, "at least 10"},
			{`{"email":"bob@example.com","password":"` + strings.Repeat("x", 257) + `"` + token + `}`, 422, "at most 256"},
			{`{"email":"bob@example.com","password":"BOB@example.com"` + token + `}`, 422, "guess"},
			{signUp(" BOB@example.com ", token), 200, `"is_current":true`},
			{signUp("bob2@example.com", token), 404, accounts.InviteUnknown},
		} {
			h.browser().answers(tc.status, tc.says, "POST", "/api/v1/auth/sign-up", tc.body)
		}
		bob := h.browser()
		bob.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("bob@example.com", passphrase))
		if got := h.Call(bob.as, "GET", "/api/v1/organizations/me/member", ""); got.At("role") != "admin" || got.At("organization_id") != h.Organization.ID.String() {
			t.Errorf("who was invited is %v", got.Body)
		}
		// Nobody has shown that the address is Bob's: other invites for it wait.
		h.Call(owner.as, "POST", "/api/v1/organizations", `{"name":"Second"}`)
		h.Call(owner.as, "POST", "/api/v1/organizations/me/invites", `{"invited_email":"carol@example.com"}`)
		h.browser().answers(403, accounts.SignUpClosed, "POST", "/api/v1/auth/sign-up", signUp("carol@example.com", ""))
	})
}

func TestOpenSignUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, func(c *accounts.Config) { c.OpenSignUp = true })
		h.browser().answers(403, accounts.SetupNeeded, "POST", "/api/v1/auth/sign-up", signUp("eve@example.com", ""))
		h.joined("ann@example.com")
		b := h.browser()
		b.answers(200, `"sign_up_open":true`, "GET", "/api/v1/auth/config", "")
		b.answers(200, "", "POST", "/api/v1/auth/sign-up", signUp("eve@example.com", ""))
		if got := h.Call(b.as, "GET", "/api/v1/organizations/me", ""); got.At("name") != mc.PersonalOrganization {
			t.Errorf("acts in %v", got.Body)
		}
		var limited int
		for i := range 30 {
			if h.browser().send("POST", "/api/v1/auth/sign-up", signUp(fmt.Sprintf("x%d@example.com", i), "")).Code == http.StatusTooManyRequests {
				limited++
			}
		}
		if limited == 0 {
			t.Error("one address may make any number of accounts")
		}
	})
}

func TestPasswordsAreNotGuessed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		h.joined("ann@example.com")
		h.browser().answers(401, accounts.WrongPassword, "POST", "/api/v1/auth/sign-in", signIn("nobody@example.com", passphrase))
		var all sync.WaitGroup
		var mu sync.Mutex
		seen := map[int]int{}
		for range 40 {
			all.Go(func() {
				code := h.browser().send("POST", "/api/v1/auth/sign-in", signIn("ann@example.com", "a wrong guess")).Code
				mu.Lock()
				defer mu.Unlock()
				seen[code]++
			})
		}
		all.Wait()
		if seen[401] < 10 || seen[401] > 12 || seen[401]+seen[429] != 40 {
			t.Errorf("guesses at once were answered %v", seen)
		}
		rec := h.browser().send("POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		if rec.Code != 429 || rec.Header().Get("Retry-After") == "" {
			t.Errorf("then even the password is answered %d", rec.Code)
		}
		// Going on does not keep it so.
		h.wait(10 * time.Minute)
		h.browser().answers(200, "", "POST", "/api/v1/auth/sign-in", signIn(" Ann@example.com", passphrase))
		for i := range 60 {
			h.browser().send("POST", "/api/v1/auth/sign-in", signIn(fmt.Sprintf("n%d@example.com", i), "x"))
		}
		h.browser().answers(429, "", "POST", "/api/v1/auth/sign-in", signIn("other@example.com", "x"))
	})
}

func TestHashesAreRenewed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		old, err := password.New(password.Params{Memory: 32, Time: 2, Threads: 1}).Hash(t.Context(), passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if err := accounts.Add(t.Context(), st, "Ann@example.com", mc.Ref("Ann"), old); err != nil {
			t.Fatal(err)
		}
		h.browser().answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		a, err := st.AccountByEmail(t.Context(), "ann@example.com")
		if err != nil || !strings.Contains(*a.PasswordHash, "m=64,t=1") {
			t.Errorf("kept as %s, %v", *a.PasswordHash, err)
		}
		h.browser().answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
	})
}

func TestChangingThePassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		here, there := h.joined("ann@example.com"), h.browser()
		there.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		change := func(current, next string) string {
			return `{"current_password":"` + current + `","new_password":"` + next + `"}`
		}
		here.answers(403, accounts.NotThePassword, "POST", "/api/v1/auth/password", change("a wrong guess", "another passphrase"))
		here.answers(403, accounts.NotThePassword, "POST", "/api/v1/auth/password", `{"new_password":"another passphrase"}`)
		here.answers(422, "at least 10", "POST", "/api/v1/auth/password", change(passphrase, "short"))
		if h.me(there).Status != 200 {
			t.Error("a change that was refused ended sessions")
		}
		here.answers(200, "true", "POST", "/api/v1/auth/password", change(passphrase, "another passphrase"))
		if h.me(here).Status != 200 || h.me(there).Status != 401 {
			t.Errorf("here %d, there %d", h.me(here).Status, h.me(there).Status)
		}
		there.answers(401, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		there.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", "another passphrase"))

		hash, err := password.New(cheap).Hash(t.Context(), "given by an operator")
		if err != nil {
			t.Fatal(err)
		}
		if err := accounts.ResetPassword(t.Context(), st, "ann@example.com", hash); err != nil {
			t.Fatal(err)
		}
		if h.me(here).Status != 401 || h.me(there).Status != 401 {
			t.Error("sessions outlive a reset")
		}
		here.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", "given by an operator"))
		if err := accounts.ResetPassword(t.Context(), st, "nobody@example.com", hash); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("somebody who is not there: %v", err)
		}
	})
}

func TestOperatorsAddAccounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		hash, err := password.New(cheap).Hash(t.Context(), passphrase)
		if err != nil {
			t.Fatal(err)
		}
		add := func(email string) error { return accounts.Add(t.Context(), st, email, nil, hash) }
		if err := add("ann@example.com"); err != nil {
			t.Fatal(err)
		}
		ann := h.browser()
		ann.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		if got := h.Call(ann.as, "GET", "/api/v1/organizations/me/member", ""); got.At("role") != "owner" || got.At("organization_id") != h.Organization.ID.String() {
			t.Errorf("the first one is %v", got.Body)
		}
		if err := add("ANN@example.com"); mc.KindOf(err) != mc.KindConflict {
			t.Errorf("a second account of one address: %v", err)
		}
		// An operator vouches for the address, so the invites for it count.
		h.Call(ann.as, "POST", "/api/v1/organizations/me/invites", `{"invited_email":"bob@example.com"}`)
		// Somebody whom an identity provider knew before goes on as themselves.
		carol := mc.User{ID: mc.NewID(), ClerkUserID: "user_carol", Email: mc.Ref("carol@example.com"), EmailVerified: true}
		h.Write(func(ctx context.Context, tx *store.Tx) error { return tx.EnsureUser(ctx, carol) })
		for _, email := range []string{"bob@example.com", "carol@example.com"} {
			if err := add(email); err != nil {
				t.Fatal(err)
			}
			b := h.browser()
			b.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn(email, passphrase))
			me, org := h.me(b), h.Call(b.as, "GET", "/api/v1/organizations/me", "")
			if email == "bob@example.com" && org.At("id") != h.Organization.ID.String() {
				t.Errorf("%s acts in %v", email, org.Body)
			}
			if email == "carol@example.com" && me.At("id") != carol.ID.String() {
				t.Errorf("%s is %v", email, me.Body)
			}
		}
	})
}

func TestOtherModes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		w.Serve(accounts.New(accounts.Config{Store: st, Origin: auth.NewSameOrigin(nil), Mode: "local"}))
		for path, want := range map[string]int{"sign-up": 404, "sign-in": 404, "oidc/start": 404, "sign-out": 403, "password": 403} {
			body := map[string]string{"sign-up": signUp("a@b.c", ""), "sign-in": signIn("a@b.c", "x"), "password": `{"new_password":"another passphrase"}`, "oidc/start": `{}`}[path]
			as := apitest.With(apitest.As(w.Owner), "X-Mission-Control", "1")
			if got := w.Call(as, "POST", "/api/v1/auth/"+path, body); got.Status != want {
				t.Errorf("%s answered %d with %v", path, got.Status, got.Body)
			}
		}
		if got := w.Call(apitest.AsNobody, "GET", "/api/v1/auth/config", ""); got.At("auth_mode") != "local" || got.At("setup_needed") != false {
			t.Errorf("is configured as %v", got.Body)
		}
		if rec := w.CallRaw(apitest.AsNobody, "GET", accounts.CallbackPath, ""); rec.Code != 403 {
			t.Errorf("a callback is answered %d", rec.Code)
		}
	})
}
