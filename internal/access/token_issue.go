package access

import (
	"context"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// IssueToken adds an access token and returns the text that stands for it, which
// is not kept.
func IssueToken(ctx context.Context, tx *store.Tx, t mc.AccessToken) (secret string, err error) {
	secret = auth.NewAccessToken(t.Kind)
	t.TokenSHA256 = token.SHA256Hex(secret)
	tx.Audit(mc.AuditTokenIssued, t.AuditTarget(), map[string]any{"kind": t.Kind, "scope": t.Scope, "expires_at": t.ExpiresAt})
	return secret, tx.InsertAccessToken(ctx, t)
}

// RevokeToken ends an access token at once. Streams of whom it acts as ask their
// guard again.
func RevokeToken(ctx context.Context, tx *store.Tx, t mc.AccessToken) error {
	tx.Audit(mc.AuditTokenRevoked, t.AuditTarget(), map[string]any{"kind": t.Kind})
	tx.Announce(store.KindAccess, t.UserID, t.UserID)
	return tx.DeleteAccessToken(ctx, t.ID)
}
