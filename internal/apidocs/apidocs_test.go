package apidocs

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// docsServer mounts the pages the way the program does.
func docsServer(t *testing.T) *httptest.Server {
	t.Helper()
	pages := New("/openapi.json")
	mux := http.NewServeMux()
	mux.Handle("GET /docs", pages.Swagger)
	mux.Handle("GET /redoc", pages.ReDoc)
	mux.Handle("GET "+OAuth2RedirectPath, pages.OAuth2Redirect)
	mux.Handle("GET "+AssetsPath, pages.Assets)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func send(t *testing.T, method, url string, header map[string]string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	// Without this the transport asks for gzip by itself and hides the answer's encoding.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

var (
	loaded   = regexp.MustCompile(`(?:src|href)="(/docs/assets/[^"]+)"`)
	external = regexp.MustCompile(`(?:src|href)="(?:https?:)?//`)
	inline   = regexp.MustCompile(`<script>|<style|style="| on[a-z]+="`)
)

func TestPages(t *testing.T) {
	t.Parallel()
	server := docsServer(t)
	pages := []struct{ path, title, asset string }{
		{"/docs", "Mission Control API - Swagger UI", "swagger-ui-bundle.js"},
		{"/redoc", "Mission Control API - ReDoc", "redoc.standalone.js"},
		{"/docs/oauth2-redirect", "Mission Control API - sign-in", "oauth2-redirect.js"},
	}
	for _, page := range pages {
		t.Run(page.path, func(t *testing.T) {
			t.Parallel()
			response, body := send(t, http.MethodGet, server.URL+page.path, nil)
			if response.StatusCode != http.StatusOK {
				t.Fatalf("status %d", response.StatusCode)
			}
			if got := response.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
				t.Errorf("Content-Type %q", got)
			}
			if want := "<title>" + page.title + "</title>"; !bytes.Contains(body, []byte(want)) {
				t.Errorf("no %s in %s", want, body)
			}
			if !bytes.Contains(body, []byte(`data-openapi="/openapi.json"`)) {
				t.Errorf("the page does not name the document: %s", body)
			}
			if hit := external.Find(body); hit != nil {
				t.Errorf("the page loads from elsewhere: %s", hit)
			}
			if hit := inline.Find(body); hit != nil {
				t.Errorf("the page holds code or style, which its own policy forbids: %s", hit)
			}
			policy := response.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "script-src 'self';") {
				t.Errorf("Content-Security-Policy %q", policy)
			}

			names := loaded.FindAllSubmatch(body, -1)
			if !bytes.Contains(body, []byte("/"+page.asset+`"`)) || len(names) < 2 {
				t.Errorf("%s is not among what the page loads: %s", page.asset, names)
			}
			for _, name := range names {
				response, content := send(t, http.MethodGet, server.URL+string(name[1]), nil)
				if response.StatusCode != http.StatusOK || len(content) == 0 {
					t.Errorf("%s: status %d, %d bytes", name[1], response.StatusCode, len(content))
				}
			}
		})
	}
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	t.Parallel()
	server := docsServer(t)
	paths := []string{"/docs", "/redoc", "/docs/oauth2-redirect", newAssets().address("redoc-init.js")}
	for _, path := range paths {
		get, body := send(t, http.MethodGet, server.URL+path, nil)
		head, none := send(t, http.MethodHead, server.URL+path, nil)
		if len(none) != 0 || head.StatusCode != get.StatusCode {
			t.Errorf("HEAD %s: status %d, %d bytes", path, head.StatusCode, len(none))
		}
		for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control"} {
			if got, want := head.Header.Get(name), get.Header.Get(name); got != want || got == "" {
				t.Errorf("HEAD %s: %s is %q, of GET %q", path, name, got, want)
			}
		}
		if head.ContentLength != int64(len(body)) {
			t.Errorf("HEAD %s: length %d, of the body %d", path, head.ContentLength, len(body))
		}
	}
}

func TestAssetEncodings(t *testing.T) {
	t.Parallel()
	server := docsServer(t)
	url := server.URL + newAssets().address("swagger-ui/swagger-ui.css")

	response, plain := send(t, http.MethodGet, url, nil)
	if got := response.Header.Get("Content-Encoding"); got != "" {
		t.Errorf("not asked for, but encoded: %q", got)
	}
	if !bytes.Contains(plain, []byte(".swagger-ui")) {
		t.Errorf("not the style sheet: %.80q", plain)
	}
	if got := response.Header.Get("Vary"); got != "Accept-Encoding" {
		t.Errorf("Vary %q", got)
	}
	if got := response.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q", got)
	}
	if got := response.Header.Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}

	response, zipped := send(t, http.MethodGet, url, map[string]string{"Accept-Encoding": "br, gzip"})
	if got := response.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding %q", got)
	}
	if got := response.Header.Get("Content-Length"); got != strconv.Itoa(len(zipped)) {
		t.Errorf("Content-Length %s for %d bytes", got, len(zipped))
	}
	reader, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unzipped, plain) {
		t.Error("zipped and plain differ")
	}
}

func TestUnknownAssets(t *testing.T) {
	t.Parallel()
	server := docsServer(t)
	known := newAssets().address("docs.css")
	for _, path := range []string{
		AssetsPath,
		AssetsPath + "docs.css",
		strings.Replace(known, AssetsPath, AssetsPath+"0", 1),
		known + "/",
		known + ".gz",
		strings.TrimSuffix(known, "docs.css") + "redoc",
	} {
		if response, _ := send(t, http.MethodGet, server.URL+path, nil); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, response.StatusCode)
		}
	}
}

// Whoever hands the binary on hands the licences of these projects on with it.
func TestLicencesAreInside(t *testing.T) {
	t.Parallel()
	server := docsServer(t)
	for name, words := range map[string]string{
		"swagger-ui/LICENSE": "Apache License",
		"swagger-ui/NOTICE":  "SmartBear",
		"redoc/LICENSE":      "MIT License",
	} {
		_, body := send(t, http.MethodGet, server.URL+newAssets().address(name), nil)
		if !bytes.Contains(body, []byte(words)) {
			t.Errorf("%s: %.80q", name, body)
		}
	}
}

// The browser's policy would stop such a request; a build that wants one should
// be noticed before.
func TestBundlesNameNoContentNetwork(t *testing.T) {
	t.Parallel()
	hosts := regexp.MustCompile(`https?://(?:cdn|fonts|otel|unpkg)[a-z.]*[^"' ]{0,60}`)
	for name, file := range newAssets().byName {
		body := file.body
		if file.zipped {
			body = unzip(body)
		}
		if hit := hosts.Find(body); hit != nil {
			t.Errorf("%s names %s", name, hit)
		}
	}
}

func TestTakesGzip(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"":                    false,
		"gzip":                true,
		"GZIP":                true,
		"br;q=1.0, gzip;q=.5": true,
		"identity":            false,
		"gzip;q=0":            false,
		"gzip; q=0.0":         false,
		"*":                   true,
		"*;q=0":               false,
		"*;q=0, gzip":         true,
		"gzip;q=0, *":         false,
		"x-gzip":              false,
	} {
		if got := takesGzip([]string{value}); got != want {
			t.Errorf("Accept-Encoding %q: %t, want %t", value, got, want)
		}
	}
}
