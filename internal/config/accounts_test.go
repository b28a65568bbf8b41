package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"missioncontrol/internal/config"
)

func TestLoadAccounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	load := func() config.Settings {
		s, err := config.Load(config.Options{Env: map[string]string{"AUTH_MODE": "accounts", "BASE_URL": "https://mc.example.org"}, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, second := load(), load()
	setup := first.Auth.SetupToken.Reveal()
	if !first.Auth.TokenNew || second.Auth.TokenNew || setup == "" || setup != second.Auth.SetupToken.Reveal() || first.Auth.LocalToken != "" {
		t.Errorf("tokens of two starts: %q and %q", setup, second.Auth.SetupToken.Reveal())
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "setup-token")); err != nil {
		t.Error(err)
	}
	if got := first.SetupLink(); got != "https://mc.example.org/sign-up#setup="+setup {
		t.Errorf("the link is %s", got)
	}

	s := mustLoad(t, "AUTH_MODE", "accounts", "ACCOUNTS_SETUP_TOKEN", strings.Repeat("x", 32), "ACCOUNTS_OPEN_SIGN_UP", "yes", "ACCOUNTS_PASSWORDS", "no",
		"OIDC_ISSUER", " https://id.example.org/realm ", "OIDC_CLIENT_ID", " mc ", "OIDC_CLIENT_SECRET", " s ", "OIDC_SCOPES", " ", "SESSION_IDLE_DAYS", "0.5", "SESSION_MAX_DAYS", "1")
	a := s.Auth
	if a.TokenFile != "" || !a.OpenSignUp || a.Passwords || a.OIDCIssuer != "https://id.example.org/realm" || a.OIDCClientID != "mc" || a.OIDCClientSecret.Reveal() != "s" ||
		a.OIDCScopes != "openid email profile" || a.SessionIdle.Hours() != 12 || a.SessionMax.Hours() != 24 {
		t.Errorf("loaded %+v", a)
	}
}

func TestLoadRefusesAccounts(t *testing.T) {
	t.Parallel()
	oidc := "|OIDC_ISSUER=https://id|OIDC_CLIENT_ID=c|OIDC_CLIENT_SECRET=s"
	const badIssuer = "OIDC_ISSUER must be an absolute http(s) URL without query, such as https://id.example.org."
	for env, want := range map[string]string{
		"ACCOUNTS_SETUP_TOKEN=short":              "ACCOUNTS_SETUP_TOKEN must be at least 32 characters.",
		"ACCOUNTS_SETUP_TOKEN=":                   "ACCOUNTS_SETUP_TOKEN must be at least 32 characters.",
		"SESSION_IDLE_DAYS=2|SESSION_MAX_DAYS=1":  "SESSION_IDLE_DAYS must not be more than SESSION_MAX_DAYS.",
		"SESSION_IDLE_DAYS=0":                     `SESSION_IDLE_DAYS must be a number of days of at least 0.01, not "0".`,
		"ACCOUNTS_PASSWORDS=false":                "ACCOUNTS_PASSWORDS cannot be false without OIDC_ISSUER: nobody could sign in.",
		"OIDC_CLIENT_ID=c":                        "OIDC_ISSUER must be set when OIDC_CLIENT_ID is.",
		"OIDC_CLIENT_SECRET=s":                    "OIDC_ISSUER must be set when OIDC_CLIENT_SECRET is.",
		"OIDC_ISSUER=https://id":                  "OIDC_CLIENT_ID must be set and non-empty when OIDC_ISSUER is set.",
		"OIDC_ISSUER=https://id|OIDC_CLIENT_ID=c": "OIDC_CLIENT_SECRET must be set and non-empty when OIDC_ISSUER is set.",
		"OIDC_ISSUER=id.example.org":              badIssuer,
		"OIDC_ISSUER=ftp://id":                    badIssuer,
		"OIDC_ISSUER=https://id?x=1":              badIssuer,
		"OIDC_SCOPES=email" + oidc:                "OIDC_SCOPES must contain openid.",
		"BASE_URL=|ACCOUNTS_SETUP_TOKEN=short":    "ACCOUNTS_SETUP_TOKEN must be at least 32 characters.",
	} {
		pairs := []string{"AUTH_MODE", "accounts"}
		for _, entry := range strings.Split(env, "|") {
			name, value, _ := strings.Cut(entry, "=")
			pairs = append(pairs, name, value)
		}
		if _, err := load(t, pairs...); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %q", env, err, want)
		}
	}
}
