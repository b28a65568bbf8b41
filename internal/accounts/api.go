package accounts

import (
	"context"
	"net/http"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

var (
	errNoAccounts  = httpapi.Refusal(404, NoAccounts, "AUTH_MODE is not accounts")
	errNoPasswords = httpapi.Refusal(404, NoPasswords, "ACCOUNTS_PASSWORDS is false")
	errTooMany     = httpapi.Refusal(429, nil, "the client, or the account, was wrong too often of late")
)

// Register declares the operations.
//
//nolint:gosec // the examples are nobody's credentials
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag, browser, session := []string{"auth"}, g.Browser(f.Origin), map[string]any{"session": exampleSession}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/auth/config", Name: "get_auth_config", Tags: tag,
		Summary:          "Show how people sign in",
		Description:      "Tells a sign-in page what to offer. Needs no credentials.",
		ResponseExamples: map[string]any{"accounts": AuthConfigRead{AuthMode: "accounts", Passwords: true, OIDC: true}},
	}, httpapi.Open(), f.config)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/auth/sign-up", Name: "sign_up", Tags: tag,
		Summary: "Make an account",
		Description: "Makes an account with a password and signs in: the answer sets the cookie of the session. The first account takes the setup token and owns the first organization, " +
			"every other one an invite to its address, unless sign-up is open.",
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(403, SetupNeeded, "nobody has an account yet, and neither setup token nor invite was sent"), httpapi.Refusal(403, SetupWrong, "the setup token is another one"),
			httpapi.Refusal(403, SignUpClosed, "there is no invite, and sign-up is not open"), httpapi.Refusal(403, nil, "the invite is for another address"),
			errNoAccounts, errNoPasswords, httpapi.Refusal(404, InviteUnknown, "no invite has this token that can be accepted"),
			httpapi.Refusal(409, EmailHasOne, "somebody has an account with this address"), httpapi.Refusal(409, SetupDone, "the first account was made before"),
			httpapi.Refusal(429, nil, "too many accounts were made from this address of late"),
		},
		RequestExamples: map[string]any{
			"first":   map[string]any{"email": "ann@example.com", "password": "a long passphrase", "name": "Ann Miller", "setup_token": "q0eV8T1mYk3bJx5ZlN7uWc9hRf2sPd4A"},
			"invited": map[string]any{"email": "bob@example.com", "password": "a long passphrase", "invite_token": "q0eV8T1mYk3bJx5ZlN7uWc9hRf2sPd4A"},
		},
		ResponseExamples: session,
	}, browser, f.signUp)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/auth/sign-in", Name: "sign_in", Tags: tag,
		Summary:     "Sign in with a password",
		Description: "Begins a session; the answer sets its cookie. Requests that change something and carry the cookie need the header X-Mission-Control, with any value.",
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(401, WrongPassword, "no account has this address, or its password is another one"), errNoAccounts, errNoPasswords, errTooMany,
		},
		RequestExamples:  map[string]any{"sign_in": map[string]any{"email": "ann@example.com", "password": "a long passphrase"}},
		ResponseExamples: session,
	}, browser, f.signIn)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/auth/sign-out", Name: "sign_out", Tags: tag,
		Summary:          "Sign out",
		Description:      "Ends the session of the request and takes its cookie away.",
		ResponseExamples: map[string]any{"signed_out": httpapi.Done},
	}, g.SignedIn(), f.signOut)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/auth/sessions", Name: "list_sign_in_sessions", Tags: tag,
		Summary:          "List sessions",
		Description:      "Lists the browsers in which the caller is signed in, the newest first.",
		ResponseExamples: map[string]any{"sessions": []SignInSessionRead{exampleSession}},
	}, g.SignedIn(), f.sessions)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/auth/sessions/{session_id}", Name: "end_sign_in_session", Tags: tag,
		Summary:          "End a session",
		Description:      "Signs the caller out in a browser, at once.",
		Errors:           []httpapi.ErrorDoc{httpapi.Refusal(404, nil, "the caller has no such session")},
		ResponseExamples: map[string]any{"ended": httpapi.Done},
	}, g.SignedIn(), f.endSession)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/auth/sessions", Name: "end_other_sign_in_sessions", Tags: tag,
		Summary:          "End all other sessions",
		Description:      "Signs the caller out everywhere but here, at once.",
		ResponseExamples: map[string]any{"ended": httpapi.Done},
	}, g.SignedIn(), f.endOthers)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/auth/password", Name: "change_password", Tags: tag, SecretBody: true,
		Summary:     "Change the password",
		Description: "Gives the caller another password and ends their other sessions. Who signed in through the identity provider alone sets the first one within 15 minutes.",
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(403, NotThePassword, "the current password is another one"), httpapi.Refusal(403, SignInAgain, "there is no password yet, and the session is older than 15 minutes"),
			errNoPasswords, httpapi.Refusal(409, NoEmail, "the identity provider told no address"), errTooMany,
		},
		RequestExamples:  map[string]any{"change": map[string]any{"current_password": "a long passphrase", "new_password": "a longer passphrase"}},
		ResponseExamples: map[string]any{"changed": httpapi.Done},
	}, g.SignedIn(), f.password)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/auth/oidc/start", Name: "start_oidc", Tags: tag,
		Summary: "Sign in through the identity provider",
		Description: "Answers where to send the browser. The provider sends it back to " + CallbackPath + ", which begins a session and goes on with the page of return_to, or says what went wrong. " +
			"Only the browser that began can finish, within ten minutes.",
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(401, nil, "link is true, and the caller is not signed in"), httpapi.Refusal(403, LinkSignInAgain, "link is true, and the session is older than 15 minutes"),
			errNoAccounts, httpapi.Refusal(404, NoProvider, "OIDC_ISSUER is not set"),
			httpapi.Refusal(429, nil, "this address began too often of late"), httpapi.Refusal(502, ProviderAway, "the provider could not be reached"),
		},
		RequestExamples:  map[string]any{"sign_in": map[string]any{"return_to": "/boards"}, "link": map[string]any{"link": true}},
		ResponseExamples: map[string]any{"started": map[string]any{"authorization_url": "https://id.example.org/authorize?client_id=mission-control&state=…"}},
	}, browser, f.start)
	r.Page(http.MethodGet, CallbackPath, http.HandlerFunc(f.callback))
}

