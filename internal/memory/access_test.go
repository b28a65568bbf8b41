package memory_test

import (
	"net/http"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestWhoMayReadAndWrite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		_, stranger := f.NewOrganization("Other")
		reader := f.Member(mc.RoleMember, false, false)
		f.Grant(reader, f.alpha, false)
		writer := f.Member(mc.RoleMember, false, false)
		f.Grant(writer, f.alpha, true)
		_, mainToken := f.MainAgent(f.Gateway("ws://main"))
		for name, tc := range map[string]struct {
			as                       apitest.Caller
			read, write              int // of the board, and through it
			agentRead                int // of the agents' own routes
			groupRead, groupWrite    int
			boardDetail, otherDetail string
		}{
			"owner":                {f.owner, 200, 200, 401, 200, 200, "", ""},
			"reader":               {apitest.As(reader), 200, 403, 401, 200, 403, "Board access denied", "Forbidden"},
			"writer":               {apitest.As(writer), 200, 200, 401, 200, 200, "", ""},
			"admin without boards": {apitest.As(f.Member(mc.RoleAdmin, false, false)), 403, 403, 401, 403, 403, "Board access denied", "Forbidden"},
			"of another one":       {apitest.As(stranger), 403, 403, 401, 403, 403, "No org access", "Forbidden"},
			"worker":               {f.asWorker, 200, 200, 200, 401, 401, "", "Unauthorized"},
			"worker of another":    {f.asOth, 403, 403, 403, 401, 401, "Forbidden", "Unauthorized"},
			"main agent":           {apitest.AsAgent(mainToken), 200, 200, 200, 401, 401, "", "Unauthorized"},
			"nobody":               {apitest.AsNobody, 401, 401, 401, 401, 401, "Unauthorized", "Unauthorized"},
		} {
			for _, call := range []struct {
				method, path string
				want         int
				detail       string
			}{
				{http.MethodGet, memoryOf(f.alpha), tc.read, tc.boardDetail},
				{http.MethodPost, memoryOf(f.alpha), tc.write, tc.boardDetail},
				{http.MethodGet, groupMemoryOf(f.alpha), tc.read, tc.boardDetail},
				{http.MethodPost, groupMemoryOf(f.alpha), tc.write, tc.boardDetail},
				{http.MethodGet, agentMemoryOf(f.alpha), tc.agentRead, ""},
				{http.MethodPost, agentMemoryOf(f.alpha), tc.agentRead, ""},
				{http.MethodGet, ofGroup(f.group), tc.groupRead, tc.otherDetail},
				{http.MethodPost, ofGroup(f.group), tc.groupWrite, tc.otherDetail},
			} {
				body := ""
				if call.method == http.MethodPost {
					body = `{"content":"x"}`
				}
				a := f.Call(tc.as, call.method, call.path, body)
				if a.Status != call.want || a.Status != 200 && call.detail != "" && a.Detail() != call.detail {
					t.Errorf("%s, %s %s: %d %v, want %d %s", name, call.method, call.path, a.Status, a.Detail(), call.want, call.detail)
				}
			}
			// A stream is refused before it begins, as any other operation is.
			for path, want := range map[string]int{memoryOf(f.alpha): tc.read, groupMemoryOf(f.alpha): tc.read, ofGroup(f.group): tc.groupRead} {
				if want == 200 {
					continue
				}
				if a := f.Call(tc.as, http.MethodGet, path+"/stream?is_chat=perhaps", ""); a.Status != want {
					t.Errorf("%s, stream of %s: %d %v", name, path, a.Status, a.Body)
				}
			}
		}
	})
}

func TestOrderOfRefusals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		unknown := mc.NewID().String()
		for _, tc := range []struct {
			as                 apitest.Caller
			method, path, body string
			status             int
			detail             string
		}{
			{apitest.AsNobody, "POST", memoryOf(f.alpha), `{`, 422, `["body",1]`},
			{f.owner, "POST", "/api/v1/boards/" + unknown + "/memory", `{}`, 404, "Not Found"},
			{f.owner, "POST", "/api/v1/boards/xyz/memory", `{}`, 404, "Not Found"},
			{f.asOth, "POST", memoryOf(f.alpha), `{}`, 403, "Forbidden"},
			{f.asOth, "POST", agentMemoryOf(f.alpha), `{}`, 422, `["body","content"]`},
			{f.owner, "POST", "/api/v1/board-groups/" + unknown + "/memory", `{}`, 422, `["body","content"]`},
			{f.owner, "POST", "/api/v1/board-groups/" + unknown + "/memory", `{"content":"x"}`, 404, "Not Found"},
			{f.owner, "GET", "/api/v1/board-groups/xyz/memory?limit=0", ``, 422, `["path","group_id"] ["query","limit"]`},
			{f.owner, "GET", "/api/v1/board-groups/" + unknown + "/memory/stream?is_chat=x", ``, 404, "Not Found"},
			{f.owner, "GET", ofGroup(f.group) + "/stream?is_chat=", ``, 422, `["query","is_chat"]`},
			{f.owner, "GET", memoryOf(f.alpha) + "/stream?is_chat=x", ``, 422, `["query","is_chat"]`},
			{f.owner, "GET", memoryOf(f.alpha) + "?is_chat=", ``, 422, `["query","is_chat"]`},
		} {
			if a := f.Call(tc.as, tc.method, tc.path, tc.body); a.Status != tc.status || a.Detail() != tc.detail {
				t.Errorf("%s %s %s: %d %v, want %d %s", tc.method, tc.path, tc.body, a.Status, a.Detail(), tc.status, tc.detail)
			}
		}
	})
}
