package accounts_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/session"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestTheCookie(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		b := h.joined("ann@example.com")
		c := b.cookies[cookieName]
		if c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 24*3600 {
			t.Fatalf("the cookie is %v", c)
		}
		if plain := session.New(st, session.Options{BaseURL: "http://localhost:8000"}); plain.CookieName() != "mc_session" || plain.Cookie("x").Secure {
			t.Error("over http the cookie could not be set")
		}
		if found, err := st.SignedInBy(t.Context(), c.Value); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("what the cookie holds is kept: %v, %v", found, err)
		}
		b.cookies[cookieName] = &http.Cookie{Name: cookieName, Value: c.Value + "x"}
		if h.me(b).Status != 401 {
			t.Error("another cookie is good")
		}
	})
}

func TestPagesOfOtherSites(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		b := h.joined("ann@example.com")
		for name, tc := range map[string]struct {
			plain  bool
			header map[string]string
			patch  int // with the cookie
			signIn int // without
		}{
			"our page":                               {false, map[string]string{"Sec-Fetch-Site": "same-origin"}, 200, 401},
			"a program":                              {false, nil, 200, 401},
			"without the header":                     {true, nil, 403, 403},
			"another site":                           {false, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403, 403},
			"a neighbour":                            {false, map[string]string{"Sec-Fetch-Site": "same-site"}, 403, 403},
			"an old browser elsewhere":               {false, map[string]string{"Origin": "https://evil.example"}, 403, 403},
			"with bearer, the cookie does not count": {false, map[string]string{"Authorization": "Bearer x"}, 401, 401},
		} {
			b.plain, b.header = tc.plain, tc.header
			if got := b.send("PATCH", "/api/v1/users/me", `{}`); got.Code != tc.patch {
				t.Errorf("%s: a change was answered %d with %s", name, got.Code, got.Body)
			}
			if got := b.send("GET", "/api/v1/users/me", ""); tc.patch != 401 && got.Code != 200 {
				t.Errorf("%s: a look was answered %d", name, got.Code)
			}
			newcomer := &browser{house: h, plain: tc.plain, header: tc.header}
			if got := newcomer.send("POST", "/api/v1/auth/sign-in", signIn("nobody@example.com", "x")); got.Code != tc.signIn {
				t.Errorf("%s: a sign-in was answered %d", name, got.Code)
			}
		}
		trusting := auth.NewSameOrigin([]string{"https://ui.example", "*"})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://mc.example.org/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		for origin, want := range map[string]bool{"https://ui.example": true, "https://evil.example": false} {
			r.Header.Set("Origin", origin)
			if got := trusting.Check(r) == nil; got != want {
				t.Errorf("%s is trusted: %v", origin, got)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		idle, busy := h.joined("ann@example.com"), h.browser()
		busy.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		for range 3 {
			h.wait(20 * time.Minute)
			if h.me(busy).Status != 200 {
				t.Fatal("a session that is in use has ended")
			}
		}
		if h.me(idle).Status != 401 {
			t.Error("a session that nobody uses goes on")
		}
	})
}

func TestListAndEndSessions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		first := h.joined("ann@example.com")
		second, third := h.browser(), h.browser()
		for _, b := range []*browser{second, third} {
			b.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		}
		list := h.Call(second.as, "GET", "/api/v1/auth/sessions", "")
		if rows, _ := list.Body.([]any); len(rows) != 3 || list.At(1, "is_current") != true || list.At(0, "is_current") != false || list.At(0, "user_agent") != "Firefox" || list.At(0, "method") != "password" {
			t.Errorf("the sessions are %v", list.Body)
		}
		if strings.Contains(second.send("GET", "/api/v1/auth/sessions", "").Body.String(), "sha256") {
			t.Error("the list tells digests")
		}
		newest := list.At(0, "id").(string)
		second.answers(200, "true", "DELETE", "/api/v1/auth/sessions/"+newest, "")
		second.answers(404, "Not Found", "DELETE", "/api/v1/auth/sessions/"+newest, "")
		if h.me(third).Status != 401 || h.me(first).Status != 200 {
			t.Error("another session ended than was to")
		}
		second.answers(200, "true", "DELETE", "/api/v1/auth/sessions", "")
		if h.me(first).Status != 401 || h.me(second).Status != 200 {
			t.Error("the other sessions were not all that ended")
		}
		secret := second.cookies[cookieName]
		second.answers(200, "true", "POST", "/api/v1/auth/sign-out", "")
		if second.cookies[cookieName] != nil {
			t.Error("the cookie stays")
		}
		second.cookies[cookieName] = secret
		if h.me(second).Status != 401 {
			t.Error("the session goes on behind the back of who signed out")
		}
		if err := st.TrimSignInSessions(t.Context(), mc.SystemClock().Add(48*time.Hour), mc.SystemClock()); err != nil {
			t.Error(err)
		}
	})
}

// Who is gone does not come back by a cookie.
func TestDeletedAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := open(t, st, nil)
		h.joined("ann@example.com")
		b := h.browser()
		b.answers(200, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
		b.answers(200, "true", "DELETE", "/api/v1/users/me", "")
		if h.me(b).Status != 401 {
			t.Error("still signed in")
		}
		b.answers(401, "", "POST", "/api/v1/auth/sign-in", signIn("ann@example.com", passphrase))
	})
}
