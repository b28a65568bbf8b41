package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"missioncontrol/internal/mc"
)

// ErrorBody is the body of every error answer.
type ErrorBody struct {
	Detail    any    `json:"detail"`
	RequestID string `json:"request_id"`
}

// SchemaName is the name in the document.
func (ErrorBody) SchemaName() string { return "ErrorResponse" }

var statusOfKind = map[mc.Kind]int{
	mc.KindBadRequest:   http.StatusBadRequest,
	mc.KindUnauthorized: http.StatusUnauthorized,
	mc.KindForbidden:    http.StatusForbidden,
	mc.KindNotFound:     http.StatusNotFound,
	mc.KindConflict:     http.StatusConflict,
	mc.KindInvalid:      http.StatusUnprocessableEntity,
	mc.KindPrecondition: http.StatusPreconditionFailed,
	mc.KindUpstream:     http.StatusBadGateway,
	mc.KindUnavailable:  http.StatusServiceUnavailable,
	mc.KindInternalSaid: http.StatusInternalServerError,
}

// retryAfter is what a client is told to wait when a dependency is away.
const retryAfter = time.Second

// fail answers a request with an error.
func (r *Router) fail(w http.ResponseWriter, req *http.Request, err error) {
	status, detail := r.AnswerTo(req.Context(), err)
	h := w.Header()
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", wholeSeconds(retryAfter))
	}
	if limited, ok := errors.AsType[*TooManyRequests](err); ok {
		h.Set("Retry-After", wholeSeconds(limited.RetryAfter))
		h.Set("X-RateLimit-Limit", strconv.Itoa(limited.Limit))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(limited.Remaining))
		h.Set("X-RateLimit-Reset", wholeSeconds(limited.Reset))
	}
	r.answer(w, req, status, detail)
}

// AnswerTo turns an error into its answer, a status and a detail. It is the only
// place that does. What says nothing to the caller is logged.
func (r *Router) AnswerTo(ctx context.Context, err error) (status int, detail any) {
	var domain *mc.Error
	var limited *TooManyRequests
	var plain *statusError
	switch {
	case errors.As(err, &domain) && statusOfKind[domain.Kind] != 0:
		status, detail = statusOfKind[domain.Kind], domain.Detail
		if len(domain.Fields) > 0 {
			detail = domain.Fields
		}
		if domain.Cause != nil {
			r.log.LogAttrs(ctx, slog.LevelWarn, "request_refused", slog.Int("status_code", status), slog.String("error", domain.Cause.Error()))
		}
	case errors.As(err, &limited):
		status = http.StatusTooManyRequests
	case errors.As(err, &plain):
		status, detail = plain.status, plain.detail
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		// The client is gone; nobody reads the answer.
		status, detail = http.StatusServiceUnavailable, "Request cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		status, detail = http.StatusServiceUnavailable, "Service temporarily unavailable"
	default:
		status = http.StatusInternalServerError
		r.log.LogAttrs(ctx, slog.LevelError, "unhandled_exception", slog.String("error", err.Error()))
	}
	if detail == nil {
		detail = phrase(status)
	}
	return status, detail
}

// answer writes an error body. Without a detail the standard phrase is said.
func (r *Router) answer(w http.ResponseWriter, req *http.Request, status int, detail any) {
	if detail == nil {
		detail = phrase(status)
	}
	r.writeJSON(w, req, status, ErrorBody{Detail: detail, RequestID: RequestID(req.Context())})
}

func phrase(status int) string {
	if status == http.StatusUnprocessableEntity {
		return "Unprocessable Entity"
	}
	return http.StatusText(status)
}

func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}
