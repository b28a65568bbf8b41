package httpapi

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

var corsMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

const (
	corsMaxAge = "600" // seconds a browser may keep a preflight's answer
	corsExpose = "X-Total-Count, X-Limit, X-Offset"
)

// cors answers preflights on any path and marks the answers to other requests.
// A foreign origin is served, merely without permission for its scripts to read.
func cors(origins []string, next http.Handler) http.Handler {
	every := slices.Contains(origins, "*")
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		origin := req.Header.Get("Origin")
		if origin == "" {
			next.ServeHTTP(w, req)
			return
		}
		allowed := every || slices.Contains(origins, origin)
		h := w.Header()
		if req.Method == http.MethodOptions && req.Header.Get("Access-Control-Request-Method") != "" {
			preflight(w, req, origin, allowed)
			return
		}
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", corsExpose)
		switch {
		case every && req.Header.Get("Cookie") == "":
			h.Set("Access-Control-Allow-Origin", "*")
		case allowed:
			h.Set("Access-Control-Allow-Origin", origin)
			h.Add("Vary", "Origin")
		}
		next.ServeHTTP(w, req)
	})
}

func preflight(w http.ResponseWriter, req *http.Request, origin string, allowed bool) {
	h := w.Header()
	h.Set("Vary", "Origin")
	h.Set("Access-Control-Allow-Methods", strings.Join(corsMethods, ", "))
	h.Set("Access-Control-Max-Age", corsMaxAge)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	var refused []string
	if allowed {
		h.Set("Access-Control-Allow-Origin", origin)
	} else {
		refused = append(refused, "origin")
	}
	if !slices.Contains(corsMethods, req.Header.Get("Access-Control-Request-Method")) {
		refused = append(refused, "method")
	}
	if headers := req.Header.Get("Access-Control-Request-Headers"); headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	if len(refused) > 0 {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("Disallowed CORS " + strings.Join(refused, ", ")))
		return
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte("OK"))
}

// peer is the address of the direct peer, without its port.
func peer(req *http.Request) string {
	host, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		return req.RemoteAddr
	}
	return host
}
