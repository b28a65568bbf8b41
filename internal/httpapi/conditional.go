package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/mc"
)

// Conditional is the part of the input of an operation that changes an entity
// only if it is of the version that the caller names. The use case holds IfMatch
// against the locked row.
type Conditional struct {
	IfMatch *mc.Precondition
}

var (
	typePrecondition = reflect.TypeFor[*mc.Precondition]()
	typeVersioned    = reflect.TypeFor[mc.Versioned]()
)

// versioned reports whether the operation answers with an entity that has versions.
func (op *operation) versioned() bool {
	return !op.ETag && op.output != nil && op.output.Implements(typeVersioned)
}

// PreconditionFailed is the body of a 412: the entity is another one by now.
type PreconditionFailed[T any] struct {
	Detail    StaleDetail[T] `json:"detail"`
	RequestID string         `json:"request_id"`
}

// StaleDetail tells what the entity is now, and what of the request that leaves.
type StaleDetail[T any] struct {
	Message string   `json:"message"`
	Code    string   `json:"code" doc:"precondition_failed"`
	ETag    string   `json:"etag" doc:"Entity tag of current, to be sent as If-Match with the next try."`
	Current T        `json:"current" doc:"The entity as it is now."`
	Differs []string `json:"differs" doc:"Fields of the request that current does not hold as they were sent. Empty: all that was asked for is so already."`
}

// SchemaName is the name in the document.
func (PreconditionFailed[T]) SchemaName() string {
	return "PreconditionFailed_" + schemaName(reflect.TypeFor[T]()) + "_"
}

// SchemaName is the name in the document.
func (StaleDetail[T]) SchemaName() string {
	return "PreconditionFailedDetail_" + schemaName(reflect.TypeFor[T]()) + "_"
}

// stale documents the refusal of an entity that is another one by now.
func stale[T any]() ErrorDoc {
	return ErrorDoc{
		Status: http.StatusPreconditionFailed, Schema: PreconditionFailed[T]{}, Code: "precondition_failed",
		When: "the entity is not of the version that If-Match names; detail shows what it is now, and nothing was done",
	}
}

var errIfMatch = &statusError{http.StatusBadRequest, `If-Match must be * or a list of entity tags in double quotes, as the ETag header shows them`}

// documentConditions adds what an operation with a precondition refuses.
func (op *operation) documentConditions(stale ErrorDoc) {
	if op.plan.ifMatch != nil {
		op.errors = append(op.errors, Refusal(errIfMatch.status, errIfMatch.detail, "If-Match cannot be read"), stale)
	}
}

// ifMatch reads the precondition of a request; nil when there is none, or when
// it is "*", which says no more than that the entity exists, as the guard does.
// A weak tag names no version: the comparison is the strong one.
func ifMatch(req *http.Request) (*mc.Precondition, error) {
	values := req.Header.Values("If-Match")
	if len(values) == 0 {
		return nil, nil //nolint:nilnil // nothing is taken for granted
	}
	text := strings.Join(values, ", ")
	if strings.TrimSpace(text) == "*" {
		return nil, nil //nolint:nilnil // see above
	}
	tags, ok := entityTags(text)
	if !ok {
		return nil, errIfMatch
	}
	p := &mc.Precondition{}
	for _, tag := range tags {
		if version, ok := mc.VersionOf(tag); ok {
			p.Versions = append(p.Versions, version)
		}
	}
	return p, nil
}

// notModified sets the ETag of an answer, and answers 304 to whoever holds just
// that version already.
func notModified(w http.ResponseWriter, req *http.Request, out any) bool {
	v, ok := out.(mc.Versioned)
	if !ok {
		return false
	}
	etag := v.ETag()
	w.Header().Set("ETag", etag)
	if req.Method != http.MethodGet {
		return false
	}
	if !noneMatch(req.Header.Values("If-None-Match"), etag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// entityTags reads a list of entity tags, quotes and W/ included, as RFC 9110
// has them: any printable character but a quote stands between the quotes.
func entityTags(list string) (tags []string, ok bool) {
	rest := list
	for {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return tags, len(tags) > 0
		}
		start := strings.TrimPrefix(rest, "W/")
		text, after, closed := strings.Cut(strings.TrimPrefix(start, `"`), `"`)
		if !strings.HasPrefix(start, `"`) || !closed || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return nil, false
		}
		tags = append(tags, rest[:len(rest)-len(after)])
		if rest = strings.TrimLeft(after, " \t"); rest != "" && rest[0] != ',' {
			return nil, false
		}
	}
}

// staleAnswer is what a mc.Stale looks like on the wire.
type staleAnswer = StaleDetail[mc.Versioned]

// compared completes the refusal of a stale request with the fields that the
// entity does not hold as they were sent.
func compared(err error, body *requestBody) error {
	refused, ok := errors.AsType[*mc.Error](err)
	if !ok {
		return err
	}
	stale, ok := refused.Detail.(mc.Stale)
	if !ok {
		return err
	}
	detail := staleAnswer{Message: stale.Message, Code: stale.Code, ETag: stale.ETag, Current: stale.Current, Differs: []string{}}
	if body != nil {
		detail.Differs = differing(body.raw, stale.Current)
	}
	return &mc.Error{Kind: refused.Kind, Detail: detail, Cause: refused.Cause}
}

// differing lists the fields of a body that an entity does not hold as they
// were sent. A time or a number in another form counts as another one; fields
// that the entity does not show are always among them.
func differing(body []byte, current any) []string {
	fields := []string{}
	var sent, shown map[string]any
	buf := new(bytes.Buffer)
	if json.Unmarshal(body, &sent) != nil || encodeJSON(buf, current) != nil || json.Unmarshal(buf.Bytes(), &shown) != nil {
		return fields
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		value, known := shown[name]
		if !known || !reflect.DeepEqual(value, sent[name]) {
			fields = append(fields, name)
		}
	}
	return fields
}

// wireParameters documents the headers that an operation looks at whatever its
// input: preconditions and the key of a request that is repeated.
func (op *operation) wireParameters() []*huma.Param {
	var out []*huma.Param
	header := func(name, doc string) {
		out = append(out, &huma.Param{Name: name, In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Description: doc})
	}
	if op.plan.ifMatch != nil {
		header("If-Match", "Entity tag of the version that the change is meant for: the ETag of an answer, or updated_at of an item of a list or stream in double quotes. If the entity is another one by now, nothing is done.")
	}
	if op.Method == http.MethodGet && op.versioned() {
		header("If-None-Match", "Entity tags of the versions that the caller holds; 304 if the current one is among them.")
	}
	if op.keyed {
		header(idempotencyKey, "Any text of 1 to 255 printable ASCII characters that the caller uses for this request only. Repeated under it within a day, the request is carried out once and answered as before.")
	}
	return out
}

// wireHeaders documents the headers of a success.
func (op *operation) wireHeaders() map[string]*huma.Param {
	out := map[string]*huma.Param{}
	if op.versioned() {
		out["ETag"] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeString}, Description: "Version of the entity that is shown."}
	}
	if op.keyed {
		out[idempotencyReplayed] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"true"}}, Description: "The request was carried out before; this is what it was answered."}
	}
	return out
}
