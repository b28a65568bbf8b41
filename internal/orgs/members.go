package orgs

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Members returns a page of an organization's members by e-mail.
func (f *Feature) Members(ctx context.Context, organization mc.ID, limit, offset int) ([]OrganizationMemberRead, int64, error) {
	members, total, err := f.store.Members(ctx, organization, limit, offset)
	items := make([]OrganizationMemberRead, len(members))
	for i, m := range members {
		items[i] = memberView(m, nil)
	}
	return items, total, err
}

// Member returns a member of the caller's organization. Who administers nothing
// may see nobody but themselves.
func (f *Feature) Member(ctx context.Context, caller mc.Member, id mc.ID) (OrganizationMemberRead, error) {
	m, err := f.store.MemberByID(ctx, caller.OrganizationID, id)
	if err != nil {
		return OrganizationMemberRead{}, err
	}
	if m.ID != caller.ID && !caller.Role.IsAdmin() {
		return OrganizationMemberRead{}, mc.Forbidden()
	}
	grants, err := f.store.Grants(ctx, m.ID)
	return memberView(m, grants), err
}

// administer runs what an admin does to a member of their organization. Until it
// is done nobody else changes who belongs to it, so that rights that were just
// lost count as lost.
func (f *Feature) administer(ctx context.Context, caller mc.Member, id mc.ID, do func(tx *store.Tx, caller mc.Member, target store.MemberUser) error) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		now, err := admin(ctx, tx, caller)
		if err != nil {
			return err
		}
		target, err := tx.MemberByID(ctx, now.OrganizationID, id)
		if err != nil {
			return err
		}
		return do(tx, now, target)
	})
}

// admin locks the members of the caller's organization and looks again what the
// caller is there.
func admin(ctx context.Context, tx *store.Tx, caller mc.Member) (mc.Member, error) {
	if err := tx.LockMembers(ctx, caller.OrganizationID); err != nil {
		return caller, gone(err)
	}
	now, err := tx.Member(ctx, caller.OrganizationID, caller.UserID)
	if err == nil && !now.Role.IsAdmin() {
		err = mc.Forbidden()
	}
	return now, gone(err)
}

// gone refuses a caller whose membership has ended since the request began.
func gone(err error) error {
	if mc.KindOf(err) == mc.KindNotFound {
		return mc.Forbidden()
	}
	return err
}

// ChangeRole makes a member something else. The caller, an admin, may be the
// target; owners are managed by owners, and one of them stays.
func (f *Feature) ChangeRole(ctx context.Context, caller mc.Member, id mc.ID, role *mc.Role) (OrganizationMemberRead, error) {
	var shown store.MemberUser
	err := f.administer(ctx, caller, id, func(tx *store.Tx, caller mc.Member, target store.MemberUser) error {
		shown = target
		if role != nil {
			shown.Role = *role
		}
		if caller.Role != mc.RoleOwner && (target.Role == mc.RoleOwner || shown.Role == mc.RoleOwner) {
			return mc.Forbidden(mc.OwnersOnly)
		}
		if target.IsService && shown.Role == mc.RoleOwner {
			return mc.Forbidden(mc.ServiceNoOwner)
		}
		if target.Role == mc.RoleOwner && shown.Role != mc.RoleOwner {
			if err := keepsOwner(ctx, tx, target.Member); err != nil {
				return err
			}
		}
		shown.UpdatedAt = tx.Now()
		if err := tx.UpdateMember(ctx, shown.Member); err != nil {
			return err
		}
		if shown.Role != target.Role {
			tx.Audit(mc.AuditMemberRoleChanged, target.AuditTarget(target.User()), mc.DifferencesOf(target.Member, shown.Member))
		}
		announce(tx, target.Member)
		return nil
	})
	return memberView(shown, nil), err
}

