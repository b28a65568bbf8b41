package httpapi

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
)

type (
	firstForm struct {
		Kind   string  `json:"kind"`
		Note   *string `json:"note" lenient:"true"`
		Bag    mc.JSON `json:"bag" jsontype:"texts"`
		Loose  mc.JSON `json:"loose" jsontype:"object" lenient:"true"`
		Status *status `json:"status" lenient:"true"`
	}
	secondForm struct {
		Count int `json:"count"`
	}
	status string
)

func (status) Values() []string { return []string{"on", "off"} }

func decodeEither(t *testing.T, doc string) (v Either[firstForm, secondForm], places [][]any) {
	t.Helper()
	value, err := parseJSON([]byte(doc))
	if err != nil {
		t.Fatalf("parse %s: %v", doc, err)
	}
	var errs []mc.FieldError
	binderFor(reflect.TypeOf(v), rules{})(reflect.ValueOf(&v).Elem(), value, []any{"body"}, &errs)
	for _, e := range errs {
		places = append(places, e.Loc)
	}
	return v, places
}

func TestEitherTakesTheFormThatFits(t *testing.T) {
	t.Parallel()
	first, places := decodeEither(t, `{"kind":"a","note":7,"bag":{"z":"1","a":2,"n":null},"loose":"text","status":" "}`)
	if places != nil || first.A == nil || first.B != nil {
		t.Fatalf("got %+v, refused at %v", first, places)
	}
	if *first.A.Note != "7" || string(first.A.Bag) != `{"z":"1","a":2,"n":null}` || first.A.Loose != nil || first.A.Status != nil {
		t.Errorf("got %+v", *first.A)
	}
	blank, _ := decodeEither(t, `{"kind":"a","note":"  ","loose":{"k":1},"status":" on "}`)
	if blank.A.Note != nil || string(blank.A.Loose) != `{"k":1}` || *blank.A.Status != "on" {
		t.Errorf("got %+v", *blank.A)
	}
	if second, places := decodeEither(t, `{"count":3}`); places != nil || second.A != nil || second.B == nil || second.B.Count != 3 {
		t.Errorf("got %+v, refused at %v", second, places)
	}
}

func TestEitherReportsBothForms(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string][][]any{
		`{}`: {{"body", "firstForm", "kind"}, {"body", "secondForm", "count"}},
		`[]`: {{"body", "firstForm"}, {"body", "secondForm"}},
		`{"kind":"a","note":true,"bag":{"x":[]},"status":"maybe"}`: {
			{"body", "firstForm", "note"}, {"body", "firstForm", "bag", "x"}, {"body", "firstForm", "status"}, {"body", "secondForm", "count"}},
	} {
		if _, got := decodeEither(t, doc); !cmp.Equal(want, got) {
			t.Errorf("%s: places (-want +got):\n%s", doc, cmp.Diff(want, got))
		}
	}
}

func TestEitherInTheDocument(t *testing.T) {
	t.Parallel()
	reg := newSchemas()
	body, err := json.Marshal(reg.of(reflect.TypeFor[Either[firstForm, secondForm]](), ""))
	if err != nil || string(body) != `{"anyOf":[{"$ref":"#/components/schemas/firstForm"},{"$ref":"#/components/schemas/secondForm"}]}` {
		t.Errorf("got %s, %v", body, err)
	}
	bag, err := json.Marshal(reg.named["firstForm"].Properties["bag"])
	if err != nil || string(bag) != `{"anyOf":[{"additionalProperties":{"type":"string"},"type":"object"},{"type":"null"}]}` {
		t.Errorf("got %s, %v", bag, err)
	}
}
