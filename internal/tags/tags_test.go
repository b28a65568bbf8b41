package tags_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/tags"
)

const path = "/api/v1/tags"

func newWorld(t *testing.T, st *store.Store) (*apitest.World, apitest.Caller) {
	t.Helper()
	w := apitest.New(t, st)
	w.Serve(tags.New(st))
	return w, apitest.As(w.Owner)
}

// create makes a tag and returns its id.
func create(t *testing.T, w *apitest.World, as apitest.Caller, body string) string {
	t.Helper()
	a := w.Call(as, "POST", path, body)
	if a.Status != http.StatusOK {
		t.Fatalf("create %s: %d %v", body, a.Status, a.Body)
	}
	return a.At("id").(string)
}

// carry puts tags on a task.
func carry(w *apitest.World, task mc.Task, ids ...string) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		var tagIDs []mc.ID
		for _, id := range ids {
			tagIDs = append(tagIDs, mc.MustID(id))
		}
		return tx.ReplaceTags(ctx, task.ID, tagIDs)
	})
}

func TestCreateAndChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		made := w.Call(owner, "POST", path, `{"name":" Release / QA ","color":" #FFAA00 ","description":" kept "}`)
		want := map[string]any{
			"name": "Release / QA", "slug": "release-qa", "color": "ffaa00", "description": " kept ", "id": made.At("id"),
			"organization_id": w.Organization.ID.String(), "task_count": 0.0, "created_at": made.At("created_at"), "updated_at": made.At("created_at"),
		}
		if diff := cmp.Diff(any(want), made.Body); diff != "" || made.Status != 200 {
			t.Fatalf("%d (-want +got):\n%s", made.Status, diff)
		}
		one := path + "/" + made.At("id").(string)
		carry(w, w.Task(w.Board("Alpha", nil), "T"), made.At("id").(string))
		want["task_count"] = 1.0
		for _, step := range []struct {
			body    string
			changed map[string]any
		}{
			{`{"name":"QA"}`, map[string]any{"name": "QA"}},
			{`{"slug":null}`, map[string]any{"slug": "qa"}},
			{`{"slug":" ","name":" New Name "}`, map[string]any{"slug": "new-name", "name": "New Name"}},
			{`{"slug":"NEW name"}`, nil},
			{`{"color":"#00FF00","description":"d","nonsense":1}`, map[string]any{"color": "00ff00", "description": "d"}},
			{`{"description":null}`, map[string]any{"description": nil}},
		} {
			got := w.Call(owner, "PATCH", one, step.body)
			for key, value := range step.changed {
				want[key] = value
			}
			want["updated_at"] = got.At("updated_at")
			if diff := cmp.Diff(any(want), got.Body); diff != "" || got.Status != 200 {
				t.Errorf("%s: %d (-want +got):\n%s", step.body, got.Status, diff)
			}
			if diff := cmp.Diff(got.Body, w.Call(owner, "GET", one, "").Body); diff != "" {
				t.Errorf("%s, read back (-patched +read):\n%s", step.body, diff)
			}
		}
	})
}

func TestTextsComeBackAsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		for _, text := range []string{"🦊👩‍👩‍👧", "שלום \u202eעולם", "e\u0301", "漢字", `"q" \ %s ? ' --`, "a\tb\nc", strings.Repeat("長", 5_000)} {
			quoted := mc.JSONOf(text)
			made := w.Call(owner, "POST", path, fmt.Sprintf(`{"name":%s,"description":%s}`, quoted, quoted))
			if made.Status != 200 || made.At("name") != text || made.At("description") != text {
				t.Errorf("%.40q: %d %v", text, made.Status, made.Body)
				continue
			}
			one := path + "/" + made.At("id").(string)
			if diff := cmp.Diff(made.Body, w.Call(owner, "GET", one, "").Body); diff != "" {
				t.Errorf("%.40q, read back (-made +read):\n%s", text, diff)
			}
			w.Call(owner, "DELETE", one, "") // names without letters of ours share a slug
		}
		for name, tc := range map[string]struct{ body, detail string }{
			"NUL":           {`{"name":"a\u0000","description":"\u0000"}`, `["body","name"] ["body","description"]`},
			"half a pair":   {`{"name":"x","slug":"\ud83e","color":"\udd8a"}`, `["body","slug"] ["body","color"]`},
			"a huge number": {`{"name":1e999}`, `["body","name"]`},
			"a list":        {`{"name":` + strings.Repeat("[", 400) + strings.Repeat("]", 400) + `}`, `["body","name"]`},
		} {
			if a := w.Call(owner, "POST", path, tc.body); a.Status != 422 || a.Detail() != tc.detail {
				t.Errorf("%s: %d %v, want %s", name, a.Status, a.Detail(), tc.detail)
			}
		}
	})
}

