package server

import (
	"strings"

	"missioncontrol/internal/accounts"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/clerk"
	"missioncontrol/internal/auth/oidc"
	"missioncontrol/internal/auth/password"
	"missioncontrol/internal/auth/session"
	"missioncontrol/internal/config"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/telemetry"
	"missioncontrol/internal/users"
)

// signingIn is how people sign in, as configured.
type signingIn struct {
	authenticator auth.Authenticator
	accounts      *accounts.Feature
	directory     users.Directory // nil: there is none
}

func (s *Server) signingIn() signingIn {
	settings := s.settings.Auth
	origin := auth.NewSameOrigin(s.settings.Server.CORSOrigins)
	c := accounts.Config{
		Store: s.store, Limiter: s.limiter, Origin: origin, Clock: mc.SystemClock, Log: telemetry.Named(s.log, "accounts"),
		Mode: string(settings.Mode), BaseURL: s.settings.Server.BaseURL,
	}
	switch settings.Mode {
	case config.AuthClerk:
		k := clerk.New(clerk.Options{
			APIURL: settings.ClerkAPIURL, SecretKey: settings.ClerkSecretKey.Reveal(), Leeway: settings.ClerkLeeway, VerifyIAT: settings.ClerkVerifyIAT,
			Origin: origin, Log: telemetry.Named(s.log, "auth.clerk"),
		})
		return signingIn{authenticator: k, directory: k, accounts: accounts.New(c)}
	case config.AuthAccounts:
		c.Sessions = session.New(s.store, session.Options{BaseURL: c.BaseURL, Idle: settings.SessionIdle, Max: settings.SessionMax, Origin: origin, Clock: c.Clock})
		c.Hasher = password.New(password.Recommended())
		c.SetupToken, c.OpenSignUp, c.Passwords = settings.SetupToken.Reveal(), settings.OpenSignUp, settings.Passwords
		if settings.OIDCIssuer != "" {
			c.Provider = oidc.New(oidc.Options{
				Issuer: settings.OIDCIssuer, ClientID: settings.OIDCClientID, ClientSecret: settings.OIDCClientSecret.Reveal(),
				Scopes: strings.Fields(settings.OIDCScopes), RedirectURL: c.BaseURL + accounts.CallbackPath,
			})
		}
		return signingIn{authenticator: c.Sessions, accounts: accounts.New(c)}
	default:
		return signingIn{authenticator: auth.NewLocal(settings.LocalToken.Reveal()), accounts: accounts.New(c)}
	}
}
