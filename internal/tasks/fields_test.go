package tasks_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/tasks"
)

// field adds a custom field to the board; change, if any, is applied first.
func (r *room) field(key string, typ mc.FieldType, change func(f *mc.CustomField)) mc.CustomField {
	f := mc.CustomField{ID: mc.NewID(), OrganizationID: r.Organization.ID, Key: key, Label: key, Type: typ, Visibility: mc.FieldAlways}
	if change != nil {
		change(&f)
	}
	r.Write(func(ctx context.Context, tx *store.Tx) error {
		f.CreatedAt, f.UpdatedAt = tx.Now(), tx.Now()
		return tx.InsertCustomField(ctx, f)
	})
	r.bind(f, r.board)
	return f
}

func (r *room) bind(f mc.CustomField, boards ...mc.Board) {
	r.Write(func(ctx context.Context, tx *store.Tx) error {
		var ids []mc.ID
		for _, b := range boards {
			ids = append(ids, b.ID)
		}
		return tx.BindCustomField(ctx, f.ID, ids)
	})
}

func withDefault(value string) func(*mc.CustomField) {
	return func(f *mc.CustomField) { f.Default = mc.JSON(value) }
}

func required(f *mc.CustomField) { f.Required = true }

// forAgents serves what agents call under their own paths.
type forAgents struct{ *tasks.Feature }

func (f forAgents) Register(r *httpapi.Router, g *access.Guards) { f.RegisterForAgents(r, g) }

func (r *room) serveAgents() {
	r.Serve(forAgents{tasks.New(r.Store, r.Broker, r.sender)})
}

func agentPath(r *room) string { return "/api/v1/agent/boards/" + r.board.ID.String() + "/tasks" }

// checkFields compares what a task shows in its custom fields.
func checkFields(t *testing.T, what string, a apitest.Answer, want map[string]any, at ...any) {
	t.Helper()
	if diff := cmp.Diff(any(want), a.At(append(at, "custom_field_values")...)); diff != "" || a.Status != 200 {
		t.Errorf("%s: %d %v (-want +got):\n%s", what, a.Status, a.At("detail"), diff)
	}
}

func TestFieldValuesOfTasks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.serveAgents()
		severity := r.field("severity", mc.FieldInteger, withDefault("3"))
		r.field("code", mc.FieldText, func(f *mc.CustomField) { f.Pattern = mc.Ref[mc.Pattern]("[A-Z]+") })
		old := r.Task(r.board, "Made before") // without values of its own

		made := r.Call(r.owner, "POST", r.path(), `{"title":"One"}`)
		checkFields(t, "created with defaults", made, map[string]any{"severity": 3.0, "code": nil})
		one := made.At("id").(string)
		checkFields(t, "set", r.patch(r.owner, one, `{"custom_field_values":{"severity":9,"code":"OK"}}`), map[string]any{"severity": 9.0, "code": "OK"})
		checkFields(t, "merged by a worker", r.patch(r.asAgent, one, `{"custom_field_values":{"code":"NEW"}}`), map[string]any{"severity": 9.0, "code": "NEW"})
		checkFields(t, "taken away by the lead", r.patch(r.asLead, one, `{"custom_field_values":{"severity":null}}`), map[string]any{"severity": 3.0, "code": "NEW"})
		checkFields(t, "null changes nothing", r.patch(r.owner, one, `{"custom_field_values":null}`), map[string]any{"severity": 3.0, "code": "NEW"})
		checkFields(t, "by the lead", r.Call(r.asLead, "POST", agentPath(r), `{"title":"Two"}`), map[string]any{"severity": 3.0, "code": nil})

		list := r.Call(r.owner, "GET", r.path(), "")
		checkFields(t, "listed", list, map[string]any{"severity": 3.0, "code": "NEW"}, "items", 1)
		checkFields(t, "of a task that has no values", list, map[string]any{"severity": 3.0, "code": nil}, "items", 2)
		if list.At("items", 2, "id") != old.ID.String() {
			t.Errorf("the list: %v", list.Body)
		}

		// Taken away, so the first task no longer holds on to the default it was
		// made with; the one that got it stored does.
		two := list.At("items", 0, "id").(string)
		r.Write(func(ctx context.Context, tx *store.Tx) error {
			severity.Default = mc.JSON("5")
			return tx.UpdateCustomField(ctx, severity)
		})
		list = r.Call(r.owner, "GET", r.path(), "")
		checkFields(t, "with a stored default", list, map[string]any{"severity": 3.0, "code": nil}, "items", 0)
		checkFields(t, "with a new default", list, map[string]any{"severity": 5.0, "code": "NEW"}, "items", 1)

		// Off the board and back again.
		r.patch(r.owner, two, `{"custom_field_values":{"severity":8}}`)
		r.bind(severity, r.Board("Beta", nil))
		checkFields(t, "off the board", r.patch(r.owner, two, `{"title":"2"}`), map[string]any{"code": nil})
		if a := r.patch(r.owner, two, `{"custom_field_values":{"severity":1}}`); a.Status != 422 || a.At("detail", "unknown_field_keys", 0) != "severity" {
			t.Errorf("a field off the board: %d %v", a.Status, a.Body)
		}
		r.bind(severity, r.board)
		checkFields(t, "back on the board", r.patch(r.owner, two, `{"title":"Two"}`), map[string]any{"severity": 8.0, "code": nil})
	})
}

func TestFieldValuesAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.serveAgents()
		r.Write(func(ctx context.Context, tx *store.Tx) error {
			r.board.RequireApprovalForDone = true
			return tx.UpdateBoard(ctx, r.board)
		})
		r.field("i", mc.FieldInteger, nil)
		r.field("d", mc.FieldDate, nil)
		r.field("need", mc.FieldText, required)
		r.field("more", mc.FieldText, required)
		one := r.create(t, `{"title":"One","custom_field_values":{"need":"n","more":""}}`)
		before := r.Call(r.owner, "GET", r.path(), "").Body
		bad := func(key, typ, reason string) map[string]any {
			return map[string]any{"message": "Invalid custom field value.", "field_key": key, "field_type": typ, "reason": reason}
		}
		missing := func(keys ...any) map[string]any {
			return map[string]any{"message": "Required custom fields must have values.", "missing_field_keys": keys}
		}
		unknown := map[string]any{"message": "Unknown custom field keys for this board.", "unknown_field_keys": []any{"aa", "zz"}}
		const integer, date = "must be an integer", "must be an ISO date string (YYYY-MM-DD)"
		made, changed, madeByLead := "POST "+r.path(), "PATCH "+r.path("/", one), "POST "+agentPath(r)
		for _, tc := range []struct {
			name, call, body string
			as               apitest.Caller
			detail           any
		}{
			{"unknown keys before bad values", made, `{"title":"X","custom_field_values":{"zz":1,"i":"x","aa":1}}`, r.owner, unknown},
			{"unknown keys in a change", changed, `{"title":"X","custom_field_values":{"zz":1,"i":"x","aa":1}}`, r.owner, unknown},
			{"bad before missing", made, `{"title":"X","custom_field_values":{"i":"x"}}`, r.owner, bad("i", "integer", integer)},
			{"in the order sent", changed, `{"title":"X","custom_field_values":{"d":"x","i":"x"}}`, r.owner, bad("d", "date", date)},
			{"in the other order", changed, `{"title":"X","custom_field_values":{"i":"x","d":"x"}}`, r.owner, bad("i", "integer", integer)},
			{"missing", made, `{"title":"X"}`, r.owner, missing("more", "need")},
			{"missing for the lead", madeByLead, `{"title":"X","custom_field_values":{"need":null,"more":"m"}}`, r.asLead, missing("need")},
			{"taken away", changed, `{"title":"X","custom_field_values":{"need":null}}`, r.owner, missing("need")},
			{"by a worker", changed, `{"custom_field_values":{"i":1.0}}`, r.asAgent, bad("i", "integer", integer)},
			{"by the lead", changed, `{"custom_field_values":{"more":null}}`, r.asLead, missing("more")},
			{"null is no object of values", made, `{"title":"X","custom_field_values":null}`, r.owner, `["body","custom_field_values"]`},
			{"nor is a list", changed, `{"custom_field_values":[]}`, r.owner, `["body","custom_field_values"]`},
			{"the comment goes with it", changed, `{"comment":"x","custom_field_values":{"i":"x"}}`, r.owner, bad("i", "integer", integer)},
		} {
			method, path, _ := strings.Cut(tc.call, " ")
			a := r.Call(tc.as, method, path, tc.body)
			if diff := cmp.Diff(tc.detail, a.Detail()); a.Status != 422 || diff != "" {
				t.Errorf("%s: %d (-want +got):\n%s", tc.name, a.Status, diff)
			}
		}
		// What else refuses a change comes first.
		for name, tc := range map[string]struct {
			body   string
			status int
		}{
			"an unknown tag": {fmt.Sprintf(`{"tag_ids":[%q],"custom_field_values":{"zz":1}}`, mc.NewID()), 404},
			"a gate":         {`{"status":"done","custom_field_values":{"zz":1}}`, 409},
		} {
			if a := r.patch(r.owner, one, tc.body); a.Status != tc.status {
				t.Errorf("%s: %d %v", name, a.Status, a.Body)
			}
		}
		if diff := cmp.Diff(before, r.Call(r.owner, "GET", r.path(), "").Body); diff != "" {
			t.Errorf("something changed (-before +after):\n%s", diff)
		}
		// A field that is required since holds nobody up until values are sent.
		r.field("late", mc.FieldText, required)
		if a := r.patch(r.owner, one, `{"title":"Uno"}`); a.Status != 200 {
			t.Errorf("another change: %d %v", a.Status, a.Body)
		}
		if a := r.patch(r.owner, one, `{"custom_field_values":null}`); a.Status != 422 || a.At("detail", "missing_field_keys", 0) != "late" {
			t.Errorf("null asks for required fields: %d %v", a.Status, a.Body)
		}
	})
}

