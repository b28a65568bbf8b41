package orgs

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"

	"missioncontrol/internal/access"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Invites returns a page of the invites of an organization that nobody has
// accepted yet, newest first.
func (f *Feature) Invites(ctx context.Context, organization mc.ID, limit, offset int) ([]OrganizationInviteRead, int64, error) {
	invites, total, err := f.store.PendingInvites(ctx, organization, limit, offset)
	items := make([]OrganizationInviteRead, len(invites))
	for i, invite := range invites {
		items[i] = inviteView(invite)
	}
	return items, total, err
}

// Invite offers somebody to join the caller's organization. Nobody is told: the
// caller passes the token on, or the person signs in with the address.
func (f *Feature) Invite(ctx context.Context, caller mc.Member, body OrganizationInviteCreate) (OrganizationInviteRead, error) {
	var invite mc.Invite
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		now, err := admin(ctx, tx, caller)
		if err != nil {
			return err
		}
		invite = f.draft(now, body, tx.Now())
		if invite.Role == mc.RoleOwner && now.Role != mc.RoleOwner {
			return mc.Forbidden(mc.OwnersOnly)
		}
		if invite.InvitedEmail == "" {
			return mc.Unprocessable()
		}
		member, err := tx.IsMemberEmail(ctx, now.OrganizationID, invite.InvitedEmail)
		if err != nil {
			return err
		}
		if member {
			return mc.Conflict()
		}
		boards, err := ownBoards(ctx, tx, now.OrganizationID, body.accessSpec)
		if err != nil {
			return err
		}
		if err := tx.InsertInvite(ctx, invite, boards); err != nil {
			return boardGone(err)
		}
		tx.Audit(mc.AuditInviteCreated, invite.AuditTarget(), access.Rights(invite.Membership(mc.ID{}, tx.Now()), boards))
		tx.Announce(store.KindOrganization, invite.OrganizationID, invite.ID, store.DetailInvite)
		return nil
	})
	return inviteView(invite), err
}

func (f *Feature) draft(by mc.Member, body OrganizationInviteCreate, now mc.Time) mc.Invite {
	secret := newToken()
	invite := mc.Invite{
		ID: mc.NewID(), OrganizationID: by.OrganizationID, InvitedEmail: mc.NormalizeEmail(body.InvitedEmail), Token: secret, TokenSHA256: mc.Ref(token.SHA256Hex(secret)),
		Role: mc.ParseRole(body.Role), AllBoardsRead: body.AllBoardsRead, AllBoardsWrite: body.AllBoardsWrite, CreatedByUserID: &by.UserID, CreatedAt: now, UpdatedAt: now,
	}
	if f.inviteTTL > 0 {
		invite.ExpiresAt = mc.Ref(now.Add(f.inviteTTL))
	}
	return invite
}

// newToken makes the secret of an invite, of 32 characters.
func newToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// boardGone says of a board that was deleted after it was found what is said of
// one that never was.
func boardGone(err error) error {
	if errors.Is(err, store.ErrReference) {
		return mc.Unprocessable()
	}
	return err
}

// Revoke takes an invite of the caller's organization back, and returns what it
// was. Who has accepted it stays a member.
func (f *Feature) Revoke(ctx context.Context, caller mc.Member, id mc.ID) (OrganizationInviteRead, error) {
	var invite mc.Invite
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		now, err := admin(ctx, tx, caller)
		if err != nil {
			return err
		}
		if invite, err = tx.DeleteInvite(ctx, now.OrganizationID, id); err != nil {
			return err
		}
		tx.Audit(mc.AuditInviteRevoked, invite.AuditTarget(), map[string]any{"accepted": invite.AcceptedAt != nil})
		tx.Announce(store.KindOrganization, invite.OrganizationID, invite.ID, store.DetailInvite)
		return nil
	})
	return inviteView(invite), err
}

// Accept makes a user a member by the token of an invite, which must not be for
// somebody else. Of several who accept it at once one succeeds.
func (f *Feature) Accept(ctx context.Context, user mc.ID, secret string) (OrganizationMemberRead, error) {
	var shown store.MemberUser
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		u, err := exists(ctx, tx, user)
		if err != nil {
			return err
		}
		invite, err := tx.InviteByToken(ctx, secret, token.SHA256Hex(secret))
		if err != nil {
			return err
		}
		if !invite.IsFor(u.Email) {
			return mc.Forbidden()
		}
		member, err := access.Join(ctx, tx, u, invite)
		if err != nil {
			return err
		}
		shown = store.MemberUser{Member: member, Email: u.Email, Name: u.Name, PreferredName: u.PreferredName}
		if u.ActiveOrganizationID != nil {
			return nil
		}
		return tx.SetActiveOrganization(ctx, user, member.OrganizationID)
	})
	return memberView(shown, nil), err
}
