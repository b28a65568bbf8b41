package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	signInTable = tableOf[mc.SignInSession]("sign_in_sessions")
	signInCols  = signInTable.cols("s")
)

// SignedIn is a session with the subject of the user that it belongs to.
type SignedIn struct {
	mc.SignInSession
	Subject string `db:"clerk_user_id"`
}

// SignedInBy loads the session of a token by its digest, whether it has ended
// or not.
func (r Reader) SignedInBy(ctx context.Context, sha256 string) (SignedIn, error) {
	return get[SignedIn](ctx, r, `
		SELECT `+signInCols+`, u.clerk_user_id FROM sign_in_sessions s JOIN users u ON u.id = s.account_id
		WHERE s.token_sha256 = ?`, sha256)
}

// SignInSessions lists the sessions of an account that have not ended, the
// newest first.
func (r Reader) SignInSessions(ctx context.Context, account mc.ID, now, idleSince mc.Time) ([]mc.SignInSession, error) {
	return list[mc.SignInSession](ctx, r, `
		SELECT `+signInCols+` FROM sign_in_sessions s WHERE s.account_id = ? AND s.expires_at > ? AND s.last_seen_at > ?
		ORDER BY s.created_at DESC, s.id`, account, now, idleSince)
}

// InsertSignInSession adds a session.
func (tx *Tx) InsertSignInSession(ctx context.Context, s mc.SignInSession) error {
	return signInTable.insert(ctx, tx, &s)
}

// SeeSignInSession keeps when a session was in use.
func (tx *Tx) SeeSignInSession(ctx context.Context, id mc.ID, at mc.Time) error {
	_, err := exec(ctx, tx, `UPDATE sign_in_sessions SET last_seen_at = ? WHERE id = ?`, at, id)
	return err
}

// EndSignInSession ends a session of an account; mc.NotFound when it has none
// of this id.
func (tx *Tx) EndSignInSession(ctx context.Context, account, id mc.ID) error {
	n, err := exec(ctx, tx, `DELETE FROM sign_in_sessions WHERE id = ? AND account_id = ?`, id, account)
	if err == nil && n == 0 {
		return mc.NotFound()
	}
	return err
}

// EndSignInSessions ends all sessions of an account but one; the zero id spares none.
func (tx *Tx) EndSignInSessions(ctx context.Context, account, but mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM sign_in_sessions WHERE account_id = ? AND id <> ?`, account, but)
	return err
}

// TrimSignInSessions forgets the sessions that have ended by themselves.
func (s *Store) TrimSignInSessions(ctx context.Context, now, idleSince mc.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM sign_in_sessions WHERE expires_at <= ? OR last_seen_at <= ?`, now, idleSince)
		return err
	})
}