func TestListsAreByNameThenAge(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		other, otherOwner := w.NewOrganization("Other")
		create(t, w, apitest.As(otherOwner), `{"name":"Foreign"}`)
		b := create(t, w, owner, `{"name":"beta"}`)
		older := create(t, w, owner, `{"name":"Alpha","slug":"z"}`)
		newer := create(t, w, owner, `{"name":"alpha"}`)
		board := w.Board("Alpha", nil)
		carry(w, w.Task(board, "One"), b, older)
		carry(w, w.Task(board, "Two"), b)

		a := w.Call(owner, "GET", path, "")
		for i, want := range []struct {
			id    string
			count float64
		}{{older, 1}, {newer, 0}, {b, 2}} {
			if a.At("items", i, "id") != want.id || a.At("items", i, "task_count") != want.count {
				t.Errorf("position %d: %v, want %+v", i, a.At("items", i), want)
			}
		}
		if a.At("total") != 3.0 {
			t.Errorf("total %v", a.At("total"))
		}
		if a := w.Call(owner, "GET", path+"?limit=1&offset=1", ""); a.At("items", 0, "id") != newer || a.At("items", 1) != nil || a.At("total") != 3.0 {
			t.Errorf("page: %v", a.Body)
		}

		_, token := w.Agent("Will", &board, nil)
		agent := apitest.AsAgent(token)
		ofBoard := func(id string) string { return "/api/v1/agent/boards/" + id + "/tags" }
		want := []any{
			map[string]any{"id": older, "name": "Alpha", "slug": "z", "color": "9e9e9e"},
			map[string]any{"id": newer, "name": "alpha", "slug": "alpha", "color": "9e9e9e"},
			map[string]any{"id": b, "name": "beta", "slug": "beta", "color": "9e9e9e"},
		}
		if diff := cmp.Diff(any(want), w.Call(agent, "GET", ofBoard(board.ID.String()), "").Body); diff != "" {
			t.Errorf("for an agent (-want +got):\n%s", diff)
		}
		for id, status := range map[string]int{w.BoardOf(other, "Far", nil).ID.String(): 403, mc.NewID().String(): 404, "xyz": 404} {
			if a := w.Call(agent, "GET", ofBoard(id), ""); a.Status != status {
				t.Errorf("board %s: %d, want %d", id, a.Status, status)
			}
		}
		if a := w.Call(owner, "GET", ofBoard(board.ID.String()), ""); a.Status != 401 {
			t.Errorf("a person on the agents' route: %d", a.Status)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		_, stranger := w.NewOrganization("Other")
		member := apitest.As(w.Member(mc.RoleMember, true, true))
		one := path + "/" + create(t, w, owner, `{"name":"One"}`)
		create(t, w, owner, `{"name":"Two"}`)
		create(t, w, apitest.As(stranger), `{"name":"One"}`) // slugs are unique within an organization only
		before := w.Call(owner, "GET", path, "").Body
		nowhere := path + "/" + mc.NewID().String()
		const taken = "Tag slug already exists in this organization."
		for _, tc := range []struct {
			name, method, path, body string
			as                       apitest.Caller
			status                   int
			detail                   any
		}{
			{"no name", "POST", path, `{}`, owner, 422, `["body","name"]`},
			{"blank name", "POST", path, `{"name":"  "}`, owner, 422, `["body","name"]`},
			{"short color", "POST", path, `{"name":"x","color":"fff"}`, owner, 422, `["body","color"]`},
			{"no hex", "POST", path, `{"name":"x","color":"gggggg"}`, owner, 422, `["body","color"]`},
			{"blank color", "POST", path, `{"name":"x","color":" "}`, owner, 422, `["body","color"]`},
			{"null color", "POST", path, `{"name":"x","color":null}`, owner, 422, `["body","color"]`},
			{"slug taken", "POST", path, `{"name":"one"}`, owner, 409, taken},
			{"slug taken, given", "POST", path, `{"name":"x","slug":"ONE"}`, owner, 409, taken},
			{"change to a taken slug", "PATCH", one, `{"slug":"two"}`, owner, 409, taken},
			{"empty change", "PATCH", nowhere, `{}`, owner, 422, `["body"]`},
			{"only unknown keys", "PATCH", one, `{"nonsense":1}`, owner, 422, `["body"]`},
			{"blank name in a change", "PATCH", one, `{"name":" "}`, owner, 422, `["body","name"]`},
			{"null name in a change", "PATCH", one, `{"name":null}`, owner, 422, `["body","name"]`},
			{"null color in a change", "PATCH", one, `{"color":null}`, owner, 422, `["body","color"]`},
			{"blank color in a change", "PATCH", one, `{"color":""}`, owner, 422, `["body","color"]`},
			{"unknown", "GET", nowhere, ``, owner, 404, "Not Found"},
			{"unknown change", "PATCH", nowhere, `{"name":"x"}`, owner, 404, "Not Found"},
			{"unknown delete", "DELETE", nowhere, ``, owner, 404, "Not Found"},
			{"no id", "GET", path + "/nope", ``, owner, 422, `["path","tag_id"]`},
			{"foreign", "GET", one, ``, apitest.As(stranger), 403, "Forbidden"},
			{"foreign change", "PATCH", one, `{"name":"x"}`, apitest.As(stranger), 403, "Forbidden"},
			{"foreign delete", "DELETE", one, ``, apitest.As(stranger), 403, "Forbidden"},
			{"a member creates", "POST", path, `{"name":"x"}`, member, 403, "Forbidden"},
			{"a member changes", "PATCH", one, `{"name":"x"}`, member, 403, "Forbidden"},
			{"a member deletes", "DELETE", one, ``, member, 403, "Forbidden"},
			{"nobody", "GET", path + "?limit=0", ``, apitest.AsNobody, 401, "Unauthorized"},
		} {
			if a := w.Call(tc.as, tc.method, tc.path, tc.body); a.Status != tc.status || a.Detail() != tc.detail {
				t.Errorf("%s: %d %v, want %d %v", tc.name, a.Status, a.Detail(), tc.status, tc.detail)
			}
		}
		if diff := cmp.Diff(before, w.Call(member, "GET", path, "").Body); diff != "" {
			t.Errorf("something changed (-before +after):\n%s", diff)
		}
	})
}

