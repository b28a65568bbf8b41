package orgs

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// AddService makes a service of the caller's organization with a token. The
// service is a member like others, with a role and access to boards, but no
// person: it goes with its token.
func (f *Feature) AddService(ctx context.Context, caller mc.Member, body ServiceTokenCreate) (out ServiceTokenCreated, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		now, err := admin(ctx, tx, caller)
		if err != nil {
			return err
		}
		t, err := body.Token(mc.TokenService, now.OrganizationID, now.UserID, tx.Now())
		if err != nil {
			return err
		}
		boards, err := ownBoards(ctx, tx, now.OrganizationID, body.accessSpec)
		if err != nil {
			return err
		}
		id := mc.NewID()
		t.UserID = id
		service := mc.User{ID: id, ClerkUserID: mc.ServiceSubject(id), Name: &t.Name, IsService: true}
		member := mc.Member{
			ID: mc.NewID(), OrganizationID: now.OrganizationID, UserID: id, Role: mc.Role(body.Role), AllBoardsRead: body.AllBoardsRead, AllBoardsWrite: body.AllBoardsWrite,
			CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		if err := tx.EnsureUser(ctx, service); err != nil {
			return err
		}
		if err := tx.InsertMember(ctx, member); err != nil {
			return err
		}
		if err := tx.InsertGrants(ctx, member.ID, boards); err != nil {
			return boardGone(err)
		}
		tx.Audit(mc.AuditMemberJoined, member.AuditTarget(service), access.Rights(member, boards))
		announce(tx, member)
		out.ServiceTokenRead = serviceView(store.ServiceToken{AccessToken: t, MemberID: member.ID, Role: member.Role})
		out.Token, err = access.IssueToken(ctx, tx, t)
		return err
	})
	return out, err
}

// RemoveService ends a service of the caller's organization with its token.
func (f *Feature) RemoveService(ctx context.Context, caller mc.Member, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		now, err := admin(ctx, tx, caller)
		if err != nil {
			return err
		}
		t, err := tx.ServiceAccessToken(ctx, now.OrganizationID, id)
		if err != nil {
			return err
		}
		member, err := tx.Member(ctx, now.OrganizationID, t.UserID)
		if err != nil {
			return err
		}
		if err := access.RevokeToken(ctx, tx, t); err != nil {
			return err
		}
		announce(tx, member)
		return tx.DeleteMember(ctx, now.OrganizationID, t.UserID)
	})
}

// ServiceTokenCreate is the body that makes a service with its token.
type ServiceTokenCreate struct {
	views.AccessTokenSpec
	Role serviceRole `json:"role" default:"member" doc:"What the service is in the organization. An admin needs the scope admin as well to act as one."`
	accessSpec
}

// serviceRole is what a service may be.
type serviceRole mc.Role

// Values lists the roles, for validation and documentation.
func (serviceRole) Values() []string { return []string{string(mc.RoleMember), string(mc.RoleAdmin)} }

// ServiceTokenRead is a service with its token.
type ServiceTokenRead struct {
	views.AccessTokenRead
	MemberID mc.ID  `json:"member_id" doc:"Of the membership of the service: by it, its access to boards is read and changed."`
	Role     string `json:"role"`
}

// ServiceTokenCreated is a service that was just made.
type ServiceTokenCreated struct {
	ServiceTokenRead
	Token string `json:"token" doc:"What the service sends. It is shown this once."`
}

func serviceView(t store.ServiceToken) ServiceTokenRead {
	return ServiceTokenRead{AccessTokenRead: views.OfAccessToken(t.AccessToken), MemberID: t.MemberID, Role: string(t.Role)}
}
