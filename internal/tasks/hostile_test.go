package tasks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// quoted is the JSON of a list of ids.
func quoted(ids []mc.ID) string { return string(mc.JSONOf(ids)) }

// manyTags adds tags to the organization of the room.
func (r *room) manyTags(n int) []mc.ID {
	ids, tags := make([]mc.ID, n), make([]mc.Tag, n)
	now := mc.SystemClock()
	for i := range ids {
		ids[i] = mc.NewID()
		name := fmt.Sprintf("tag %d", i)
		tags[i] = mc.Tag{ID: ids[i], OrganizationID: r.Organization.ID, Name: name, Slug: mc.Slug(name), Color: "9e9e9e", CreatedAt: now, UpdatedAt: now}
	}
	r.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertTag(ctx, tags...) })
	return ids
}

func TestTasksWithThousandsOfTags(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		all := r.manyTags(10_000)[:2_000]
		r.create(t, `{"title":"Few","tag_ids":`+quoted(all[:2])+`}`)
		made := r.Call(r.owner, "POST", r.path(), `{"title":"All","tag_ids":`+quoted(all)+`}`)
		if n := len(made.At("tag_ids").([]any)); made.Status != 200 || n != len(all) {
			t.Fatalf("%d, %d tags", made.Status, n)
		}
		list := r.Call(r.owner, "GET", r.path(), "")
		for i, id := range all {
			if list.At("items", 0, "tag_ids", i) != id.String() || list.At("items", 0, "tags", i, "name") != fmt.Sprintf("tag %d", i) {
				t.Fatalf("tag %d of the list: %v", i, list.At("items", 0, "tags", i))
			}
		}
		// More than an engine takes in one statement, and none of them exists.
		unknown := make([]mc.ID, 40_000)
		for i := range unknown {
			unknown[i] = mc.NewID()
		}
		a := r.patch(r.owner, made.At("id").(string), `{"tag_ids":`+quoted(slices.Concat(unknown, all[:1]))+`}`)
		missing, _ := a.At("detail", "missing_tag_ids").([]any)
		if a.Status != 404 || len(missing) != len(unknown) || missing[39_999] != unknown[39_999].String() {
			t.Errorf("unknown tags: %d, %d missing", a.Status, len(missing))
		}
		a = r.patch(r.owner, made.At("id").(string), `{"depends_on_task_ids":`+quoted(unknown)+`}`)
		if missing, _ := a.At("detail", "missing_task_ids").([]any); a.Status != 404 || len(missing) != len(unknown) {
			t.Errorf("unknown tasks: %d, %d missing", a.Status, len(missing))
		}
		if a := r.patch(r.owner, made.At("id").(string), `{"tag_ids":[]}`); a.Status != 200 || len(a.At("tags").([]any)) != 0 {
			t.Errorf("cleared: %d", a.Status)
		}
	})
}

// A list takes the same statements whether one task is on it or many, with many
// tags, dependencies and custom fields or without.
func TestListTakesTheSameStatements(t *testing.T) {
	t.Parallel()
	var statements storetest.Statements
	st := storetest.New(t, statements.Count)
	r := newRoom(t, st, nil)
	r.field("severity", mc.FieldInteger, withDefault("3"))
	first := r.create(t, `{"title":"One"}`)
	one := statements.During(func() { r.Call(r.owner, "GET", r.path(), "") })

	tags := r.manyTags(50)
	for i := range 20 {
		r.field(fmt.Sprintf("f%d", i), mc.FieldText, withDefault(`"x"`))
	}
	for range 30 {
		r.create(t, fmt.Sprintf(`{"title":"T","tag_ids":%s,"depends_on_task_ids":[%q],"custom_field_values":{"severity":1}}`, quoted(tags), first))
	}
	var list int
	many := statements.During(func() { list = len(r.Call(r.owner, "GET", r.path(), "").At("items").([]any)) })
	if one != many || list != 31 {
		t.Errorf("%d statements for one task, %d for %d", one, many, list)
	}
}

// strange are texts that have to come back as they were sent.
var strange = []string{
	"🦊👩‍👩‍👧‍👦🏳️‍🌈", "שלום עולם", "مرحبا \u202eبالعالم\u202c", "e\u0301 \u1e9b\u0323", "漢字かな交じり文", "𝒳𝔘𝕐", "\u200b\ufeff\u00a0", "\ufffd\uffff",
	"a\tb\nc\r\nd", `"quoted" \ and / `, "</script><!-- ' ; DROP TABLE tasks; -- %s %n ?", "\u0001\u001f\u007f\u0085\u2028\u2029", "ẞßıİ", strings.Repeat("長", 20_000),
}

func TestTextsComeBackAsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		for i, text := range strange {
			quoted := string(mc.JSONOf(text))
			key := fmt.Sprintf("%d %s", i, text)
			r.field(key, mc.FieldText, func(f *mc.CustomField) { f.Default, f.Label, f.Description = mc.JSON(quoted), text, &text })
			object := map[string]any{"key": text, text: []any{text}}
			r.field("json "+key, mc.FieldJSON, nil)
			made := r.Call(r.owner, "POST", r.path(), fmt.Sprintf(`{"title":%s,"description":%s,"priority":%s,"custom_field_values":{%s:%s}}`,
				quoted, quoted, quoted, mc.JSONOf("json "+key), mc.JSONOf(object)))
			if made.Status != 200 {
				t.Fatalf("%q: %d %v", text, made.Status, made.Body)
			}
			shown := r.Call(r.owner, "GET", r.path("?limit=1"), "")
			got := []any{
				shown.At("items", 0, "title"), shown.At("items", 0, "description"), shown.At("items", 0, "priority"),
				shown.At("items", 0, "custom_field_values", key), shown.At("items", 0, "custom_field_values", "json "+key),
			}
			if diff := cmp.Diff([]any{text, text, text, text, any(object)}, got); diff != "" {
				t.Errorf("%.40q (-want +got):\n%s", text, diff)
			}
		}
	})
}

// raw answers the bytes of a body.
func (r *room) raw(t *testing.T, path string) []byte {
	t.Helper()
	rec := r.CallRaw(r.owner, "GET", path, "")
	if rec.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, rec.Code, rec.Body)
	}
	return rec.Body.Bytes()
}

func TestNumbersAndDeepValuesComeBackAsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		deep := strings.Repeat(`[`, 490) + `1.0` + strings.Repeat(`]`, 490)
		sent := map[string]string{
			"integer": `-123456789012345678901234567890`, "decimal": `1.0`, "exponent": `1E-7`, "long": `0.` + strings.Repeat("1234567890", 40),
			"json": `{"z":1.0,"a":[12345678901234567890,-0,1e5],"m":{"b":null,"a":0.10}}`, "deep": deep,
		}
		r.field("integer", mc.FieldInteger, nil)
		for _, key := range []string{"decimal", "exponent", "long"} {
			r.field(key, mc.FieldDecimal, nil)
		}
		r.field("json", mc.FieldJSON, withDefault(`{"n":1.0}`))
		r.field("deep", mc.FieldJSON, nil)
		var parts []string
		for key, value := range sent {
			parts = append(parts, fmt.Sprintf("%q:%s", key, value))
		}
		one := r.create(t, `{"title":"T","custom_field_values":{`+strings.Join(parts, ",")+`}}`)
		values := func() map[string]json.RawMessage {
			var page struct {
				Items []struct {
					Values map[string]json.RawMessage `json:"custom_field_values"`
				} `json:"items"`
			}
			if err := json.NewDecoder(bytes.NewReader(r.raw(t, r.path()))).Decode(&page); err != nil {
				t.Fatal(err)
			}
			return page.Items[0].Values
		}
		for key, want := range sent {
			if got := string(values()[key]); got != want {
				t.Errorf("%s: got %.60s, want %.60s", key, got, want)
			}
		}
		r.patch(r.owner, one, `{"custom_field_values":{"json":null}}`)
		if got := string(values()["json"]); got != `{"n":1.0}` {
			t.Errorf("the default is shown as %s", got)
		}
	})
}

func TestWhatCannotBeStoredIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.field("t", mc.FieldText, nil)
		r.field("j", mc.FieldJSON, nil)
		one := r.create(t, `{"title":"T"}`)
		const values = `["body","custom_field_values"]`
		for name, tc := range map[string]struct{ body, detail string }{
			"NUL in a value":             {`{"custom_field_values":{"t":"a\u0000b"}}`, values},
			"NUL deep in a value":        {`{"custom_field_values":{"j":{"a":[{"b":"\u0000"}]}}}`, values},
			"NUL in a key":               {`{"custom_field_values":{"t\u0000":1}}`, values},
			"half a pair in a value":     {`{"custom_field_values":{"t":"\ud83e"}}`, values},
			"the other half":             {`{"custom_field_values":{"t":"\udd8a\ud83e"}}`, values},
			"half a pair in a key below": {`{"custom_field_values":{"j":{"\udfff":1}}}`, values},
			"a number beyond doubles":    {`{"custom_field_values":{"j":[1e400]}}`, values},
			"in the title too":           {`{"title":"\u0000","custom_field_values":{"t":"\ud83e"}}`, `["body","title"] ` + values},
			"no number":                  {`{"custom_field_values":{"j":[NaN]}}`, `["body",29]`},
			"nested without end":         {`{"custom_field_values":{"j":` + strings.Repeat("[", 100_000) + `}}`, `["body",527]`},
		} {
			if a := r.patch(r.owner, one, tc.body); a.Status != 422 || a.Detail() != tc.detail {
				t.Errorf("%s: %d %v, want %s", name, a.Status, a.Detail(), tc.detail)
			}
		}
	})
}
