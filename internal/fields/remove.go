package fields

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Delete removes a custom field of an organization, unless a task has a value
// in it. Tasks that are about to get one are waited for.
func (f *Feature) Delete(ctx context.Context, organization, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		field, err := tx.LockCustomField(ctx, id)
		if field, err = own(organization, field, err); err != nil {
			return err
		}
		held, err := tx.CustomFieldInUse(ctx, id)
		if err != nil {
			return err
		}
		if held {
			return mc.Conflict(valuesHeld)
		}
		tx.Audit(mc.AuditFieldDeleted, field.AuditTarget(), nil)
		tx.Announce(store.KindField, organization, id)
		return tx.DeleteCustomField(ctx, id)
	})
}
