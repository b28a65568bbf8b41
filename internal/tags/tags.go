// Package tags is the tags of an organization: labels that people define and
// tasks carry.
//
// Which task carries which tags is the business of package tasks. Here a tag is
// made, changed and deleted, which takes it off its tasks, and agents look up
// what there is.
package tags

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature is the operations on tags.
type Feature struct {
	store *store.Store
}

// New returns the feature on a store.
func New(st *store.Store) *Feature { return &Feature{store: st} }

const slugTaken = "Tag slug already exists in this organization."

// Create makes a tag of an organization.
func (f *Feature) Create(ctx context.Context, organization mc.ID, draft TagCreate) (TagRead, error) {
	var made store.CountedTag
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		made.Tag = draft.tag(organization, tx.Now())
		tx.Answer(view(made))
		tx.Announce(store.KindTag, organization, made.ID)
		return wordDuplicate(tx.InsertTag(ctx, made.Tag))
	})
	return view(made), err
}

// Get returns a tag of an organization.
func (f *Feature) Get(ctx context.Context, organization, id mc.ID) (TagRead, error) {
	t, err := own(organization)(f.store.Tag(ctx, id))
	return view(t), err
}

// Change applies a PATCH to a tag of an organization.
func (f *Feature) Change(ctx context.Context, organization, id mc.ID, change TagUpdate) (TagRead, error) {
	var t store.CountedTag
	err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
		if t, err = own(organization)(tx.LockTag(ctx, id)); err != nil {
			return err
		}
		change.apply(&t.Tag)
		t.UpdatedAt = tx.Now()
		tx.Announce(store.KindTag, organization, id)
		return wordDuplicate(tx.UpdateTag(ctx, t.Tag))
	})
	return view(t), err
}

// Delete takes a tag of an organization off all tasks and removes it.
func (f *Feature) Delete(ctx context.Context, organization, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := own(organization)(tx.LockTag(ctx, id)); err != nil {
			return err
		}
		tx.Announce(store.KindTag, organization, id)
		return tx.DeleteTag(ctx, id)
	})
}

// own refuses a tag that was loaded and belongs to another organization.
func own(organization mc.ID) func(store.CountedTag, error) (store.CountedTag, error) {
	return func(t store.CountedTag, err error) (store.CountedTag, error) {
		if err == nil && t.OrganizationID != organization {
			err = mc.Forbidden()
		}
		return t, err
	}
}

// wordDuplicate says of a slug that is taken what the contract says. Only the
// unique index can tell when two requests want the same slug at once.
func wordDuplicate(err error) error {
	if store.IsDuplicate(err, "tags", "organization_id", "slug") {
		return mc.Conflict(slugTaken)
	}
	return err
}
