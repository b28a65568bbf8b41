package groups_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func TestCreateAndChange(t *testing.T) {
	each(t, func(w *world) {
		made := w.owner("POST", path, `{"name":" Growth & Ops! ","slug":" ","description":" kept "}`)
		want := map[string]any{
			"name": " Growth & Ops! ", "slug": "growth-ops", "description": " kept ", "organization_id": w.Organization.ID.String(),
			"id": made.At("id"), "created_at": made.At("created_at"), "updated_at": made.At("created_at"),
		}
		if diff := cmp.Diff(any(want), made.Body); diff != "" || made.Status != 200 {
			w.t.Errorf("created: %d (-want +got):\n%s", made.Status, diff)
		}
		at := path + "/" + made.At("id").(string)
		for _, step := range []struct {
			body    string
			status  int
			detail  any
			changed map[string]any
		}{
			{`{}`, 200, nil, nil},
			{`{"name":"Third"}`, 200, nil, map[string]any{"name": "Third"}},
			{`{"slug":""}`, 200, nil, map[string]any{"slug": "third"}},
			{`{"description":null}`, 200, nil, map[string]any{"description": nil}},
			{`{"name":null,"slug":null}`, 422, `["body","name"] ["body","slug"]`, nil},
			{`{"slug":7}`, 422, `["body","slug"]`, nil},
		} {
			got := w.owner("PATCH", at, step.body)
			if got.Status != step.status || got.Detail() != step.detail {
				w.t.Errorf("%s: answered %d %v", step.body, got.Status, got.Detail())
			}
			for key, value := range step.changed {
				want[key] = value
			}
			read := w.owner("GET", at, "")
			if newer := read.At("updated_at").(string) > want["updated_at"].(string); newer != (step.status == 200) {
				w.t.Errorf("%s: updated_at went from %v to %v", step.body, want["updated_at"], read.At("updated_at"))
			}
			want["updated_at"] = read.At("updated_at")
			if diff := cmp.Diff(any(want), read.Body); diff != "" {
				w.t.Errorf("%s (-want +got):\n%s", step.body, diff)
			}
		}
		for body, detail := range map[string]string{
			`{}`: `["body","name"] ["body","slug"]`, `{"name":"x","slug":null}`: `["body","slug"]`, `{"name":"x"}`: `["body","slug"]`,
		} {
			if got := w.owner("POST", path, body); got.Status != 422 || got.Detail() != detail {
				w.t.Errorf("%s: answered %d %v", body, got.Status, got.Detail())
			}
		}
	})
}

func TestWhoSeesAndMakesGroups(t *testing.T) {
	each(t, func(w *world) {
		mine, other := w.Board("Mine", nil), w.Board("Other", nil)
		w.BoardGroup("bravo", &mine)
		w.BoardGroup("Alpha", &other)
		w.BoardGroup("charlie")
		reader := w.Member(mc.RoleMember, false, false)
		w.Grant(reader, mine, false)
		admin := w.Member(mc.RoleAdmin, false, false)
		_, stranger := w.NewOrganization("Elsewhere")
		callers := map[string]struct {
			user mc.User
			sees []any
			make int
		}{
			"owner":                {w.Owner, []any{"Alpha", "bravo", "charlie"}, 200},
			"reader of all":        {w.Member(mc.RoleMember, true, false), []any{"Alpha", "bravo", "charlie"}, 403},
			"reader of one":        {reader, []any{"bravo"}, 403},
			"admin without boards": {admin, nil, 200},
			"another organization": {stranger, nil, 200},
		}
		for name, tc := range callers {
			got := w.Call(apitest.As(tc.user), "GET", path, "")
			if diff := cmp.Diff(tc.sees, names(got, "name", "items")); diff != "" || got.At("total") != float64(len(tc.sees)) {
				w.t.Errorf("%s sees %v", name, got.Body)
			}
		}
		page := w.owner("GET", path+"?limit=1&offset=1", "")
		if diff := cmp.Diff([]any{"bravo"}, names(page, "name", "items")); diff != "" || page.At("limit") != 1.0 || page.At("offset") != 1.0 {
			w.t.Errorf("a page: %v", page.Body)
		}
		for name, tc := range callers {
			if got := w.Call(apitest.As(tc.user), "POST", path, `{"name":"x","slug":"x"}`); got.Status != tc.make {
				w.t.Errorf("%s makes one: %d %v", name, got.Status, got.Body)
			}
		}
		if got := w.Call(apitest.AsNobody, "GET", path, ""); got.Status != 401 {
			w.t.Errorf("nobody: %d", got.Status)
		}
	})
}

