package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// About is what the document says of the API as a whole.
type About struct {
	Title, Version string
	Tags           []Tag
	Walkthroughs   map[string][]WalkthroughStep
}

// Tag groups operations.
type Tag struct{ Name, Description string }

// WalkthroughStep is a step of a story that can be played against a server.
type WalkthroughStep struct {
	OperationID string `json:"operationId"`
	Example     string `json:"example,omitempty"`
	Note        string `json:"note"`
}

// Schemas of errors that the contract names.
type (
	// ValidationFailure is one failing place.
	ValidationFailure struct {
		Loc   []any          `json:"loc"`
		Msg   string         `json:"msg"`
		Type  string         `json:"type"`
		Input any            `json:"input,omitempty"`
		Ctx   map[string]any `json:"ctx,omitempty"`
	}
	// ValidationFailures is the body of a 422 of validation.
	ValidationFailures struct {
		Detail    []ValidationFailure `json:"detail"`
		RequestID string              `json:"request_id,omitempty"`
	}
	// AgentError is the error body of operations for agents.
	AgentError struct {
		Detail    any     `json:"detail"`
		RequestID *string `json:"request_id,omitempty"`
		Code      *string `json:"code,omitempty"`
		Retryable *bool   `json:"retryable,omitempty"`
	}
)

// SchemaName is the name in the document.
func (ValidationFailure) SchemaName() string { return "ValidationError" }

// SchemaName is the name in the document.
func (ValidationFailures) SchemaName() string { return "HTTPValidationError" }

// SchemaName is the name in the document.
func (AgentError) SchemaName() string { return "LLMErrorResponse" }

// CorrectSchema says that a place is made of names and positions.
func (ValidationFailure) CorrectSchema(s *huma.Schema) {
	s.Properties["loc"].Items = anyOf(huma.TypeString, huma.TypeInteger)
	s.Properties["ctx"] = &huma.Schema{Type: huma.TypeObject}
}

// CorrectSchema says what a detail may be.
func (ErrorBody) CorrectSchema(s *huma.Schema) { s.Properties["detail"] = detailSchema() }

// CorrectSchema says what a detail may be.
func (AgentError) CorrectSchema(s *huma.Schema) { s.Properties["detail"] = detailSchema() }

func detailSchema() *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{
		{Type: huma.TypeString}, {Type: huma.TypeObject, AdditionalProperties: true}, {Type: huma.TypeArray, Items: &huma.Schema{}},
	}}
}

func anyOf(types ...string) *huma.Schema {
	s := &huma.Schema{}
	for _, t := range types {
		s.AnyOf = append(s.AnyOf, &huma.Schema{Type: t})
	}
	return s
}

// SchemaHints tells agents what the error body is for.
func (AgentError) SchemaHints() map[string]any {
	return map[string]any{
		"x-llm-intent":     "llm_error_handling",
		"x-required-actor": "agent",
		"x-when-to-use":    []string{"A call answered with a 4xx or 5xx status and you have to decide whether to repair, retry or stop."},
		"x-interpretation": []string{"detail says what is wrong: a sentence, an object with a code, or a list of failing fields.", "request_id finds the request in the server's log."},
	}
}

// Document builds the OpenAPI document of all declared operations.
func (r *Router) Document(about About) *huma.OpenAPI {
	reg := newSchemas()
	doc := &huma.OpenAPI{
		OpenAPI:    "3.1.0",
		Info:       &huma.Info{Title: about.Title, Version: about.Version},
		Paths:      map[string]*huma.PathItem{},
		Components: &huma.Components{Schemas: reg, SecuritySchemes: securitySchemes()},
		Extensions: map[string]any{},
	}
	for _, t := range about.Tags {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: t.Name, Description: t.Description})
	}
	policies := map[string]any{}
	for _, op := range r.ops {
		// First what is sent: a type that is also answered keeps that shape.
		if op.plan.body != nil {
			reg.of(op.plan.body.Type, "")
		}
	}
	for _, op := range r.ops {
		doc.AddOperation(describe(reg, op))
		if l := op.limit; l != nil {
			policies[l.Name] = map[string]any{"limit": l.Limit, "window_seconds": int(l.Window.Seconds()), "scope": "client-ip"}
		}
	}
	doc.Extensions["x-ratelimit-policies"] = policies
	if len(about.Walkthroughs) > 0 {
		doc.Extensions["x-walkthroughs"] = about.Walkthroughs
	}
	return doc
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		"HTTPBearer":  {Type: "http", Scheme: "bearer", Description: "Credentials of a person."},
		"AgentToken":  {Type: "apiKey", In: "header", Name: "X-Agent-Token", Description: "Token of an agent."},
		"AgentBearer": {Type: "http", Scheme: "bearer", Description: "Token of an agent, as a bearer token."},
	}
}

