package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"missioncontrol/internal/mc"
)

// Options configures what surrounds every request.
type Options struct {
	SecurityHeaders []HeaderValue // sent unless the answer has them already
	CORSOrigins     []string      // empty: no CORS at all; "*": every origin
	SlowAfter       time.Duration // 0: no request counts as slow
	LogHealth       bool          // log the probes too
	ClientAddr      func(*http.Request) string
	ForwardedScheme func(*http.Request) string
	WithRequest     func(ctx context.Context, requestID, method, path string) context.Context // adds the request's fields to log lines
	ObserveRequest  func(operation, method string, status int, took time.Duration)
	TraceLevel      slog.Level
}

// HeaderValue is a header and its value.
type HeaderValue struct{ Name, Value string }

// Handler returns the router inside the layers that every request passes:
// request id and access log, security headers, CORS, and the last resort for
// panics.
func (r *Router) Handler(o Options) http.Handler {
	h := r.recovered(r)
	if len(o.CORSOrigins) > 0 {
		h = cors(o.CORSOrigins, h)
	}
	return r.observed(o, h)
}

// observed gives the request its id, adds the headers of every answer, and
// writes the access log.
func (r *Router) observed(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		start := time.Now()
		in := &info{requestID: requestIDOf(req), clientAddr: o.ClientAddr(req), scheme: o.ForwardedScheme(req)}
		ctx := context.WithValue(req.Context(), infoKey{}, in)
		ctx = mc.WithOrigin(ctx, mc.Origin{Address: in.clientAddr, RequestID: in.requestID})
		ctx = o.WithRequest(ctx, in.requestID, req.Method, req.URL.Path)
		rec := &recorder{ResponseWriter: w, onHead: func(status int, h http.Header) {
			if h.Get(requestIDHeader) == "" {
				h.Set(requestIDHeader, in.requestID)
			}
			for _, s := range o.SecurityHeaders {
				if h.Get(s.Name) == "" {
					h.Set(s.Name, s.Value)
				}
			}
			if vary := h.Values("Vary"); len(vary) > 1 {
				h.Set("Vary", strings.Join(vary, ", ")) // some clients see only one line of a header
			}
			took := time.Since(start)
			if o.ObserveRequest != nil {
				o.ObserveRequest(in.operation, req.Method, status, took)
			}
			r.logRequest(ctx, &o, req, status, took)
		}}
		if o.LogHealth || !isProbe(req.URL.Path) {
			r.log.LogAttrs(ctx, o.TraceLevel, "http.request.start", slog.String("client_ip", peer(req)))
		}
		next.ServeHTTP(rec, req.WithContext(ctx))
		if !rec.wroteHead {
			if req.Context().Err() != nil {
				r.log.LogAttrs(ctx, slog.LevelWarn, "http.request.incomplete", slog.Int64("duration_ms", time.Since(start).Milliseconds()), slog.String("client_ip", peer(req)))
				return
			}
			rec.WriteHeader(http.StatusOK)
		}
	})
}

func (r *Router) logRequest(ctx context.Context, o *Options, req *http.Request, status int, took time.Duration) {
	if isProbe(req.URL.Path) && !o.LogHealth {
		return
	}
	level := slog.LevelDebug
	switch {
	case status >= 500:
		level = slog.LevelError
	case status >= 400:
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.Int("status_code", status), slog.Int64("duration_ms", took.Milliseconds()), slog.String("client_ip", peer(req))}
	r.log.LogAttrs(ctx, level, "http.request.complete", attrs...)
	if o.SlowAfter > 0 && took >= o.SlowAfter {
		attrs = append(attrs, slog.Int64("slow_threshold_ms", o.SlowAfter.Milliseconds()))
		r.log.LogAttrs(ctx, slog.LevelWarn, "http.request.slow", attrs...)
	}
}

func isProbe(path string) bool {
	return path == "/health" || path == "/healthz" || path == "/readyz"
}

// recovered contains panics: the request gets a 500 that says nothing, the log
// gets the rest.
func (r *Router) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer func() { //nolint:contextcheck // its context is that of the request
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // the server compares by identity
				panic(p)
			}
			r.log.LogAttrs(req.Context(), slog.LevelError, "unhandled_exception", slog.String("error", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			r.answer(w, req, http.StatusInternalServerError, nil)
		}()
		next.ServeHTTP(w, req)
	})
}

// recorder lets headers be added at the last moment, and remembers whether the
// head was sent.
type recorder struct {
	http.ResponseWriter
	wroteHead bool
	onHead    func(status int, h http.Header)
}

func (rec *recorder) WriteHeader(status int) {
	if !rec.wroteHead {
		rec.wroteHead = true
		rec.onHead(status, rec.Header())
	}
	rec.ResponseWriter.WriteHeader(status)
}

func (rec *recorder) Write(b []byte) (int, error) {
	if !rec.wroteHead {
		rec.WriteHeader(http.StatusOK)
	}
	return rec.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }
