// Package orgs is the organizations of the caller: making one, choosing the one
// to act in, who belongs to it and may do what, inviting others, and its end.
//
// What an organization holds is the business of other features. That everybody
// belongs to one is seen to when they sign in, before any operation runs.
package orgs

import (
	"context"
	"strings"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Feature is the operations on organizations.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
	inviteTTL time.Duration // 0: invites do not expire
}

// New returns the feature on a store. The agents of an organization that ends
// are removed from their gateways through lifecycle. Invites can be accepted for
// inviteTTL; 0 is for ever.
func New(st *store.Store, lifecycle *provision.Service, inviteTTL time.Duration) *Feature {
	return &Feature{store: st, lifecycle: lifecycle, inviteTTL: inviteTTL}
}

// Create makes an organization of this name. The user owns it, may use all of
// its boards and acts in it from now on.
func (f *Feature) Create(ctx context.Context, user mc.ID, name string) (org mc.Organization, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if name, err = freeName(ctx, tx, name, mc.ID{}); err != nil {
			return err
		}
		if _, err := exists(ctx, tx, user); err != nil {
			return err
		}
		var owner mc.Member
		org, owner = access.NewOrganization(name, user, tx.Now())
		if err := tx.InsertOrganization(ctx, org, owner); err != nil {
			return err
		}
		tx.Audit(mc.AuditOrganizationCreated, org.AuditTarget(), nil)
		return tx.SetActiveOrganization(ctx, user, org.ID)
	})
	return org, err
}

// Rename gives an organization another name.
func (f *Feature) Rename(ctx context.Context, organization mc.ID, name string) (org mc.Organization, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if name, err = freeName(ctx, tx, name, organization); err != nil {
			return err
		}
		if err := tx.LockMembers(ctx, organization); err != nil {
			return err
		}
		before, err := tx.Organization(ctx, organization)
		if err != nil {
			return err
		}
		org = before
		org.Name, org.UpdatedAt = name, tx.Now()
		tx.Audit(mc.AuditOrganizationRenamed, org.AuditTarget(), mc.DifferencesOf(before, org))
		tx.Announce(store.KindOrganization, org.ID, org.ID, store.DetailSettings)
		return tx.UpdateOrganization(ctx, org)
	})
	return org, err
}

// freeName trims a name and refuses it when it is blank or another organization
// has it. Until the end of the transaction nobody else can take it.
func freeName(ctx context.Context, tx *store.Tx, name string, own mc.ID) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", mc.Unprocessable()
	}
	if err := tx.LockOrganizationNames(ctx); err != nil {
		return "", err
	}
	taken, err := tx.OrganizationNameTaken(ctx, name, own)
	if err == nil && taken {
		err = mc.Conflict()
	}
	return name, err
}

// exists loads the calling user, or refuses one who was deleted since the
// request began. The row is held until the end of the transaction.
func exists(ctx context.Context, tx *store.Tx, user mc.ID) (mc.User, error) {
	u, err := tx.LockUser(ctx, user)
	if mc.KindOf(err) == mc.KindNotFound {
		return u, mc.Unauthorized()
	}
	return u, err
}

// Activate lets a user act in an organization that they belong to.
func (f *Feature) Activate(ctx context.Context, user, organization mc.ID) (org mc.Organization, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := exists(ctx, tx, user); err != nil {
			return err
		}
		_, err := tx.Member(ctx, organization, user)
		if mc.KindOf(err) == mc.KindNotFound {
			return mc.Forbidden(access.BoardNoOrganization)
		}
		if err != nil {
			return err
		}
		if org, err = tx.Organization(ctx, organization); err != nil {
			return err
		}
		return tx.SetActiveOrganization(ctx, user, organization)
	})
	return org, err
}

// Delete removes the organization that an owner acts in, with everything in it.
// Its agents are taken off their gateways in the background.
func (f *Feature) Delete(ctx context.Context, owner mc.Member) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(ctx, owner.OrganizationID); err != nil {
			return gone(err)
		}
		now, err := tx.Member(ctx, owner.OrganizationID, owner.UserID)
		if err != nil {
			return gone(err)
		}
		if now.Role != mc.RoleOwner {
			return mc.Forbidden(ownersDelete)
		}
		org, err := tx.Organization(ctx, owner.OrganizationID)
		if err != nil {
			return err
		}
		if err := f.lifecycle.RemoveOrganization(ctx, tx, org.ID); err != nil {
			return err
		}
		return tx.DeleteOrganization(ctx, org)
	})
}

const ownersDelete = "Only organization owners can delete organizations"
