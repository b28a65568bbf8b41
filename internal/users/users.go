// Package users is what signed-in people see and change of themselves.
//
// Who somebody is and how they sign in is decided elsewhere, as is what they
// belong to: the first request of a new person makes the user and a personal
// organization before any operation runs.
package users

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Feature is the operations on the caller's own account.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
}

// New returns the feature on a store. The agents of organizations that end with
// an account are removed from their gateways through lifecycle.
func New(st *store.Store, lifecycle *provision.Service) *Feature {
	return &Feature{store: st, lifecycle: lifecycle}
}

// Change writes the given fields of a user's profile.
func (f *Feature) Change(ctx context.Context, id mc.ID, change UserUpdate) (UserRead, error) {
	var user mc.User
	err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
		if user, err = lock(ctx, tx, id); err != nil {
			return err
		}
		user = change.apply(user)
		return tx.UpdateUser(ctx, user)
	})
	return View(user), err
}

// lock loads a user for a change. One who was deleted since the request began
// is nobody any more.
func lock(ctx context.Context, tx *store.Tx, id mc.ID) (mc.User, error) {
	user, err := tx.LockUser(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound {
		return user, mc.Unauthorized()
	}
	return user, err
}
