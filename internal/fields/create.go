package fields

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TaskCustomFieldDefinitionCreate is the body that makes a custom field.
type TaskCustomFieldDefinitionCreate struct {
	Key         string             `json:"field_key" trim:"true" minLength:"1" doc:"Names the field in custom_field_values of tasks; it never changes."`
	Label       *string            `json:"label" trim:"true" minLength:"1" doc:"What people read; the key when it is missing."`
	Type        mc.FieldType       `json:"field_type" default:"text"`
	Visibility  mc.FieldVisibility `json:"ui_visibility" default:"always" doc:"When clients show it."`
	Pattern     *mc.Pattern        `json:"validation_regex" doc:"What the whole value has to match, of fields whose values are texts."`
	Description *string            `json:"description"`
	Required    bool               `json:"required" default:"false" doc:"Whether a task must have a value."`
	Default     mc.Opt[mc.JSON]    `json:"default_value" doc:"What new tasks get, and tasks without a value show."`
	BoardIDs    []mc.ID            `json:"board_ids" minItems:"1" doc:"Boards whose tasks have it."`
}

// Validate refuses a pattern on a type that has none.
func (c TaskCustomFieldDefinitionCreate) Validate() error {
	if f := (mc.CustomField{Type: c.Type, Pattern: unlessBlank(c.Pattern)}); !f.PatternFits() {
		return mc.Invalid(mc.PatternOnlyForTexts, "body")
	}
	return nil
}

// field is the field to be stored.
func (c TaskCustomFieldDefinitionCreate) field(organization mc.ID, now mc.Time) mc.CustomField {
	f := mc.CustomField{
		ID: mc.NewID(), OrganizationID: organization, Key: c.Key, Label: c.Key, Type: c.Type, Visibility: c.Visibility,
		Pattern: unlessBlank(c.Pattern), Description: c.Description, Required: c.Required, CreatedAt: now, UpdatedAt: now,
	}
	if c.Label != nil {
		f.Label = *c.Label
	}
	c.Default.Apply(&f.Default)
	return f
}

// unlessBlank makes no pattern of an empty one.
func unlessBlank(p *mc.Pattern) *mc.Pattern {
	if p == nil || *p == "" {
		return nil
	}
	return p
}

// Create makes a custom field of an organization.
func (f *Feature) Create(ctx context.Context, organization mc.ID, draft TaskCustomFieldDefinitionCreate) (TaskCustomFieldDefinitionRead, error) {
	boards := mc.DedupeIDs(draft.BoardIDs)
	var field mc.CustomField
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		field = draft.field(organization, tx.Now())
		if err := checkBoards(ctx, tx, organization, boards); err != nil {
			return err
		}
		if err := field.Check(); err != nil {
			return err
		}
		if err := tx.InsertCustomField(ctx, field); err != nil {
			return wordDuplicate(err)
		}
		tx.Audit(mc.AuditFieldCreated, field.AuditTarget(), nil)
		tx.Announce(store.KindField, organization, field.ID)
		return tx.BindCustomField(ctx, field.ID, boards)
	})
	return view(field, boards), err
}

// checkBoards refuses boards that the organization does not have. Those that it
// has stay until the end of the transaction.
func checkBoards(ctx context.Context, tx *store.Tx, organization mc.ID, boards []mc.ID) error {
	known, err := tx.KeepBoards(ctx, organization, boards)
	if err != nil {
		return err
	}
	return mc.CheckFieldBoards(boards, known)
}

// wordDuplicate says of a key that is taken what the contract says. Only the
// unique index can tell when two requests want the same key at once.
func wordDuplicate(err error) error {
	if store.IsDuplicate(err, "task_custom_field_definitions", "organization_id", "field_key") {
		return mc.Conflict(keyTaken)
	}
	return err
}
