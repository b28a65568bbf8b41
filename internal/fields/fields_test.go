package fields_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/fields"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

const path = "/api/v1/organizations/me/custom-fields"

// world is one with the fields feature and two boards.
type world struct {
	*apitest.World
	owner       apitest.Caller
	alpha, beta mc.Board
}

func newWorld(t *testing.T, st *store.Store) *world {
	t.Helper()
	w := &world{World: apitest.New(t, st)}
	w.Serve(fields.New(st))
	w.owner, w.alpha, w.beta = apitest.As(w.Owner), w.Board("Alpha", nil), w.Board("Beta", nil)
	return w
}

// define makes a field on both boards, with further keys, and returns its path.
func (w *world) define(t *testing.T, key, more string) string {
	t.Helper()
	a := w.Call(w.owner, "POST", path, fmt.Sprintf(`{"field_key":%q,"board_ids":[%q,%q]%s}`, key, w.alpha.ID, w.beta.ID, more))
	if a.Status != http.StatusOK {
		t.Fatalf("define %s: %d %v", key, a.Status, a.Body)
	}
	return path + "/" + a.At("id").(string)
}

// hold gives a new task of Alpha a value in a field.
func (w *world) hold(field string) mc.Task {
	task := w.Task(w.alpha, "T")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.ChangeFieldValues(ctx, task.ID, []mc.CustomFieldChange{{FieldID: mc.MustID(strings.TrimPrefix(field, path+"/")), Value: mc.JSON(`"v"`)}})
	})
	return task
}

func texts(ids ...mc.ID) (out []any) {
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

func TestCreateAndChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		// Given with the greater id first, and one twice.
		given := []mc.ID{w.alpha.ID, w.beta.ID}
		slices.SortFunc(given, func(a, b mc.ID) int { return mc.CompareIDs(b, a) })
		sorted := []mc.ID{given[1], given[0]}
		made := w.Call(w.owner, "POST", path, fmt.Sprintf(`{"field_key":" Sprint No ","board_ids":[%q,%q,%q],"id":"x","nonsense":1}`, given[0], given[1], given[0]))
		want := map[string]any{
			"field_key": "Sprint No", "label": "Sprint No", "field_type": "text", "ui_visibility": "always", "validation_regex": nil, "description": nil,
			"required": false, "default_value": nil, "id": made.At("id"), "organization_id": w.Organization.ID.String(), "board_ids": texts(given...),
			"created_at": made.At("created_at"), "updated_at": made.At("created_at"),
		}
		if diff := cmp.Diff(any(want), made.Body); diff != "" || made.Status != 200 {
			t.Fatalf("%d (-want +got):\n%s", made.Status, diff)
		}
		one := path + "/" + made.At("id").(string)
		want["board_ids"] = texts(sorted...)
		for _, step := range []struct {
			body    string
			changed map[string]any
		}{
			{`{"label":" Sprint "}`, map[string]any{"label": "Sprint"}},
			{`{"description":" kept ","required":"yes"}`, map[string]any{"description": " kept ", "required": true}},
			{`{"validation_regex":" [0-9]+ ","default_value":"12"}`, map[string]any{"validation_regex": "[0-9]+", "default_value": "12"}},
			{`{"validation_regex":"  ","default_value":"x"}`, map[string]any{"validation_regex": nil, "default_value": "x"}},
			{`{"field_type":" Text (Long) ","ui_visibility":"IF SET"}`, map[string]any{"field_type": "text_long", "ui_visibility": "if_set"}},
			{`{"field_type":"integer","default_value":4}`, map[string]any{"field_type": "integer", "default_value": 4.0}},
			{`{"default_value":null,"description":null}`, map[string]any{"default_value": nil, "description": nil}},
			{`{"board_ids":null}`, nil},
			{fmt.Sprintf(`{"board_ids":[%q]}`, w.beta.ID), map[string]any{"board_ids": texts(w.beta.ID)}},
			{`{"required":false}`, map[string]any{"required": false}},
		} {
			got := w.Call(w.owner, "PATCH", one, step.body)
			for key, value := range step.changed {
				want[key] = value
			}
			want["updated_at"] = got.At("updated_at")
			if diff := cmp.Diff(any(want), got.Body); diff != "" || got.Status != 200 {
				t.Errorf("%s: %d (-want +got):\n%s", step.body, got.Status, diff)
			}
			if diff := cmp.Diff([]any{got.Body}, w.Call(w.owner, "GET", path, "").Body); diff != "" {
				t.Errorf("%s, read back (-patched +read):\n%s", step.body, diff)
			}
		}
		rebound := w.Call(w.owner, "PATCH", one, fmt.Sprintf(`{"board_ids":[%q,%q,%q]}`, given[0], given[1], given[0]))
		if diff := cmp.Diff(any(texts(given...)), rebound.At("board_ids")); diff != "" {
			t.Errorf("boards bound again (-want +got):\n%s", diff)
		}
	})
}

func TestTextsComeBackAsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		for _, text := range []string{
			"🦊👩‍👩‍👧", "שלום \u202eעולם", "e\u0301", "漢字", `"q" \ %s ? ' --`, "a\tb\nc", strings.Repeat("長", 5_000), "\u200bx",
		} {
			quoted := mc.JSONOf(text)
			made := w.Call(w.owner, "POST", path, fmt.Sprintf(`{"field_key":%s,"label":%s,"description":%s,"default_value":%s,"validation_regex":"[\\s\\S]*","board_ids":[%q]}`,
				quoted, quoted, quoted, quoted, w.alpha.ID))
			want := []any{text, text, text, text}
			if diff := cmp.Diff(want, []any{made.At("field_key"), made.At("label"), made.At("description"), made.At("default_value")}); diff != "" {
				t.Errorf("%.40q: %d (-want +got):\n%s", text, made.Status, diff)
			}
			listed := w.Call(w.owner, "GET", path, "").At(0)
			if diff := cmp.Diff(made.Body, listed); diff != "" {
				t.Errorf("%.40q, listed (-made +listed):\n%s", text, diff)
			}
			w.Call(w.owner, "DELETE", path+"/"+made.At("id").(string), "")
		}
	})
}

func TestListIsByLabel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		if a := w.Call(w.owner, "GET", path, ""); cmp.Diff(any([]any{}), a.Body) != "" {
			t.Errorf("without fields: %v", a.Body)
		}
		for _, key := range []string{"b", "Same", "B2", "a", "C", "same"} {
			w.define(t, key, "")
		}
		var keys []any
		a := w.Call(apitest.As(w.Member(mc.RoleMember, false, false)), "GET", path+"?limit=1", "")
		for i := range 6 {
			keys = append(keys, a.At(i, "field_key"))
		}
		if diff := cmp.Diff([]any{"a", "b", "B2", "C", "Same", "same"}, keys); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		other, stranger := w.NewOrganization("Other")
		foreign := w.BoardOf(other, "Far", nil).ID
		member := apitest.As(w.Member(mc.RoleMember, true, true))
		_, token := w.Agent("Will", &w.alpha, nil)
		one := w.define(t, "one", `,"default_value":"x"`)
		number := w.define(t, "number", `,"field_type":"integer"`)
		held := w.define(t, "held", "")
		w.hold(held)
		before := w.Call(w.owner, "GET", path, "").Body
		nowhere := path + "/" + mc.NewID().String()
		body := func(more string) string { return fmt.Sprintf(`{"field_key":"k","board_ids":[%q]%s}`, w.alpha.ID, more) }
		const onlyTexts = "validation_regex is only supported for string field types."
		for _, tc := range []struct {
			name, method, path, body string
			as                       apitest.Caller
			status                   int
			detail                   any
		}{
			{"nothing", "POST", path, `{}`, w.owner, 422, `["body","field_key"] ["body","board_ids"]`},
			{"everything wrong", "POST", path, `{"field_key":" ","label":" ","field_type":"number","ui_visibility":"never","validation_regex":"[","required":"maybe","default_value":1e999,"board_ids":[]}`, w.owner, 422,
				`["body","field_key"] ["body","label"] ["body","field_type"] ["body","ui_visibility"] ["body","validation_regex"] ["body","required"] ["body","default_value"] ["body","board_ids"]`},
			{"nulls", "POST", path, `{"field_key":null,"field_type":null,"ui_visibility":null,"required":null,"board_ids":null}`, w.owner, 422,
				`["body","field_key"] ["body","field_type"] ["body","ui_visibility"] ["body","required"] ["body","board_ids"]`},
			{"pattern of a number", "POST", path, body(`,"field_type":"integer","validation_regex":"1"`), w.owner, 422, `["body"]`},
			{"unclean texts", "POST", path, body(`,"label":"\u0000","description":"\ud800","validation_regex":"\u0000","default_value":{"\udfff":1}`), w.owner, 422,
				`["body","label"] ["body","validation_regex"] ["body","description"] ["body","default_value"]`},
			{"default off the pattern", "POST", path, body(`,"validation_regex":"a+","default_value":"b"`), w.owner, 422, "does not match validation_regex"},
			{"default of another type", "POST", path, body(`,"field_type":"true/false","default_value":"no"`), w.owner, 422, "must be true or false"},
			{"boards come before the default", "POST", path, fmt.Sprintf(`{"field_key":"k","board_ids":[%q],"field_type":"url","default_value":1}`, foreign), w.owner, 422,
				map[string]any{"message": "Some selected boards are invalid for this organization.", "invalid_board_ids": texts(foreign)}},
			{"the default comes before the key", "POST", path, `{"field_key":"one","default_value":1,"board_ids":["` + w.alpha.ID.String() + `"]}`, w.owner, 422, "must be a string"},
			{"key taken", "POST", path, `{"field_key":" one ","board_ids":["` + w.alpha.ID.String() + `"]}`, w.owner, 409, "Field key already exists in this organization."},
			{"a member creates", "POST", path, `{}`, member, 403, "Forbidden"},
			{"an agent creates", "POST", path, `{}`, apitest.AsAgent(token), 401, "Unauthorized"},
			{"a stranger's board", "POST", path, body(""), apitest.As(stranger), 422,
				map[string]any{"message": "Some selected boards are invalid for this organization.", "invalid_board_ids": texts(w.alpha.ID)}},

			{"a change of nothing", "PATCH", nowhere, `{}`, w.owner, 422, `["body"]`},
			{"only unknown keys", "PATCH", one, `{"nonsense":1}`, w.owner, 422, `["body"]`},
			{"the key", "PATCH", nowhere, `{"field_key":"x","label":"y"}`, w.owner, 422, `["body"]`},
			{"the key as null", "PATCH", one, `{"field_key":null,"label":"y"}`, w.owner, 422, `["body"]`},
			{"nulls in a change", "PATCH", one, `{"label":null,"required":null}`, w.owner, 422, `["body"]`},
			{"blank label", "PATCH", one, `{"label":" "}`, w.owner, 422, `["body","label"]`},
			{"no boards", "PATCH", one, `{"board_ids":[]}`, w.owner, 422, `["body","board_ids"]`},
			{"broken pattern", "PATCH", one, `{"validation_regex":"("}`, w.owner, 422, `["body","validation_regex"]`},
			{"no id", "PATCH", path + "/nope", `{"label":" "}`, w.owner, 422, `["path","task_custom_field_definition_id"] ["body","label"]`},
			{"unknown", "PATCH", nowhere, `{"board_ids":["` + mc.NewID().String() + `"]}`, w.owner, 404, "Not Found"},
			{"foreign", "PATCH", one, `{"label":"x"}`, apitest.As(stranger), 404, "Not Found"},
			{"foreign board", "PATCH", one, fmt.Sprintf(`{"board_ids":[%q],"field_type":"integer"}`, foreign), w.owner, 422,
				map[string]any{"message": "Some selected boards are invalid for this organization.", "invalid_board_ids": texts(foreign)}},
			{"type off the default", "PATCH", one, `{"field_type":"integer"}`, w.owner, 422, "must be an integer"},
			{"pattern off the default", "PATCH", one, `{"validation_regex":"y"}`, w.owner, 422, "does not match validation_regex"},
			{"pattern on a number", "PATCH", number, `{"validation_regex":"1"}`, w.owner, 422, onlyTexts},
			{"a member changes", "PATCH", one, `{"label":"x"}`, member, 403, "Forbidden"},

			{"values are held", "DELETE", held, ``, w.owner, 409, "Cannot delete a custom field definition while task values exist."},
			{"unknown delete", "DELETE", nowhere, ``, w.owner, 404, "Not Found"},
			{"foreign delete", "DELETE", one, ``, apitest.As(stranger), 404, "Not Found"},
			{"a member deletes", "DELETE", one, ``, member, 403, "Forbidden"},
			{"nobody lists", "GET", path, ``, apitest.AsNobody, 401, "Unauthorized"},
			{"an agent lists", "GET", path, ``, apitest.AsAgent(token), 401, "Unauthorized"},
			{"no read of one", "GET", one, ``, w.owner, 405, "Method Not Allowed"},
		} {
			a := w.Call(tc.as, tc.method, tc.path, tc.body)
			if diff := cmp.Diff(tc.detail, a.Detail()); a.Status != tc.status || diff != "" {
				t.Errorf("%s: %d, want %d (-want +got):\n%s", tc.name, a.Status, tc.status, diff)
			}
		}
		if diff := cmp.Diff(before, w.Call(w.owner, "GET", path, "").Body); diff != "" {
			t.Errorf("something changed (-before +after):\n%s", diff)
		}
	})
}

func TestWhatIsSaidOfNullsAndKeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		one := w.define(t, "one", "")
		for body, want := range map[string]string{
			`{"field_key":"x"}`: "Value error, field_key cannot be changed after creation.",
			`{"required":null,"ui_visibility":null,"field_type":null,"label":null}`: "Value error, label, field_type, ui_visibility, required cannot be null; omit the field to leave it unchanged",
			`{}`:               "Value error, At least one field is required",
			`{"board_ids":[]}`: "Value error, board_ids must include at least one board",
		} {
			if got := w.Call(w.owner, "PATCH", one, body).At("detail", 0, "msg"); got != want {
				t.Errorf("%s: %v, want %s", body, got, want)
			}
		}
	})
}

func TestOneOfSeveralGetsTheKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		statuses := make([]int, 4)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() {
				statuses[i] = w.Call(w.owner, "POST", path, fmt.Sprintf(`{"field_key":"same","label":"L%d","board_ids":[%q]}`, i, w.alpha.ID)).Status
			})
		}
		wg.Wait()
		slices.Sort(statuses)
		if diff := cmp.Diff([]int{200, 409, 409, 409}, statuses); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if a := w.Call(w.owner, "GET", path, ""); a.At(0, "field_key") != "same" || a.At(1) != nil {
			t.Errorf("left: %v", a.Body)
		}
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		one := w.define(t, "one", "")
		task := w.hold(one)
		// A value keeps the field also when its board no longer has it.
		if a := w.Call(w.owner, "PATCH", one, fmt.Sprintf(`{"board_ids":[%q]}`, w.beta.ID)); a.Status != 200 {
			t.Fatalf("unbind: %d %v", a.Status, a.Body)
		}
		if a := w.Call(w.owner, "DELETE", one, ""); a.Status != 409 {
			t.Errorf("with a value: %d %v", a.Status, a.Body)
		}
		w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteTask(ctx, task.ID) })
		if a := w.Call(w.owner, "DELETE", one, ""); a.Status != 200 || a.At("ok") != true {
			t.Errorf("delete: %d %v", a.Status, a.Body)
		}
		if a := w.Call(w.owner, "DELETE", one, ""); a.Status != 404 {
			t.Errorf("after it: %d", a.Status)
		}
		w.define(t, "one", "") // the key is free again
	})
}

