package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"missioncontrol/internal/mc"
)

// Op declares an operation. Together with its guard and the types of its
// handler it gives the route, the checks, and its documentation.
type Op struct {
	Method string
	Path   string // with {parameters}
	Name   string // of the handler, such as list_tasks: the operation id is made from it
	ID     string // operation id, where the contract has one that is not made from the name
	Tags   []string
	// PlainValidation gives an operation of agents with an ID the 422 that
	// operations without one have, where the contract has it so.
	PlainValidation bool

	Summary     string
	Description string
	Errors      []ErrorDoc // what the handler refuses, besides what guard and validation do

	// SecretAnswer says that the answer shows a secret. It is not kept for
	// repetitions under an Idempotency-Key.
	SecretAnswer bool
	// SecretBody says that the body holds a secret that people make up. It is not
	// repeated under an Idempotency-Key: that would keep a digest to guess by.
	SecretBody bool

	RequestExamples  map[string]any // named examples of the body
	ResponseExamples map[string]any
	Hints            *Hints // for agents that choose operations at run time
	Success          int    // status of an answer that is no refusal; zero: 200

	// ETag gives answers an entity tag, made from the body. A client that names it
	// in If-None-Match is answered 304 until something of the body is different.
	ETag bool

	// Unrouted says that the route of another operation serves it, because no
	// pattern can tell its path from that one's. It is only documented.
	Unrouted bool
}

// Hints tell an agent when to choose an operation (x-llm-intent and so on).
type Hints struct {
	Intent        string
	RequiredActor string // any_agent, board_lead, agent_main
	WhenToUse     []string
	WhenNotToUse  []string
	Prerequisites []string
	SideEffects   []string
	Negative      []string // what never to do with it
	Routing       []string
	Examples      []RoutingExample
}

// RoutingExample shows which operation serves an intent.
type RoutingExample struct {
	Input struct {
		Intent            string `json:"intent"`
		RequiredPrivilege string `json:"required_privilege"`
	} `json:"input"`
	Decision string `json:"decision"`
}

// Routing is the usual single example of Hints.
func Routing(intent, privilege, decision string) []RoutingExample {
	e := RoutingExample{Decision: decision}
	e.Input.Intent, e.Input.RequiredPrivilege = intent, privilege
	return []RoutingExample{e}
}

// Handler is a use case behind HTTP. It gets the guard's scope and the decoded,
// validated input, and never writes to the response itself.
type Handler[S, I, O any] func(ctx context.Context, scope S, in *I) (O, error)

// None is the input of operations that take nothing.
type None struct{}

// OK is the answer of operations that have nothing to tell.
type OK struct {
	OK bool `json:"ok" default:"true"`
}

// SchemaName is the name in the document.
func (OK) SchemaName() string { return "OkResponse" }

// Done is the OK answer.
var Done = OK{OK: true}

// StatusCoder is implemented by answers whose status is not 200.
type StatusCoder interface{ StatusCode() int }

// HeaderSetter is implemented by answers that set headers, such as a cookie.
type HeaderSetter interface{ SetHeaders(h http.Header) }

// Register adds an operation. The compiler checks that the handler takes the
// scope that the guard yields.
func Register[S, I, O any](r *Router, op Op, guard Guard[S], handle Handler[S, I, O]) {
	plan := planInput(reflect.TypeFor[I]())
	entry := newOperation(op, guard.Auth, guard.Errors, guard.Limit, guard.Path, plan)
	entry.output = reflect.TypeFor[O]()
	entry.documentConditions(stale[O]())
	entry.keyed = op.Method == http.MethodPost && !op.SecretBody && reflect.TypeFor[S]().Implements(typeCaller)
	serve := func(w http.ResponseWriter, req *http.Request) {
		scope, in, body, err := admit[S, I](w, req, guard, plan)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		answer := func(w http.ResponseWriter, req *http.Request) {
			out, err := handle(caused(req.Context(), scope), scope, in)
			if err != nil {
				r.fail(w, req, compared(err, body))
				return
			}
			r.succeed(w, req, op, out)
		}
		if entry.keyed && r.keys != nil && req.Header[idempotencyKey] != nil {
			answer = r.once(entry, any(scope).(Caller), body, answer)
		}
		answer(w, req)
	}
	if plan.raw != nil {
		r.add(entry, withRawBody(serve))
		return
	}
	r.add(entry, compressed(http.HandlerFunc(serve)))
}

