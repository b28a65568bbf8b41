package orgs

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// registerInvites declares the operations on invites.
func (f *Feature) registerInvites(r *httpapi.Router, g *access.Guards) {
	tag := []string{"organizations"}
	shown := map[string]any{"invite": exampleInvite}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/organizations/me/invites", Name: "list_org_invites", Tags: tag,
		Summary:     "List invites",
		Description: "Lists the invites to the active organization that nobody has accepted yet, newest first.",
	}, g.OrgAdmin(), f.invites)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/organizations/me/invites", Name: "create_org_invite", Tags: tag, SecretAnswer: true, // whoever has its token may join
		Summary: "Invite somebody",
		Description: "Offers somebody to join the active organization. No e-mail is sent: pass the token on. Who signs in for the first time with the address joins by that alone. " +
			"Inviting an address again makes a second invite.",
		Errors: []httpapi.ErrorDoc{
			errOwnersOnly, errNoBoard,
			httpapi.Refusal(409, nil, "somebody with this address is a member"),
			httpapi.Refusal(422, "Unprocessable Entity", "the address is blank"),
		},
		RequestExamples: map[string]any{
			"member": map[string]any{"invited_email": "bob@example.com", "board_access": []any{map[string]any{"board_id": exampleBoard, "can_write": true}}},
			"admin":  map[string]any{"invited_email": "ann@example.com", "role": mc.RoleAdmin, "all_boards_write": true},
		},
		ResponseExamples: shown,
	}, g.OrgAdmin(), f.invite)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/organizations/me/invites/{invite_id}", Name: "revoke_org_invite", Tags: tag,
		Summary:          "Revoke an invite",
		Description:      "Removes an invite and answers with what it was. Who has accepted it stays a member.",
		Errors:           []httpapi.ErrorDoc{httpapi.Refusal(404, nil, "the active organization has no such invite")},
		ResponseExamples: shown,
	}, g.OrgAdmin(), f.revoke)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/organizations/invites/accept", Name: "accept_org_invite", Tags: tag,
		Summary:     "Accept an invite",
		Description: "Makes the caller a member, or adds what the invite gives to what they are already. The active organization stays.",
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(403, nil, "the invite is for another address"),
			httpapi.Refusal(404, nil, "no invite has this token, or it was accepted, revoked or has expired"),
		},
		RequestExamples:  map[string]any{"token": map[string]any{"token": exampleInvite.Token}},
		ResponseExamples: map[string]any{"member": exampleMember},
	}, g.Self(), f.accept)
}

type (
	inviteInput       struct{ Body OrganizationInviteCreate }
	acceptInput       struct{ Body OrganizationInviteAccept }
	revokeInviteInput struct {
		ID mc.ID `path:"invite_id"`
	}
)

func (f *Feature) invites(ctx context.Context, p access.Person, in *httpapi.PageQuery) (httpapi.Page[OrganizationInviteRead], error) {
	items, total, err := f.Invites(ctx, p.Member.OrganizationID, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) invite(ctx context.Context, p access.Person, in *inviteInput) (OrganizationInviteRead, error) {
	return f.Invite(ctx, p.Member, in.Body)
}

func (f *Feature) revoke(ctx context.Context, p access.Person, in *revokeInviteInput) (OrganizationInviteRead, error) {
	return f.Revoke(ctx, p.Member, in.ID)
}

func (f *Feature) accept(ctx context.Context, p access.Person, in *acceptInput) (OrganizationMemberRead, error) {
	return f.Accept(ctx, p.User.ID, in.Body.Token)
}

var exampleInvite = OrganizationInviteRead{ //nolint:gosec // opens nothing
	ID: mc.MustID("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"), OrganizationID: exampleOrganization.ID, InvitedEmail: "bob@example.com", Role: string(mc.RoleMember),
	Token: "q0eV8T1mYk3bJx5ZlN7uWc9hRf2sPd4A", CreatedByUserID: &exampleUser, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}
