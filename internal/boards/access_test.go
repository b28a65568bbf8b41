package boards_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestListIsByNameAndFiltered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		second, group := w.gatewayOf(w.Organization.ID, nil), w.group(w.Organization.ID)
		w.MainAgent(second)
		w.create("charlie", "")
		older := w.create("Alpha", fmt.Sprintf(`,"board_group_id":%q`, group))
		w.create("bravo", fmt.Sprintf(`,"gateway_id":%q`, second.ID))
		newer := w.create("alpha", "")
		other, _ := w.NewOrganization("Other")
		w.BoardOf(other, "Foreign", nil)

		for name, tc := range map[string]struct {
			query string
			want  []any
			total float64
		}{
			"all":               {"", []any{"alpha", "Alpha", "bravo", "charlie"}, 4},
			"by gateway":        {fmt.Sprintf("?gateway_id=%s", second.ID), []any{"bravo"}, 1},
			"by group":          {fmt.Sprintf("?board_group_id=%s", group), []any{"Alpha"}, 1},
			"both must hold":    {fmt.Sprintf("?board_group_id=%s&gateway_id=%s", group, second.ID), nil, 0},
			"an unknown filter": {fmt.Sprintf("?gateway_id=%s", mc.NewID()), nil, 0},
			"a page":            {"?limit=2&offset=1", []any{"Alpha", "bravo"}, 4},
			"beyond the end":    {"?offset=10", nil, 4},
		} {
			got := w.owner("GET", path+tc.query, "")
			if diff := cmp.Diff(tc.want, column(got, "name")); diff != "" || got.At("total") != tc.total {
				t.Errorf("%s: total %v (-want +got):\n%s", name, got.At("total"), diff)
			}
		}
		ids := column(w.owner("GET", path, ""), "id")
		if ids[0] != newer || ids[1] != older {
			t.Error("of equal names the newer board comes first")
		}
		for query, want := range map[string]any{
			"?limit=0": `["query","limit"]`, "?limit=201": `["query","limit"]`, "?offset=-1": `["query","offset"]`, "?gateway_id=nope": `["query","gateway_id"]`,
			"?board_group_id=1&offset=x": `["query","board_group_id"] ["query","offset"]`,
		} {
			if got := w.owner("GET", path+query, ""); got.Status != 422 || got.Detail() != want {
				t.Errorf("%s: answered %d %v", query, got.Status, got.Detail())
			}
		}
	})
}

func TestListShowsWhatTheCallerMayRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		open := w.board(w.create("Open", ""))
		w.create("Closed", "")
		plain, reader, admin := w.Member(mc.RoleMember, false, false), w.Member(mc.RoleMember, true, false), w.Member(mc.RoleAdmin, false, false)
		w.Grant(plain, open, false)
		for name, tc := range map[string]struct {
			as   mc.User
			want []any
		}{
			"one board granted":            {plain, []any{"Open"}},
			"all boards":                   {reader, []any{"Closed", "Open"}},
			"an admin without any of them": {admin, nil},
		} {
			if diff := cmp.Diff(tc.want, column(w.Call(apitest.As(tc.as), "GET", path, ""), "name")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// The order of checks: broken JSON, who calls, the board, access, then fields.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Launch", "")
		board := w.board(id)
		_, token := w.Agent("Ada", &board, nil)
		none, reads, admin := w.Member(mc.RoleMember, false, false), w.Member(mc.RoleMember, false, false), w.Member(mc.RoleAdmin, false, false)
		w.Grant(reads, board, false)
		_, stranger := w.NewOrganization("Other")
		at, unknown := path+"/"+id, path+"/"+mc.NewID().String()
		for name, tc := range map[string]struct {
			as               apitest.Caller
			method, at, body string
			status           int
			detail           any
		}{
			"nobody lists":                   {apitest.AsNobody, "GET", path, "", 401, "Unauthorized"},
			"an agent lists":                 {apitest.AsAgent(token), "GET", path, "", 401, "Unauthorized"},
			"an agent reads":                 {apitest.AsAgent(token), "GET", at, "", 401, "Unauthorized"},
			"an agent changes":               {apitest.AsAgent(token), "PATCH", at, `{"name":"x"}`, 401, "Unauthorized"},
			"an agent deletes":               {apitest.AsAgent(token), "DELETE", at, "", 401, "Unauthorized"},
			"broken JSON before all":         {apitest.AsNobody, "PATCH", at, `{"name":`, 422, `["body",8]`},
			"a member creates":               {apitest.As(reads), "POST", path, `{}`, 403, "Forbidden"},
			"an admin creates":               {apitest.As(admin), "POST", path, `{}`, 422, `["body","name"] ["body","slug"] ["body","description"]`},
			"without access":                 {apitest.As(none), "GET", at, "", 403, "Board access denied"},
			"an admin without access":        {apitest.As(admin), "GET", at, "", 403, "Board access denied"},
			"read access reads":              {apitest.As(reads), "GET", at, "", 200, nil},
			"read access changes":            {apitest.As(reads), "PATCH", at, `{"name":5}`, 403, "Board access denied"},
			"read access deletes":            {apitest.As(reads), "DELETE", at, "", 403, "Board access denied"},
			"of another organization":        {apitest.As(stranger), "GET", at, "", 403, "No org access"},
			"of another one deletes":         {apitest.As(stranger), "DELETE", at, "", 403, "No org access"},
			"an unknown board":               {apitest.As(w.Owner), "GET", unknown, "", 404, "Not Found"},
			"an unknown board and bad field": {apitest.As(w.Owner), "PATCH", unknown, `{"name":5}`, 404, "Not Found"},
			"no id at all":                   {apitest.As(w.Owner), "GET", path + "/nope", "", 404, "Not Found"},
			"deleting no id at all":          {apitest.As(w.Owner), "DELETE", path + "/nope", "", 404, "Not Found"},
		} {
			if got := w.Call(tc.as, tc.method, tc.at, tc.body); got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: answered %d %v, want %d %v", name, got.Status, got.Detail(), tc.status, tc.detail)
			}
		}
	})
}

// A board is found by its own organization, not by the one the caller acts in.
func TestBoardOfAnInactiveOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	other, _ := w.NewOrganization("Other")
	w.Join(w.Owner, other, mc.RoleMember, true, true)
	board := w.BoardOf(other, "Elsewhere", nil)
	at := path + "/" + board.ID.String()
	if got := w.owner("PATCH", at, `{"name":"Renamed"}`); got.Status != 200 || got.At("name") != "Renamed" {
		t.Errorf("changing it: %d %v", got.Status, got.Body)
	}
	if got := w.owner("PATCH", at, fmt.Sprintf(`{"gateway_id":%q}`, w.gateway.ID)); got.Status != 422 || got.Detail() != "gateway_id is invalid" {
		t.Errorf("a gateway of the caller's organization, not the board's: %d %v", got.Status, got.Body)
	}
	if got := w.owner("GET", path, ""); got.At("total") != 0.0 {
		t.Errorf("the list: %v", got.Body)
	}
	if got := w.owner("DELETE", at, ""); got.Status != 200 {
		t.Errorf("deleting it: %d %v", got.Status, got.Body)
	}
}