type (
	signUpInput   struct{ Body AccountSignUp }
	signInInput   struct{ Body AccountSignIn }
	passwordInput struct{ Body AccountPassword }
	startInput    struct{ Body OIDCStart }
	sessionInput  struct {
		ID mc.ID `path:"session_id"`
	}
)

func (f *Feature) config(ctx context.Context, _ struct{}, _ *httpapi.None) (AuthConfigRead, error) {
	out := AuthConfigRead{AuthMode: f.Mode}
	if f.Sessions == nil {
		return out, nil
	}
	begun, err := f.Store.HasAccounts(ctx)
	out.Passwords, out.OIDC, out.SignUpOpen, out.SetupNeeded = f.Passwords, f.Provider != nil, f.OpenSignUp && begun, !begun
	return out, err
}

func (f *Feature) signUp(ctx context.Context, b access.Browser, in *signUpInput) (SignInSessionRead, error) {
	if err := f.passwordsInUse(); err != nil {
		return SignInSessionRead{}, err
	}
	out, err := f.SignUp(ctx, b, in.Body)
	if err != nil {
		return SignInSessionRead{}, err
	}
	return out.view(), nil
}

func (f *Feature) signIn(ctx context.Context, b access.Browser, in *signInInput) (SignInSessionRead, error) {
	if err := f.passwordsInUse(); err != nil {
		return SignInSessionRead{}, err
	}
	out, err := f.SignIn(ctx, b, in.Body.Email, in.Body.Password)
	if err != nil {
		return SignInSessionRead{}, err
	}
	return out.view(), nil
}

func (f *Feature) start(ctx context.Context, b access.Browser, in *startInput) (OIDCStarted, error) {
	return f.Start(ctx, b, in.Body)
}

func (f *Feature) sessions(ctx context.Context, p access.Person, _ *httpapi.None) ([]SignInSessionRead, error) {
	rows, err := f.Store.SignInSessions(ctx, p.User.ID, f.Clock(), f.Sessions.IdleSince())
	return views.Each(rows, func(row mc.SignInSession) SignInSessionRead { return sessionView(row, who(p)) }), err
}

func (f *Feature) signOut(ctx context.Context, p access.Person, _ *httpapi.None) (SignedOut, error) {
	return SignedOut{OK: true, cookie: f.Sessions.Cookie("")}, f.end(ctx, p.User.ID, who(p))
}

func (f *Feature) endSession(ctx context.Context, p access.Person, in *sessionInput) (httpapi.OK, error) {
	return httpapi.Done, f.end(ctx, p.User.ID, in.ID)
}

func (f *Feature) end(ctx context.Context, account, session mc.ID) error {
	return f.Store.Write(ctx, func(tx *store.Tx) error {
		tx.Announce(store.KindAccess, account, account)
		return tx.EndSignInSession(ctx, account, session)
	})
}

func (f *Feature) endOthers(ctx context.Context, p access.Person, _ *httpapi.None) (httpapi.OK, error) {
	return httpapi.Done, f.Store.Write(ctx, func(tx *store.Tx) error { return endSessions(ctx, tx, p.User.ID, who(p)) })
}

func (f *Feature) password(ctx context.Context, p access.Person, in *passwordInput) (httpapi.OK, error) {
	if err := f.passwordsInUse(); err != nil {
		return httpapi.Done, err
	}
	return httpapi.Done, f.ChangePassword(ctx, p, in.Body)
}

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var exampleSession = SignInSessionRead{
	ID: mc.MustID("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"), Method: mc.SignInPassword, Address: "192.0.2.7", UserAgent: "Mozilla/5.0", CreatedAt: exampleTime, LastSeenAt: exampleTime,
	ExpiresAt: exampleTime.Add(30 * 24 * time.Hour), IsCurrent: true,
}
