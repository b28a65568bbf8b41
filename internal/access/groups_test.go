package access_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// groupOps is a feature with an operation behind each guard of groups.
type groupOps struct{}

func (groupOps) Register(r *httpapi.Router, g *access.Guards) {
	type input struct {
		Number int `query:"number" default:"1"`
	}
	for path, guard := range map[string]httpapi.Guard[access.Group]{
		"read": g.Group(access.Read), "write": g.Group(access.Write), "admin": g.GroupAdmin(), "first": g.GroupFirst(access.Read),
	} {
		httpapi.Register(r, httpapi.Op{Method: http.MethodGet, Path: "/groups/{group_id}/" + path, Name: path}, guard,
			func(_ context.Context, s access.Group, _ *input) (map[string]string, error) {
				return map[string]string{"name": s.Group.Name}, nil
			})
	}
}

func TestWhoMayUseAGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		w.Serve(groupOps{})
		one, two := w.Board("One", nil), w.Board("Two", nil)
		group, empty := w.BoardGroup("Both", &one, &two), w.BoardGroup("None")
		_, stranger := w.NewOrganization("Other")
		granted := func(role mc.Role, board mc.Board, canWrite bool) mc.User {
			u := w.Member(role, false, false)
			w.Grant(u, board, canWrite)
			return u
		}
		elsewhere := w.Board("Elsewhere", nil)
		const yes, no = http.StatusOK, http.StatusForbidden
		for name, tc := range map[string]struct {
			user                                                  mc.User
			read, write, admin, emptyRead, emptyWrite, emptyAdmin int
		}{
			"owner with all boards":       {w.Owner, yes, yes, yes, yes, yes, yes},
			"admin with all boards":       {w.Member(mc.RoleAdmin, false, true), yes, yes, yes, yes, yes, yes},
			"admin who reads all boards":  {w.Member(mc.RoleAdmin, true, false), yes, no, no, yes, yes, yes},
			"admin without boards":        {w.Member(mc.RoleAdmin, false, false), no, no, no, yes, yes, yes},
			"member with all boards":      {w.Member(mc.RoleMember, false, true), yes, yes, no, yes, yes, no},
			"member who reads all boards": {w.Member(mc.RoleMember, true, false), yes, no, no, yes, no, no},
			"member without boards":       {w.Member(mc.RoleMember, false, false), no, no, no, no, no, no},
			"reader of one board":         {granted(mc.RoleMember, two, false), yes, no, no, no, no, no},
			"writer of one board":         {granted(mc.RoleMember, two, true), yes, yes, no, no, no, no},
			"admin who writes to one":     {granted(mc.RoleAdmin, one, true), yes, yes, yes, yes, yes, yes},
			"writer of another board":     {granted(mc.RoleMember, elsewhere, true), no, no, no, no, no, no},
			"owner elsewhere":             {stranger, no, no, no, no, no, no},
		} {
			for _, call := range []struct {
				group mc.BoardGroup
				op    string
				want  int
			}{
				{group, "read", tc.read}, {group, "first", tc.read}, {group, "write", tc.write}, {group, "admin", tc.admin},
				{empty, "read", tc.emptyRead}, {empty, "first", tc.emptyRead}, {empty, "write", tc.emptyWrite}, {empty, "admin", tc.emptyAdmin},
			} {
				got := w.Call(apitest.As(tc.user), http.MethodGet, fmt.Sprintf("/groups/%s/%s", call.group.ID, call.op), "")
				if got.Status != call.want || got.Status == no && got.Detail() != "Forbidden" || got.Status == yes && got.At("name") != call.group.Name {
					t.Errorf("%s, %s of %s: %d %v, want %d", name, call.op, call.group.Name, got.Status, got.Body, call.want)
				}
			}
		}
	})
}

func TestOrderOfChecksOfAGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		w.Serve(groupOps{})
		board := w.Board("One", nil)
		group := w.BoardGroup("Group", &board)
		nobody, member, owner := apitest.AsNobody, apitest.As(w.Member(mc.RoleMember, false, false)), apitest.As(w.Owner)
		for _, tc := range []struct {
			name         string
			as           apitest.Caller
			path, detail string
			status       int
		}{
			{"credentials come before all", nobody, "/groups/x/read?number=x", "Unauthorized", 401},
			{"fields come before an unknown group", owner, "/groups/" + mc.NewID().String() + "/read?number=x", `["query","number"]`, 422},
			{"fields come before access", member, "/groups/" + group.ID.String() + "/write?number=x", `["query","number"]`, 422},
			{"a malformed id is a field", member, "/groups/x/read", `["path","group_id"]`, 422},
			{"being admin comes before the fields", member, "/groups/x/admin?number=x", "Forbidden", 403},
			{"an unknown group", owner, "/groups/" + mc.NewID().String() + "/read", "Not Found", 404},
			{"of a stream, an unknown group comes before the fields", owner, "/groups/" + mc.NewID().String() + "/first?number=x", "Not Found", 404},
			{"of a stream, access comes before the fields", member, "/groups/" + group.ID.String() + "/first?number=x", "Forbidden", 403},
			{"of a stream, fields come last", owner, "/groups/" + group.ID.String() + "/first?number=x", `["query","number"]`, 422},
			{"of a stream, a malformed id is a field", owner, "/groups/x/first?number=x", `["path","group_id"] ["query","number"]`, 422},
		} {
			got := w.Call(tc.as, http.MethodGet, tc.path, "")
			if got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: %d %v, want %d %s", tc.name, got.Status, got.Detail(), tc.status, tc.detail)
			}
		}
	})
}
