// Package orgs is the organizations of the caller: making one, seeing them and
// choosing the one to act in.
//
// What an organization holds is the business of other features. That everybody
// belongs to one is seen to when they sign in, before any operation runs.
package orgs

import (
	"context"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature is the operations on organizations.
type Feature struct {
	store *store.Store
}

// New returns the feature on a store.
func New(st *store.Store) *Feature { return &Feature{store: st} }

// Create makes an organization of this name. The user owns it, may use all of
// its boards and acts in it from now on.
func (f *Feature) Create(ctx context.Context, user mc.ID, name string) (mc.Organization, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return mc.Organization{}, mc.Unprocessable()
	}
	var org mc.Organization
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganizationNames(ctx); err != nil {
			return err
		}
		taken, err := tx.OrganizationNameTaken(ctx, name)
		if err != nil {
			return err
		}
		if taken {
			return mc.Conflict()
		}
		if err := exists(ctx, tx, user); err != nil {
			return err
		}
		var owner mc.Member
		org, owner = access.NewOrganization(name, user, tx.Now())
		if err := tx.InsertOrganization(ctx, org, owner); err != nil {
			return err
		}
		return tx.SetActiveOrganization(ctx, user, org.ID)
	})
	return org, err
}

// exists refuses a user who was deleted since the request began.
func exists(ctx context.Context, tx *store.Tx, user mc.ID) error {
	_, err := tx.LockUser(ctx, user)
	if mc.KindOf(err) == mc.KindNotFound {
		return mc.Unauthorized()
	}
	return err
}

// Activate lets a user act in an organization that they belong to.
func (f *Feature) Activate(ctx context.Context, user, organization mc.ID) (org mc.Organization, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if err := exists(ctx, tx, user); err != nil {
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
