package accounts_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"missioncontrol/internal/accounts"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/password"
	"missioncontrol/internal/auth/session"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
	"missioncontrol/internal/users"
)

const (
	setupToken = "a-setup-token-that-nobody-would-guess"
	passphrase = "correct horse battery"
	base       = "https://mc.example.org"
	cookieName = "__Host-mc_session"
)

var cheap = password.Params{Memory: 64, Time: 1, Threads: 1}

// house is a server with accounts of its own, and a clock that can be moved.
type house struct {
	*apitest.World
	t        *testing.T
	Sessions *session.Sessions

	mu    sync.Mutex
	ahead time.Duration
}

func (h *house) clock() mc.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return mc.SystemClock().Add(h.ahead)
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ahead += d
}

// open makes a house on an empty store; change, if any, is made to its configuration.
func open(t *testing.T, st *store.Store, change func(c *accounts.Config)) *house {
	t.Helper()
	h := &house{World: apitest.New(t, st), t: t}
	origin := auth.NewSameOrigin(nil)
	h.Sessions = session.New(st, session.Options{BaseURL: base, Idle: time.Hour, Max: 24 * time.Hour, Origin: origin, Clock: h.clock})
	c := accounts.Config{
		Store: st, Sessions: h.Sessions, Hasher: password.New(cheap), Limiter: ratelimit.NewMemory(func() time.Time { return h.clock().Std() }), Origin: origin,
		Clock: h.clock, Log: slog.New(slog.DiscardHandler), Mode: "accounts", BaseURL: base, SetupToken: setupToken, Passwords: true,
	}
	if change != nil {
		change(&c)
	}
	h.ServeSignedIn(h.Sessions, accounts.New(c), users.New(st, nil, nil), orgs.New(st, nil, 0))
	return h
}

// browser keeps cookies, and sends what a page of ours would.
type browser struct {
	house   *house
	cookies map[string]*http.Cookie
	plain   bool // leaves out the header that pages of ours send
	header  map[string]string
}

func (h *house) browser() *browser { return &browser{house: h, cookies: map[string]*http.Cookie{}} }

func (b *browser) as(r *http.Request) {
	r.Header.Set("User-Agent", "Firefox")
	if !b.plain {
		r.Header.Set(auth.BrowserHeader, "1")
	}
	for name, value := range b.header {
		r.Header.Set(name, value)
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
}

// send returns the answer, and keeps the cookies that it sets.
func (b *browser) send(method, path, body string) *httptest.ResponseRecorder {
	b.house.t.Helper()
	rec := b.house.CallRaw(b.as, method, path, body)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return rec
}

// answers checks the status and that the body holds a text.
func (b *browser) answers(status int, says, method, path, body string) {
	b.house.t.Helper()
	if rec := b.send(method, path, body); rec.Code != status || !strings.Contains(rec.Body.String(), says) {
		b.house.t.Errorf("%s %s %s answered %d with %s, want %d with %q", method, path, body, rec.Code, rec.Body, status, says)
	}
}

// joined is a browser in which the first account is signed in.
func (h *house) joined(email string) *browser {
	h.t.Helper()
	b := h.browser()
	b.answers(200, `"is_current":true`, "POST", "/api/v1/auth/sign-up", `{"email":"`+email+`","password":"`+passphrase+`","name":"Ann","setup_token":"`+setupToken+`"}`)
	return b
}

func (h *house) me(b *browser) apitest.Answer {
	h.t.Helper()
	return h.Call(b.as, "GET", "/api/v1/users/me", "")
}
