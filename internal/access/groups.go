package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Group is the scope of operations on one board group.
type Group struct {
	Person
	// Group has only its id until the guard is through, and is whole in a handler.
	Group *mc.BoardGroup
}

var groupParam = httpapi.PathParam{Name: "group_id", UUID: true}

var (
	errNoGroup    = httpapi.ErrorDoc{Status: 404, When: "there is no such board group"}
	errOtherGroup = httpapi.ErrorDoc{Status: 403, When: "the group belongs to another organization than the active one, or the user may not use it: no board of it is open to them, or it has none and they are no admin"}
)

// Group lets members in who have this level of access to the board group in the
// path. The group is looked up after the fields of the request are validated.
func (g *Guards) Group(level Level) httpapi.Guard[Group] { return g.group(g.Member(), level) }

// GroupAdmin lets owners and admins of the active organization in who may write
// to the board group in the path. Whether they are admins is asked before the
// fields of the request are validated, the rest after that.
func (g *Guards) GroupAdmin() httpapi.Guard[Group] { return g.group(g.OrgAdmin(), Write) }

// GroupFirst is Group for streams: the group is looked up before the fields of
// the request are validated.
func (g *Guards) GroupFirst(level Level) httpapi.Guard[Group] {
	guard := g.Group(level)
	person, check := guard.Resolve, guard.After
	guard.After = nil
	guard.Resolve = func(r *http.Request) (Group, error) {
		scope, err := person(r)
		if err != nil {
			return scope, err
		}
		return scope, check(r.Context(), scope)
	}
	return guard
}

func (g *Guards) group(who httpapi.Guard[Person], level Level) httpapi.Guard[Group] {
	auth := who.Auth
	auth.BoardAccess = string(level)
	auth.Notes = "access to at least one board of the group, which belongs to the active organization"
	return httpapi.Guard[Group]{
		Auth:   auth,
		Errors: append(who.Errors, errNoGroup, errOtherGroup),
		Path:   []httpapi.PathParam{groupParam},
		Resolve: func(r *http.Request) (Group, error) {
			person, err := who.Resolve(r)
			if err != nil {
				return Group{}, err
			}
			id, ok := mc.ParseID(r.PathValue(groupParam.Name))
			if !ok {
				return Group{}, httpapi.ErrInvalidPath
			}
			return Group{Person: person, Group: &mc.BoardGroup{ID: id}}, nil
		},
		After: func(ctx context.Context, scope Group) (err error) {
			if *scope.Group, err = g.store.BoardGroup(ctx, scope.Group.ID); err != nil {
				return err
			}
			return MemberInGroup(ctx, g.store.Reader, scope.Member, *scope.Group, level)
		},
	}
}

// MemberInGroup refuses members of other organizations than the group's, and
// those who have no access of this level to it: by a flag, by a grant for one
// of its boards or, where it has no boards, as an admin.
func MemberInGroup(ctx context.Context, r store.Reader, m mc.Member, group mc.BoardGroup, level Level) error {
	if group.OrganizationID != m.OrganizationID {
		return mc.Forbidden()
	}
	if m.AllBoardsWrite || level == Read && m.AllBoardsRead {
		return nil
	}
	use, err := r.GroupUse(ctx, group.ID, m.ID)
	if err != nil {
		return err
	}
	allowed := use.Writable || level == Read && use.Readable
	if !use.HasBoards {
		allowed = m.Role.IsAdmin()
	}
	if !allowed {
		return mc.Forbidden()
	}
	return nil
}
