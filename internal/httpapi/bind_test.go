package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
)

type sampleBody struct {
	Title   string           `json:"title"`
	Message string           `json:"message" default:"hi" trim:"true" minLength:"1"`
	Status  mc.TaskStatus    `json:"status" default:"inbox"`
	Count   int              `json:"count" default:"1" minimum:"0"`
	Ratio   float64          `json:"ratio" default:"0.5"`
	Flag    bool             `json:"flag" default:"true"`
	Due     *mc.Time         `json:"due"`
	Owner   *mc.ID           `json:"owner"`
	IDs     []mc.ID          `json:"ids" default:"[]"`
	Metrics mc.JSON          `json:"metrics" jsontype:"object"`
	Scores  mc.JSON          `json:"scores" jsontype:"integers"`
	Few     []int            `json:"few" default:"[]" maxItems:"2"`
	Note    mc.Opt[string]   `json:"note"`
	Name    mc.Opt[string]   `json:"name" notnull:"true"`
	Max     mc.Opt[int]      `json:"max" minimum:"0"`
	List    mc.Opt[[]string] `json:"list"`

	Kind    mc.FieldType       `json:"kind" default:"text"`
	Pattern mc.Opt[mc.Pattern] `json:"pattern"`
}

func decodeSample(t *testing.T, doc string) (sampleBody, [][]any) {
	t.Helper()
	value, err := parseJSON([]byte(doc))
	if err != nil {
		t.Fatalf("parse %s: %v", doc, err)
	}
	var body sampleBody
	var errs []mc.FieldError
	binderFor(reflect.TypeFor[sampleBody](), rules{})(reflect.ValueOf(&body).Elem(), value, []any{"body"}, &errs)
	var locs [][]any
	for _, e := range errs {
		locs = append(locs, e.Loc)
	}
	return body, locs
}

func TestBindReadsLeniently(t *testing.T) {
	t.Parallel()
	body, locs := decodeSample(t, `{"title":"a","title":"b","TITLE":"c","count":" +0_3 ","ratio":"2.5","flag":"Off",
		"due":"2031-05-01T10:00:00+02:00","owner":"{11111111-1111-4111-8111-111111111111}","metrics":{"z":1.0,"a":12345678901234567890},"scores":{"z":" +3 ","a\"":4.0,"m":true},
		"note":null,"name":"n","max":"3.0","ids":["11111111111141118111111111111111"],"unknown":1}`)
	if locs != nil {
		t.Fatalf("unexpected errors at %v", locs)
	}
	if body.Title != "b" || body.Count != 3 || body.Ratio != 2.5 || body.Flag || body.Message != "hi" || body.Status != mc.StatusInbox {
		t.Errorf("got %+v", body)
	}
	if got := body.Due.String(); got != "2031-05-01T08:00:00" {
		t.Errorf("due = %s", got)
	}
	if got := string(body.Metrics); got != `{"z":1.0,"a":12345678901234567890}` {
		t.Errorf("metrics are not kept as sent: %s", got)
	}
	if got := string(body.Scores); got != `{"z":3,"a\"":4,"m":1}` {
		t.Errorf("scores are not plain integers in their order: %s", got)
	}
	if !body.Note.IsNull() || body.List.Present() || body.Max.Ptr() == nil || *body.Max.Ptr() != 3 {
		t.Errorf("presence: note %v, list %v, max %v", body.Note, body.List, body.Max)
	}
	if body.Owner.String() != "11111111-1111-4111-8111-111111111111" || body.IDs[0] != *body.Owner {
		t.Errorf("ids: %v %v", body.Owner, body.IDs)
	}
}

func TestBindKnowsSpellings(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]sampleBody{
		`{"title":"a"}`: {Kind: mc.FieldText},
		`{"title":"a","kind":" Date & Time ","pattern":" [a-z]+ "}`: {Kind: mc.FieldDateTime, Pattern: mc.Set[mc.Pattern]("[a-z]+")},
		`{"title":"a","pattern":null}`:                              {Kind: mc.FieldText, Pattern: mc.Null[mc.Pattern]()},
	} {
		if body, locs := decodeSample(t, doc); locs != nil || body.Kind != want.Kind || body.Pattern.Present() != want.Pattern.Present() || !mc.Same(body.Pattern.Ptr(), want.Pattern.Ptr()) {
			t.Errorf("%s: %q, %v, errors at %v", doc, body.Kind, body.Pattern, locs)
		}
	}
	_, locs := decodeSample(t, `{"title":"a","kind":"number","pattern":"["}`)
	if diff := cmp.Diff([][]any{{"body", "kind"}, {"body", "pattern"}}, locs); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if _, locs := decodeSample(t, `{"title":"a","kind":5,"pattern":"\u0000"}`); len(locs) != 2 {
		t.Errorf("no texts: errors at %v", locs)
	}
}

