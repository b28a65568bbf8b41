package fields

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TaskCustomFieldDefinitionRead is a custom field as clients see it.
type TaskCustomFieldDefinitionRead struct {
	Key            string             `json:"field_key" doc:"Names the field in custom_field_values of tasks."`
	Label          string             `json:"label" doc:"What people read."`
	Type           mc.FieldType       `json:"field_type"`
	Visibility     mc.FieldVisibility `json:"ui_visibility" doc:"When clients show it."`
	Pattern        *mc.Pattern        `json:"validation_regex" doc:"What the whole value has to match."`
	Description    *string            `json:"description"`
	Required       bool               `json:"required" default:"false" doc:"Whether a task must have a value."`
	Default        *mc.JSON           `json:"default_value" doc:"What tasks without a value show."`
	ID             mc.ID              `json:"id"`
	OrganizationID mc.ID              `json:"organization_id"`
	BoardIDs       []mc.ID            `json:"board_ids" doc:"Boards whose tasks have it."`
	CreatedAt      mc.Time            `json:"created_at"`
	UpdatedAt      mc.Time            `json:"updated_at"`
}

func view(f mc.CustomField, boards []mc.ID) TaskCustomFieldDefinitionRead {
	if boards == nil {
		boards = []mc.ID{}
	}
	shown := TaskCustomFieldDefinitionRead{
		Key: f.Key, Label: f.Label, Type: f.Type, Visibility: f.Visibility, Pattern: f.Pattern, Description: f.Description, Required: f.Required,
		ID: f.ID, OrganizationID: f.OrganizationID, BoardIDs: boards, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
	}
	if !f.Default.IsNull() {
		shown.Default = &f.Default
	}
	return shown
}

// viewAll shows custom fields with their boards, which are sorted.
func viewAll(ctx context.Context, r store.Reader, fields []mc.CustomField) ([]TaskCustomFieldDefinitionRead, error) {
	ids := make([]mc.ID, len(fields))
	for i, f := range fields {
		ids[i] = f.ID
	}
	bound, err := r.BoardsOfFields(ctx, ids)
	if err != nil {
		return nil, err
	}
	boards := make(map[mc.ID][]mc.ID, len(fields))
	for _, b := range bound {
		boards[b.FieldID] = append(boards[b.FieldID], b.BoardID)
	}
	shown := make([]TaskCustomFieldDefinitionRead, len(fields))
	for i, f := range fields {
		shown[i] = view(f, boards[f.ID])
	}
	return shown, nil
}

// List returns the custom fields of an organization by label.
func (f *Feature) List(ctx context.Context, organization mc.ID) ([]TaskCustomFieldDefinitionRead, error) {
	all, err := f.store.CustomFields(ctx, organization)
	if err != nil {
		return nil, err
	}
	return viewAll(ctx, f.store.Reader, all)
}