// succeed answers with what a handler returned.
func (r *Router) succeed(w http.ResponseWriter, req *http.Request, op Op, out any) {
	if h, ok := out.(HeaderSetter); ok {
		h.SetHeaders(w.Header())
	}
	status := op.statusOf(out)
	switch {
	case op.ETag && status == http.StatusOK:
		r.writeTagged(w, req, out)
	case !notModified(w, req, out):
		r.writeJSON(w, req, status, out)
	}
}

// success is the status of answers that do not name one.
func (op Op) success() int {
	if op.Success != 0 {
		return op.Success
	}
	return http.StatusOK
}

func (op Op) statusOf(out any) int {
	if c, ok := out.(StatusCoder); ok {
		return c.StatusCode()
	}
	return op.success()
}

// admit runs the checks that come before the handler, in the contract's order:
// the body is text and JSON, the guard lets the caller in, the fields are right.
func admit[S, I any](w http.ResponseWriter, req *http.Request, guard Guard[S], plan *inputPlan) (scope S, in *I, body *requestBody, err error) {
	if plan.body != nil {
		raw, err := readBody(w, req)
		if err != nil {
			return scope, nil, nil, err
		}
		if body, err = parseBody(req, raw); err != nil {
			return scope, nil, nil, err
		}
	}
	scope, err = guard.Resolve(req)
	if err != nil && !errors.Is(err, ErrInvalidPath) {
		return scope, nil, nil, err
	}
	in = new(I)
	if err := checkPath(guard.Path, req, plan.read(reflect.ValueOf(in).Elem(), req, body)); err != nil {
		return scope, nil, nil, err
	}
	if guard.After == nil {
		return scope, in, body, nil
	}
	return scope, in, body, guard.After(req.Context(), scope)
}

// operation is what the router and the document know of an Op.
type operation struct {
	Op
	id     string
	auth   Auth
	errors []ErrorDoc
	limit  *LimitPolicy
	path   []PathParam
	plan   *inputPlan
	output reflect.Type // nil: an event stream, a download or a page
	stream *StreamDoc
	keyed  bool // repeated under an Idempotency-Key it is carried out once

	download []string // content types of a file
}

func newOperation(op Op, auth Auth, guardErrors []ErrorDoc, limit *LimitPolicy, path []PathParam, plan *inputPlan) *operation {
	id := op.ID
	if id == "" {
		id = operationID(op)
	}
	return &operation{Op: op, id: id, auth: auth, errors: append(append([]ErrorDoc{}, guardErrors...), op.Errors...), limit: limit, path: path, plan: plan}
}

var notWord = regexp.MustCompile(`\W`)

// operationID makes the contract's id: name, path and method, with every
// character that is not of a word turned into an underscore.
func operationID(op Op) string {
	return op.Name + notWord.ReplaceAllString(op.Path, "_") + "_" + strings.ToLower(op.Method)
}

// checkPath adds what is wrong with the path parameters that the guard reads
// to what is wrong with the rest of the request.
func checkPath(params []PathParam, req *http.Request, err error) error {
	var fields []mc.FieldError
	for _, p := range params {
		if !p.UUID {
			continue
		}
		if _, f := idFromText(req.PathValue(p.Name)); f != nil {
			fields = append(fields, f.at([]any{"path", p.Name}, req.PathValue(p.Name)))
		}
	}
	if len(fields) == 0 {
		return err
	}
	var invalid *mc.Error
	if errors.As(err, &invalid) {
		fields = append(fields, invalid.Fields...)
	}
	return &mc.Error{Kind: mc.KindInvalid, Fields: fields}
}

// Guarded puts a guard in front of a page that is no operation of the API.
func Guarded[S any](r *Router, guard Guard[S], page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, err := guard.Resolve(req); err != nil {
			r.fail(w, req, err)
			return
		}
		page.ServeHTTP(w, req)
	})
}
