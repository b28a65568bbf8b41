package httpapi

import (
	"context"
	"net/http"
	"time"
)

// Guard says who may call an operation. Resolve finds out who is calling,
// loads what the path names, and hands the handler a scope of type S, or
// refuses. The rest documents that decision; access declares all guards.
type Guard[S any] struct {
	Auth    Auth
	Errors  []ErrorDoc
	Limit   *LimitPolicy
	Path    []PathParam // parameters that the guard reads
	Resolve func(r *http.Request) (S, error)
	// After checks what the contract checks only once the fields of the request
	// are known to be right; nil: nothing.
	After func(ctx context.Context, scope S) error
}

type askedAgain struct{}

// AskedAgain reports whether a guard is asked on behalf of a stream that is
// open already. That is no call of anybody: it counts for no limit, is no sign
// of life, and makes nobody a user.
func AskedAgain(ctx context.Context) bool { return ctx.Value(askedAgain{}) != nil }

// again asks whether the caller of an open stream would still be let in.
func (g Guard[S]) again(ctx context.Context, r *http.Request) (scope S, err error) {
	ctx = context.WithValue(ctx, askedAgain{}, true)
	if scope, err = g.Resolve(r.WithContext(ctx)); err == nil && g.After != nil {
		err = g.After(ctx, scope)
	}
	return scope, err
}

// PathParam is a path parameter that a guard reads. A UUID one is checked with
// the other fields of the request when the guards have passed; any other is a
// text, and one that is no UUID names nothing that exists.
type PathParam struct {
	Name string
	UUID bool
}

// ErrInvalidPath is returned by a guard that cannot go on because a path
// parameter is no UUID. Validation then reports it together with the errors of
// query and body.
var ErrInvalidPath = &statusError{http.StatusUnprocessableEntity, "invalid path parameter"}

// Auth describes a guard in the OpenAPI document (x-auth).
type Auth struct {
	Actors      []string          `json:"actors"` // user, agent; empty: open to all
	Headers     map[string]string `json:"headers,omitempty"`
	UserRole    string            `json:"user_role,omitempty"`    // any, member, admin, owner
	BoardAccess string            `json:"board_access,omitempty"` // read, write
	AgentRole   string            `json:"agent_role,omitempty"`   // any, lead, main, self
	AgentScope  string            `json:"agent_scope,omitempty"`  // own-board, gateway, organization
	Notes       string            `json:"notes,omitempty"`
}

// LimitPolicy describes a rate limit in the OpenAPI document.
type LimitPolicy struct {
	Name      string // agent_auth, webhook_ingest
	Limit     int
	Window    time.Duration
	AppliesTo string
	Counts    string // all, failures
}

// ErrorDoc is one refusal an operation may answer with.
type ErrorDoc struct {
	Status int    `json:"status"`
	Code   string `json:"code,omitempty"`
	Detail any    `json:"detail,omitempty"` // verbatim; nil: the standard phrase
	When   string `json:"when"`
	Schema any    `json:"-"` // a value of the answer's type, where the contract names one
}

// Refusal documents a refusal; without a detail the standard phrase is said.
func Refusal(status int, detail any, when string) ErrorDoc {
	return ErrorDoc{Status: status, Detail: detail, When: when}
}

// TooManyRequests is the refusal of a rate limit: 429 with what remains.
type TooManyRequests struct {
	Limit, Remaining  int
	RetryAfter, Reset time.Duration
}

func (*TooManyRequests) Error() string { return "rate limit exceeded" }

// Open is the guard of operations that anybody may call.
func Open() Guard[struct{}] {
	return Guard[struct{}]{Auth: Auth{Actors: []string{}}, Resolve: func(*http.Request) (struct{}, error) { return struct{}{}, nil }}
}