func describe(reg *schemas, op *operation) *huma.Operation {
	out := &huma.Operation{
		Method: op.Method, Path: op.Path, OperationID: op.id, Tags: op.Tags,
		Summary: op.Summary, Description: describeText(op),
		Parameters: parameters(reg, op), Responses: map[string]*huma.Response{},
		Extensions: map[string]any{"x-auth": authWithHeaders(op.auth)},
	}
	out.Security = security(op.auth)
	if op.plan.body != nil {
		out.RequestBody = &huma.RequestBody{
			Required: true, Description: "Fields of the request, as JSON.",
			Content: map[string]*huma.MediaType{"application/json": {Schema: reg.of(op.plan.body.Type, ""), Examples: examples(op.RequestExamples)}},
		}
	}
	out.Responses["200"] = success(reg, op)
	switch {
	case op.ETag:
		tag := map[string]*huma.Param{"ETag": {Description: "Names the body; send it back in If-None-Match.", Schema: &huma.Schema{Type: huma.TypeString}}}
		out.Responses["200"].Headers = tag
		out.Responses["304"] = &huma.Response{Description: "Nothing is different from the body that If-None-Match names.", Headers: tag}
	case op.Method == http.MethodGet && op.versioned():
		out.Responses["304"] = &huma.Response{Description: "The caller holds this version already.", Headers: op.wireHeaders()}
	}
	refusals(reg, op, out)
	if l := op.limit; l != nil {
		for key, value := range map[string]any{"policy": l.Name, "limit": l.Limit, "window-seconds": int(l.Window.Seconds()), "scope": "client-ip", "applies-to": l.AppliesTo, "counts": l.Counts} {
			out.Extensions["x-ratelimit-"+key] = value
		}
	}
	if op.Hints != nil {
		op.Hints.extend(out.Extensions)
	}
	return out
}

func describeText(op *operation) string {
	if op.Description != "" {
		return op.Description
	}
	return op.Summary
}

