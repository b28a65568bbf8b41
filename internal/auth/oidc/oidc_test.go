package oidc_test

import (
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"missioncontrol/internal/auth/oidc"
	"missioncontrol/internal/auth/oidc/oidctest"
	"missioncontrol/internal/mc"
)

const redirect = "https://mc.example.org/callback"

func provider(issuer *oidctest.Issuer, now func() time.Time) *oidc.Provider {
	return oidc.New(oidc.Options{
		Issuer: issuer.URL, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret, Scopes: []string{"openid", "email"}, RedirectURL: redirect, Now: now,
	})
}

// signIn plays a whole sign-in; between changes what comes back.
func signIn(t *testing.T, issuer *oidctest.Issuer, p *oidc.Provider, between func(cookie *string, answer url.Values)) (oidc.Person, oidc.Intent, error) {
	t.Helper()
	address, cookie, err := p.Start(t.Context(), oidc.Intent{ReturnTo: "/boards", Invite: "i"})
	if err != nil {
		t.Fatal(err)
	}
	answer := issuer.Visit(address)
	if between != nil {
		between(&cookie, answer)
	}
	return p.Finish(t.Context(), cookie, answer)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	issuer := oidctest.New(t)
	p := provider(issuer, nil)
	for name, tc := range map[string]struct {
		claims   map[string]any
		info     map[string]any
		email    string
		verified bool
		called   string
	}{
		"all":                   {map[string]any{"email": " Ann@Example.com", "email_verified": true, "name": "Ann"}, nil, "ann@example.com", true, "Ann"},
		"unverified":            {map[string]any{"email": "a@x.y", "email_verified": false}, nil, "a@x.y", false, ""},
		"verified is not said":  {map[string]any{"email": "a@x.y"}, nil, "a@x.y", false, ""},
		"verified as text":      {map[string]any{"email": "a@x.y", "email_verified": "true"}, nil, "a@x.y", true, ""},
		"no address":            {map[string]any{"email": "nonsense", "email_verified": true, "given_name": "A", "family_name": "B"}, nil, "", false, "A B"},
		"told when asked":       {nil, map[string]any{"sub": "ann", "email": "i@x.y", "email_verified": true, "preferred_username": "u"}, "i@x.y", true, "u"},
		"told of somebody else": {nil, map[string]any{"sub": "eve", "email": "i@x.y", "email_verified": true}, "", false, ""},
	} {
		issuer.Person("ann", tc.claims)
		issuer.UserInfo(tc.info)
		got, intent, err := signIn(t, issuer, p, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Issuer != issuer.URL || got.Subject != "ann" || deref(got.Email) != tc.email || got.EmailVerified != tc.verified || deref(got.Name) != tc.called || intent.ReturnTo != "/boards" || intent.Invite != "i" {
			t.Errorf("%s: %+v, %q, %q, %+v", name, got, deref(got.Email), deref(got.Name), intent)
		}
	}
	if n := issuer.Calls("/.well-known/openid-configuration"); n != 1 {
		t.Errorf("the provider was looked up %d times", n)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	issuer := oidctest.New(t)
	var mu sync.Mutex
	ahead := time.Duration(0)
	p := provider(issuer, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(ahead)
	})
	later := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		ahead += d
	}
	claim := func(name string, value any) func(*string, url.Values) {
		return func(*string, url.Values) { issuer.Change(func(c jwt.MapClaims) { c[name] = value }) }
	}
	_, stranger, err := p.Start(t.Context(), oidc.Intent{})
	if err != nil {
		t.Fatal(err)
	}
	otherSecret := oidc.New(oidc.Options{Issuer: issuer.URL, ClientID: oidctest.ClientID, ClientSecret: "another"})
	_, foreign, err := otherSecret.Start(t.Context(), oidc.Intent{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		between func(cookie *string, answer url.Values)
		want    error
	}{
		"no cookie":                   {func(c *string, _ url.Values) { *c = "" }, oidc.ErrFlow},
		"another browser's cookie":    {func(c *string, _ url.Values) { *c = stranger }, oidc.ErrFlow},
		"a cookie of other making":    {func(c *string, _ url.Values) { *c = foreign }, oidc.ErrFlow},
		"a changed cookie":            {func(c *string, _ url.Values) { *c = "A" + (*c)[1:] + "A" }, oidc.ErrFlow},
		"no state":                    {func(_ *string, a url.Values) { a.Del("state") }, oidc.ErrFlow},
		"another state":               {func(_ *string, a url.Values) { a.Set("state", "x") }, oidc.ErrFlow},
		"an answer of another issuer": {func(_ *string, a url.Values) { a.Set("iss", "https://evil.example") }, oidc.ErrFlow},
		"the person said no":          {func(_ *string, a url.Values) { a.Del("code"); a.Set("error", "access_denied") }, oidc.ErrRefused},
		"no code":                     {func(_ *string, a url.Values) { a.Del("code") }, oidc.ErrRefused},
		"another code":                {func(_ *string, a url.Values) { a.Set("code", "x") }, oidc.ErrRefused},
		"another nonce":               {claim("nonce", "x"), oidc.ErrFlow},
		"another audience":            {claim("aud", "x"), oidc.ErrAway},
		"another issuer's token":      {claim("iss", "https://evil.example"), oidc.ErrAway},
		"an expired token":            {claim("exp", time.Now().Add(-time.Hour).Unix()), oidc.ErrAway},
		"nobody":                      {claim("sub", ""), oidc.ErrFlow},
		"the provider goes away":      {func(*string, url.Values) { issuer.Away(true) }, oidc.ErrAway},
		"too late":                    {func(*string, url.Values) { later(oidc.FlowLifetime + time.Second) }, oidc.ErrFlow},
	} {
		if person, _, err := signIn(t, issuer, p, tc.between); !errors.Is(err, tc.want) {
			t.Errorf("%s: %+v, %v", name, person, err)
		}
		issuer.Away(false)
		issuer.Change(nil)
	}
	// A code is good once, whatever the client does.
	var used url.Values
	var cookie string
	if _, _, err := signIn(t, issuer, p, func(c *string, a url.Values) { cookie, used = *c, a }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Finish(t.Context(), cookie, used); !errors.Is(err, oidc.ErrRefused) {
		t.Errorf("a second time: %v", err)
	}
}

func TestProviderThatIsAwayAtTheStart(t *testing.T) {
	t.Parallel()
	issuer := oidctest.New(t)
	issuer.Away(true)
	p := provider(issuer, nil)
	if _, _, err := p.Start(t.Context(), oidc.Intent{}); !errors.Is(err, oidc.ErrAway) {
		t.Errorf("got %v", err)
	}
	issuer.Away(false)
	issuer.Person("ann", map[string]any{"email": "a@x.y"})
	if got, _, err := signIn(t, issuer, p, nil); err != nil || got.Subject != "ann" {
		t.Errorf("it is back: %+v, %v", got, err)
	}
	// Any replica can finish.
	first, second := provider(issuer, nil), provider(issuer, nil)
	id := mc.NewID()
	address, cookie, err := first.Start(t.Context(), oidc.Intent{Link: &id})
	if err != nil {
		t.Fatal(err)
	}
	if _, intent, err := second.Finish(t.Context(), cookie, issuer.Visit(address)); err != nil || intent.Link == nil || *intent.Link != id {
		t.Errorf("another replica: %+v, %v", intent, err)
	}
}
