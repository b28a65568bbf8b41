package mc

import (
	"strings"
	"unicode/utf8"
)

// Account lets a person sign in here, by a password, through an OpenID Connect
// provider, or both. Its id is that of the user.
type Account struct {
	ID           ID      `db:"id"`
	Email        *string `db:"email"`         // normalized; nil: the provider tells none
	PasswordHash *string `db:"password_hash"` // nil: signs in through the provider alone
	CreatedAt    Time    `db:"created_at"`
	UpdatedAt    Time    `db:"updated_at"`
}

// AccountIdentity is who the person of an account is at an OpenID Connect provider.
type AccountIdentity struct {
	ID        ID     `db:"id"`
	AccountID ID     `db:"account_id"`
	Issuer    string `db:"issuer"`
	Subject   string `db:"subject"`
	CreatedAt Time   `db:"created_at"`
}

// SignInSession is a browser in which somebody is signed in.
type SignInSession struct {
	ID          ID           `db:"id"`
	AccountID   ID           `db:"account_id"`
	TokenSHA256 string       `db:"token_sha256"`
	Method      SignInMethod `db:"method"`
	Address     string       `db:"address"`
	UserAgent   string       `db:"user_agent"`
	CreatedAt   Time         `db:"created_at"`
	LastSeenAt  Time         `db:"last_seen_at"`
	ExpiresAt   Time         `db:"expires_at"` // at the latest, however much it is used
}

// SignInMethod is how somebody showed who they are.
type SignInMethod string

// The methods.
const (
	SignInPassword SignInMethod = "password"
	SignInOIDC     SignInMethod = "oidc"
)

// Values lists the methods, for validation and documentation.
func (SignInMethod) Values() []string { return []string{string(SignInPassword), string(SignInOIDC)} }

// AccountSubject is the subject of a user who has an account here.
func AccountSubject(id ID) string { return "account:" + id.String() }

// The lengths of a password, in characters. The upper bound keeps hashing cheap
// for us, not for those who guess.
const (
	MinPassword = 10
	MaxPassword = 256
)

// CheckPassword refuses a password that is too short or too long, or that is
// the address it belongs to. What it is made of is left to people.
func CheckPassword(password, email string, loc ...any) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return Invalid("a password has at least 10 characters", loc...)
	case n > MaxPassword:
		return Invalid("a password has at most 256 characters", loc...)
	case strings.TrimSpace(password) == "" || email != "" && NormalizeEmail(password) == NormalizeEmail(email):
		return Invalid("this password is too easy to guess", loc...)
	}
	return nil
}

// maxEmail is the longest address that can be written to.
const maxEmail = 254

// CheckEmail refuses what cannot be an address. Whether it is one, only a
// message to it would tell.
func CheckEmail(email string, loc ...any) error {
	name, domain, ok := strings.Cut(email, "@")
	if !ok || name == "" || domain == "" || strings.Contains(domain, "@") || strings.ContainsAny(email, " \t\r\n<>\"") || len(email) > maxEmail {
		return Invalid("this is no e-mail address", loc...)
	}
	return nil
}
