// Package fields is the custom fields that organizations add to the tasks of
// their boards: what they are called, what their values are, where they show.
//
// The values themselves belong to the tasks, and what a value may be is a rule
// of package mc.
package fields

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store *store.Store
}

// New returns the feature on a store.
func New(st *store.Store) *Feature { return &Feature{store: st} }

const (
	keyTaken   = "Field key already exists in this organization."
	valuesHeld = "Cannot delete a custom field definition while task values exist."
)

// own refuses a field that was loaded and belongs to another organization, as
// if it did not exist.
func own(organization mc.ID, field mc.CustomField, err error) (mc.CustomField, error) {
	if err == nil && field.OrganizationID != organization {
		err = mc.NotFound()
	}
	return field, err
}
