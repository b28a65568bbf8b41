package config

import (
	"net/url"
	"slices"
	"strings"
)

// minSetupTokenLength keeps the token of the first account from being guessed.
const minSetupTokenLength = 32

func checkAccounts(a *Auth, src sources) error {
	if _, ok := src.lookup("ACCOUNTS_SETUP_TOKEN"); ok && !longEnough(a.SetupToken, minSetupTokenLength) {
		return wrong("ACCOUNTS_SETUP_TOKEN", "must be at least %d characters.", minSetupTokenLength)
	}
	if a.SessionIdle > a.SessionMax {
		return wrong("SESSION_IDLE_DAYS", "must not be more than SESSION_MAX_DAYS.")
	}
	return checkOIDC(a)
}

func checkOIDC(a *Auth) error {
	a.OIDCIssuer, a.OIDCClientID, a.OIDCClientSecret = strings.TrimSpace(a.OIDCIssuer), strings.TrimSpace(a.OIDCClientID), trimmed(a.OIDCClientSecret)
	if a.OIDCIssuer == "" {
		switch {
		case !a.Passwords:
			return wrong("ACCOUNTS_PASSWORDS", "cannot be false without OIDC_ISSUER: nobody could sign in.")
		case a.OIDCClientID != "":
			return wrong("OIDC_ISSUER", "must be set when OIDC_CLIENT_ID is.")
		case a.OIDCClientSecret != "":
			return wrong("OIDC_ISSUER", "must be set when OIDC_CLIENT_SECRET is.")
		}
		return nil
	}
	u, err := url.Parse(a.OIDCIssuer)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return wrong("OIDC_ISSUER", "must be an absolute http(s) URL without query, such as https://id.example.org.")
	}
	if a.OIDCClientID == "" {
		return wrong("OIDC_CLIENT_ID", "must be set and non-empty when OIDC_ISSUER is set.")
	}
	if a.OIDCClientSecret == "" {
		return wrong("OIDC_CLIENT_SECRET", "must be set and non-empty when OIDC_ISSUER is set.")
	}
	if strings.TrimSpace(a.OIDCScopes) == "" {
		a.OIDCScopes = defaultOf("OIDC_SCOPES")
	}
	if !slices.Contains(strings.Fields(a.OIDCScopes), "openid") {
		return wrong("OIDC_SCOPES", "must contain openid.")
	}
	return nil
}
