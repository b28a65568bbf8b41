package users

import (
	"context"
	"slices"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Delete removes a user's account. Organizations that nobody else belongs to
// go with it, whole; the others go on, if need be with a new owner. What the
// user made there stays, without their name.
func (f *Feature) Delete(ctx context.Context, id mc.ID) error {
	if f.directory == nil {
		return f.delete(ctx, id, func(context.Context, mc.User) error { return nil })
	}
	// While the directory is asked, the transaction is open, and on SQLite everybody
	// who writes waits. So it is one account at a time.
	select {
	case f.leaving <- struct{}{}:
		defer func() { <-f.leaving }()
	case <-ctx.Done():
		return ctx.Err()
	}
	// A client that hangs up must not leave an account here that is gone there.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	return f.delete(ctx, id, func(ctx context.Context, user mc.User) error {
		if err := f.directory.Remove(ctx, user.ClerkUserID); err != nil {
			return &mc.Error{Kind: mc.KindUpstream, Detail: directoryFailed, Cause: err}
		}
		return nil
	})
}

const (
	directoryFailed = "Failed to delete account from Clerk"
	// leaveWithin bounds the end of an account, the directory's answer included.
	leaveWithin = 20 * time.Second
)

// delete removes the rows of an account. elsewhere is the last thing before the
// commit: when it fails, nothing has happened.
func (f *Feature) delete(ctx context.Context, id mc.ID, elsewhere func(ctx context.Context, user mc.User) error) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		user, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		memberships, err := tx.Memberships(ctx, id)
		if err != nil {
			return err
		}
		// In one order for everybody, and all of them first, so that members who
		// leave at the same time do not wait for each other in a circle.
		slices.SortFunc(memberships, func(a, b store.Membership) int { return slices.Compare(a.ID[:], b.ID[:]) })
		for _, m := range memberships {
			if err := tx.LockOrganization(ctx, m.ID); err != nil {
				return err
			}
		}
		for _, m := range memberships {
			if err := f.leave(ctx, tx, m, user); err != nil {
				return err
			}
		}
		tx.Audit(mc.AuditUserDeleted, user.AuditTarget(), nil)
		tx.Announce(store.KindAccess, id, id)
		if err := tx.DeleteUser(ctx, id); err != nil {
			return err
		}
		return elsewhere(ctx, user)
	})
}

// leave takes a user out of an organization, which ends with its last member.
func (f *Feature) leave(ctx context.Context, tx *store.Tx, m store.Membership, user mc.User) error {
	others, err := tx.HasOtherMembers(ctx, m.ID, user.ID)
	if err != nil {
		return err
	}
	if !others {
		if err := f.lifecycle.RemoveOrganization(ctx, tx, m.ID); err != nil {
			return err
		}
		return tx.DeleteOrganization(ctx, m.Organization())
	}
	member, err := tx.Member(ctx, m.ID, user.ID)
	if err != nil {
		return err
	}
	if err := tx.DeleteMember(ctx, m.ID, user.ID); err != nil {
		return err
	}
	tx.Audit(mc.AuditMemberLeft, member.AuditTarget(user), map[string]any{"role": member.Role})
	tx.Announce(store.KindOrganization, m.ID, member.ID, store.DetailMember)
	return succeed(ctx, tx, m.ID)
}

// succeed gives an organization a new owner if the last one has left.
func succeed(ctx context.Context, tx *store.Tx, organization mc.ID) error {
	heir, before, err := tx.EnsureOwner(ctx, organization)
	if err != nil || heir == nil {
		return err
	}
	user, err := tx.User(ctx, heir.UserID)
	if err != nil {
		return err
	}
	d := mc.Differences{}
	d.Note("role", before, heir.Role)
	tx.AuditBy(mc.Party{Kind: mc.PartySystem}, mc.AuditMemberRoleChanged, heir.AuditTarget(user), d)
	tx.Announce(store.KindOrganization, organization, heir.ID, store.DetailMember)
	tx.Announce(store.KindAccess, heir.UserID, heir.UserID)
	return nil
}
