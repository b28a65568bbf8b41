// Package session signs people in by a cookie, behind which stands a row: a
// session can be listed, and ended at once. Which credentials a session begins
// with is decided elsewhere.
package session

import (
	"context"
	"net/http"
	"strings"
	"time"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Options configures sessions.
type Options struct {
	BaseURL string        // https makes cookies secure
	Idle    time.Duration // without use, after which a session ends
	Max     time.Duration // after which it ends in any case
	Origin  *auth.SameOrigin
	Clock   mc.Clock
}

// Sessions authenticates people by the cookie of their session.
type Sessions struct {
	store  *store.Store
	o      Options
	secure bool
}

// New returns sessions that are kept in a store.
func New(st *store.Store, o Options) *Sessions {
	return &Sessions{store: st, o: o, secure: strings.HasPrefix(strings.ToLower(o.BaseURL), "https:")}
}

const (
	seenEvery  = time.Minute // how exactly last_seen_at is kept
	seenWithin = 5 * time.Second
	// maxUserAgent is how much of what a browser calls itself is kept.
	maxUserAgent = 255
)

// CookieName is the name of the session's cookie. The prefix makes browsers keep
// other hosts, also of our domain, from setting it.
func (s *Sessions) CookieName() string { return s.name("session") }

func (s *Sessions) name(what string) string {
	if s.secure {
		return "__Host-mc_" + what
	}
	return "mc_" + what
}

// Authenticate finds the session of a request's cookie. With an Authorization
// header the cookie does not count: who sends one is no page. A request that
// changes something has to be one of our own pages'.
func (s *Sessions) Authenticate(r *http.Request) (auth.Identity, error) {
	cookie, err := r.Cookie(s.CookieName())
	if err != nil || cookie.Value == "" || r.Header.Get("Authorization") != "" {
		return auth.Identity{}, mc.Unauthorized()
	}
	if err := s.o.Origin.CheckStrictly(r); err != nil {
		return auth.Identity{}, err
	}
	return s.find(r.Context(), cookie.Value)
}

func (s *Sessions) find(ctx context.Context, secret string) (auth.Identity, error) {
	found, err := s.store.SignedInBy(ctx, token.SHA256Hex(secret))
	if mc.KindOf(err) == mc.KindNotFound {
		return auth.Identity{}, mc.Unauthorized()
	}
	if err != nil {
		return auth.Identity{}, err
	}
	now := s.o.Clock()
	if !now.Before(found.ExpiresAt) || now.Sub(found.LastSeenAt) >= s.o.Idle {
		return auth.Identity{}, mc.Unauthorized()
	}
	if now.Sub(found.LastSeenAt) >= seenEvery {
		s.seen(ctx, found.ID)
	}
	return auth.Identity{Subject: found.Subject, Session: &found.SignInSession}, nil
}

// seen keeps that a session is in use. If that fails, the request goes on: the
// next one tries again.
func (s *Sessions) seen(ctx context.Context, id mc.ID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), seenWithin)
	defer cancel()
	_ = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SeeSignInSession(ctx, id, s.o.Clock()) })
}

// Begin signs somebody in and returns the session with the secret of its cookie,
// which is not kept.
func (s *Sessions) Begin(ctx context.Context, tx *store.Tx, account mc.ID, method mc.SignInMethod, userAgent string) (mc.SignInSession, string, error) {
	secret, now := token.Mint(), s.o.Clock()
	row := mc.SignInSession{
		ID: mc.NewID(), AccountID: account, TokenSHA256: token.SHA256Hex(secret), Method: method, Address: mc.OriginOf(ctx).Address, UserAgent: shortened(userAgent),
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(s.o.Max),
	}
	return row, secret, tx.InsertSignInSession(ctx, row)
}

func shortened(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if runes := []rune(s); len(runes) > maxUserAgent {
		return string(runes[:maxUserAgent])
	}
	return s
}

// IdleSince is the time before which a session must have been used to go on.
func (s *Sessions) IdleSince() mc.Time { return s.o.Clock().Add(-s.o.Idle) }

// Cookie returns the cookie of a session; an empty secret takes it away.
func (s *Sessions) Cookie(secret string) *http.Cookie { return s.cookie("session", secret, s.o.Max) }

// FlowName is the name of the cookie that binds a sign-in at an identity
// provider to a browser.
func (s *Sessions) FlowName() string { return s.name("sign_in") }

// FlowCookie returns that cookie.
func (s *Sessions) FlowCookie(value string, lifetime time.Duration) *http.Cookie {
	return s.cookie("sign_in", value, lifetime)
}

func (s *Sessions) cookie(what, value string, lifetime time.Duration) *http.Cookie {
	//nolint:gosec // over http a secure cookie would not come back
	c := &http.Cookie{Name: s.name(what), Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(lifetime.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}
