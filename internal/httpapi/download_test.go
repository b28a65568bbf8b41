package httpapi_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// downloads serves a file whose writing is given.
func downloads(t *testing.T, write func(w io.Writer) error) *httptest.Server {
	t.Helper()
	r := httpapi.NewRouter(slog.New(slog.DiscardHandler))
	httpapi.RegisterDownload(r, httpapi.Op{Method: "GET", Path: "/file", Name: "file"}, []string{"text/plain"}, httpapi.Open(),
		func(context.Context, struct{}, *httpapi.None) (httpapi.Download, error) {
			return httpapi.Download{ContentType: "text/plain", FileName: "a b.txt", Write: write}, nil
		})
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server
}

func fetch(t *testing.T, server *httptest.Server) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/file", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

func TestDownload(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789", 50_000)
	for name, want := range map[string]string{"empty": "", "small": "abc", "large": large} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := downloads(t, func(w io.Writer) error {
				_, err := io.Copy(w, strings.NewReader(want))
				return err
			})
			for range 2 { // also on the same connection
				res, body, err := fetch(t, server)
				if err != nil || res.StatusCode != http.StatusOK || body != want {
					t.Fatalf("answered %d with %d bytes, %v", res.StatusCode, len(body), err)
				}
				if res.Header.Get("Content-Type") != "text/plain" || res.Header.Get("Content-Disposition") != `attachment; filename="a b.txt"` {
					t.Errorf("head: %v", res.Header)
				}
			}
		})
	}
}

func TestDownloadThatFailsEarlyIsAnError(t *testing.T) {
	t.Parallel()
	server := downloads(t, func(w io.Writer) error {
		if _, err := io.WriteString(w, "not yet sent"); err != nil {
			return err
		}
		return mc.Unavailable(errors.New("the database is away"))
	})
	res, body, err := fetch(t, server)
	if err != nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Content-Disposition") != "" || strings.Contains(body, "not yet sent") {
		t.Errorf("answered %d %q %v, %v", res.StatusCode, body, res.Header, err)
	}
}

func TestDownloadThatFailsLateDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	server := downloads(t, func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("x", 200_000)); err != nil {
			return err
		}
		return errors.New("the database is away")
	})
	if res, body, err := fetch(t, server); err == nil {
		t.Errorf("answered %d with %d bytes and no error", res.StatusCode, len(body))
	}
}
