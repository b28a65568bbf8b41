// Package accounts is signing in where Mission Control keeps the accounts
// itself: with e-mail and password, through an OpenID Connect provider, or both.
// It makes accounts, begins and ends sessions, and changes passwords.
//
// What a person may do is no business of it: an account leads to a user, and
// from there on it is the same as with every other way of signing in.
package accounts

import (
	"log/slog"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/oidc"
	"missioncontrol/internal/auth/password"
	"missioncontrol/internal/auth/session"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
)

// Config is what the feature works with.
type Config struct {
	Store    *store.Store
	Sessions *session.Sessions // nil: accounts are not in use
	Provider *oidc.Provider    // nil: there is none
	Hasher   *password.Hasher
	Limiter  ratelimit.Limiter
	Origin   *auth.SameOrigin
	Clock    mc.Clock
	Log      *slog.Logger

	Mode       string // AUTH_MODE
	BaseURL    string
	SetupToken string // lets the first account be made
	OpenSignUp bool   // anybody may make one
	Passwords  bool   // people may sign in with passwords
}

// Feature is the operations of signing in.
type Feature struct{ Config }

// New returns the feature.
func New(c Config) *Feature { return &Feature{c} }

// What is refused because of how the server is configured.
const (
	NoAccounts  = "Accounts are not in use on this server"
	NoPasswords = "Passwords are not in use on this server"
	NoProvider  = "No identity provider is configured"
)

// inUse refuses what this server is not configured for.
func (f *Feature) inUse() error {
	if f.Sessions == nil {
		return mc.NotFound(NoAccounts)
	}
	return nil
}

func (f *Feature) passwordsInUse() error {
	if err := f.inUse(); err != nil {
		return err
	}
	if !f.Passwords {
		return mc.NotFound(NoPasswords)
	}
	return nil
}
