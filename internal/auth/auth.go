// Package auth reads the credentials of people. Each way of signing in is an
// Authenticator; which one is used is a setting. Beside it there are access
// tokens, which programs bring whatever that setting is.
//
// Ways of signing in that take more than a comparison have packages of their
// own: clerk, session, oidc. Tokens of agents have theirs, token.
package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"missioncontrol/internal/mc"
)

// Identity is what credentials prove of a person.
type Identity struct {
	Subject string  // stable, unique at the identity provider
	Email   *string // as far as known
	Name    *string
	// EmailVerified says that the provider vouches for Email. Only then do invites
	// for it count at the first sign-in.
	EmailVerified bool
	// EmailRules says that Email takes the place of another one that is stored.
	EmailRules bool
	// Session is where the person is signed in; nil when each request brings all
	// that is needed.
	Session *mc.SignInSession
}

// Authenticator reads the credentials of a request. It answers mc.Unauthorized
// when there are none or they are wrong.
type Authenticator interface {
	Authenticate(r *http.Request) (Identity, error)
}

// Local authenticates the single user of local mode by one shared token.
type Local struct {
	digest [sha256.Size]byte
}

// NewLocal returns an authenticator that accepts token.
func NewLocal(token string) Local { return Local{sha256.Sum256([]byte(strings.TrimSpace(token)))} }

// Authenticate compares the bearer token in constant time, whatever its length.
func (l Local) Authenticate(r *http.Request) (Identity, error) {
	token := Bearer(r)
	digest := sha256.Sum256([]byte(token))
	if token == "" || subtle.ConstantTimeCompare(digest[:], l.digest[:]) != 1 {
		return Identity{}, mc.Unauthorized()
	}
	return Identity{Subject: mc.LocalUserSubject, Email: mc.Ref(mc.LocalUserEmail), EmailVerified: true, Name: mc.Ref(mc.LocalUserName)}, nil
}

// Bearer returns the token of the Authorization header, or "". The scheme is
// case-insensitive.
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
