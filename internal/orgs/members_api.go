package orgs

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

const memberPath = "/api/v1/organizations/me/members/{member_id}"

var (
	errNoMember    = httpapi.Refusal(404, nil, "the active organization has no such member")
	errOwnersOnly  = httpapi.Refusal(403, mc.OwnersOnly, "the member is or is to be an owner, and the caller is none")
	errOwnerNeeded = httpapi.Refusal(422, mc.OwnerNeeded, "the member is the only owner")
	errNoBoard     = httpapi.Refusal(422, "Unprocessable Entity", "a board does not belong to the active organization")
)

// registerMembers declares the operations on members.
func (f *Feature) registerMembers(r *httpapi.Router, g *access.Guards) {
	tag := []string{"organizations"}
	shown := map[string]any{"member": exampleMember}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/member", Name: "get_my_membership", Tags: tag,
		Summary:          "Show the caller's membership",
		Description:      "Answers with what the caller is and may use in the active organization.",
		ResponseExamples: shown,
	}, g.Member(), func(ctx context.Context, p access.Person, _ *httpapi.None) (OrganizationMemberRead, error) {
		return f.Member(ctx, p.Member, p.Member.ID)
	})
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/members", Name: "list_org_members", Tags: tag,
		Summary:     "List members",
		Description: "Lists who belongs to the active organization, by e-mail.",
	}, g.Member(), f.members)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: memberPath, Name: "get_org_member", Tags: tag,
		Summary:          "Show a member",
		Description:      "Answers with a member of the active organization and the boards that are open to them. Plain members see themselves only.",
		Errors:           []httpapi.ErrorDoc{errNoMember, httpapi.Refusal(403, nil, "the caller is a plain member and asks for somebody else")},
		ResponseExamples: shown,
	}, g.Member(), f.member)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: memberPath, Name: "update_org_member", Tags: tag,
		Summary:          "Change a member's role",
		Description:      "Makes a member something else, from their next request on. Owners are managed by owners, and one of them stays.",
		Errors:           []httpapi.ErrorDoc{errNoMember, errOwnersOnly, httpapi.Refusal(403, mc.ServiceNoOwner, "the member is a service and is to be an owner"), errOwnerNeeded},
		RequestExamples:  map[string]any{"promote": map[string]any{"role": mc.RoleAdmin}},
		ResponseExamples: shown,
	}, g.OrgAdmin(), f.changeRole)
	httpapi.Register(r, httpapi.Op{
		Method: "PUT", Path: memberPath + "/access", Name: "update_member_access", Tags: tag,
		Summary:     "Set what boards a member may use",
		Description: "Replaces the access of a member to boards; what is not sent is taken away. No role opens a board: owners and admins need access too.",
		Errors:      []httpapi.ErrorDoc{errNoMember, errOwnersOnly, errNoBoard},
		RequestExamples: map[string]any{
			"read_everything": map[string]any{"all_boards_read": true},
			"one_board":       map[string]any{"board_access": []any{map[string]any{"board_id": exampleBoard, "can_write": true}}},
		},
		ResponseExamples: shown,
	}, g.OrgAdmin(), f.setAccess)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: memberPath, Name: "remove_org_member", Tags: tag,
		Summary:     "Remove a member",
		Description: "Takes a member out of the active organization. What they made there stays. Nobody removes themselves: to leave, delete the account.",
		Errors: []httpapi.ErrorDoc{
			errNoMember, errOwnerNeeded,
			httpapi.Refusal(403, notYourself, "the member is the caller"),
			httpapi.Refusal(403, ownersRemove, "the member is an owner, and the caller is none"),
		},
	}, g.OrgAdmin(), f.removeMember)
}

type (
	memberInput struct {
		ID mc.ID `path:"member_id"`
	}
	roleInput struct {
		memberInput
		Body OrganizationMemberUpdate
	}
	accessInput struct {
		memberInput
		Body OrganizationMemberAccessUpdate
	}
)

func (f *Feature) members(ctx context.Context, p access.Person, in *httpapi.PageQuery) (httpapi.Page[OrganizationMemberRead], error) {
	items, total, err := f.Members(ctx, p.Member.OrganizationID, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) member(ctx context.Context, p access.Person, in *memberInput) (OrganizationMemberRead, error) {
	return f.Member(ctx, p.Member, in.ID)
}

func (f *Feature) changeRole(ctx context.Context, p access.Person, in *roleInput) (OrganizationMemberRead, error) {
	return f.ChangeRole(ctx, p.Member, in.ID, in.Body.role())
}

func (f *Feature) setAccess(ctx context.Context, p access.Person, in *accessInput) (OrganizationMemberRead, error) {
	return f.SetAccess(ctx, p.Member, in.ID, in.Body.accessSpec)
}

func (f *Feature) removeMember(ctx context.Context, p access.Person, in *memberInput) (httpapi.OK, error) {
	return httpapi.Done, f.Remove(ctx, p.Member, in.ID)
}

var (
	exampleBoard  = mc.MustID("11111111-1111-4111-8111-111111111111")
	exampleUser   = mc.MustID("77777777-7777-4777-8777-777777777777")
	exampleMember = OrganizationMemberRead{
		ID: mc.MustID("99999999-9999-4999-8999-999999999999"), OrganizationID: exampleOrganization.ID, UserID: exampleUser, Role: string(mc.RoleAdmin), AllBoardsRead: true,
		CreatedAt: exampleTime, UpdatedAt: exampleTime, User: &OrganizationUserRead{ID: exampleUser, Email: mc.Ref("ann@example.com"), Name: mc.Ref("Ann Miller"), PreferredName: mc.Ref("Ann")},
		BoardAccess: []OrganizationBoardAccessRead{},
	}
)
