package boards_test

import (
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestChangeOfTheVersionThatIsMeant(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		owner := apitest.As(w.Owner)
		made := w.owner("POST", path, `{"name":"Alpha","slug":"s","description":"About it","runtime":"external"}`)
		at := path + "/" + made.At("id").(string)
		first := made.Header.Get("ETag")
		if first != `"`+made.At("updated_at").(string)+`"` {
			t.Fatalf("a board of %v has the tag %s", made.At("updated_at"), first)
		}
		second := w.Call(apitest.With(owner, "If-Match", first), "PATCH", at, `{"name":"Beta"}`)
		if second.Status != 200 || second.Header.Get("ETag") <= first {
			t.Fatalf("its first change: %d, tag %s after %s", second.Status, second.Header.Get("ETag"), first)
		}
		etag := second.Header.Get("ETag")
		for _, step := range []struct {
			about   string
			ifMatch []string
			status  int
			detail  any
		}{
			{"an old version", []string{first}, 412, nil},
			{"the version, but weakly", []string{"W/" + etag}, 412, nil},
			{"a tag that is no version", []string{`"elsewhere"`}, 412, nil},
			{"no quotes", []string{second.At("updated_at").(string)}, 400, "If-Match must be * or a list of entity tags in double quotes, as the ETag header shows them"},
			{"an open quote", []string{`"` + second.At("updated_at").(string)}, 400, "If-Match must be * or a list of entity tags in double quotes, as the ETag header shows them"},
			{"two tags without a comma", []string{etag + " " + first}, 400, "If-Match must be * or a list of entity tags in double quotes, as the ETag header shows them"},
			{"nothing", []string{""}, 400, "If-Match must be * or a list of entity tags in double quotes, as the ETag header shows them"},
		} {
			as := owner
			for _, value := range step.ifMatch {
				as = apitest.With(as, "If-Match", value)
			}
			got := w.Call(as, "PATCH", at, `{"name":"Gamma","max_agents":1}`)
			if got.Status != step.status || step.detail != nil && got.Detail() != step.detail {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
			if step.status == 412 && (got.At("detail", "code") != "precondition_failed" || got.At("detail", "etag") != etag || got.At("detail", "current", "name") != "Beta" ||
				len(got.At("detail", "differs").([]any)) != 1 || got.At("detail", "differs", 0) != "name" || got.At("request_id") == nil) {
				t.Errorf("%s: %v", step.about, got.Body)
			}
		}
		if got := w.owner("GET", at, ""); got.At("name") != "Beta" || got.Header.Get("ETag") != etag {
			t.Errorf("the board is now %v, tag %s", got.Body, got.Header.Get("ETag"))
		}
		if got := w.Call(apitest.With(owner, "If-Match", first), "PATCH", at, `{"name":"Beta"}`); got.Status != 412 || len(got.At("detail", "differs").([]any)) != 0 {
			t.Errorf("what is so already: %d %v", got.Status, got.Body)
		}
		for _, before := range []string{` "x" , `, `"x;y",`, ""} {
			value := before + etag
			if before == "" {
				value = "*"
			}
			got := w.Call(apitest.With(owner, "If-Match", value), "PATCH", at, `{"name":"Beta"}`)
			if got.Status != 200 {
				t.Errorf("If-Match %s answered %d %v", value, got.Status, got.Body)
			}
			etag = got.Header.Get("ETag")
		}
		if got := w.Call(apitest.With(apitest.With(owner, "If-Match", first), "If-Match", etag), "PATCH", at, `{"name":"Beta"}`); got.Status != 200 {
			t.Errorf("two headers: %d %v", got.Status, got.Body)
		}
	})
}

// A version is the last thing that is looked at: who may not, or asks for what
// cannot be, hears that.
func TestOtherRefusalsComeFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	at := path + "/" + w.create("Alpha", "")
	_, stranger := w.NewOrganization("Other")
	old := func(as apitest.Caller) apitest.Caller { return apitest.With(as, "If-Match", `"2001-01-01T00:00:00"`) }
	if got := w.Call(old(apitest.As(stranger)), "PATCH", at, `{"name":"B"}`); got.Status != 403 {
		t.Errorf("a stranger: %d", got.Status)
	}
	if got := w.Call(apitest.With(apitest.As(stranger), "If-Match", "?"), "PATCH", at, `{"name":"B"}`); got.Status != 403 {
		t.Errorf("a stranger with a broken header: %d", got.Status)
	}
	if got := w.Call(old(apitest.As(w.Owner)), "PATCH", at, `{"max_agents":-1}`); got.Status != 422 {
		t.Errorf("a field that is wrong: %d", got.Status)
	}
	if got := w.Call(old(apitest.As(w.Owner)), "PATCH", at, `{"max_agents":1}`); got.Status != 412 {
		t.Errorf("and then the version: %d", got.Status)
	}
}

func TestReadingWhatIsHeldAlready(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	at := path + "/" + w.create("Alpha", "")
	etag := w.owner("GET", at, "").Header.Get("ETag")
	for value, status := range map[string]int{
		etag: 304, "W/" + etag: 304, `"x", ` + etag: 304, "*": 304, `"x"`: 200, "nonsense": 200, "": 200,
	} {
		got := w.Call(apitest.With(apitest.As(w.Owner), "If-None-Match", value), "GET", at, "")
		if got.Status != status || got.Header.Get("ETag") != etag || (got.Body == nil) != (status == 304) {
			t.Errorf("If-None-Match %s: answered %d, tag %s, %v", value, got.Status, got.Header.Get("ETag"), got.Body)
		}
	}
}
