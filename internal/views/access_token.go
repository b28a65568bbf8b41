package views

import (
	"strings"

	"missioncontrol/internal/mc"
)

// AccessTokenSpec is what a token is to be.
type AccessTokenSpec struct {
	Name      string          `json:"name" trim:"true" minLength:"1" maxLength:"255" doc:"What the token is for."`
	Scopes    []mc.TokenScope `json:"scopes" minItems:"1" doc:"read: look at things. write: change what a plain member may change. admin: do what takes an admin. Each includes the ones before it."`
	ExpiresAt *mc.Time        `json:"expires_at" doc:"From then on it is refused; null: it never ends."`
}

// Token is the token of the spec, without what a feature adds.
func (s AccessTokenSpec) Token(kind mc.TokenKind, organization, by mc.ID, now mc.Time) (mc.AccessToken, error) {
	if s.ExpiresAt != nil && !now.Before(*s.ExpiresAt) {
		return mc.AccessToken{}, mc.Invalid("the time is past", "body", "expires_at")
	}
	return mc.AccessToken{
		ID: mc.NewID(), Kind: kind, OrganizationID: organization, CreatedByUserID: &by, Name: strings.TrimSpace(s.Name), Scope: mc.WidestScope(s.Scopes),
		CreatedAt: now, ExpiresAt: s.ExpiresAt,
	}, nil
}

// AccessTokenRead is a token as those see it who may revoke it.
type AccessTokenRead struct {
	ID              mc.ID           `json:"id"`
	OrganizationID  mc.ID           `json:"organization_id" doc:"Where it acts."`
	Name            string          `json:"name"`
	Scopes          []mc.TokenScope `json:"scopes"`
	CreatedByUserID *mc.ID          `json:"created_by_user_id"`
	CreatedAt       mc.Time         `json:"created_at"`
	ExpiresAt       *mc.Time        `json:"expires_at"`
	LastUsedAt      *mc.Time        `json:"last_used_at" doc:"To the minute."`
}

// OfAccessToken shows a token.
func OfAccessToken(t mc.AccessToken) AccessTokenRead {
	return AccessTokenRead{
		ID: t.ID, OrganizationID: t.OrganizationID, Name: t.Name, Scopes: t.Scope.Included(), CreatedByUserID: t.CreatedByUserID,
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt,
	}
}
