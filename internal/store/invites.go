package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	inviteTable      = tableOf[mc.Invite]("organization_invites")
	inviteCols       = inviteTable.cols("i")
	inviteGrantTable = tableOf[mc.InviteGrant]("organization_invite_board_access")
)

// PendingInvites lists a page of an organization's invites that nobody has
// accepted, newest first. Those that have expired are among them.
func (r Reader) PendingInvites(ctx context.Context, organization mc.ID, limit, offset int) ([]mc.Invite, int64, error) {
	return page[mc.Invite](ctx, r, inviteCols, `FROM organization_invites i WHERE i.organization_id = ? AND i.accepted_at IS NULL`,
		`i.created_at DESC, i.id`, limit, offset, organization)
}

// An invite can be accepted as long as it is pending and has not expired.
const acceptable = `accepted_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`

// InviteByToken finds the invite of a token that can be accepted: by the digest
// of the token or, in an adopted database, by the token itself.
func (tx *Tx) InviteByToken(ctx context.Context, token, sha256 string) (mc.Invite, error) {
	return get[mc.Invite](ctx, tx.Reader, `SELECT `+inviteCols+` FROM organization_invites i
		WHERE (token_sha256 = ? OR token = ? AND token_sha256 IS NULL) AND `+acceptable, sha256, token, tx.Now())
}

// OldestInviteFor finds the oldest invite for an address that can be accepted,
// of whatever organization.
func (tx *Tx) OldestInviteFor(ctx context.Context, email string) (mc.Invite, error) {
	return get[mc.Invite](ctx, tx.Reader, `SELECT `+inviteCols+` FROM organization_invites i
		WHERE invited_email = ? AND `+acceptable+` ORDER BY created_at, id LIMIT 1`, mc.NormalizeEmail(email), tx.Now())
}

// TakeInvite marks an invite as accepted by a user. Of several who try at the
// same time one succeeds; mc.NotFound for the others.
func (tx *Tx) TakeInvite(ctx context.Context, id, user mc.ID) error {
	n, err := exec(ctx, tx, `UPDATE organization_invites SET accepted_at = ?, updated_at = ?, accepted_by_user_id = ? WHERE id = ? AND `+acceptable,
		tx.Now(), tx.Now(), user, id, tx.Now())
	if err == nil && n == 0 {
		return mc.NotFound()
	}
	return err
}

// InsertInvite adds an invite with the boards that it opens, each named once.
func (tx *Tx) InsertInvite(ctx context.Context, i mc.Invite, boards []mc.BoardAccess) error {
	if err := inviteTable.insert(ctx, tx, &i); err != nil {
		return err
	}
	grants := make([]*mc.InviteGrant, len(boards))
	for n, b := range boards {
		grants[n] = &mc.InviteGrant{ID: mc.NewID(), InviteID: i.ID, BoardID: b.BoardID, CanRead: b.CanRead, CanWrite: b.CanWrite, CreatedAt: tx.Tick(), UpdatedAt: tx.Now()}
	}
	return inviteGrantTable.insert(ctx, tx, grants...)
}

// InviteBoards lists what an invite opens board by board.
func (r Reader) InviteBoards(ctx context.Context, invite mc.ID) ([]mc.BoardAccess, error) {
	grants, err := list[mc.InviteGrant](ctx, r, `SELECT `+inviteGrantTable.cols("g")+` FROM organization_invite_board_access g WHERE g.organization_invite_id = ? ORDER BY g.created_at, g.id`, invite)
	boards := make([]mc.BoardAccess, len(grants))
	for i, g := range grants {
		boards[i] = mc.BoardAccess{BoardID: g.BoardID, CanRead: g.CanRead, CanWrite: g.CanWrite}
	}
	return boards, err
}

// DeleteInvite removes an invite of an organization, accepted or not, and
// returns what it was.
func (tx *Tx) DeleteInvite(ctx context.Context, organization, id mc.ID) (mc.Invite, error) {
	i, err := get[mc.Invite](ctx, tx.Reader, `SELECT `+inviteCols+` FROM organization_invites i WHERE i.id = ? AND i.organization_id = ?`+tx.forUpdate(), id, organization)
	if err != nil {
		return i, err
	}
	_, err = exec(ctx, tx, `DELETE FROM organization_invites WHERE id = ?`, id)
	return i, err
}
