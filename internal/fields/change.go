package fields

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TaskCustomFieldDefinitionUpdate is the body that changes a custom field.
type TaskCustomFieldDefinitionUpdate struct {
	Key         mc.Opt[mc.JSON]            `json:"field_key"` // refused whatever it is
	Label       mc.Opt[string]             `json:"label" trim:"true" minLength:"1"`
	Type        mc.Opt[mc.FieldType]       `json:"field_type"`
	Visibility  mc.Opt[mc.FieldVisibility] `json:"ui_visibility" doc:"When clients show it."`
	Pattern     mc.Opt[mc.Pattern]         `json:"validation_regex" doc:"What the whole value has to match, of fields whose values are texts."`
	Description mc.Opt[string]             `json:"description"`
	Required    mc.Opt[bool]               `json:"required" doc:"Whether a task must have a value; asked for when its values are changed."`
	Default     mc.Opt[mc.JSON]            `json:"default_value" doc:"What new tasks get, and tasks without a value show."`
	BoardIDs    mc.Opt[[]mc.ID]            `json:"board_ids" doc:"Boards whose tasks have it, in place of those before; null leaves them."`
}

// CorrectSchema keeps the key out of the document: it is there to be refused.
func (TaskCustomFieldDefinitionUpdate) CorrectSchema(s *huma.Schema) {
	delete(s.Properties, "field_key")
}

// Validate refuses what cannot be changed, and a change of nothing.
func (u TaskCustomFieldDefinitionUpdate) Validate() error {
	if u.Key.Present() {
		return mc.Invalid("field_key cannot be changed after creation.", "body")
	}
	if boards, sent := u.BoardIDs.Get(); sent && len(boards) == 0 {
		return mc.Invalid("board_ids must include at least one board", "body", "board_ids")
	}
	var nulls []string
	changes := u.Pattern.Present() || u.Description.Present() || u.Default.Present() || u.BoardIDs.Present()
	for _, kept := range []struct {
		name          string
		present, null bool
	}{
		{"label", u.Label.Present(), u.Label.IsNull()},
		{"field_type", u.Type.Present(), u.Type.IsNull()},
		{"ui_visibility", u.Visibility.Present(), u.Visibility.IsNull()},
		{"required", u.Required.Present(), u.Required.IsNull()},
	} {
		changes = changes || kept.present
		if kept.null {
			nulls = append(nulls, kept.name)
		}
	}
	switch {
	case len(nulls) > 0:
		return mc.Invalid(strings.Join(nulls, ", ")+" cannot be null; omit the field to leave it unchanged", "body")
	case !changes:
		return mc.Invalid("At least one field is required", "body")
	}
	return nil
}

// apply puts the change into a field.
func (u TaskCustomFieldDefinitionUpdate) apply(f *mc.CustomField) {
	u.Label.Apply(&f.Label)
	u.Type.Apply(&f.Type)
	u.Visibility.Apply(&f.Visibility)
	if u.Pattern.Present() {
		f.Pattern = unlessBlank(u.Pattern.Ptr())
	}
	u.Description.ApplyPtr(&f.Description)
	u.Required.Apply(&f.Required)
	if u.Default.Present() {
		f.Default, _ = u.Default.Get()
	}
}

// Change applies a PATCH to a custom field of an organization.
func (f *Feature) Change(ctx context.Context, organization, id mc.ID, change TaskCustomFieldDefinitionUpdate) (shown TaskCustomFieldDefinitionRead, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		loaded, err := tx.LockCustomField(ctx, id)
		field, err := own(organization, loaded, err)
		if err != nil {
			return err
		}
		sent, rebinds := change.BoardIDs.Get()
		boards := mc.DedupeIDs(sent)
		if err := checkBoards(ctx, tx, organization, boards); err != nil {
			return err
		}
		before := field
		change.apply(&field)
		field.UpdatedAt = tx.Now()
		if err := field.Check(); err != nil {
			return err
		}
		if err := tx.UpdateCustomField(ctx, field); err != nil {
			return err
		}
		tx.Audit(mc.AuditFieldChanged, field.AuditTarget(), mc.DifferencesOf(before, field))
		tx.Announce(store.KindField, organization, id)
		if rebinds {
			shown = view(field, boards)
			return tx.BindCustomField(ctx, id, boards)
		}
		all, err := viewAll(ctx, tx.Reader, []mc.CustomField{field})
		if err == nil {
			shown = all[0]
		}
		return err
	})
	return shown, err
}
