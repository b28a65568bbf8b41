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

// Directory is the identity provider where people have their accounts, as far as
// an account that ends concerns it.
type Directory interface {
	// Remove deletes the account of a subject within a few seconds. One that is not
	// there is as good as deleted.
	Remove(ctx context.Context, subject string) error
}

// Feature is the operations on the caller's own account.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
	directory Directory     // nil: accounts end here alone
	leaving   chan struct{} // holds a token while an account ends at the directory
}

// New returns the feature on a store. The agents of organizations that end with
// an account are removed from their gateways through lifecycle. With a directory
// an account ends there as well.
func New(st *store.Store, lifecycle *provision.Service, directory Directory) *Feature {
	return &Feature{store: st, lifecycle: lifecycle, directory: directory, leaving: make(chan struct{}, 1)}
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
