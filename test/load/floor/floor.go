// Package floor is the least that a server of the contract can be on the paths
// that are measured: net/http, encoding/json and the SQL of Mission Control,
// written by hand on the same driver, with the same pragmas and schema,
// prepared statements and one writer. What Mission Control costs beyond it is
// the price of everything else that it does.
//
// It is no server to use. It knows one person who may do everything, checks
// none of the fields it is sent, and has only the paths that are measured and
// those that set them up.
package floor

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"missioncontrol/internal/store"
)

// Server answers the measured paths. It is safe for concurrent use.
type Server struct {
	token  [sha256.Size]byte
	reads  *pool
	writer *writer
	hub    *hub
	mux    *http.ServeMux
}

// Open makes the database file at path, with the schema of Mission Control, and
// serves whoever has the token.
func Open(ctx context.Context, path, token string) (*Server, error) {
	if err := makeSchema(ctx, path); err != nil {
		return nil, fmt.Errorf("make the schema: %w", err)
	}
	s := &Server{token: sha256.Sum256([]byte(token)), hub: newHub(), mux: http.NewServeMux()}
	var err error
	if s.reads, err = openReads(ctx, path); err != nil {
		return nil, err
	}
	if s.writer, err = openWriter(ctx, path, s.hub); err != nil {
		return nil, errors.Join(err, s.reads.close())
	}
	s.routes()
	return s, nil
}

func makeSchema(ctx context.Context, path string) error {
	st, err := store.Open(ctx, store.Config{URL: "sqlite:" + path})
	if err != nil {
		return err
	}
	return errors.Join(st.Migrate(ctx), st.Close())
}

func (s *Server) routes() {
	for pattern, h := range map[string]handler{
		"GET /readyz":                                       s.ready,
		"POST /api/v1/auth/bootstrap":                       s.bootstrap,
		"GET /api/v1/users/me":                              s.me,
		"GET /api/v1/boards":                                s.listBoards,
		"POST /api/v1/boards":                               s.createBoard,
		"POST /api/v1/agents":                               s.createAgent,
		"POST /api/v1/agents/{agent}/token":                 s.mintToken,
		"POST /api/v1/agent/heartbeat":                      s.heartbeat,
		"GET /api/v1/agent/boards/{board}/tasks":            s.listTasksAsAgent,
		"GET /api/v1/boards/{board}/tasks":                  s.listTasks,
		"POST /api/v1/boards/{board}/tasks":                 s.createTask,
		"PATCH /api/v1/boards/{board}/tasks/{task}":         s.changeTask,
		"POST /api/v1/boards/{board}/tasks/{task}/comments": s.comment,
	} {
		s.mux.HandleFunc(pattern, answering(h))
	}
	s.mux.HandleFunc("GET /api/v1/boards/{board}/tasks/stream", s.stream)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Close closes the database.
func (s *Server) Close() error { return errors.Join(s.writer.close(), s.reads.close()) }

func (s *Server) ready(*http.Request) (any, error) { return map[string]bool{"ok": true}, nil }

// handler answers with a value for JSON.
type handler func(r *http.Request) (any, error)

// status is an error that is an answer.
type status int

func (s status) Error() string { return http.StatusText(int(s)) }

func answering(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := h(r)
		if err != nil {
			fail(w, err)
			return
		}
		body, err := json.Marshal(v)
		if err != nil {
			fail(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // a client that is gone is no error of ours
	}
}

func fail(w http.ResponseWriter, err error) {
	code := status(http.StatusInternalServerError)
	if !errors.As(err, &code) {
		slog.Error("request failed", "error", err)
	}
	http.Error(w, code.Error(), int(code))
}

// signedIn refuses everybody but the one person.
func (s *Server) signedIn(r *http.Request) error {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	digest := sha256.Sum256([]byte(token))
	if !strings.EqualFold(scheme, "bearer") || subtle.ConstantTimeCompare(digest[:], s.token[:]) != 1 {
		return status(http.StatusUnauthorized)
	}
	return nil
}

// page is a list as the contract has it.
type page[T any] struct {
	Items  []T   `json:"items"`
	Total  int64 `json:"total"`
	Limit  int   `json:"limit"`
	Offset int   `json:"offset"`
}

const defaultLimit = 200

func limitOf(r *http.Request) int {
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
		return n
	}
	return defaultLimit
}

func decode(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return status(http.StatusUnprocessableEntity)
	}
	return nil
}
