package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/mc"
)

type echoInput struct {
	PageQuery
	Body struct {
		Name string `json:"name" minLength:"1"`
	}
}

type echoAnswer struct {
	Name  string `json:"name"`
	Limit int    `json:"limit"`
}

// testServer serves a few operations inside all layers.
func testServer(t *testing.T, change func(*Options)) (*Router, *httptest.Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	r := NewRouter(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	guard := Guard[string]{
		Auth: Auth{Actors: []string{"user"}}, Path: []PathParam{{Name: "thing_id", UUID: true}},
		Resolve: func(req *http.Request) (string, error) {
			if req.Header.Get("Authorization") == "" {
				return "", mc.Unauthorized()
			}
			if _, ok := mc.ParseID(req.PathValue("thing_id")); !ok {
				return "", ErrInvalidPath
			}
			return "caller", nil
		},
	}
	Register(r, Op{Method: "POST", Path: "/things/{thing_id}/echo", Name: "echo", Summary: "Echo"}, guard,
		func(_ context.Context, _ string, in *echoInput) (echoAnswer, error) {
			return echoAnswer{in.Body.Name, in.Limit}, nil
		})
	fail := func(path string, err error) {
		Register(r, Op{Method: "GET", Path: path, Name: "fail"}, Open(), func(context.Context, struct{}, *None) (OK, error) { return OK{}, err })
	}
	fail("/fail/conflict", mc.Conflict(map[string]any{"message": "no"}))
	fail("/fail/secret", errors.New("password=hunter2"))
	fail("/fail/away", mc.Unavailable(errors.New("disk full")))
	fail("/fail/limit", &TooManyRequests{Limit: 20, RetryAfter: 1500 * time.Millisecond, Reset: time.Minute})
	Register(r, Op{Method: "GET", Path: "/panic", Name: "panic"}, Open(), func(context.Context, struct{}, *None) (OK, error) { panic("hunter2") })
	o := Options{
		SecurityHeaders: []HeaderValue{{"X-Frame-Options", "DENY"}}, CORSOrigins: []string{"http://ui.example"},
		ClientAddr: func(req *http.Request) string { return req.RemoteAddr }, ForwardedScheme: func(*http.Request) string { return "" },
		WithRequest: func(ctx context.Context, _, _, _ string) context.Context { return ctx }, TraceLevel: slog.LevelDebug - 4,
	}
	if change != nil {
		change(&o)
	}
	server := httptest.NewServer(r.Handler(o))
	t.Cleanup(server.Close)
	server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return r, server, &log
}

func send(t *testing.T, s *httptest.Server, method, path, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

const someID = "11111111-1111-4111-8111-111111111111"

func TestRoutingByTheContract(t *testing.T) {
	t.Parallel()
	_, s, _ := testServer(t, nil)
	auth := map[string]string{"Authorization": "x"}
	for _, tc := range []struct {
		method, path, body string
		header             map[string]string
		status             int
		want               string
	}{
		{"GET", "/", "", nil, 404, `"detail":"Not Found"`},
		{"GET", "/things//echo", "", nil, 404, "Not Found"},
		{"GET", "/things/../panic", "", nil, 404, "Not Found"},
		{"GET", "/Panic", "", nil, 404, "Not Found"},
		{"PUT", "/panic", "", nil, 405, "Method Not Allowed"},
		{"OPTIONS", "/panic", "", nil, 405, "Method Not Allowed"},
		{"POST", "/things/" + someID + "/echo/?limit=3", `{}`, nil, 307, ""},
		{"POST", "/things/" + someID + "/echo", `{"name":"a"}`, auth, 200, `{"name":"a","limit":200}`},
		{"POST", "/things/" + someID + "/echo", `{"na`, nil, 422, `"loc":["body",1]`},
		{"POST", "/things/" + someID + "/echo", "\xff\xfe", nil, 400, "There was an error parsing the body"},
		{"POST", "/things/" + someID + "/echo", `{}`, nil, 401, "Unauthorized"},
		{"POST", "/things/xyz/echo?limit=0", `{"name":""}`, auth, 422, `"loc":["path","thing_id"]`},
		{"POST", "/things/xyz/echo?limit=0", `{"name":""}`, auth, 422, `"loc":["query","limit"]`},
		{"POST", "/things/xyz/echo?limit=0", `{"name":""}`, auth, 422, `"loc":["body","name"]`},
		{"GET", "/fail/conflict", "", nil, 409, `"detail":{"message":"no"}`},
		{"GET", "/fail/secret", "", nil, 500, `"detail":"Internal Server Error"`},
		{"GET", "/fail/away", "", nil, 503, "Service temporarily unavailable"},
		{"GET", "/fail/limit", "", nil, 429, "Too Many Requests"},
		{"GET", "/panic", "", nil, 500, `"detail":"Internal Server Error"`},
	} {
		res, body := send(t, s, tc.method, tc.path, tc.body, tc.header)
		if res.StatusCode != tc.status || !strings.Contains(body, tc.want) {
			t.Errorf("%s %s: %d %s, want %d %s", tc.method, tc.path, res.StatusCode, body, tc.status, tc.want)
		}
		if strings.Contains(body, "hunter2") {
			t.Errorf("%s %s leaks: %s", tc.method, tc.path, body)
		}
		if res.Header.Get("X-Request-Id") == "" || res.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s %s: headers of every answer are missing: %v", tc.method, tc.path, res.Header)
		}
		if res.StatusCode >= 400 {
			var doc ErrorBody
			if json.Unmarshal([]byte(body), &doc) != nil || doc.RequestID != res.Header.Get("X-Request-Id") {
				t.Errorf("%s %s: request id of the body %q and of the header %q", tc.method, tc.path, doc.RequestID, res.Header.Get("X-Request-Id"))
			}
		}
		switch tc.status {
		case 307:
			if got := res.Header.Get("Location"); got != s.URL+"/things/"+someID+"/echo?limit=3" {
				t.Errorf("Location = %s", got)
			}
		case 405:
			if res.Header.Get("Allow") != "GET" {
				t.Errorf("Allow = %q", res.Header.Get("Allow"))
			}
		case 429, 503:
			if res.Header.Get("Retry-After") == "" {
				t.Errorf("%d without Retry-After", tc.status)
			}
		}
	}
}

func TestTooLargeBody(t *testing.T) {
	t.Parallel()
	_, s, _ := testServer(t, nil)
	for name, body := range map[string]io.Reader{
		"announced": strings.NewReader(strings.Repeat(" ", MaxBodyBytes+1)),
		"chunked":   io.MultiReader(strings.NewReader(strings.Repeat(" ", MaxBodyBytes+1))),
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/things/"+someID+"/echo", body)
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	_, s, _ := testServer(t, nil)
	for sent, kept := range map[string]bool{"my-id": true, " padded ": true, "": false, "   ": false, strings.Repeat("x", 129): false, "tab\tinside": false, "ü": false} {
		res, _ := send(t, s, "GET", "/", "", map[string]string{"X-Request-Id": sent})
		got := res.Header.Get("X-Request-Id")
		if kept && got != strings.TrimSpace(sent) || !kept && len(got) != 32 {
			t.Errorf("sent %q, got %q", sent, got)
		}
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	_, s, log := testServer(t, func(o *Options) { o.SlowAfter = time.Nanosecond })
	send(t, s, "GET", "/panic", "", nil)
	s.Close()
	for _, want := range []string{`"level":"ERROR","msg":"http.request.complete"`, `"msg":"http.request.slow"`, `"msg":"unhandled_exception"`, `"slow_threshold_ms"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	r, s, _ := testServer(t, nil)
	Register(r, Op{Method: "GET", Path: "/large", Name: "large"}, Open(), func(context.Context, struct{}, *None) (echoAnswer, error) {
		return echoAnswer{Name: strings.Repeat("a", 10_000)}, nil
	})
	res, _ := send(t, s, "GET", "/large", "", map[string]string{"Accept-Encoding": "gzip"})
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("asked for gzip, got %v", res.Header)
	}
	res, body := send(t, s, "GET", "/large", "", map[string]string{"Accept-Encoding": "identity"})
	if res.Header.Get("Content-Encoding") != "" || len(body) < 10_000 {
		t.Errorf("asked for nothing, got %v", res.Header)
	}
}

func TestDocumentComesFromTheDeclarations(t *testing.T) {
	t.Parallel()
	r, _, _ := testServer(t, nil)
	raw, err := json.Marshal(r.Document(About{Title: "T", Version: "1"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"openapi":"3.1.0"`, `"operationId":"echo_things__thing_id__echo_post"`, `"x-auth":{"actors":["user"]`, `"x-errors":[`,
		`"name":"limit","schema":{"default":200,"maximum":200,"minimum":1,"type":"integer"}`,
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the document lacks %s:\n%s", want, raw)
		}
	}
}