func TestStreamShowsFieldValues(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.field("severity", mc.FieldInteger, withDefault("3"))
		stream := r.Open(r.owner, r.path("/stream"), nil)
		one := r.create(t, `{"title":"One"}`)
		want := map[string]any{"severity": 3.0}
		if diff := cmp.Diff(any(want), stream.Next().Data["task"].(map[string]any)["custom_field_values"]); diff != "" {
			t.Errorf("created (-want +got):\n%s", diff)
		}
		r.patch(r.owner, one, `{"custom_field_values":{"severity":4}}`)
		want["severity"] = 4.0
		if diff := cmp.Diff(any(want), stream.Next().Data["task"].(map[string]any)["custom_field_values"]); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
	})
}

// A field that is deleted while tasks get values in it: every answer is one of
// the contract's, and no value outlives its field.
func TestFieldDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		for i := range 5 {
			key := fmt.Sprintf("f%d", i)
			f := r.field(key, mc.FieldText, nil)
			statuses := make([]int, 4)
			var wg sync.WaitGroup
			for n := range statuses {
				wg.Go(func() {
					statuses[n] = r.Call(r.owner, "POST", r.path(), fmt.Sprintf(`{"title":"T","custom_field_values":{%q:"v"}}`, key)).Status
				})
			}
			deleted := false
			wg.Go(func() {
				err := st.Write(t.Context(), func(tx *store.Tx) error {
					if _, err := tx.LockCustomField(t.Context(), f.ID); err != nil {
						return err
					}
					held, err := tx.CustomFieldInUse(t.Context(), f.ID)
					if err != nil || held {
						return err
					}
					deleted = true
					return tx.DeleteCustomField(t.Context(), f.ID)
				})
				if err != nil {
					t.Errorf("delete: %v", err)
				}
			})
			wg.Wait()
			for _, status := range statuses {
				if want := map[bool]int{true: 422, false: 200}[deleted]; status != want {
					t.Errorf("the field was deleted: %t, a task was answered %d", deleted, status)
				}
			}
		}
	})
}

func TestSlowPatternIsNoMatch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.field("slow", mc.FieldText, func(f *mc.CustomField) { f.Pattern = mc.Ref[mc.Pattern](`(a+)+b`) })
		a := r.Call(r.owner, "POST", r.path(), fmt.Sprintf(`{"title":"T","custom_field_values":{"slow":%q}}`, strings.Repeat("a", 100)))
		if a.Status != http.StatusUnprocessableEntity || a.At("detail", "reason") != "does not match validation_regex" {
			t.Errorf("%d %v", a.Status, a.Body)
		}
	})
}
