package clerk

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"missioncontrol/internal/mc"
)

const (
	// answerWithin bounds everything that is asked of Clerk, retries included.
	answerWithin = 5 * time.Second
	// retryAfter is the pause before the one retry of a question.
	retryAfter = 200 * time.Millisecond
	maxAnswer  = 4 << 20
)

// api is Clerk's backend API.
type api struct {
	base, secret string
	client       *http.Client
	breaker      breaker
}

// errAway says that Clerk is not asked at the moment.
var errAway = errors.New("clerk has not answered several times; it is asked again in a while")

// statusError is an answer other than 2xx.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("clerk answered %d", int(s)) }

// keys fetches the keys. The breaker plays no part: without keys nobody gets in.
func (a *api) keys(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	body, err := a.call(ctx, http.MethodGet, "/jwks")
	if err != nil {
		return nil, err
	}
	return parseKeys(body)
}

func userPath(subject string) string { return "/users/" + url.PathEscape(subject) }

// profile fetches what Clerk knows of a person, with one retry.
func (a *api) profile(ctx context.Context, subject string) (p profile, err error) {
	body, err := a.guarded(ctx, http.MethodGet, userPath(subject))
	if troubled(err) {
		select {
		case <-ctx.Done():
			return p, err
		case <-time.After(retryAfter):
		}
		body, err = a.guarded(ctx, http.MethodGet, userPath(subject))
	}
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return p, fmt.Errorf("read the profile: %w", err)
	}
	return p, nil
}

// remove deletes a person, without a retry: the caller holds a transaction.
func (a *api) remove(ctx context.Context, subject string) error {
	_, err := a.guarded(ctx, http.MethodDelete, userPath(subject))
	if errors.Is(err, statusError(http.StatusNotFound)) {
		return nil
	}
	return err
}

// guarded is call behind the breaker.
func (a *api) guarded(ctx context.Context, method, path string) ([]byte, error) {
	if !a.breaker.permits() {
		return nil, errAway
	}
	body, err := a.call(ctx, method, path)
	a.breaker.saw(!troubled(err))
	return body, err
}

// troubled reports whether an error says that Clerk is away or unwell, instead
// of being an answer of a Clerk that is there, or the caller's own end.
func troubled(err error) bool {
	if err == nil || errors.Is(err, errAway) || errors.Is(err, context.Canceled) {
		return false
	}
	status, answered := errors.AsType[statusError](err)
	return !answered || status >= http.StatusInternalServerError
}

func (a *api) call(ctx context.Context, method, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+a.secret)
	res, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, statusError(res.StatusCode)
	}
	return io.ReadAll(io.LimitReader(res.Body, maxAnswer))
}

// profile is what Clerk knows of a person, as far as it matters here.
type profile struct {
	Banned         bool           `json:"banned"`
	EmailAddress   any            `json:"email_address"`
	PrimaryEmailID any            `json:"primary_email_address_id"`
	EmailAddresses []emailAddress `json:"email_addresses"`
	FullName       any            `json:"full_name"`
	Name           any            `json:"name"`
	FirstName      any            `json:"first_name"`
	LastName       any            `json:"last_name"`
	Username       any            `json:"username"`
}

type emailAddress struct {
	ID           any `json:"id"`
	EmailAddress any `json:"email_address"`
	Email        any `json:"email"`
	Verification *struct {
		Status any `json:"status"`
	} `json:"verification"`
}

func (e emailAddress) address() string {
	if address := text(e.EmailAddress); address != "" {
		return address
	}
	return text(e.Email)
}

// isVerified reports whether Clerk has seen that the address is the person's. One
// that carries no verification counts as verified.
func (e emailAddress) isVerified() bool {
	return e.Verification == nil || text(e.Verification.Status) == "verified"
}

// email is the person's address, normalized: the primary one or, if that is not
// verified, the first one that is.
func (p profile) email() *string {
	if email := text(p.EmailAddress); email != "" {
		return mc.Ref(mc.NormalizeEmail(email))
	}
	first := ""
	for _, e := range p.EmailAddresses {
		address := e.address()
		if address == "" || !e.isVerified() {
			continue
		}
		if primary := text(p.PrimaryEmailID); primary != "" && primary == text(e.ID) {
			return mc.Ref(mc.NormalizeEmail(address))
		}
		if first == "" {
			first = address
		}
	}
	return filled(mc.NormalizeEmail(first))
}

func (p profile) name() *string {
	for _, name := range []any{p.FullName, p.Name, p.FirstName, p.Username} {
		if t := text(name); t != "" {
			return &t
		}
	}
	return filled(strings.TrimSpace(text(p.FirstName) + " " + text(p.LastName)))
}
