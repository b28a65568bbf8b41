package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// GroupActor is the scope of operations on one board group for people and agents.
type GroupActor struct {
	Actor
	// Group has only its id until the guard is through, and is whole in a handler.
	Group *mc.BoardGroup
}

// GroupLeads lets the leads of a group's boards in, and admins of the group's
// organization, which need not be the active one, who may write to the group. All
// of that is asked after the fields of the request are validated.
func (g *Guards) GroupLeads() httpapi.Guard[GroupActor] {
	actor := g.Actor()
	auth := actor.Auth
	auth.UserRole, auth.BoardAccess, auth.AgentRole, auth.AgentScope = "admin", string(Write), "lead", "organization"
	auth.Notes = "write access to at least one board of the group; an agent leads one of its boards"
	return httpapi.Guard[GroupActor]{
		Auth:   auth,
		Errors: append(actor.Errors, errNoGroup, httpapi.ErrorDoc{Status: 403, When: "the user is no admin of the group's organization or may not write to the group; the agent leads no board of the group"}),
		Limit:  actor.Limit,
		Path:   []httpapi.PathParam{groupParam},
		Resolve: func(r *http.Request) (GroupActor, error) {
			who, err := actor.Resolve(r)
			if err != nil {
				return GroupActor{}, err
			}
			id, ok := mc.ParseID(r.PathValue(groupParam.Name))
			if !ok {
				return GroupActor{}, httpapi.ErrInvalidPath
			}
			return GroupActor{Actor: who, Group: &mc.BoardGroup{ID: id}}, nil
		},
		After: func(ctx context.Context, scope GroupActor) (err error) {
			if *scope.Group, err = g.store.BoardGroup(ctx, scope.Group.ID); err != nil {
				return err
			}
			if scope.Agent != nil {
				return g.leadsInGroup(ctx, *scope.Agent, scope.Group.ID)
			}
			return g.adminOfGroup(ctx, scope.Person.User.ID, *scope.Group)
		},
	}
}

func (g *Guards) leadsInGroup(ctx context.Context, a mc.Agent, group mc.ID) error {
	if !a.IsBoardLead || a.BoardID == nil {
		return mc.Forbidden()
	}
	board, err := g.store.Board(ctx, *a.BoardID)
	if err == nil && !mc.Same(board.BoardGroupID, &group) {
		err = mc.Forbidden()
	}
	return err
}

func (g *Guards) adminOfGroup(ctx context.Context, user mc.ID, group mc.BoardGroup) error {
	member, err := g.store.Member(ctx, group.OrganizationID, user)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && !member.Role.IsAdmin() {
		return mc.Forbidden()
	}
	if err != nil {
		return err
	}
	return MemberInGroup(ctx, g.store.Reader, member, group, Write)
}
