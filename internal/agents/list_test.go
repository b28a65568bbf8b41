package agents_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
)

func names(a apitest.Answer) (found []any) {
	items, _ := a.At("items").([]any)
	for i := range items {
		found = append(found, a.At("items", i, "name"))
	}
	return found
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		second := f.Gateway("ws://127.0.0.1:1")
		elsewhere := f.Board("Elsewhere", &second)
		bare := f.Board("Bare", nil)
		otherOrg, others := f.NewOrganization("Other")
		foreign := f.BoardOf(otherOrg, "Foreign", nil)
		f.MainAgent(f.gateway)
		f.MainAgent(second)
		f.Agent("Ann", &f.board, nil)
		f.Agent("Bob", &elsewhere, nil)
		f.Agent("Bot", &bare, nil)
		f.Agent("Spy", &foreign, nil)
		reader := f.Member(mc.RoleAdmin, false, false)
		f.Grant(reader, f.board, false)
		_, worker := f.Agent("Cid", &f.board, nil)
		const path = "/api/v1/agents"
		for name, tc := range map[string]struct {
			as    apitest.Caller
			query string
			want  []any
		}{
			"all":                     {f.owner, "", []any{"Cid", "Bot", "Bob", "Ann", "Home Gateway Agent", "Home Gateway Agent"}},
			"of a board":              {f.owner, "?board_id=" + f.board.ID.String(), []any{"Cid", "Ann"}},
			"of a gateway":            {f.owner, "?gateway_id=" + second.ID.String(), []any{"Bob", "Home Gateway Agent"}},
			"of both":                 {f.owner, "?gateway_id=" + second.ID.String() + "&board_id=" + f.board.ID.String(), nil},
			"a page":                  {f.owner, "?limit=2&offset=1", []any{"Bot", "Bob"}},
			"beyond the end":          {f.owner, "?offset=100", nil},
			"an admin with one board": {apitest.As(reader), "", []any{"Cid", "Ann", "Home Gateway Agent", "Home Gateway Agent"}},
			"another organization":    {apitest.As(others), "", []any{"Spy"}},
		} {
			if got := f.Call(tc.as, "GET", path+tc.query, ""); got.Status != 200 || !cmp.Equal(tc.want, names(got)) {
				t.Errorf("%s: %d, (-want +got):\n%s", name, got.Status, cmp.Diff(tc.want, names(got)))
			}
		}
		for name, tc := range map[string]struct {
			as     apitest.Caller
			query  string
			status int
			detail any
		}{
			"unknown board":        {f.owner, "?board_id=" + mc.NewID().String(), 403, "Forbidden"},
			"board of others":      {f.owner, "?board_id=" + foreign.ID.String(), 403, "Forbidden"},
			"board without access": {apitest.As(reader), "?board_id=" + elsewhere.ID.String(), 403, "Forbidden"},
			"no ids":               {f.owner, "?board_id=x&limit=0", 422, nil},
			"no admin":             {apitest.As(f.Member(mc.RoleMember, true, true)), "", 403, "Forbidden"},
			"an agent":             {apitest.AsAgent(worker), "", 401, nil},
		} {
			want(t, name, f.Call(tc.as, "GET", path+tc.query, ""), tc.status, tc.detail)
			want(t, name+", stream", f.Call(tc.as, "GET", path+"/stream"+tc.query, ""), tc.status, tc.detail)
		}
		want(t, "unknown gateway", f.Call(f.owner, "GET", path+"?gateway_id="+mc.NewID().String(), ""), 404, "Not Found")
		want(t, "board before gateway", f.Call(f.owner, "GET", path+"?gateway_id="+mc.NewID().String()+"&board_id="+mc.NewID().String(), ""), 403, nil)
	})
}

func TestGetReachesWhatAnAdminMaySee(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main, _ := f.MainAgent(f.gateway)
		ann, token := f.Agent("Ann", &f.board, nil)
		_, others := f.NewOrganization("Other")
		path := func(id mc.ID) string { return "/api/v1/agents/" + id.String() }
		blind := f.Member(mc.RoleAdmin, false, false)
		want(t, "owner", f.Call(f.owner, "GET", path(ann.ID), ""), 200, nil)
		want(t, "an admin without access", f.Call(apitest.As(blind), "GET", path(ann.ID), ""), 403, "Forbidden")
		want(t, "the main agent needs none", f.Call(apitest.As(blind), "GET", path(main.ID), ""), 200, nil)
		want(t, "others", f.Call(apitest.As(others), "GET", path(ann.ID), ""), 404, "Not Found")
		want(t, "others, main", f.Call(apitest.As(others), "GET", path(main.ID), ""), 404, "Not Found")
		want(t, "unknown", f.Call(f.owner, "GET", path(mc.NewID()), ""), 404, "Not Found")
		want(t, "no id", f.Call(f.owner, "GET", "/api/v1/agents/xyz", ""), 404, "Not Found")
		want(t, "a member", f.Call(apitest.As(f.Member(mc.RoleMember, true, true)), "GET", path(ann.ID), ""), 403, "Forbidden")
		want(t, "itself", f.Call(apitest.AsAgent(token), "GET", path(ann.ID), ""), 401, nil)
	})
}
