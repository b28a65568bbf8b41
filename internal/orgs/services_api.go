package orgs

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// registerServices declares the operations on service tokens.
func (f *Feature) registerServices(r *httpapi.Router, g *access.Guards) {
	tag := []string{"organizations"}
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/organizations/me/tokens", Name: "create_org_token", Tags: tag, SecretAnswer: true,
		Summary: "Make a service token",
		Description: "Makes a service, which is a member of the active organization without being a person, and the token that it acts with. The answer shows the token, once. " +
			"Role and access to boards are those of any member and can be changed as such; the scopes of the token bound what it can use of them.",
		Errors: []httpapi.ErrorDoc{errNoBoard},
		RequestExamples: map[string]any{
			"ci":         map[string]any{"name": "CI", "scopes": []string{"write"}, "board_access": []any{map[string]any{"board_id": exampleBoard, "can_write": true}}},
			"prometheus": map[string]any{"name": "Prometheus", "scopes": []string{"admin"}, "role": "admin"},
		},
		ResponseExamples: map[string]any{"token": ServiceTokenCreated{exampleService, "mcs_q0eV8T1mYk3bJx5ZlN7uWc9hRf2sPd4Aq0eV8T1mYk3"}},
	}, g.OrgAdminSelf(), f.addService)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/tokens", Name: "list_org_tokens", Tags: tag,
		Summary:          "List service tokens",
		Description:      "Lists the tokens of the active organization's services, the newest first.",
		ResponseExamples: map[string]any{"tokens": []ServiceTokenRead{exampleService}},
	}, g.OrgAdminSelf(), f.services)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/organizations/me/tokens/{token_id}", Name: "revoke_org_token", Tags: tag,
		Summary:          "Revoke a service token",
		Description:      "Ends a token at once, with the streams that it has open, and its service with it. What the service made stays.",
		Errors:           []httpapi.ErrorDoc{httpapi.Refusal(404, nil, "the active organization has no such token")},
		ResponseExamples: map[string]any{"revoked": httpapi.Done},
	}, g.OrgAdminSelf(), f.removeService)
}

type (
	serviceInput      struct{ Body ServiceTokenCreate }
	serviceTokenInput struct {
		ID mc.ID `path:"token_id"`
	}
)

func (f *Feature) addService(ctx context.Context, p access.Person, in *serviceInput) (ServiceTokenCreated, error) {
	return f.AddService(ctx, p.Member, in.Body)
}

func (f *Feature) services(ctx context.Context, p access.Person, _ *httpapi.None) ([]ServiceTokenRead, error) {
	rows, err := f.store.ServiceTokens(ctx, p.Member.OrganizationID)
	return views.Each(rows, serviceView), err
}

func (f *Feature) removeService(ctx context.Context, p access.Person, in *serviceTokenInput) (httpapi.OK, error) {
	return httpapi.Done, f.RemoveService(ctx, p.Member, in.ID)
}

var exampleService = ServiceTokenRead{
	AccessTokenRead: views.AccessTokenRead{
		ID: mc.MustID("dddddddd-dddd-4ddd-8ddd-dddddddddddd"), OrganizationID: exampleOrganization.ID, Name: "CI", Scopes: mc.ScopeWrite.Included(),
		CreatedByUserID: &exampleUser, CreatedAt: exampleTime,
	},
	MemberID: mc.MustID("99999999-9999-4999-8999-999999999999"), Role: string(mc.RoleMember),
}