func TestBindReportsEveryPlace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		doc  string
		want [][]any
	}{
		"missing":              {`{}`, [][]any{{"body", "title"}}},
		"null where forbidden": {`{"title":null,"status":null,"ids":null,"name":null}`, [][]any{{"body", "title"}, {"body", "status"}, {"body", "ids"}, {"body", "name"}}},
		"types":                {`{"title":5,"message":"  ","status":"Inbox","count":2.5,"ratio":"x","flag":2,"due":true,"owner":"","ids":["x",1],"metrics":[]}`, [][]any{{"body", "title"}, {"body", "message"}, {"body", "status"}, {"body", "count"}, {"body", "ratio"}, {"body", "flag"}, {"body", "due"}, {"body", "owner"}, {"body", "ids", 0}, {"body", "ids", 1}, {"body", "metrics"}}},
		"bounds":               {`{"title":"","count":-1,"max":-1}`, [][]any{{"body", "count"}, {"body", "max"}}},
		"unclean text":         {`{"title":"a\u0000b","note":"\ud800","metrics":{"k":["\u0000"]}}`, [][]any{{"body", "title"}, {"body", "metrics"}, {"body", "note"}}},
		"numbers too large":    {`{"title":"","count":99999999999999999999,"ratio":1e999,"metrics":{"a":1e999}}`, [][]any{{"body", "count"}, {"body", "ratio"}, {"body", "metrics"}}},
		"objects of integers":  {`{"title":"","scores":{"a":"much","b":1,"c":1.5,"d":null}}`, [][]any{{"body", "scores", "a"}, {"body", "scores", "c"}, {"body", "scores", "d"}}},
		"no object":            {`{"title":"","scores":[1]}`, [][]any{{"body", "scores"}}},
		"too many":             {`{"title":"","few":[1,2,3]}`, [][]any{{"body", "few"}}},
		"array":                {`[]`, [][]any{{"body"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got := decodeSample(t, tc.doc)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIntFromText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"3": 3, " 3 ": 3, "+3": 3, "03": 3, "1_0": 10, "3.0": 3, "-7": -7, "0": 0} {
		if got, f := intFromText(text); f != nil || got != want {
			t.Errorf("intFromText(%q) = %d, %v; want %d", text, got, f, want)
		}
	}
	for _, text := range []string{"", "1e1", "2.5", "x", "+", "_1", "1_", "1__0", "+-1", "99999999999999999999", "3.0x"} {
		if got, f := intFromText(text); f == nil {
			t.Errorf("intFromText(%q) = %d; want an error", text, got)
		}
	}
}

func TestParseJSONTellsThePlace(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]int{
		`{"na`: 1, `{`: 1, `{"a"`: 4, `{"a":`: 5, `{"a":1`: 6, `nope`: 0, `[1,]`: 3, `{"a":1}x`: 7, `{"é":}`: 5, `"a` + "\n" + `"`: 2, `NaN`: 0, `{"a":01}`: 6, `{a:1}`: 1,
	} {
		_, err := parseJSON([]byte(doc))
		syntax, ok := errors.AsType[*jsonSyntaxError](err)
		if !ok || syntax.Offset != want {
			t.Errorf("parseJSON(%s): %+v; want offset %d", doc, err, want)
		}
	}
	if _, err := parseJSON([]byte(strings.Repeat("[", 100_000))); err == nil {
		t.Error("unbounded nesting was accepted")
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"x\u00e9\ud83d\ude00"],"b":null}`, `"\ud800"`, `[[[`, `{"a":1,"a":2}`, "\ufeff{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		value, err := parseJSON(doc)
		if err == nil && len(value.raw) > len(doc) {
			t.Errorf("raw is longer than the document %q", doc)
		}
	})
}

func TestReadBodyByContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"": true, "application/json": true, "application/json; charset=utf-8": true, "application/merge-patch+json": true,
		"text/plain": false, "application/x-www-form-urlencoded": false, "application/jsonx": false,
	} {
		req := httptest.NewRequest(http.MethodPost, "/", nil)
		req.Header.Set("Content-Type", contentType)
		body, err := parseBody(req, []byte(`{}`))
		if err != nil || body.json != want {
			t.Errorf("content type %q: json = %v, %v; want %v", contentType, body.json, err, want)
		}
	}
}
