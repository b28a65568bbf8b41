// Package oidc signs people in through an OpenID Connect provider: the
// authorization code flow with PKCE, state and nonce.
//
// Between the two halves of a sign-in the server remembers nothing. What it has
// to know again is in a cookie of the browser that began, sealed, so that
// another browser cannot finish it and any replica can.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"missioncontrol/internal/mc"
)

// Options configures a provider.
type Options struct {
	Issuer, ClientID, ClientSecret string
	Scopes                         []string
	RedirectURL                    string
	Client                         *http.Client // nil is one of its own
	Now                            func() time.Time
}

// Provider is an OpenID Connect provider.
type Provider struct {
	o    Options
	seal *sealer

	mu    sync.Mutex
	known *oidc.Provider // nil until the provider was reached
}

// FlowLifetime is how long a sign-in may take from beginning to end.
const FlowLifetime = 10 * time.Minute

// answerWithin bounds what is asked of the provider in one step.
const answerWithin = 10 * time.Second

// New returns a provider. Nothing is asked of it yet, so it may be away.
func New(o Options) *Provider {
	if o.Client == nil {
		o.Client = &http.Client{Timeout: answerWithin}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Provider{o: o, seal: newSealer(o.ClientSecret)}
}

// ErrAway says that the provider could not be reached, or talks nonsense.
var ErrAway = errors.New("the identity provider does not answer as it should")

// Errors of a sign-in that was not finished as it was begun.
var (
	ErrFlow    = errors.New("this sign-in was not begun in this browser, or too long ago")
	ErrRefused = errors.New("the identity provider refused")
)

// Flow is a sign-in under way.
type Flow struct {
	State, Nonce, Verifier string
	Expires                time.Time
	Intent
}

// Intent is what a sign-in is for. It is given back when it ends.
type Intent struct {
	ReturnTo string // path of the page to go on with
	Invite   string // token of an invite to accept
	Setup    string // token to make the first account with
	Link     *mc.ID // account to let the person into, besides how they do already
}

// Person is who the provider says has signed in.
type Person struct {
	Issuer, Subject string
	Email           *string // normalized
	EmailVerified   bool
	Name            *string
}

// Start begins a sign-in: the browser goes to address and keeps cookie.
func (p *Provider) Start(ctx context.Context, intent Intent) (address, cookie string, err error) {
	config, _, err := p.config(ctx)
	if err != nil {
		return "", "", err
	}
	f := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Expires: p.o.Now().Add(FlowLifetime), Intent: intent}
	if cookie, err = p.seal.seal(f); err != nil {
		return "", "", err
	}
	return config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), cookie, nil
}

// Finish ends a sign-in with what the browser brings back from the provider.
func (p *Provider) Finish(ctx context.Context, cookie string, answer url.Values) (Person, Intent, error) {
	f, err := p.seal.open(cookie)
	if err != nil || !p.o.Now().Before(f.Expires) || subtle.ConstantTimeCompare([]byte(f.State), []byte(answer.Get("state"))) != 1 {
		return Person{}, Intent{}, ErrFlow
	}
	if iss := answer.Get("iss"); iss != "" && iss != p.o.Issuer { // an answer of another provider
		return Person{}, f.Intent, ErrFlow
	}
	if refusal := answer.Get("error"); refusal != "" || answer.Get("code") == "" {
		return Person{}, f.Intent, fmt.Errorf("%w: %.100q", ErrRefused, refusal)
	}
	person, err := p.exchange(ctx, f, answer.Get("code"))
	return person, f.Intent, err
}

// exchange asks the provider who the code stands for.
func (p *Provider) exchange(ctx context.Context, f Flow, code string) (Person, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.o.Client), answerWithin)
	defer cancel()
	config, provider, err := p.config(ctx)
	if err != nil {
		return Person{}, err
	}
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answer.Response.StatusCode < http.StatusInternalServerError {
			return Person{}, fmt.Errorf("%w: %.100q", ErrRefused, answer.ErrorCode)
		}
		return Person{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now}).Verify(ctx, raw)
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 || id.Subject == "" || strings.ContainsRune(id.Subject, 0) {
		return Person{}, ErrFlow
	}
	var told claims
	if err := id.Claims(&told); err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	if told.Email == "" && provider.UserInfoEndpoint() != "" {
		told = p.more(ctx, provider, tokens, id.Subject, told)
	}
	return told.person(id.Issuer, id.Subject), nil
}

// more adds what the provider tells only when it is asked. It is of use, but
// nothing depends on it.
func (p *Provider) more(ctx context.Context, provider *oidc.Provider, tokens *oauth2.Token, subject string, told claims) claims {
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil || info.Subject != subject {
		return told
	}
	more := told
	if info.Claims(&more) != nil {
		return told
	}
	return more
}

// config is how the provider is spoken to. It is found out at the first use.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		// All who wait for it share the answer, so it ends with none of them.
		ctx, cancel := context.WithTimeout(oidc.ClientContext(context.WithoutCancel(ctx), p.o.Client), answerWithin)
		defer cancel()
		known, err := oidc.NewProvider(ctx, p.o.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrAway, err)
		}
		p.known = known
	}
	return &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: p.known.Endpoint(), RedirectURL: p.o.RedirectURL, Scopes: p.o.Scopes,
	}, p.known, nil
}

// claims are what a provider tells of a person, as far as it matters here.
type claims struct {
	Email         string `json:"email"`
	EmailVerified any    `json:"email_verified"` // some write it as text
	Name          string `json:"name"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	Username      string `json:"preferred_username"`
}

func (c claims) person(issuer, subject string) Person {
	p := Person{Issuer: issuer, Subject: subject}
	if email := mc.NormalizeEmail(c.Email); mc.CheckEmail(email) == nil {
		p.Email = &email
		p.EmailVerified = c.EmailVerified == true || c.EmailVerified == "true"
	}
	for _, name := range []string{c.Name, c.GivenName + " " + c.FamilyName, c.Username} {
		if name = strings.TrimSpace(name); name != "" && p.Name == nil && !strings.ContainsRune(name, 0) {
			p.Name = &name
		}
	}
	return p
}
