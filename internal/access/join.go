package access

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Join makes a user a member of the organization that an invite is for, or adds
// to what they are there already. mc.NotFound when somebody was faster: an
// invite is accepted once. The caller has locked the user.
func Join(ctx context.Context, tx *store.Tx, user mc.User, invite mc.Invite) (mc.Member, error) {
	if err := tx.LockMembers(ctx, invite.OrganizationID); err != nil {
		return mc.Member{}, err
	}
	if err := tx.TakeInvite(ctx, invite.ID, user.ID); err != nil {
		return mc.Member{}, err
	}
	var boards []mc.BoardAccess
	if !invite.GrantsAllBoards() {
		var err error
		if boards, err = tx.InviteBoards(ctx, invite.ID); err != nil {
			return mc.Member{}, err
		}
	}
	tx.AuditBy(user.Party(), mc.AuditInviteAccepted, invite.AuditTarget(), nil)
	tx.Announce(store.KindOrganization, invite.OrganizationID, invite.ID, store.DetailInvite)
	member, err := tx.Member(ctx, invite.OrganizationID, user.ID)
	switch {
	case mc.KindOf(err) == mc.KindNotFound:
		member, err = enter(ctx, tx, user, invite, boards)
	case err == nil:
		member, err = grow(ctx, tx, user, member, invite, boards)
	}
	if err == nil {
		tx.Announce(store.KindOrganization, member.OrganizationID, member.ID, store.DetailMember)
	}
	return member, err
}

// enter adds the membership of an invite.
func enter(ctx context.Context, tx *store.Tx, user mc.User, invite mc.Invite, boards []mc.BoardAccess) (mc.Member, error) {
	member := invite.Membership(user.ID, tx.Now())
	if err := tx.InsertMember(ctx, member); err != nil {
		return member, err
	}
	if err := tx.InsertGrants(ctx, member.ID, boards); err != nil {
		return member, err
	}
	tx.AuditBy(user.Party(), mc.AuditMemberJoined, member.AuditTarget(user), Rights(member, boards))
	return member, nil
}

// grow adds what an invite gives to a member; nothing is taken away.
func grow(ctx context.Context, tx *store.Tx, user mc.User, before mc.Member, invite mc.Invite, boards []mc.BoardAccess) (mc.Member, error) {
	after, changed := before.Merged(invite, tx.Now())
	if changed {
		if err := tx.UpdateMember(ctx, after); err != nil {
			return after, err
		}
	}
	if err := tx.MergeGrants(ctx, after.ID, boards); err != nil {
		return after, err
	}
	if after.Role != before.Role {
		tx.AuditBy(user.Party(), mc.AuditMemberRoleChanged, after.AuditTarget(user), mc.DifferencesOf(before, after, "all_boards_read", "all_boards_write"))
	}
	if len(boards) > 0 || after.AllBoardsRead != before.AllBoardsRead || after.AllBoardsWrite != before.AllBoardsWrite {
		tx.AuditBy(user.Party(), mc.AuditMemberAccessChanged, after.AuditTarget(user), Rights(after, boards))
	}
	tx.Announce(store.KindAccess, user.ID, user.ID)
	return after, nil
}

// Rights are the rights of a member as the audit log tells of them; boards are
// those that are open one by one, of which it names the first ones.
func Rights(m mc.Member, boards []mc.BoardAccess) map[string]any {
	rights := map[string]any{"role": m.Role, "all_boards_read": m.AllBoardsRead, "all_boards_write": m.AllBoardsWrite}
	if len(boards) > 0 {
		rights["board_access"], rights["boards"] = boards[:min(len(boards), boardsNamed)], len(boards)
	}
	return rights
}

const boardsNamed = 50