func TestOneOfTwoGetsTheSlug(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		statuses := make([]int, 4)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() {
				statuses[i] = w.Call(owner, "POST", path, fmt.Sprintf(`{"name":"T%d","slug":"same"}`, i)).Status
			})
		}
		wg.Wait()
		count := map[int]int{}
		for _, s := range statuses {
			count[s]++
		}
		if diff := cmp.Diff(map[int]int{200: 1, 409: 3}, count); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

func TestDeleteTakesTheTagOffItsTasks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		a, b := create(t, w, owner, `{"name":"A"}`), create(t, w, owner, `{"name":"B"}`)
		task := w.Task(w.Board("Alpha", nil), "T")
		carry(w, task, b, a)
		if got := w.Call(owner, "DELETE", path+"/"+b, ""); got.Status != 200 || got.At("ok") != true {
			t.Errorf("delete: %d %v", got.Status, got.Body)
		}
		left, err := st.TagsOfTasks(t.Context(), []mc.ID{task.ID})
		if err != nil || len(left) != 1 || left[0].ID.String() != a {
			t.Errorf("left on the task: %+v %v", left, err)
		}
		if got := w.Call(owner, "GET", path+"/"+b, ""); got.Status != 404 {
			t.Errorf("after it: %d", got.Status)
		}
	})
}

func TestChangesAreAnnounced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, owner := newWorld(t, st)
		id := create(t, w, owner, `{"name":"A"}`)
		w.Call(owner, "POST", path, `{"name":"a"}`) // refused: nothing happened
		w.Call(owner, "PATCH", path+"/"+id, `{"name":"B"}`)
		w.Call(owner, "DELETE", path+"/"+id, "")
		want := store.Change{Kind: store.KindTag, Scope: w.Organization.ID, Entity: mc.MustID(id)}
		if diff := cmp.Diff([]store.Change{want, want, want}, w.Changes(store.KindTag)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}
