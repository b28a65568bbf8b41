package accounts_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"missioncontrol/internal/accounts"
	"missioncontrol/internal/auth/oidc"
	"missioncontrol/internal/auth/oidc/oidctest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// withIssuer opens a house whose people may sign in through an issuer.
func withIssuer(t *testing.T, st *store.Store, change func(c *accounts.Config)) (*house, *oidctest.Issuer) {
	t.Helper()
	issuer := oidctest.New(t)
	h := open(t, st, func(c *accounts.Config) {
		c.Provider = oidc.New(oidc.Options{
			Issuer: issuer.URL, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret, Scopes: []string{"openid", "email"}, RedirectURL: base + accounts.CallbackPath,
		})
		if change != nil {
			change(c)
		}
	})
	return h, issuer
}

// through signs a browser in at the issuer, with what the start is asked for,
// and returns what the callback answers.
func (b *browser) through(issuer *oidctest.Issuer, start string) *httptest.ResponseRecorder {
	b.house.t.Helper()
	rec := b.send("POST", "/api/v1/auth/oidc/start", start)
	var started accounts.OIDCStarted
	if err := json.Unmarshal(rec.Body.Bytes(), &started); err != nil || rec.Code != 200 {
		b.house.t.Fatalf("start answered %d with %s: %v", rec.Code, rec.Body, err)
	}
	return b.send("GET", accounts.CallbackPath+"?"+issuer.Visit(started.AuthorizationURL).Encode(), "")
}

func (b *browser) comesBack(issuer *oidctest.Issuer, start, to string) {
	b.house.t.Helper()
	rec := b.through(issuer, start)
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != base+to || b.cookies[cookieName] == nil {
		b.house.t.Errorf("%s: answered %d to %q: %s", start, rec.Code, rec.Header().Get("Location"), rec.Body)
	}
	if b.cookies["__Host-mc_sign_in"] != nil {
		b.house.t.Error("the cookie of the sign-in stays")
	}
}

func (b *browser) isTold(issuer *oidctest.Issuer, start string, status int, why string) {
	b.house.t.Helper()
	rec := b.through(issuer, start)
	if rec.Code != status || rec.Header().Get("Location") != "" || !strings.Contains(rec.Body.String(), why) || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		b.house.t.Errorf("%s: answered %d with %s", start, rec.Code, rec.Body)
	}
}

func TestThroughTheProvider(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h, issuer := withIssuer(t, st, nil)
		issuer.Person("ann", map[string]any{"email": "ann@example.com", "email_verified": true, "name": "Ann"})
		h.browser().isTold(issuer, `{}`, 403, accounts.SetupNeeded)
		h.browser().isTold(issuer, `{"setup_token":"guess"}`, 403, accounts.SetupWrong)
		ann := h.browser()
		ann.comesBack(issuer, `{"setup_token":"`+setupToken+`","return_to":"/boards?x=1#y"}`, "/boards?x=1#y")
		if got := h.Call(ann.as, "GET", "/api/v1/organizations/me/member", ""); got.At("role") != "owner" || got.At("organization_id") != h.Organization.ID.String() {
			t.Errorf("the founder is %v", got.Body)
		}
		again := h.browser()
		again.comesBack(issuer, `{}`, "/")
		if h.me(again).At("id") != h.me(ann).At("id") {
			t.Error("the second time it is somebody else")
		}

		issuer.Person("bob", map[string]any{"email": "bob@example.com", "email_verified": true})
		h.browser().isTold(issuer, `{}`, 403, accounts.SignUpClosed)
		h.Call(ann.as, "POST", "/api/v1/organizations/me/invites", `{"invited_email":"bob@example.com"}`)
		issuer.Person("eve", map[string]any{"email": "bob@example.com", "email_verified": false})
		h.browser().isTold(issuer, `{}`, 403, accounts.SignUpClosed)
		issuer.Person("bob", map[string]any{"email": "bob@example.com", "email_verified": true})
		bob := h.browser()
		bob.comesBack(issuer, `{}`, "/")
		if got := h.Call(bob.as, "GET", "/api/v1/organizations/me", ""); got.At("id") != h.Organization.ID.String() {
			t.Errorf("who was invited acts in %v", got.Body)
		}

		// The token of an invite lets in whose address nobody vouches for, if it is the one invited.
		invite := h.Call(ann.as, "POST", "/api/v1/organizations/me/invites", `{"invited_email":"carol@example.com"}`)
		start := `{"invite_token":"` + invite.At("token").(string) + `"}`
		issuer.Person("carol", map[string]any{"email": "carla@example.com"})
		h.browser().isTold(issuer, start, 403, "not allowed")
		issuer.Person("carol", map[string]any{"email": "carol@example.com"})
		h.browser().comesBack(issuer, start, "/")
	})
}

func TestLinkingAccounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h, issuer := withIssuer(t, st, nil)
		ann := h.joined("ann@example.com")
		// Whoever made the account with the password did not show that the address is theirs.
		issuer.Person("ann", map[string]any{"email": "ann@example.com", "email_verified": true})
		h.browser().isTold(issuer, `{}`, 403, "sign in with its password")
		h.browser().answers(401, "", "POST", "/api/v1/auth/oidc/start", `{"link":true}`)
		ann.comesBack(issuer, `{"link":true,"return_to":"/account"}`, "/account")
		other := h.browser()
		other.comesBack(issuer, `{}`, "/")
		if h.me(other).At("id") != h.me(ann).At("id") {
			t.Error("linked to another account")
		}
		h.wait(16 * time.Minute)
		ann.answers(403, accounts.LinkSignInAgain, "POST", "/api/v1/auth/oidc/start", `{"link":true}`)

		// An account whose address an operator vouched for is its owner's at the provider, too.
		if err := accounts.Add(t.Context(), st, "bob@example.com", nil, "x"); err != nil {
			t.Fatal(err)
		}
		issuer.Person("eve", map[string]any{"email": "bob@example.com", "email_verified": false})
		h.browser().isTold(issuer, `{}`, 403, "sign in with its password")
		issuer.Person("bob", map[string]any{"email": "bob@example.com", "email_verified": true})
		bob := h.browser()
		bob.comesBack(issuer, `{}`, "/")
		if h.me(bob).At("email") != "bob@example.com" {
			t.Errorf("is %v", h.me(bob).Body)
		}
		issuer.Person("ann", nil)
		bob.isTold(issuer, `{"link":true}`, 403, accounts.LinkedElsewhere)
	})
}

func TestFirstPasswordOfAnAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h, issuer := withIssuer(t, st, nil)
		issuer.Person("ann", map[string]any{"email": "ann@example.com", "email_verified": true})
		ann := h.browser()
		ann.comesBack(issuer, `{"setup_token":"`+setupToken+`"}`, "/")
		h.wait(16 * time.Minute)
		ann.answers(403, accounts.SignInAgain, "POST", "/api/v1/auth/password", `{"new_password":"`+passphrase+`"}`)
		h.wait(-16 * time.Minute)
		ann.answers(200, "true", "POST", "/api/v1/auth/password", `{"new_password":"`+passphrase+`"}`)
		h.browser().answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))

		issuer.Person("nameless", nil)
		h.Write(func(ctx context.Context, tx *store.Tx) error {
			id := mc.NewID()
			if err := tx.EnsureUser(ctx, mc.User{ID: id, ClerkUserID: mc.AccountSubject(id)}); err != nil {
				return err
			}
			if err := tx.InsertAccount(ctx, mc.Account{ID: id, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}); err != nil {
				return err
			}
			return tx.InsertIdentity(ctx, mc.AccountIdentity{ID: mc.NewID(), AccountID: id, Issuer: issuer.URL, Subject: "nameless", CreatedAt: tx.Now()})
		})
		nameless := h.browser()
		nameless.comesBack(issuer, `{}`, "/")
		nameless.answers(409, accounts.NoEmail, "POST", "/api/v1/auth/password", `{"new_password":"`+passphrase+`"}`)
	})
}

func TestProviderOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h, issuer := withIssuer(t, st, func(c *accounts.Config) { c.Passwords = false })
		b := h.browser()
		b.answers(200, `"passwords":false,"oidc":true`, "GET", "/api/v1/auth/config", "")
		b.answers(404, accounts.NoPasswords, "POST", "/api/v1/auth/sign-up", signUp("a@b.c", ""))
		b.answers(404, accounts.NoPasswords, "POST", "/api/v1/auth/sign-in", signIn("a@b.c", "x"))
		issuer.Away(true)
		b.answers(502, accounts.ProviderAway, "POST", "/api/v1/auth/oidc/start", `{}`)
	})
}

// Wherever a person is told to go on, it is a page of ours.
func TestNoOpenRedirect(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h, issuer := withIssuer(t, st, nil)
		issuer.Person("ann", map[string]any{"email": "ann@example.com", "email_verified": true})
		h.browser().comesBack(issuer, `{"setup_token":"`+setupToken+`"}`, "/")
		for _, path := range []string{"https://evil.example", "//evil.example", `/\\evil.example`, `\\\\evil.example`, "evil", "", "javascript:alert(1)", `/\t/evil.example`, "/%zz"} {
			h.browser().comesBack(issuer, `{"return_to":"`+path+`"}`, "/")
		}
		h.browser().comesBack(issuer, `{"return_to":"/a/b?c=//d"}`, "/a/b?c=//d")
	})
}

func TestSignInsThatGoWrong(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h, issuer := withIssuer(t, st, nil)
		rec := h.browser().send("GET", accounts.CallbackPath+"?code=x&state=<script>", "")
		if rec.Code != 400 || strings.Contains(rec.Body.String(), "<script>") || rec.Header().Get("Content-Security-Policy") == "" || rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("nobody began: %d, %s", rec.Code, rec.Body)
		}
		issuer.Change(func(c jwt.MapClaims) { c["aud"] = "somebody else" })
		h.browser().isTold(issuer, `{}`, 502, accounts.ProviderAway)
	})
}