// keepsOwner refuses what would take the last owner from an organization.
func keepsOwner(ctx context.Context, tx *store.Tx, leaving mc.Member) error {
	others, err := tx.HasOtherOwners(ctx, leaving.OrganizationID, leaving.ID)
	if err == nil && !others {
		err = mc.Unprocessable(mc.OwnerNeeded)
	}
	return err
}

// announce tells the organization of a change of a member, and streams of theirs
// that they may be allowed something else now.
func announce(tx *store.Tx, m mc.Member) {
	tx.Announce(store.KindOrganization, m.OrganizationID, m.ID, store.DetailMember)
	tx.Announce(store.KindAccess, m.UserID, m.UserID)
}

// SetAccess gives a member exactly this access to boards.
func (f *Feature) SetAccess(ctx context.Context, caller mc.Member, id mc.ID, a accessSpec) (OrganizationMemberRead, error) {
	var shown store.MemberUser
	err := f.administer(ctx, caller, id, func(tx *store.Tx, caller mc.Member, target store.MemberUser) error {
		if caller.Role != mc.RoleOwner && target.Role == mc.RoleOwner {
			return mc.Forbidden(mc.OwnersOnly)
		}
		boards, err := ownBoards(ctx, tx, target.OrganizationID, a)
		if err != nil {
			return err
		}
		before, err := tx.Grants(ctx, target.ID)
		if err != nil {
			return err
		}
		shown = target
		shown.AllBoardsRead, shown.AllBoardsWrite, shown.UpdatedAt = a.AllBoardsRead, a.AllBoardsWrite, tx.Now()
		if err := tx.UpdateMember(ctx, shown.Member); err != nil {
			return err
		}
		if err := tx.ReplaceGrants(ctx, target.ID, boards); err != nil {
			return boardGone(err)
		}
		tx.Audit(mc.AuditMemberAccessChanged, target.AuditTarget(target.User()), map[string]any{
			"old": access.Rights(target.Member, accessOf(before)), "new": access.Rights(shown.Member, boards),
		})
		announce(tx, target.Member)
		return nil
	})
	return memberView(shown, nil), err
}

// ownBoards checks that all boards are the organization's, and returns those
// that are to be opened one by one: none when all are.
func ownBoards(ctx context.Context, tx *store.Tx, organization mc.ID, a accessSpec) ([]mc.BoardAccess, error) {
	boards := a.boards()
	ids := make([]mc.ID, len(boards))
	for i, b := range boards {
		ids[i] = b.BoardID
	}
	own, err := tx.KeepBoards(ctx, organization, ids)
	switch {
	case err != nil:
		return nil, err
	case len(own) < len(ids):
		return nil, mc.Unprocessable()
	case a.AllBoardsRead || a.AllBoardsWrite:
		return nil, nil
	}
	return boards, nil
}

// Remove takes a member out of the caller's organization. Who acted in it acts
// in another one from now on.
func (f *Feature) Remove(ctx context.Context, caller mc.Member, id mc.ID) error {
	return f.administer(ctx, caller, id, func(tx *store.Tx, caller mc.Member, target store.MemberUser) error {
		switch {
		case target.ID == caller.ID:
			return mc.Forbidden(notYourself)
		case target.Role == mc.RoleOwner && caller.Role != mc.RoleOwner:
			return mc.Forbidden(ownersRemove)
		case target.Role == mc.RoleOwner:
			if err := keepsOwner(ctx, tx, target.Member); err != nil {
				return err
			}
		}
		if err := tx.DeleteMember(ctx, target.OrganizationID, target.UserID); err != nil {
			return err
		}
		tx.Audit(mc.AuditMemberRemoved, target.AuditTarget(target.User()), map[string]any{"role": target.Role})
		announce(tx, target.Member)
		return tx.LeaveActiveOrganization(ctx, target.UserID, target.OrganizationID)
	})
}

const (
	notYourself  = "You cannot remove yourself from the organization"
	ownersRemove = "Only owners can remove owners"
)
