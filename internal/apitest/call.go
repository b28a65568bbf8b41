package apitest

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Caller puts credentials on a request.
type Caller func(r *http.Request)

// As calls as a person.
func As(u mc.User) Caller {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer user:"+u.ClerkUserID) }
}

const (
	emailHeader    = "Test-Email"
	verifiedHeader = "Test-Email-Verified"
)

// AsNewcomer calls as a person of whom the identity provider tells an address,
// and maybe vouches for it.
func AsNewcomer(subject, email string, verified bool) Caller {
	return func(r *http.Request) {
		As(mc.User{ClerkUserID: subject})(r)
		r.Header.Set(emailHeader, email)
		if verified {
			r.Header.Set(verifiedHeader, "yes")
		}
	}
}

// AsAgent calls with an agent's token.
func AsAgent(token string) Caller {
	return func(r *http.Request) { r.Header.Set("X-Agent-Token", token) }
}

// With calls with a header besides the credentials.
func With(as Caller, name, value string) Caller {
	return func(r *http.Request) {
		as(r)
		r.Header.Add(name, value)
	}
}

// AsNobody calls without credentials.
func AsNobody(*http.Request) {}

// Answer is what a request was answered.
type Answer struct {
	Status int
	Header http.Header
	Body   any // decoded JSON; nil: the answer has no body
}

// At walks into the answer's body, through keys and indexes; nil where nothing is.
func (a Answer) At(path ...any) any {
	v := a.Body
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			key, _ := step.(string)
			v = at[key]
		case []any:
			i, ok := step.(int)
			if !ok || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// Detail is the detail of an error, or the places of its fields.
func (a Answer) Detail() any {
	list, ok := a.At("detail").([]any)
	if !ok {
		return a.At("detail")
	}
	var places []string
	for _, entry := range list {
		place, _ := json.Marshal(entry.(map[string]any)["loc"]) //nolint:errchkjson // was JSON before
		places = append(places, string(place))
	}
	return strings.Join(places, " ")
}

// Call sends a request and returns the answer. body is JSON; empty sends none.
func (w *World) Call(as Caller, method, path, body string) Answer {
	w.t.Helper()
	rec := w.CallRaw(as, method, path, body)
	answer := Answer{Status: rec.Code, Header: rec.Header()}
	if rec.Code == http.StatusNotModified {
		return answer
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &answer.Body); err != nil {
		w.t.Fatalf("%s %s answered %d with %q: %v", method, path, rec.Code, rec.Body, err)
	}
	return answer
}

// CallRaw is Call for tests of the answer's bytes and headers.
func (w *World) CallRaw(as Caller, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	req := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	as(req)
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return rec
}

// Frame is an event of a stream.
type Frame struct {
	Event, ID string
	Data      map[string]any
}

// Stream is an open event stream.
type Stream struct {
	world  *World
	frames chan Frame
	end    context.CancelFunc
}

// Open opens an event stream that ends with the test at the latest. Header holds
// further request headers.
func (w *World) Open(as Caller, path string, header http.Header) *Stream {
	w.t.Helper()
	server := httptest.NewServer(w.router)
	ctx, cancel := context.WithCancel(w.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for key, values := range header {
		req.Header[key] = values
	}
	as(req)
	res, err := server.Client().Do(req) //nolint:bodyclose // the end of the stream closes it
	if err != nil {
		w.t.Fatal(err)
	}
	s := &Stream{world: w, frames: make(chan Frame, 1024)}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 2*httpapi.MaxBodyBytes) // an event may carry what a request brought
	if res.StatusCode != http.StatusOK || !lines.Scan() {
		w.t.Fatalf("GET %s answered %d", path, res.StatusCode)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(s.frames)
		s.read(lines)
	}()
	s.end = func() { // may be called again
		cancel()
		<-done
		res.Body.Close()
		server.Close()
	}
	w.t.Cleanup(s.end)
	return s
}

func (s *Stream) read(lines *bufio.Scanner) {
	var f Frame
	var data string // read once the frame is whole: it may be cut
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case lines.Text() == "" && f.Event != "":
			if err := json.Unmarshal([]byte(data), &f.Data); err != nil {
				s.world.t.Errorf("data of an event: %v", err)
			}
			s.frames <- f
			f = Frame{}
		case key == "event":
			f.Event = value
		case key == "id":
			f.ID = value
		case key == "data":
			data = value
		}
	}
}

// patience is how long an event may take to arrive on a busy machine.
const patience = 20 * time.Second

// Next waits for the next event.
func (s *Stream) Next() Frame {
	s.world.t.Helper()
	select {
	case f, open := <-s.frames:
		if !open {
			s.world.t.Fatal("the stream ended")
		}
		return f
	case <-time.After(patience):
		s.world.t.Fatal("no event came")
	}
	return Frame{}
}

// Ends waits until the server has ended the stream.
func (s *Stream) Ends() {
	s.world.t.Helper()
	select {
	case f, open := <-s.frames:
		if open {
			s.world.t.Fatalf("the stream goes on with %+v", f)
		}
	case <-time.After(patience):
		s.world.t.Fatal("the stream does not end")
	}
}

// Close ends the stream and returns what was not read.
func (s *Stream) Close() []Frame {
	s.end()
	var rest []Frame
	for f := range s.frames {
		rest = append(rest, f)
	}
	return rest
}
