package mc

import (
	"errors"
	"fmt"
)

// Kind is the class of a domain error. Each kind is one HTTP status, given by
// httpapi in one place.
type Kind int

// The kinds of domain errors.
const (
	KindInternal     Kind = iota // a failure of ours; says nothing to the caller
	KindUnauthorized             // 401
	KindForbidden                // 403
	KindNotFound                 // 404
	KindConflict                 // 409
	KindInvalid                  // 422
	KindUpstream                 // 502: a dependency answered wrongly or not at all
	KindUnavailable              // 503: try again later
	KindInternalSaid             // 500 with a detail that the contract fixes
	KindPrecondition             // 412
	KindBadRequest               // 400
)

// Error is what a use case returns when it refuses. Detail is the contract's
// detail: a text, an object, or nil for the standard phrase of the status.
type Error struct {
	Kind   Kind
	Detail any
	Fields []FieldError // for KindInvalid: the failing places, instead of Detail
	Cause  error        // logged, never shown
}

// FieldError is one failing place of a request, as FastAPI reports it.
type FieldError struct {
	Type  string         `json:"type"`
	Loc   []any          `json:"loc"`
	Msg   string         `json:"msg"`
	Input any            `json:"input"`
	Ctx   map[string]any `json:"ctx,omitempty"`
}

func (e *Error) Error() string {
	text := fmt.Sprintf("kind %d", e.Kind)
	if e.Detail != nil {
		text = fmt.Sprint(e.Detail)
	} else if len(e.Fields) > 0 {
		text = fmt.Sprint(e.Fields)
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

func newError(kind Kind, detail []any) *Error {
	e := &Error{Kind: kind}
	if len(detail) > 0 {
		e.Detail = detail[0]
	}
	return e
}

// BadRequest is 400: the request is well-formed, but names what is not allowed.
func BadRequest(detail ...any) *Error { return newError(KindBadRequest, detail) }

// Unauthorized is 401. Without a detail the standard phrase is said.
func Unauthorized(detail ...any) *Error { return newError(KindUnauthorized, detail) }

// Forbidden is 403.
func Forbidden(detail ...any) *Error { return newError(KindForbidden, detail) }

// NotFound is 404.
func NotFound(detail ...any) *Error { return newError(KindNotFound, detail) }

// Conflict is 409.
func Conflict(detail ...any) *Error { return newError(KindConflict, detail) }

// Unprocessable is 422 with a text or object as detail, from a handler's own checks.
func Unprocessable(detail ...any) *Error { return newError(KindInvalid, detail) }

// Upstream is 502: the gateway or another dependency failed.
func Upstream(detail ...any) *Error { return newError(KindUpstream, detail) }

// Unavailable is 503 with Retry-After: the request may be repeated.
func Unavailable(cause error) *Error {
	return &Error{Kind: KindUnavailable, Detail: "Service temporarily unavailable", Cause: cause}
}

// Failure is a 500 whose detail the contract fixes.
func Failure(detail string, cause error) *Error {
	return &Error{Kind: KindInternalSaid, Detail: detail, Cause: cause}
}

// Invalid is 422 with one failing place, such as Invalid("description is required", "body").
func Invalid(msg string, loc ...any) *Error {
	return &Error{Kind: KindInvalid, Fields: []FieldError{{Type: "value_error", Loc: loc, Msg: "Value error, " + msg}}}
}

// KindOf returns the kind of err, KindInternal for errors that are not of the domain.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// DetailText returns what err says to a caller in one line: the detail when it
// is a text, otherwise the error's own words.
func DetailText(err error) string {
	var e *Error
	if errors.As(err, &e) {
		if text, ok := e.Detail.(string); ok {
			return text
		}
	}
	return err.Error()
}
