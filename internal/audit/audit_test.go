package audit_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/audit"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

const path = "/api/v1/organizations/me/audit"

func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	noon := func() mc.Time { return mc.TimeOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)) }
	w.Serve(orgs.New(st, nil, 0), audit.New(st, noon))
	return w
}

// record writes entries as somebody, in the order given.
func record(t *testing.T, w *apitest.World, as mc.Party, target mc.AuditTarget, actions ...mc.AuditAction) {
	t.Helper()
	ctx := mc.WithOrigin(t.Context(), mc.Origin{Party: as, Address: "192.0.2.1", RequestID: "r-1"})
	err := w.Store.Write(ctx, func(tx *store.Tx) error {
		for _, a := range actions {
			tx.Audit(a, target, nil)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// raw sends a request through everything that surrounds the operations.
func raw(t *testing.T, w *apitest.World, as apitest.Caller, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	h := w.Router().Handler(httpapi.Options{
		ClientAddr:      func(*http.Request) string { return "203.0.113.7" },
		ForwardedScheme: func(*http.Request) string { return "" },
		WithRequest:     func(ctx context.Context, _, _, _ string) context.Context { return ctx },
	})
	req := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	req.Header.Set("X-Request-Id", "r-77")
	as(req)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

func actionsOf(got apitest.Answer) []string {
	actions := []string{}
	for i := 0; got.At("items", i) != nil; i++ {
		actions = append(actions, got.At("items", i, "action").(string))
	}
	return actions
}

func TestWhatIsDoneIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		u := w.Member(mc.RoleMember, false, false)
		m, err := st.Member(t.Context(), w.Organization.ID, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		rec := raw(t, w, apitest.As(w.Owner), "PATCH", "/api/v1/organizations/me/members/"+m.ID.String(), `{"role":"admin"}`)
		if rec.Code != 200 {
			t.Fatalf("answered %d %s", rec.Code, rec.Body)
		}
		got := w.Call(apitest.As(u), "GET", path, "")
		want := map[string]any{
			"id": got.At("items", 0, "id"), "at": got.At("items", 0, "at"), "actor_kind": "user", "actor_id": w.Owner.ID.String(), "actor_name": "Acme owner",
			"action": "member.role_changed", "target_kind": "member", "target_id": m.ID.String(), "target_name": "member",
			"details": map[string]any{"role": map[string]any{"old": "member", "new": "admin"}}, "address": "203.0.113.7", "request_id": "r-77",
		}
		if diff := cmp.Diff(any([]any{want}), got.At("items")); diff != "" || got.At("total") != 1.0 {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}

// What was not done is not told: the entry goes with its transaction.
func TestWhatIsRefusedIsNotTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			tx.Audit(mc.AuditOrganizationRenamed, w.Organization.AuditTarget(), nil)
			return mc.Conflict()
		})
		if mc.KindOf(err) != mc.KindConflict {
			t.Fatal(err)
		}
		if got := w.Call(apitest.As(w.Owner), "GET", path, ""); got.At("total") != 0.0 {
			t.Errorf("the log: %v", got.Body)
		}
	})
}

func TestFilters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board, agent := mc.Board{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: "B"}, mc.Agent{ID: mc.NewID(), Name: "Ada"}
		rival, rivalOwner := w.NewOrganization("Rival")
		record(t, w, w.Owner.Party(), w.Organization.AuditTarget(), mc.AuditMemberJoined, mc.AuditMemberRemoved)
		record(t, w, agent.Party(), board.AuditTarget(), mc.AuditBoardCreated, mc.AuditBoardChanged)
		record(t, w, mc.Party{Kind: mc.PartySystem}, board.AuditTarget(), mc.AuditBoardDeleted)
		record(t, w, rivalOwner.Party(), rival.AuditTarget(), mc.AuditOrganizationRenamed)
		all := w.Call(apitest.As(w.Owner), "GET", path, "")
		third := url.QueryEscape(all.At("items", 2, "at").(string))
		for query, want := range map[string][]string{
			"":                              {"board.deleted", "board.changed", "board.created", "member.removed", "member.joined"},
			"action=board.changed":          {"board.changed"},
			"action=member":                 {"member.removed", "member.joined"},
			"action=member.*":               {"member.removed", "member.joined"},
			"action=board.":                 {"board.deleted", "board.changed", "board.created"},
			"action=mem":                    {},
			"action=board.%25":              {},
			"actor_id=" + agent.ID.String(): {"board.changed", "board.created"},
			"target_id=" + board.ID.String() + "&action=board.deleted": {"board.deleted"},
			"since=" + third:       {"board.deleted", "board.changed", "board.created"},
			"until=" + third:       {"member.removed", "member.joined"},
			"limit=2&offset=1":     {"board.changed", "board.created"},
			"since=2999-01-01":     {},
			"action=organization.": {},
		} {
			if diff := cmp.Diff(want, actionsOf(w.Call(apitest.As(w.Owner), "GET", path+"?"+query, ""))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", query, diff)
			}
		}
		for query, place := range map[string]string{"actor_id=x": "actor_id", "target_id=1": "target_id", "since=yesterday": "since", "until=": "until", "limit=0": "limit"} {
			if got := w.Call(apitest.As(w.Owner), "GET", path+"?"+query, ""); got.Status != 422 || got.Detail() != fmt.Sprintf(`["query",%q]`, place) {
				t.Errorf("%q: answered %d %v", query, got.Status, got.Body)
			}
		}
	})
}

func TestOnlyAdminsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	board := w.Board("Launch", nil)
	_, token := w.Agent("Ada", &board, nil)
	for name, tc := range map[string]struct {
		as     apitest.Caller
		status int
	}{
		"an owner": {apitest.As(w.Owner), 200}, "an admin": {apitest.As(w.Member(mc.RoleAdmin, false, false)), 200},
		"a member": {apitest.As(w.Member(mc.RoleMember, true, true)), 403}, "an agent": {apitest.AsAgent(token), 401}, "nobody": {apitest.AsNobody, 401},
	} {
		for _, p := range []string{path, path + "/export"} {
			if rec := raw(t, w, tc.as, "GET", p, ""); rec.Code != tc.status {
				t.Errorf("%s, %s: answered %d", name, p, rec.Code)
			}
		}
	}
	if rec := raw(t, w, apitest.As(w.Owner), "GET", path+"/export?format=xlsx", ""); rec.Code != 422 {
		t.Errorf("another format: %d", rec.Code)
	}
}

// An export is longer than what is held at once: nothing is lost or told twice.
func TestExport(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		actions := make([]mc.AuditAction, 1203)
		for i := range actions {
			actions[i] = mc.AuditAction(fmt.Sprintf("test.%d", i))
		}
		nasty := mc.Board{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: `=HYPERLINK("http://evil.example";"a, b")` + "\n"}
		record(t, w, mc.Party{Kind: mc.PartyUser, ID: &w.Owner.ID, Name: " -1+2"}, nasty.AuditTarget(), actions...)

		rec := raw(t, w, apitest.As(w.Owner), "GET", path+"/export", "")
		if rec.Code != 200 || rec.Header().Get("Content-Type") != "text/csv; charset=utf-8" || rec.Header().Get("Content-Disposition") != "attachment; filename=audit-2026-03-01.csv" {
			t.Fatalf("answered %d %v", rec.Code, rec.Header())
		}
		rows, err := csv.NewReader(rec.Body).ReadAll()
		if err != nil || len(rows) != len(actions)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, row := range rows[1:] {
			if want := string(actions[len(actions)-1-i]); row[1] != want || row[4] != "' -1+2" || row[7] != "'"+nasty.Name {
				t.Fatalf("row %d is %q, want %s", i, row, want)
			}
		}

		rec = raw(t, w, apitest.As(w.Owner), "GET", path+"/export?format=ndjson&action=test", "")
		if rec.Code != 200 || rec.Header().Get("Content-Type") != "application/x-ndjson" {
			t.Fatalf("answered %d %v", rec.Code, rec.Header())
		}
		lines := strings.Split(strings.TrimSuffix(rec.Body.String(), "\n"), "\n")
		if len(lines) != len(actions) {
			t.Fatalf("%d lines", len(lines))
		}
		for i, line := range lines {
			var e audit.AuditEntryRead
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action != string(actions[len(actions)-1-i]) || e.TargetName != nasty.Name {
				t.Fatalf("line %d is %s, %v", i, line, err)
			}
		}
		if rec = raw(t, w, apitest.As(w.Owner), "GET", path+"/export?action=none", ""); rec.Code != 200 || strings.Count(rec.Body.String(), "\n") != 1 {
			t.Errorf("nothing: %d %q", rec.Code, rec.Body)
		}
	})
}
