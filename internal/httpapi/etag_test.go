package httpapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestEntityTags(t *testing.T) {
	t.Parallel()
	router := NewRouter(slog.New(slog.DiscardHandler))
	text, refusal := "one", error(nil)
	Register(router, Op{Method: "GET", Path: "/tagged", Name: "tagged", ETag: true}, Open(), func(context.Context, struct{}, *None) (map[string]string, error) {
		return map[string]string{"text": text}, refusal
	})
	get := func(known ...string) *http.Response {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/tagged", nil)
		req.Header["If-None-Match"] = known
		rec := httptest.NewRecorder()
		router.ServeHTTP(rec, req)
		return rec.Result()
	}
	first := get()
	tag := first.Header.Get("ETag")
	if body, _ := io.ReadAll(first.Body); first.StatusCode != http.StatusOK || string(body) != `{"text":"one"}` || tag == "" {
		t.Fatalf("%d %q %s", first.StatusCode, tag, body)
	}
	for about, tc := range map[string]struct {
		known []string
		want  int
	}{
		"the tag":               {[]string{tag}, http.StatusNotModified},
		"as a strong one":       {[]string{tag[2:]}, http.StatusNotModified},
		"among others":          {[]string{`"x", ` + tag, `"y"`}, http.StatusNotModified},
		"in a second header":    {[]string{`"x"`, tag}, http.StatusNotModified},
		"any":                   {[]string{"*"}, http.StatusNotModified},
		"another":               {[]string{`W/"x"`}, http.StatusOK},
		"the tag without quote": {[]string{tag[3 : len(tag)-1]}, http.StatusOK},
		"nothing":               {[]string{""}, http.StatusOK},
	} {
		if got := get(tc.known...); got.StatusCode != tc.want || got.Header.Get("ETag") != tag {
			t.Errorf("%s: %d", about, got.StatusCode)
		}
	}
	text = "two"
	if got := get(tag); got.StatusCode != http.StatusOK || got.Header.Get("ETag") == tag {
		t.Errorf("of another body: %d %s", got.StatusCode, got.Header.Get("ETag"))
	}
	refusal = errors.New("broken")
	if got := get("*"); got.StatusCode != http.StatusInternalServerError || got.Header.Get("ETag") != "" {
		t.Errorf("a failure: %d %s", got.StatusCode, got.Header.Get("ETag"))
	}
}