func success(reg *schemas, op *operation) *huma.Response {
	reg.answering = true
	defer func() { reg.answering = false }()
	if op.stream != nil {
		said, extensions := op.stream.describe(reg)
		return &huma.Response{
			Description: "Event stream: frames of " + said + " with an `id` to resume from.",
			Content: map[string]*huma.MediaType{
				"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}, Example: op.stream.Example, Extensions: extensions},
				// Named because clients that are generated from the contract look for it.
				"application/json": {Schema: &huma.Schema{}},
			},
		}
	}
	if len(op.download) > 0 {
		out := &huma.Response{Description: "A file.", Content: map[string]*huma.MediaType{}}
		for _, contentType := range op.download {
			out.Content[contentType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
		return out
	}
	return &huma.Response{
		Description: "The operation succeeded.",
		Headers:     op.wireHeaders(),
		Content:     map[string]*huma.MediaType{"application/json": {Schema: reg.of(op.output, ""), Examples: examples(op.ResponseExamples)}},
	}
}

// describe names the events of a stream, and what their data is.
func (d *StreamDoc) describe(reg *schemas) (said string, extensions map[string]any) {
	if len(d.Events) == 0 {
		return "event `" + d.Event + "`", map[string]any{"x-event": d.Event, "x-event-data": reg.of(d.Data, "")}
	}
	type kind struct { // of events; some names have several
		Description string       `json:"description"`
		Data        *huma.Schema `json:"data"`
	}
	events := map[string][]kind{}
	var names []string
	for _, e := range d.Events {
		if events[e.Name] == nil {
			names = append(names, "`"+e.Name+"`")
		}
		events[e.Name] = append(events[e.Name], kind{e.Doc, reg.of(e.Data, "")})
	}
	return "the events " + strings.Join(names, ", "), map[string]any{"x-events": events}
}

func examples(named map[string]any) map[string]*huma.Example {
	if len(named) == 0 {
		return nil
	}
	out := make(map[string]*huma.Example, len(named))
	for name, value := range named {
		out[name] = &huma.Example{Value: value}
	}
	return out
}

// Parameters come from the guard, then from the input. Agent operations name
// the two headers that carry a token, which generated clients expect.
func parameters(reg *schemas, op *operation) []*huma.Param {
	var out []*huma.Param
	seen := map[string]bool{}
	for _, p := range op.path {
		schema := &huma.Schema{Type: huma.TypeString}
		if p.UUID {
			schema.Format = "uuid"
		}
		seen[p.Name] = true
		out = append(out, &huma.Param{Name: p.Name, In: "path", Required: true, Schema: schema})
	}
	for _, p := range op.plan.params {
		if p.in == "path" && seen[p.name] {
			continue
		}
		schema := reg.of(p.typ, p.tag)
		if p.defaultValue != nil && p.in != "header" {
			schema.Default = defaultOf(p.field)
		}
		out = append(out, &huma.Param{Name: p.name, In: p.in, Required: p.required, Schema: schema, Description: p.tag.Get("doc")})
	}
	if op.ETag {
		out = append(out, &huma.Param{Name: "If-None-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Description: "Entity tag of the body that the client has."})
	}
	if op.forAgents() {
		for _, name := range []string{"X-Agent-Token", "Authorization"} {
			out = append(out, &huma.Param{Name: name, In: "header", Schema: nullable(&huma.Schema{Type: huma.TypeString})})
		}
	}
	return append(out, op.wireParameters()...)
}

func authWithHeaders(a Auth) Auth {
	headers := map[string]string{"user": "Authorization: Bearer", "agent": "X-Agent-Token (or Authorization: Bearer)"}
	a.Headers = map[string]string{}
	for _, actor := range a.Actors {
		a.Headers[actor] = headers[actor]
	}
	return a
}

func security(a Auth) []map[string][]string {
	out := []map[string][]string{}
	if slices.Contains(a.Actors, "user") {
		out = append(out, map[string][]string{"HTTPBearer": {}})
	}
	if slices.Contains(a.Actors, "agent") {
		out = append(out, map[string][]string{"AgentToken": {}}, map[string][]string{"AgentBearer": {}})
	}
	return out
}

// refusals lists every error answer with its shape (responses) and its words
// (x-errors).
func refusals(reg *schemas, op *operation, out *huma.Operation) {
	reg.answering = true
	defer func() { reg.answering = false }()
	all := slices.Clone(op.errors)
	if op.keyed {
		all = append(all, keyErrors...)
	}
	if op.plan.body != nil || len(op.plan.params) > 0 || len(op.path) > 0 || op.forAgents() {
		all = append(all, ErrorDoc{Status: http.StatusUnprocessableEntity, When: "a parameter or a field of the body is not valid; detail lists the places", Schema: ValidationFailures{}})
	}
	if op.limit != nil {
		all = append(all, ErrorDoc{Status: http.StatusTooManyRequests, When: "the rate limit " + op.limit.Name + " is used up"})
	}
	if op.plan.body != nil {
		all = append(all, ErrorDoc{Status: http.StatusRequestEntityTooLarge, Detail: errTooLarge.detail, When: "the body is larger than 16 MiB"})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Status < all[j].Status })
	for _, e := range all {
		key := strconv.Itoa(e.Status)
		response := out.Responses[key]
		if response == nil {
			response = &huma.Response{Description: phrase(e.Status), Content: map[string]*huma.MediaType{"application/json": {Schema: reg.of(errorType(op, e), "")}}}
			out.Responses[key] = response
		}
		if e.Status == http.StatusTooManyRequests {
			response.Headers = map[string]*huma.Param{}
			for _, name := range []string{"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
				response.Headers[name] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeInteger}}
			}
		}
	}
	if len(all) > 0 {
		out.Extensions["x-errors"] = withPhrases(all)
	}
}

// errorType is the shape of an error answer. The contract names one shape per
// status: operations of agents with an id of their own share one for all, and a
// 422 is otherwise that of validation.
func errorType(op *operation, e ErrorDoc) reflect.Type {
	switch {
	case op.forAgents() && op.ID != "":
		return reflect.TypeFor[AgentError]()
	case e.Status == http.StatusUnprocessableEntity:
		return reflect.TypeFor[ValidationFailures]()
	case e.Schema != nil:
		return reflect.TypeOf(e.Schema)
	case op.forAgents():
		return reflect.TypeFor[AgentError]()
	}
	return reflect.TypeFor[ErrorBody]()
}

// forAgents reports whether the operation is for agents alone.
func (op *operation) forAgents() bool { return slices.Equal(op.auth.Actors, []string{"agent"}) }

func withPhrases(all []ErrorDoc) []ErrorDoc {
	for i := range all {
		if all[i].Detail == nil && all[i].Schema == nil {
			all[i].Detail = phrase(all[i].Status)
		}
	}
	return all
}

func (h *Hints) extend(ext map[string]any) {
	ext["x-llm-intent"] = h.Intent
	ext["x-required-actor"] = h.RequiredActor
	for key, list := range map[string][]string{
		"x-when-to-use": h.WhenToUse, "x-when-not-to-use": h.WhenNotToUse, "x-prerequisites": h.Prerequisites,
		"x-side-effects": h.SideEffects, "x-negative-guidance": h.Negative, "x-routing-policy": h.Routing,
	} {
		ext[key] = list
	}
	ext["x-routing-policy-examples"] = h.Examples
}

// ServeDocument answers GET path with the document, built once.
func (r *Router) ServeDocument(path string, doc *huma.OpenAPI) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	etag := entityTag(body)
	page := compressed(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Type", "application/json")
		if noneMatch(req.Header.Values("If-None-Match"), etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(body))
	}))
	r.Page(http.MethodGet, path, page)
	r.Page(http.MethodHead, path, page)
	return nil
}

// Operations lists the ids of all declared operations, sorted.
func (r *Router) Operations() []string {
	ids := make([]string, len(r.ops))
	for i, op := range r.ops {
		ids[i] = op.id
	}
	slices.Sort(ids)
	return ids
}
