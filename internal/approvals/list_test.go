package approvals_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestApprovalsOfAllBoards(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		quiet := r.Board("Quiet", nil)
		foreignOrg, foreignOwner := r.NewOrganization("Foreign")
		foreign := r.BoardOf(foreignOrg, "Foreign", nil)
		first := r.ask(about(r.alpha))
		const body = `{"action_type":"x","confidence":1,"lead_reasoning":"r"}`
		second, _ := r.Call(r.owner, "POST", "/api/v1/boards/"+quiet.ID.String()+"/approvals", body).At("id").(string)
		r.Call(apitest.As(foreignOwner), "POST", "/api/v1/boards/"+foreign.ID.String()+"/approvals", body)
		third := r.ask(about(r.beta))
		r.decide(third, "rejected")

		all := r.Call(r.owner, "GET", r.anyPath, "")
		if diff := cmp.Diff([]any{third, second, first}, column(all, "id")); diff != "" || all.At("total") != 3.0 {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]any{"Billing", "Quiet", "Billing"}, column(all, "board_name")); diff != "" {
			t.Errorf("their boards (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]any{"Alpha"}, all.At("items", 2, "task_titles")); diff != "" {
			t.Errorf("titles (-want +got):\n%s", diff)
		}
		member := r.Member(mc.RoleMember, false, false)
		r.Grant(member, quiet, false)
		for name, tc := range map[string]struct {
			as    apitest.Caller
			query string
			want  []any
		}{
			"pending":           {r.owner, "?status=pending", []any{second, first}},
			"of a board":        {r.owner, "?board_id=" + r.board.ID.String(), []any{third, first}},
			"both":              {r.owner, "?status=rejected&board_id=" + r.board.ID.String(), []any{third}},
			"second page":       {r.owner, "?limit=1&offset=1", []any{second}},
			"granted one board": {apitest.As(member), "", []any{second}},
		} {
			if diff := cmp.Diff(tc.want, column(r.Call(tc.as, "GET", r.anyPath+tc.query, ""), "id")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		for name, tc := range map[string]struct {
			as     apitest.Caller
			query  string
			status int
		}{
			"board without access":   {apitest.As(member), "?board_id=" + r.board.ID.String(), 403},
			"board of others":        {r.owner, "?board_id=" + foreign.ID.String(), 403},
			"unknown board":          {r.owner, "?board_id=" + mc.NewID().String(), 403},
			"no id":                  {r.owner, "?board_id=x", 422},
			"unknown status":         {r.owner, "?status=open", 422},
			"an agent":               {r.asLead, "", 401},
			"nobody":                 {apitest.AsNobody, "", 401},
			"more than a page holds": {r.owner, "?limit=201", 422},
		} {
			if got := r.Call(tc.as, "GET", r.anyPath+tc.query, ""); got.Status != tc.status {
				t.Errorf("%s: %d %v", name, got.Status, got.Body)
			}
		}
	})
}
