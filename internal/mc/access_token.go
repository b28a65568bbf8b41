package mc

import "slices"

// AccessToken lets a program act in one organization.
type AccessToken struct {
	ID              ID         `db:"id"`
	Kind            TokenKind  `db:"kind"`
	TokenSHA256     string     `db:"token_sha256"`
	UserID          ID         `db:"user_id"` // who it acts as
	OrganizationID  ID         `db:"organization_id"`
	CreatedByUserID *ID        `db:"created_by_user_id"`
	Name            string     `db:"name"`
	Scope           TokenScope `db:"scope"` // the furthest one
	CreatedAt       Time       `db:"created_at"`
	ExpiresAt       *Time      `db:"expires_at"` // nil: never
	LastUsedAt      *Time      `db:"last_used_at"`
}

// TokenKind is for whom a token acts.
type TokenKind string

// The kinds of tokens.
const (
	TokenPersonal TokenKind = "personal" // for the person who made it
	TokenService  TokenKind = "service"  // for a service, which is a member of its own
)

// TokenScope is how far a token reaches. Each scope includes those before it.
type TokenScope string

// The scopes.
const (
	ScopeRead  TokenScope = "read"  // look at things
	ScopeWrite TokenScope = "write" // change what a plain member may change
	ScopeAdmin TokenScope = "admin" // do what takes an admin of the organization
)

var scopes = [...]TokenScope{ScopeRead, ScopeWrite, ScopeAdmin}

// Values lists the scopes, for validation and documentation.
func (TokenScope) Values() []string {
	var names []string
	for _, s := range scopes {
		names = append(names, string(s))
	}
	return names
}

// Allows reports whether the scope includes another one.
func (s TokenScope) Allows(other TokenScope) bool {
	have, need := slices.Index(scopes[:], s), slices.Index(scopes[:], other)
	return need >= 0 && have >= need
}

// Included lists the scope and all that it includes.
func (s TokenScope) Included() []TokenScope {
	return slices.Clone(scopes[:slices.Index(scopes[:], s)+1])
}

// WidestScope is the one of the scopes that includes the others; "" of none.
func WidestScope(list []TokenScope) (widest TokenScope) {
	for _, s := range list {
		if s.Allows(widest) || widest == "" {
			widest = s
		}
	}
	return widest
}

// Party is the token as somebody who acts.
func (t AccessToken) Party() Party { return Party{Kind: PartyToken, ID: &t.ID, Name: t.Name} }

// AuditTarget is the token as something that is acted on.
func (t AccessToken) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &t.OrganizationID, Kind: "token", ID: t.ID, Name: t.Name}
}

// Expired reports whether the token has come to its end.
func (t AccessToken) Expired(now Time) bool { return t.ExpiresAt != nil && !now.Before(*t.ExpiresAt) }

// ServiceSubject is the subject of the user that a service is.
func ServiceSubject(id ID) string { return "service:" + id.String() }
