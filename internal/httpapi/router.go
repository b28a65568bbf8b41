package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"missioncontrol/internal/store"
)

// Router holds the declared operations and serves them. What is not declared
// cannot be reached.
type Router struct {
	log   *slog.Logger
	mux   *http.ServeMux // METHOD /path -> operation
	paths *http.ServeMux // /path, to tell an unknown path from an unknown method
	ops   []*operation
	// methods lists what each path pattern answers, for Allow.
	methods map[string][]string
	// page serves the web UI; nil: there is none.
	page func(w http.ResponseWriter, req *http.Request) bool
	live *streamSet
	// access tells open streams that they have to ask their guards again; nil: nothing does.
	access AccessWatcher
	keys   *store.Store // nil: Idempotency-Key is not looked at
}

// NewRouter returns a router without operations.
func NewRouter(log *slog.Logger) *Router {
	return &Router{log: log, mux: http.NewServeMux(), paths: http.NewServeMux(), methods: map[string][]string{}, live: &streamSet{cancel: map[*context.CancelFunc]struct{}{}}}
}

func (r *Router) add(op *operation, h http.HandlerFunc) {
	r.ops = append(r.ops, op)
	if op.Unrouted {
		return
	}
	r.Page(op.Method, op.Path, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		noteOperation(req.Context(), op.id)
		h(w, req)
	}))
}

// Page adds a route that is no operation of the API, such as the pages of the
// documentation.
func (r *Router) Page(method, path string, h http.Handler) {
	r.mux.Handle(method+" "+path, h)
	if r.methods[path] == nil {
		r.paths.Handle(path, http.NotFoundHandler())
	}
	r.methods[path] = append(r.methods[path], method)
}

// KeepAnswers makes requests that are repeated under an Idempotency-Key be
// carried out once; what they were answered is kept in st.
func (r *Router) KeepAnswers(st *store.Store) { r.keys = st }

// UI sets what answers browsers on paths that are no route of the API. It
// reports false when the path is none of its own either.
func (r *Router) UI(page func(w http.ResponseWriter, req *http.Request) bool) { r.page = page }

// ServeHTTP routes by the contract's rules: an unknown path is a JSON 404, a
// known path with another method a 405, one trailing slash too many a 307.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if allow := r.allowed(req); slices.Contains(allow, req.Method) {
		r.mux.ServeHTTP(w, req)
		return
	} else if len(allow) > 0 {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		r.answer(w, req, http.StatusMethodNotAllowed, nil)
		return
	}
	if r.redirectSlash(w, req) {
		return
	}
	if r.page != nil && req.Method == http.MethodGet && strings.Contains(req.Header.Get("Accept"), "text/html") && r.page(w, req) {
		return
	}
	r.answer(w, req, http.StatusNotFound, nil)
}

// allowed lists the methods of the request's path; none when it is unknown.
func (r *Router) allowed(req *http.Request) []string {
	// The mux would redirect what is not clean; the contract knows no such paths.
	if p := req.URL.Path; p == "" || p[0] != '/' || strings.Contains(p, "//") || strings.Contains(p, "/./") || strings.Contains(p, "/../") || strings.HasSuffix(p, "/.") || strings.HasSuffix(p, "/..") {
		return nil
	}
	_, pattern := r.paths.Handler(req)
	return r.methods[pattern]
}

// redirectSlash answers a path that is known but for one trailing slash.
func (r *Router) redirectSlash(w http.ResponseWriter, req *http.Request) bool {
	path, ok := strings.CutSuffix(req.URL.Path, "/")
	if !ok || path == "" {
		return false
	}
	target := *req.URL
	target.Path, target.RawPath = path, strings.TrimSuffix(req.URL.RawPath, "/")
	bare := *req
	bare.URL = &target
	if len(r.allowed(&bare)) == 0 {
		return false
	}
	location := url.URL{Scheme: scheme(req), Host: req.Host, Path: target.Path, RawPath: target.RawPath, RawQuery: target.RawQuery}
	w.Header().Set("Location", location.String())
	w.WriteHeader(http.StatusTemporaryRedirect)
	return true
}

func scheme(req *http.Request) string {
	if req.TLS != nil {
		return "https"
	}
	if info := requestInfo(req.Context()); info != nil && info.scheme != "" {
		return info.scheme
	}
	return "http"
}
