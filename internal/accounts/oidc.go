package accounts

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/auth/oidc"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// CallbackPath is where the identity provider sends the browser back to.
const CallbackPath = "/api/v1/auth/oidc/callback"

// Start begins a sign-in at the identity provider.
func (f *Feature) Start(ctx context.Context, b access.Browser, body OIDCStart) (OIDCStarted, error) {
	if err := f.inUse(); err != nil {
		return OIDCStarted{}, err
	}
	if f.Provider == nil {
		return OIDCStarted{}, mc.NotFound(NoProvider)
	}
	if err := f.count(ctx, starts, httpapi.ClientAddr(ctx)); err != nil {
		return OIDCStarted{}, err
	}
	intent := oidc.Intent{ReturnTo: localPath(deref(body.ReturnTo)), Invite: deref(body.InviteToken), Setup: deref(body.SetupToken)}
	if body.Link {
		identity, err := f.Sessions.Authenticate(b.Request)
		if err != nil {
			return OIDCStarted{}, err
		}
		if f.Clock().Sub(identity.Session.CreatedAt) > recently {
			return OIDCStarted{}, mc.Forbidden(LinkSignInAgain)
		}
		intent.Link = &identity.Session.AccountID
	}
	address, cookie, err := f.Provider.Start(ctx, intent)
	if errors.Is(err, oidc.ErrAway) {
		return OIDCStarted{}, &mc.Error{Kind: mc.KindUpstream, Detail: ProviderAway, Cause: err}
	}
	return OIDCStarted{AuthorizationURL: address, cookie: f.Sessions.FlowCookie(cookie, oidc.FlowLifetime)}, err
}

// What is said when the identity provider is in the way.
const (
	ProviderAway    = "The identity provider does not answer"
	LinkSignInAgain = "Sign in again to link the identity provider"
)

// localPath is a path of this site, or the start page if it is anything else.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	return path
}

// callback ends a sign-in at the identity provider: with a session and the page
// that the person came from, or with a page that says what went wrong.
func (f *Feature) callback(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address holds the code
	if f.Sessions == nil || f.Provider == nil {
		f.apologize(w, mc.NotFound(NoProvider))
		return
	}
	begun, returnTo, err := f.finish(r)
	http.SetCookie(w, f.Sessions.FlowCookie("", 0))
	if err != nil {
		f.Log.LogAttrs(r.Context(), slog.LevelWarn, "auth.oidc.sign_in_failed", slog.String("error", err.Error()))
		f.apologize(w, err)
		return
	}
	http.SetCookie(w, begun.cookie)
	h.Set("Location", f.BaseURL+localPath(returnTo))
	w.WriteHeader(http.StatusSeeOther)
}

func (f *Feature) finish(r *http.Request) (out begun, returnTo string, err error) {
	ctx, flow := r.Context(), ""
	if cookie, err := r.Cookie(f.Sessions.FlowName()); err == nil {
		flow = cookie.Value
	}
	person, intent, err := f.Provider.Finish(ctx, flow, r.URL.Query())
	if err != nil {
		return out, "", err
	}
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		account, err := f.accountOf(ctx, tx, person, intent)
		if err != nil {
			return err
		}
		out, err = f.begin(ctx, tx, account.ID, mc.SignInOIDC, r.UserAgent())
		return err
	})
	return out, intent.ReturnTo, err
}

// accountOf returns the account of somebody at the provider: the one they used
// before, the one they ask to be linked to, or a new one. One that has their
// address already is theirs only if that was shown before: otherwise somebody
// could have made it to wait for them there.
func (f *Feature) accountOf(ctx context.Context, tx *store.Tx, p oidc.Person, intent oidc.Intent) (mc.Account, error) {
	account, err := tx.AccountByIdentity(ctx, p.Issuer, p.Subject)
	switch {
	case err == nil && intent.Link != nil && *intent.Link != account.ID:
		return account, mc.Conflict(LinkedElsewhere)
	case err == nil || mc.KindOf(err) != mc.KindNotFound:
		return account, err
	case intent.Link != nil:
		if account, err = tx.LockAccount(ctx, *intent.Link); mc.KindOf(err) == mc.KindNotFound {
			return account, mc.Unauthorized()
		}
	default:
		account, err = f.accountAt(ctx, tx, p, intent)
	}
	if err != nil {
		return account, err
	}
	user, err := tx.User(ctx, account.ID)
	if err != nil {
		return account, err
	}
	tx.AuditBy(user.Party(), mc.AuditAccountLinked, user.AuditTarget(), map[string]any{"issuer": p.Issuer})
	err = tx.InsertIdentity(ctx, mc.AccountIdentity{ID: mc.NewID(), AccountID: account.ID, Issuer: p.Issuer, Subject: p.Subject, CreatedAt: tx.Now()})
	return account, err
}

// accountAt finds the account of an address that was verified on both sides, or
// makes one.
func (f *Feature) accountAt(ctx context.Context, tx *store.Tx, p oidc.Person, intent oidc.Intent) (mc.Account, error) {
	if p.Email != nil {
		account, err := tx.AccountByEmail(ctx, *p.Email)
		if err == nil {
			user, err := tx.User(ctx, account.ID)
			if err == nil && (!p.EmailVerified || !user.EmailVerified) {
				err = mc.Conflict(LinkFirst)
			}
			return account, err
		}
		if mc.KindOf(err) != mc.KindNotFound {
			return account, err
		}
	}
	return f.create(ctx, tx, newcomer{email: p.Email, verified: p.EmailVerified, name: p.Name, ticket: ticket{setup: intent.Setup, invite: intent.Invite}})
}

// Why somebody at the provider is not let into an account.
const (
	LinkFirst       = "An account with this e-mail address exists: sign in with its password, then link the identity provider"
	LinkedElsewhere = "Another account is linked to this person at the identity provider"
)

var apology = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Signing in did not work</title></head>
<body><main><h1>Signing in did not work</h1><p>{{.Why}}.</p><p><a href="{{.Again}}">Back to sign-in</a></p></main></body></html>
`))

// apologize answers with a page that says why somebody is not signed in.
func (f *Feature) apologize(w http.ResponseWriter, err error) {
	status, why := http.StatusInternalServerError, "Something went wrong on the server"
	switch kind := mc.KindOf(err); {
	case errors.Is(err, oidc.ErrFlow):
		status, why = http.StatusBadRequest, "This sign-in was not begun in this browser, or too long ago. Please try again"
	case errors.Is(err, oidc.ErrRefused):
		status, why = http.StatusForbidden, "The identity provider did not confirm who you are"
	case errors.Is(err, oidc.ErrAway):
		status, why = http.StatusBadGateway, ProviderAway+" as it should. Please try again later"
	case kind == mc.KindForbidden, kind == mc.KindConflict, kind == mc.KindNotFound, kind == mc.KindUnauthorized:
		status, why = http.StatusForbidden, said(err)
	case kind == mc.KindUnavailable:
		status, why = http.StatusServiceUnavailable, "The server is busy. Please try again"
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = apology.Execute(w, struct{ Why, Again string }{why, f.BaseURL + "/sign-in"}) // who is gone needs no apology
}

// said is the refusal in words that a person can read.
func said(err error) string {
	var e *mc.Error
	if errors.As(err, &e) {
		if text, ok := e.Detail.(string); ok {
			return text
		}
	}
	return "You are not allowed to sign in with this account"
}
