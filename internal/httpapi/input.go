package httpapi

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"missioncontrol/internal/mc"
)

// inputPlan knows how to read a request into an input struct: fields tagged
// path, query or header, and a field named Body.
type inputPlan struct {
	params  []param
	body    *reflect.StructField
	ifMatch []int // index of the precondition, if the operation takes one
	readDoc binder
}

type param struct {
	field
	in   string // path, query or header
	bind binder
}

func planInput(t reflect.Type) *inputPlan {
	plan := &inputPlan{}
	for _, in := range []string{"path", "query", "header"} {
		for _, f := range fieldsOf(t, in) {
			plan.params = append(plan.params, param{f, in, binderFor(f.typ, rulesOf(f.tag))})
		}
	}
	if f, ok := t.FieldByName("IfMatch"); ok && f.Type == typePrecondition {
		plan.ifMatch = f.Index
	}
	if body, ok := t.FieldByName("Body"); ok {
		plan.body = &body
		plan.readDoc = binderFor(body.Type, rules{})
	}
	return plan
}

// read fills v from the request. Errors of path, query, headers and body are
// reported together. doc is the parsed body; nil when there is none.
func (p *inputPlan) read(v reflect.Value, r *http.Request, doc *requestBody) error {
	if p.ifMatch != nil {
		condition, err := ifMatch(r)
		if err != nil {
			return err
		}
		v.FieldByIndex(p.ifMatch).Set(reflect.ValueOf(condition))
	}
	var errs []mc.FieldError
	var query url.Values
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	for i := range p.params {
		p.params[i].read(v, r, query, &errs)
	}
	if p.body != nil {
		p.readBody(v.FieldByIndex(p.body.Index), doc, &errs)
	}
	if len(errs) > 0 {
		return &mc.Error{Kind: mc.KindInvalid, Fields: errs}
	}
	return nil
}

func (p *param) read(v reflect.Value, r *http.Request, query url.Values, errs *[]mc.FieldError) {
	var text string
	var sent bool
	name := p.name
	switch p.in {
	case "path":
		text, sent = r.PathValue(p.name), true
	case "query":
		if values := query[p.name]; len(values) > 0 {
			text, sent = values[len(values)-1], true
		}
	case "header":
		text = r.Header.Get(p.name)
		sent, name = text != "", strings.ToLower(p.name)
	}
	target := v.FieldByIndex(p.index)
	switch {
	case sent:
		p.bind(target, textValue(text), []any{p.in, name}, errs)
	case p.required:
		*errs = append(*errs, faultMissing.at([]any{p.in, name}, nil))
	case p.defaultValue != nil:
		p.setDefault(target)
	}
}

func textValue(s string) jsonValue {
	return jsonValue{kind: jsonString, text: s, unclean: strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)}
}

func (p *inputPlan) readBody(v reflect.Value, doc *requestBody, errs *[]mc.FieldError) {
	loc := []any{"body"}
	switch {
	case doc.empty || doc.json && doc.value.kind == jsonNull:
		*errs = append(*errs, faultMissing.at(loc, nil))
	case !doc.json:
		*errs = append(*errs, faultModel.at(loc, nil))
	default:
		p.readDoc(v, doc.value, loc, errs)
	}
}

// requestBody is a body after the step that comes before authentication:
// read, decoded and parsed, but not yet held against the operation's fields.
type requestBody struct {
	raw   []byte
	empty bool
	json  bool // false: a content type that is not JSON, which no body can satisfy
	value jsonValue
}

// parseBody refuses what is no text or no JSON: 400 and 422, before anybody is
// asked who they are.
func parseBody(r *http.Request, raw []byte) (*requestBody, error) {
	if len(raw) == 0 {
		return &requestBody{empty: true}, nil
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		return &requestBody{raw: raw}, nil
	}
	raw = []byte(strings.TrimPrefix(string(raw), "\ufeff"))
	if !utf8.Valid(raw) {
		return nil, &statusError{http.StatusBadRequest, "There was an error parsing the body"}
	}
	value, err := parseJSON(raw)
	if err != nil {
		offset := 0
		if syntax, ok := errors.AsType[*jsonSyntaxError](err); ok {
			offset = syntax.Offset
		}
		return nil, &mc.Error{Kind: mc.KindInvalid, Fields: []mc.FieldError{{
			Type: "json_invalid", Loc: []any{"body", offset}, Msg: "JSON decode error",
			Input: struct{}{}, Ctx: map[string]any{"error": err.Error()},
		}}}
	}
	return &requestBody{raw: raw, json: true, value: value}, nil
}

// isJSON reports whether a body of this content type is read as JSON; an absent
// type counts as JSON.
func isJSON(contentType string) bool {
	if strings.TrimSpace(contentType) == "" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// statusError is an answer that belongs to HTTP alone.
type statusError struct {
	status int
	detail string
}

func (e *statusError) Error() string { return fmt.Sprintf("%d %s", e.status, e.detail) }
