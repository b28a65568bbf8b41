package fields

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	const (
		path = "/api/v1/organizations/me/custom-fields"
		one  = path + "/{task_custom_field_definition_id}"
	)
	tag := []string{"custom-fields"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path, Name: "list_org_custom_fields", Tags: tag,
		Summary:          "List custom fields",
		Description:      "Lists the custom fields of the active organization by label, each with the boards whose tasks have it.",
		ResponseExamples: map[string]any{"fields": []TaskCustomFieldDefinitionRead{exampleField}},
	}, g.Member(), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path, Name: "create_org_custom_field", Tags: tag,
		Summary:         "Create a custom field",
		Description:     "Adds a field to the tasks of some boards of the active organization. Tasks that exist show its default.",
		Errors:          createErrors,
		RequestExamples: createExamples, ResponseExamples: fieldExamples,
	}, g.OrgAdmin(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: one, Name: "update_org_custom_field", Tags: tag,
		Summary:         "Change a custom field",
		Description:     "Changes the fields that are sent, of which there must be one; the key stays for good. Values that tasks have are neither checked nor converted. A board that is no longer named loses the field, while its tasks keep their values for when it comes back.",
		Errors:          changeErrors,
		RequestExamples: changeExamples, ResponseExamples: fieldExamples,
	}, g.OrgAdmin(), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: one, Name: "delete_org_custom_field", Tags: tag,
		Summary:     "Delete a custom field",
		Description: "Removes a field of which no task has a value.",
		Errors:      removeErrors,
	}, g.OrgAdmin(), f.remove)
}

type (
	createInput struct {
		Body TaskCustomFieldDefinitionCreate
	}
	fieldInput struct {
		ID mc.ID `path:"task_custom_field_definition_id"`
	}
	changeInput struct {
		ID   mc.ID `path:"task_custom_field_definition_id"`
		Body TaskCustomFieldDefinitionUpdate
	}
)

func (f *Feature) list(ctx context.Context, p access.Person, _ *httpapi.None) ([]TaskCustomFieldDefinitionRead, error) {
	return f.List(ctx, p.Member.OrganizationID)
}

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (TaskCustomFieldDefinitionRead, error) {
	return f.Create(ctx, p.Member.OrganizationID, in.Body)
}

func (f *Feature) change(ctx context.Context, p access.Person, in *changeInput) (TaskCustomFieldDefinitionRead, error) {
	return f.Change(ctx, p.Member.OrganizationID, in.ID, in.Body)
}

func (f *Feature) remove(ctx context.Context, p access.Person, in *fieldInput) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, p.Member.OrganizationID, in.ID)
}