func TestDelete(t *testing.T) {
	each(t, func(w *world) {
		on, without := w.Board("On", &w.gateway), w.Board("Without", nil)
		group := w.BoardGroup("Team", &on, &without)
		ada, _ := w.Agent("Ada", &on, nil)
		bob, _ := w.Agent("Bob", &on, nil)
		w.Agent("Ext", &without, nil)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.InsertGroupMemory(ctx, mc.GroupMemory{GroupID: group.ID, MemoryEntry: mc.MemoryEntry{ID: mc.NewID(), Content: "n", CreatedAt: tx.Now()}})
		})
		changes := w.Broker.Subscribe(live.Topic{Kind: store.KindBoard, Scope: on.ID}, live.Topic{Kind: store.KindAccess, Scope: group.ID})
		defer changes.Close()
		at := path + "/" + group.ID.String()
		if got := w.owner("DELETE", at, ""); got.Status != 200 || got.At("ok") != true {
			w.t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		w.Heard(changes, 2) // the board, and the access to the group
		for _, b := range []mc.Board{on, without} {
			stays, err := w.Store.Board(w.t.Context(), b.ID)
			b.BoardGroupID = nil
			if diff := cmp.Diff(b, stays); diff != "" || err != nil {
				w.t.Errorf("%s (-want +got):\n%s %v", b.Name, diff, err)
			}
		}
		if _, total, err := w.Store.GroupMemory(w.t.Context(), group.ID, nil, 10, 0); total != 0 || err != nil {
			w.t.Errorf("%d entries remain, %v", total, err)
		}
		notice := mc.GroupNotice{Move: mc.GroupLeave, Moved: on, Group: group}
		for _, a := range []mc.Agent{ada, bob} {
			d, err := w.Store.NextDelivery(w.t.Context(), a.ID)
			if err != nil || d == nil || d.Message != notice.Message(on) || d.SentMessage != notice.Record(a, on).SentMessage || *d.BoardID != on.ID || d.Deliver {
				w.t.Errorf("%s is told %+v, %v", a.Name, d, err)
			}
		}
		if jobs := w.Jobs("agent_delivery"); len(jobs) != 2 {
			w.t.Errorf("%d agents are told", len(jobs))
		}
		for _, method := range []string{"GET", "DELETE"} {
			if got := w.owner(method, at, ""); got.Status != 404 {
				w.t.Errorf("%s afterwards: %d", method, got.Status)
			}
		}
	})
}

func TestOrderOfChecks(t *testing.T) {
	each(t, func(w *world) {
		group := w.create("Team")
		member := apitest.As(w.Member(mc.RoleMember, true, true))
		unknown := mc.NewID().String()
		for _, tc := range []struct {
			as                       apitest.Caller
			method, at, body, detail string
			status                   int
		}{
			{apitest.AsNobody, "PATCH", "nope", `{"name":1}`, "Unauthorized", 401},
			{member, "PATCH", "nope", `{"name":1}`, "Forbidden", 403},
			{apitest.As(w.Owner), "PATCH", unknown, `{"name":1}`, `["body","name"]`, 422},
			{apitest.As(w.Owner), "PATCH", "nope", `{"name":1}`, `["path","group_id"] ["body","name"]`, 422},
			{apitest.As(w.Owner), "PATCH", unknown, `{}`, "Not Found", 404},
			{apitest.As(w.Owner), "GET", unknown + "/snapshot?per_board_task_limit=-1", ``, "Not Found", 404},
			{apitest.As(w.Owner), "GET", group + "/snapshot?per_board_task_limit=-1", ``, "Unprocessable Entity", 422},
			{apitest.As(w.Owner), "GET", unknown + "/snapshot?per_board_task_limit=x", ``, `["query","per_board_task_limit"]`, 422},
			{apitest.AsNobody, "POST", "nope/heartbeat", `{}`, "Unauthorized", 401},
			{member, "POST", unknown + "/heartbeat", `{}`, `["body","every"]`, 422},
			{member, "POST", unknown + "/heartbeat", `{"every":"2m"}`, "Not Found", 404},
			{member, "POST", group + "/heartbeat", `{"every":"2m"}`, "Forbidden", 403},
		} {
			got := w.Call(tc.as, tc.method, path+"/"+tc.at, tc.body)
			if got.Status != tc.status || fmt.Sprint(got.Detail()) != tc.detail {
				w.t.Errorf("%s %s %s: %d %v, want %d %s", tc.method, tc.at, tc.body, got.Status, got.Detail(), tc.status, tc.detail)
			}
		}
	})
}

func TestWhatIsDoneToGroupsIsAudited(t *testing.T) {
	each(t, func(w *world) {
		id := w.create("Team")
		at := path + "/" + id
		board := w.Board("One", nil)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			board.BoardGroupID = mc.Ref(mc.MustID(id))
			return tx.UpdateBoard(ctx, board)
		})
		ada, _ := w.Agent("Ada", &board, nil)
		for _, step := range []struct{ method, at, body string }{
			{"PATCH", at, `{"name":"Crew"}`}, {"PATCH", at, `{"name":"Crew"}`}, {"POST", at + "/heartbeat", `{"every":"2m"}`}, {"DELETE", at, ""},
		} {
			if got := w.owner(step.method, step.at, step.body); got.Status != 200 {
				w.t.Fatalf("%s: %d %v", step.method, got.Status, got.Body)
			}
		}
		entries, _, err := w.Store.AuditLog(w.t.Context(), store.AuditFilter{OrganizationID: w.Organization.ID}, 10, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		var told []string
		for _, e := range entries {
			told = append(told, fmt.Sprintf("%s %s by %s", e.Action, e.TargetName, e.ActorName))
		}
		want := []string{"board_group.deleted Crew by Acme owner", "agent.changed Ada by Acme owner", "board_group.changed Crew by Acme owner", "board_group.created Team by Acme owner"}
		if diff := cmp.Diff(want, told); diff != "" || entries[1].TargetID != ada.ID {
			w.t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
