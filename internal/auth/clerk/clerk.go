// Package clerk signs people in by session tokens of Clerk (clerk.com), and
// talks to Clerk's backend API as far as that takes: keys, profiles, and the end
// of an account.
//
// A token that is right lets its person in without Clerk being asked: the keys
// are kept. Clerk is asked for the profile of people who are new or about whom
// too little is known, within a few seconds, and not at all while it is away.
package clerk

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/sync/singleflight"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/mc"
)

// Options configures Clerk.
type Options struct {
	APIURL    string // ends in /v1
	SecretKey string
	Leeway    time.Duration // that clocks may differ
	VerifyIAT bool          // refuse tokens of the future
	Origin    *auth.SameOrigin
	Log       *slog.Logger
	Now       func() time.Time // nil is the system's
	Client    *http.Client     // nil is one of its own
}

// Clerk authenticates people by session tokens.
type Clerk struct {
	api      *api
	keys     *keySet
	parser   *jwt.Parser
	origin   *auth.SameOrigin
	log      *slog.Logger
	profiles singleflight.Group
}

// New returns an authenticator. It asks Clerk nothing yet.
func New(o Options) *Clerk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	c := &Clerk{api: &api{base: o.APIURL, secret: o.SecretKey, client: o.Client, breaker: breaker{now: o.Now}}, origin: o.Origin, log: o.Log}
	c.keys = newKeySet(c.api.keys, o.Now)
	rules := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithLeeway(o.Leeway), jwt.WithTimeFunc(o.Now), jwt.WithExpirationRequired(),
	}
	if o.VerifyIAT {
		rules = append(rules, jwt.WithIssuedAt())
	}
	c.parser = jwt.NewParser(rules...)
	return c
}

// Authenticate verifies the session token of a request.
func (c *Clerk) Authenticate(r *http.Request) (auth.Identity, error) {
	text, fromCookie := sessionToken(r)
	if text == "" || isMachineToken(text) {
		return auth.Identity{}, mc.Unauthorized()
	}
	claims := jwt.MapClaims{}
	parsed, err := c.parser.ParseWithClaims(text, claims, func(t *jwt.Token) (any, error) {
		if t.Header["crit"] != nil {
			return nil, jwt.ErrTokenUnverifiable // it insists on rules that we do not know
		}
		kid, _ := t.Header["kid"].(string)
		return c.keys.key(r.Context(), kid)
	})
	if err != nil || !parsed.Valid || hasAudience(claims) {
		return auth.Identity{}, mc.Unauthorized()
	}
	subject, _ := claims["sub"].(string)
	if subject == "" || strings.ContainsRune(subject, 0) {
		return auth.Identity{}, mc.Unauthorized()
	}
	if fromCookie {
		if err := c.origin.Check(r); err != nil {
			return auth.Identity{}, err
		}
	}
	verified, _ := claims["email_verified"].(bool)
	id := auth.Identity{Subject: subject, Email: claimedEmail(claims), Name: claimedName(claims), EmailRules: true}
	id.EmailVerified = id.Email != nil && verified
	return id, nil
}

// sessionToken returns the token of the Authorization header, with or without a
// scheme; without that header, that of Clerk's cookie.
func sessionToken(r *http.Request) (token string, fromCookie bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		return strings.ReplaceAll(header, "Bearer ", ""), false
	}
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, "__session") {
			return cookie.Value, true
		}
	}
	return "", false
}

// isMachineToken reports whether a token is one that Clerk gives to programs.
func isMachineToken(text string) bool {
	for _, prefix := range []string{"m2m_", "mt_", "oat_", "ak_"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// hasAudience reports whether a token is meant for somebody in particular, who
// is not us: none is configured.
func hasAudience(claims jwt.MapClaims) bool {
	switch audience := claims["aud"].(type) {
	case nil:
		return false
	case string:
		return audience != ""
	case []any:
		return len(audience) > 0
	}
	return true
}

// Complete adds to what a token tells of a person what their profile says, which
// counts for more. Without the profile it is the identity as it was.
func (c *Clerk) Complete(ctx context.Context, id auth.Identity) auth.Identity {
	// Several requests of a newcomer share one look; it ends with none of them.
	found, err, _ := c.profiles.Do(id.Subject, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
		defer cancel()
		return c.api.profile(ctx, id.Subject)
	})
	if err != nil {
		c.log.LogAttrs(ctx, slog.LevelWarn, "auth.clerk.profile.fetch_failed", slog.String("clerk_user_id", tail(id.Subject)), slog.String("error", err.Error()))
		return id
	}
	p := found.(profile) //nolint:forcetypeassert // it is what the function returns
	if email := p.email(); email != nil {
		id.Email, id.EmailVerified = email, !p.Banned
	}
	if name := p.name(); name != nil {
		id.Name = name
	}
	return id
}

// tail is as much of an id as may be logged.
func tail(id string) string {
	const shown = 6
	return id[max(0, len(id)-shown):]
}

// Remove deletes the account of a person at Clerk. One that is not there is as
// good as deleted.
func (c *Clerk) Remove(ctx context.Context, subject string) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return c.api.remove(ctx, subject)
}
