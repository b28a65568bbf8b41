package souls_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/souls"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// site is a directory that a test can break.
type site struct {
	*httptest.Server
	index   atomic.Value // text of the index; empty: 500
	fetches atomic.Int64 // of the index
}

func newSite(t *testing.T, locations ...string) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "openclaw-mission-control/1.0" {
			t.Errorf("user agent %q", got)
		}
		switch r.URL.Path {
		case "/sitemap.xml":
			s.fetches.Add(1)
			index, _ := s.index.Load().(string)
			if index == "" {
				w.WriteHeader(http.StatusInternalServerError)
			}
			fmt.Fprint(w, index)
		case "/api/souls/ada/poet.md":
			fmt.Fprint(w, "# Poet\n")
		case "/api/souls/ada/moved.md":
			http.Redirect(w, r, "/api/souls/ada/poet.md", http.StatusFound)
		case "/api/souls/ada/huge.md":
			fmt.Fprint(w, strings.Repeat("x", 2<<20+1))
		case "/api/souls/ada/binary.md":
			fmt.Fprint(w, "\xff\xfe\x00")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	var b strings.Builder
	b.WriteString(`<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, l := range locations {
		b.WriteString("<s:url><s:loc> " + strings.ReplaceAll(l, "{site}", s.URL) + " </s:loc></s:url>")
	}
	s.index.Store(b.String() + `</s:urlset>`)
	return s
}

var three = []string{"{site}/", "{site}/souls/ada/poet", "{site}/souls/ada", "https://elsewhere.example/souls/x/y", "{site}/souls/Bob/Cook&#45;Book/", "{site}/souls/eve/poet-2"}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := newSite(t, three...)
	f := souls.New(souls.NewDirectory(s.URL, mc.SystemClock))
	for name, tc := range map[string]struct {
		q     string
		limit int
		want  []string
	}{
		"all":           {"", 20, []string{"ada/poet", "Bob/Cook-Book", "eve/poet-2"}},
		"the first":     {" ", 1, []string{"ada/poet"}},
		"without case":  {" COOK-b ", 20, []string{"Bob/Cook-Book"}},
		"over the edge": {"ada/po", 20, []string{"ada/poet"}},
		"nothing":       {"zzz", 20, nil},
	} {
		found, err := f.Search(t.Context(), tc.q, tc.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range found.Items {
			got = append(got, i.Handle+"/"+i.Slug)
			if i.PageURL != s.URL+"/souls/"+i.Handle+"/"+i.Slug || i.RawMDURL != s.URL+"/api/souls/"+i.Handle+"/"+i.Slug+".md" {
				t.Errorf("addresses of %+v", i)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if n := s.fetches.Load(); n != 1 {
		t.Errorf("the index was fetched %d times", n)
	}
}

func TestTheIndexIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t, three...)
	good := s.index.Load()
	var past atomic.Int64 // of the clock
	start := mc.SystemClock()
	d := souls.NewDirectory(s.URL, func() mc.Time { return start.Add(time.Duration(past.Load())) })
	for _, step := range []struct {
		what    string
		after   time.Duration
		index   any
		souls   int
		failure bool
		fetches int64
	}{
		{"broken at first", 0, "", 0, true, 1},
		{"failures are believed for a minute", 59 * time.Second, good, 0, true, 1},
		{"then asked again", 2 * time.Second, good, 3, false, 2},
		{"kept for an hour", 59 * time.Minute, "", 3, false, 2},
		{"the old index when it fails", 2 * time.Minute, "", 3, false, 3},
		{"which is tried again soon", time.Minute, "no XML <", 3, false, 4},
		{"an empty one is not believed", time.Minute, "<urlset/>", 3, false, 5},
	} {
		past.Add(int64(step.after))
		s.index.Store(step.index)
		got, err := d.Souls(t.Context())
		if len(got) != step.souls || (err != nil) != step.failure || s.fetches.Load() != step.fetches {
			t.Errorf("%s: %d souls, %v, %d fetches", step.what, len(got), err, s.fetches.Load())
		}
	}
}

func TestOneFetchAtATime(t *testing.T) {
	t.Parallel()
	s := newSite(t, three...)
	d := souls.NewDirectory(s.URL, mc.SystemClock)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got, err := d.Souls(t.Context()); len(got) != 3 || err != nil {
				t.Errorf("%d souls, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if n := s.fetches.Load(); n != 1 {
		t.Errorf("the index was fetched %d times", n)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		s := newSite(t, three...)
		w.Serve(souls.New(souls.NewDirectory(s.URL, mc.SystemClock)))
		owner := apitest.As(w.Owner)
		board := w.Board("Alpha", nil)
		_, token := w.Agent("Will", &board, nil)
		const path = "/api/v1/souls-directory"
		for _, tc := range []struct {
			path   string
			as     apitest.Caller
			status int
			detail any // "": not looked at
		}{
			{"/search?q=poet", apitest.AsAgent(token), 200, nil},
			{"/search", apitest.AsNobody, 401, "Unauthorized"},
			{"/search?limit=101", owner, 422, `["query","limit"]`},
			{"/ada/poet", apitest.AsAgent(token), 200, nil},
			{"/%20ada/poet.md", owner, 200, nil},
			{"/-a/poet", owner, 422, "handle contains unsupported characters"},
			{"/-a/poet", apitest.AsNobody, 401, "Unauthorized"},
			{"/ada/a.b", owner, 422, "slug contains unsupported characters"},
			{"/ada/.md", owner, 422, "slug is required"},
			{"/ada/nobody", owner, 502, "the souls directory answered 404 Not Found to " + s.URL + "/api/souls/ada/nobody.md"},
			{"/ada/moved", owner, 502, "the souls directory answered 302 Found to " + s.URL + "/api/souls/ada/moved.md"},
			{"/ada/huge", owner, 502, "the souls directory answered with more than 2097152 bytes"},
			{"/ada/binary", owner, 502, "the souls directory answered with something that is no text"},
		} {
			if a := w.Call(tc.as, "GET", path+tc.path, ""); a.Status != tc.status || a.Detail() != tc.detail {
				t.Errorf("%s: %d %v", tc.path, a.Status, a.Body)
			}
		}
		want := map[string]any{"handle": "ada", "slug": "poet", "content": "# Poet\n"}
		if diff := cmp.Diff(any(want), w.Call(owner, "GET", path+"/ada/poet.md", "").Body); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	})
}
