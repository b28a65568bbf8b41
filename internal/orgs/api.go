package orgs

import (
	"context"
	"slices"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"organizations"}
	shown := map[string]any{"organization": exampleOrganization}
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/organizations", Name: "create_organization", Tags: tag,
		Summary:          "Create an organization",
		Description:      "Makes an organization that the caller owns, may use all boards of, and acts in from then on.",
		Errors:           nameErrors,
		RequestExamples:  map[string]any{"new_organization": map[string]any{"name": "Acme"}},
		ResponseExamples: shown,
	}, g.Self(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/list", Name: "list_my_organizations", Tags: tag,
		Summary:     "List the caller's organizations",
		Description: "Lists the organizations that the caller belongs to, by name.",
		ResponseExamples: map[string]any{"organizations": []OrganizationListItem{
			{ID: exampleOrganization.ID, Name: exampleOrganization.Name, Role: string(mc.RoleOwner), IsActive: true},
			{ID: mc.MustID("8888888a-8888-4888-8888-888888888888"), Name: mc.PersonalOrganization, Role: string(mc.RoleOwner)},
		}},
	}, g.User(), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/organizations/me/active", Name: "set_active_org", Tags: tag,
		Summary:          "Choose the active organization",
		Description:      "Lets the caller act in another organization: lists, and everything that names no board, work in the active one.",
		Errors:           []httpapi.ErrorDoc{{Status: 403, Detail: access.BoardNoOrganization, When: "the caller does not belong to the organization, or there is none of this id"}},
		RequestExamples:  map[string]any{"switch": map[string]any{"organization_id": exampleOrganization.ID}},
		ResponseExamples: shown,
	}, g.Self(), f.activate)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me", Name: "get_my_org", Tags: tag,
		Summary:          "Show the active organization",
		Description:      "Answers with the organization that the caller acts in.",
		ResponseExamples: shown,
	}, g.Member(), f.active)
	httpapi.Register(r, httpapi.Op{
		Method: "PUT", Path: "/api/v1/organizations/me/name", Name: "rename_my_org", Tags: tag,
		Summary:          "Rename the active organization",
		Description:      "Gives the organization that the caller acts in another name.",
		Errors:           nameErrors,
		RequestExamples:  map[string]any{"rename": map[string]any{"name": "Acme"}},
		ResponseExamples: shown,
	}, g.OrgAdmin(), f.rename)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/organizations/me", Name: "delete_my_org", Tags: tag,
		Summary: "Delete the active organization",
		Description: "Deletes the organization that the caller acts in, with everything in it: boards, agents, gateways, invites, members. Agents are taken off their gateways in the background. " +
			"Its members act in their oldest other organization from their next request on.",
	}, g.OrgOwner(ownersDelete), f.remove)
	f.registerMembers(r, g)
	f.registerInvites(r, g)
	f.registerServices(r, g)
}

type (
	createInput   struct{ Body OrganizationCreate }
	activateInput struct{ Body OrganizationActiveUpdate }
)

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (OrganizationRead, error) {
	org, err := f.Create(ctx, p.User.ID, in.Body.Name)
	return View(org), err
}

func (f *Feature) list(ctx context.Context, p access.Person, _ *httpapi.None) ([]OrganizationListItem, error) {
	memberships, err := f.store.Memberships(ctx, p.User.ID)
	if p.Token != nil { // knows of its own organization alone
		memberships = slices.DeleteFunc(memberships, func(m store.Membership) bool { return m.ID != p.Token.OrganizationID })
	}
	return listItems(memberships, p.Member.OrganizationID), err
}

func (f *Feature) activate(ctx context.Context, p access.Person, in *activateInput) (OrganizationRead, error) {
	org, err := f.Activate(ctx, p.User.ID, in.Body.OrganizationID)
	return View(org), err
}

func (f *Feature) active(ctx context.Context, p access.Person, _ *httpapi.None) (OrganizationRead, error) {
	org, err := f.store.Organization(ctx, p.Member.OrganizationID)
	return View(org), err
}

func (f *Feature) rename(ctx context.Context, p access.Person, in *createInput) (OrganizationRead, error) {
	org, err := f.Rename(ctx, p.Member.OrganizationID, in.Body.Name)
	return View(org), err
}

func (f *Feature) remove(ctx context.Context, p access.Person, _ *httpapi.None) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, p.Member)
}

var nameErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(409, nil, "an organization of this name exists, whoever it belongs to"),
	httpapi.Refusal(422, "Unprocessable Entity", "the name is blank"),
}

var exampleOrganization = OrganizationRead{
	ID: mc.MustID("88888888-8888-4888-8888-888888888888"), Name: "Acme", CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