// A board that goes leaves its fields behind.
func TestFieldsOutliveTheirBoards(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		one := w.define(t, "one", "")
		w.hold(one)
		w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, w.alpha.ID) })
		if diff := cmp.Diff(any(texts(w.beta.ID)), w.Call(w.owner, "GET", path, "").At(0, "board_ids")); diff != "" {
			t.Errorf("boards (-want +got):\n%s", diff)
		}
		w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, w.beta.ID) })
		if diff := cmp.Diff(any([]any{}), w.Call(w.owner, "GET", path, "").At(0, "board_ids")); diff != "" {
			t.Errorf("boards (-want +got):\n%s", diff)
		}
		if a := w.Call(w.owner, "PATCH", one, `{"label":"Left"}`); a.Status != 200 {
			t.Errorf("change: %d %v", a.Status, a.Body)
		}
		if a := w.Call(w.owner, "DELETE", one, ""); a.Status != 200 {
			t.Errorf("delete: %d %v", a.Status, a.Body)
		}
	})
}

func TestChangesAreAnnounced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		one := w.define(t, "one", "")
		w.Call(w.owner, "PATCH", one, `{"label":"x"}`)
		w.Call(w.owner, "PATCH", one, `{"field_type":"nope"}`)
		w.Call(w.owner, "DELETE", one, "")
		want := store.Change{Kind: store.KindField, Scope: w.Organization.ID, Entity: mc.MustID(strings.TrimPrefix(one, path+"/"))}
		if diff := cmp.Diff([]store.Change{want, want, want}, w.Changes(store.KindField)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}
