package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	accessTokenTable = tableOf[mc.AccessToken]("access_tokens")
	accessTokenCols  = accessTokenTable.cols("k")
)

// AccessTokenBy loads a token by its digest, with the user that it acts as,
// whether it has expired or not.
func (r Reader) AccessTokenBy(ctx context.Context, sha256 string) (mc.AccessToken, error) {
	return get[mc.AccessToken](ctx, r, `SELECT `+accessTokenCols+` FROM access_tokens k WHERE k.token_sha256 = ?`, sha256)
}

// PersonalTokens lists the tokens that act as a person, in whatever
// organization, the newest first.
func (r Reader) PersonalTokens(ctx context.Context, user mc.ID) ([]mc.AccessToken, error) {
	return list[mc.AccessToken](ctx, r, `
		SELECT `+accessTokenCols+` FROM access_tokens k WHERE k.user_id = ? AND k.kind = ?
		ORDER BY k.created_at DESC, k.id`, user, mc.TokenPersonal)
}

// ServiceToken is a token with what its service is in the organization.
type ServiceToken struct {
	mc.AccessToken
	MemberID mc.ID   `db:"member_id"`
	Role     mc.Role `db:"role"`
}

// ServiceTokens lists the tokens of an organization's services, the newest first.
func (r Reader) ServiceTokens(ctx context.Context, organization mc.ID) ([]ServiceToken, error) {
	return list[ServiceToken](ctx, r, `
		SELECT `+accessTokenCols+`, m.id AS member_id, m.role
		FROM access_tokens k JOIN organization_members m ON m.organization_id = k.organization_id AND m.user_id = k.user_id
		WHERE k.organization_id = ? AND k.kind = ?
		ORDER BY k.created_at DESC, k.id`, organization, mc.TokenService)
}

// OwnAccessToken loads a personal token of a user.
func (tx *Tx) OwnAccessToken(ctx context.Context, user, id mc.ID) (mc.AccessToken, error) {
	return get[mc.AccessToken](ctx, tx.Reader, `SELECT `+accessTokenCols+` FROM access_tokens k
		WHERE k.id = ? AND k.user_id = ? AND k.kind = ?`+tx.forUpdate(), id, user, mc.TokenPersonal)
}

// ServiceAccessToken loads a token of an organization's services.
func (tx *Tx) ServiceAccessToken(ctx context.Context, organization, id mc.ID) (mc.AccessToken, error) {
	return get[mc.AccessToken](ctx, tx.Reader, `SELECT `+accessTokenCols+` FROM access_tokens k
		WHERE k.id = ? AND k.organization_id = ? AND k.kind = ?`+tx.forUpdate(), id, organization, mc.TokenService)
}

// InsertAccessToken adds a token.
func (tx *Tx) InsertAccessToken(ctx context.Context, t mc.AccessToken) error {
	return accessTokenTable.insert(ctx, tx, &t)
}

// DeleteAccessToken ends a token.
func (tx *Tx) DeleteAccessToken(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM access_tokens WHERE id = ?`, id)
	return err
}

// UseAccessToken keeps that a token was used.
func (tx *Tx) UseAccessToken(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `UPDATE access_tokens SET last_used_at = ? WHERE id = ?`, tx.Now(), id)
	return err
}
