package telemetry

import "context"

// RequestInfo is what every record of a request carries.
type RequestInfo struct {
	ID     string // the value of X-Request-Id
	Method string
	Path   string // without the query
}

type requestKey struct{}

// WithRequest returns a context whose records carry info.
func WithRequest(ctx context.Context, info RequestInfo) context.Context {
	return context.WithValue(ctx, requestKey{}, info)
}

// Request returns what WithRequest was given, the zero value outside a request.
func Request(ctx context.Context) RequestInfo {
	info, _ := ctx.Value(requestKey{}).(RequestInfo)
	return info
}
