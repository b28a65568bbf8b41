package accounts

import (
	"net/http"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
)

// AccountSignUp is the body that makes an account.
type AccountSignUp struct {
	Email       string  `json:"email" doc:"To sign in with. Blanks around it are cut and letters are lowered."`
	Password    string  `json:"password" doc:"At least 10 characters."`
	Name        *string `json:"name" maxLength:"255"`
	InviteToken *string `json:"invite_token" doc:"Token of an invite to this address, which is accepted."`
	SetupToken  *string `json:"setup_token" doc:"For the first account: what the server printed at its first start."`
}

func (b AccountSignUp) name() *string {
	if b.Name == nil || strings.TrimSpace(*b.Name) == "" {
		return nil
	}
	return mc.Ref(strings.TrimSpace(*b.Name))
}

// AccountSignIn is the body that begins a session.
type AccountSignIn struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// AccountPassword is the body that changes a password.
type AccountPassword struct {
	CurrentPassword *string `json:"current_password" doc:"Not needed by who has none yet."`
	NewPassword     string  `json:"new_password" doc:"At least 10 characters."`
}

// SignInSessionRead is a browser in which the caller is signed in.
type SignInSessionRead struct {
	ID         mc.ID           `json:"id"`
	Method     mc.SignInMethod `json:"method"`
	Address    string          `json:"address" doc:"Of the client, when it signed in."`
	UserAgent  string          `json:"user_agent"`
	CreatedAt  mc.Time         `json:"created_at"`
	LastSeenAt mc.Time         `json:"last_seen_at" doc:"To the minute."`
	ExpiresAt  mc.Time         `json:"expires_at" doc:"The session ends then at the latest; without use before."`
	IsCurrent  bool            `json:"is_current" doc:"It is the session of this request."`

	cookie *http.Cookie // of a session that has just begun
}

// SetHeaders gives the browser its cookie.
func (v SignInSessionRead) SetHeaders(h http.Header) { setCookie(h, v.cookie) }

func sessionView(s mc.SignInSession, current mc.ID) SignInSessionRead {
	return SignInSessionRead{
		ID: s.ID, Method: s.Method, Address: s.Address, UserAgent: s.UserAgent, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt,
		IsCurrent: s.ID == current,
	}
}

func (b begun) view() SignInSessionRead {
	v := sessionView(b.session, b.session.ID)
	v.cookie = b.cookie
	return v
}

// SignedOut is the answer that takes the cookie away.
type SignedOut struct {
	OK     bool `json:"ok" default:"true"`
	cookie *http.Cookie
}

// SetHeaders takes the cookie away.
func (v SignedOut) SetHeaders(h http.Header) { setCookie(h, v.cookie) }

func setCookie(h http.Header, c *http.Cookie) {
	if c == nil {
		return
	}
	h.Add("Set-Cookie", c.String())
	h.Set("Cache-Control", "no-store")
}

// AuthConfigRead tells a sign-in page what to offer.
type AuthConfigRead struct {
	AuthMode    string `json:"auth_mode" doc:"local, clerk or accounts. What follows is true only for accounts."`
	Passwords   bool   `json:"passwords" doc:"People may sign in with e-mail and password."`
	OIDC        bool   `json:"oidc" doc:"People may sign in through an identity provider."`
	SignUpOpen  bool   `json:"sign_up_open" doc:"Anybody may make an account; otherwise it takes an invite."`
	SetupNeeded bool   `json:"setup_needed" doc:"Nobody has an account yet: the first one takes the setup token."`
}

// OIDCStart is the body that begins a sign-in at the identity provider.
type OIDCStart struct {
	ReturnTo    *string `json:"return_to" maxLength:"2000" doc:"Path of the page to go on with, such as /boards."`
	InviteToken *string `json:"invite_token" doc:"Token of an invite that a new account accepts."`
	SetupToken  *string `json:"setup_token" doc:"For the first account."`
	Link        bool    `json:"link" default:"false" doc:"Let the person at the provider into the account that the caller is signed in to."`
}

// OIDCStarted is where to send the browser.
type OIDCStarted struct {
	AuthorizationURL string `json:"authorization_url"`
	cookie           *http.Cookie
}

// SetHeaders binds the sign-in to the browser.
func (v OIDCStarted) SetHeaders(h http.Header) { setCookie(h, v.cookie) }

// who is the session that a caller is in; the zero id for none.
func who(p access.Person) mc.ID {
	if p.Session == nil {
		return mc.ID{}
	}
	return p.Session.ID
}
