package agents_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Signs of life and what the gateway is told make new versions of an agent, but
// none that somebody who changes it would have to know of.
func TestChangeOfTheAgentThatIsMeant(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Out", nil)
		a, token := f.Agent("Will", &board, nil)
		at := "/api/v1/agents/" + a.ID.String()
		change := func(version, body string) apitest.Answer {
			return f.Call(apitest.With(f.owner, "If-Match", `"`+version+`"`), "PATCH", at, body)
		}
		read := f.Call(f.owner, "GET", at, "")
		held := read.At("updated_at").(string)
		if got := f.Call(apitest.AsAgent(token), "POST", at+"/heartbeat", `{"status":"busy"}`); got.Status != 200 || got.At("updated_at").(string) <= held {
			t.Fatalf("a sign of life: %d %v after %s", got.Status, got.Body, held)
		}
		first := change(held, `{"name":"Willa"}`)
		if first.Status != 200 {
			t.Errorf("a change after a sign of life: %d %v", first.Status, first.Body)
		}
		second := change(held, `{"name":"Wilma","heartbeat_config":null}`)
		if second.Status != 412 || second.At("detail", "current", "name") != "Willa" || second.At("detail", "etag") != first.Header.Get("ETag") {
			t.Errorf("a change after a change: %d %v", second.Status, second.Body)
		}
		if got := change(held, `{}`); got.Status != 412 {
			t.Errorf("a change of nothing: %d %v", got.Status, got.Body)
		}
		etag := strings.Trim(second.At("detail", "etag").(string), `"`)
		if !strings.HasSuffix(etag, ";"+first.At("status").(string)) {
			t.Errorf("the tag %s does not tell the status", etag)
		}
		if got := change(etag, `{}`); got.Status != 200 {
			t.Errorf("a change of nothing in the version there is: %d %v", got.Status, got.Body)
		}
		if got := change(etag, `{"name":"Wilma"}`); got.Status != 200 {
			t.Errorf("a change of the version there is: %d %v", got.Status, got.Body)
		}
		f.Call(f.owner, "POST", at+"/token", "")
		if got := change(etag, `{"name":"Willow"}`); got.Status != 412 {
			t.Errorf("a change after another token: %d %v", got.Status, got.Body)
		}
	})
}

// A run of the lifecycle raises the version as well.
func TestChangeAfterARun(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		made := f.create(t, `{"name":"Ada","board_id":"`+f.board.ID.String()+`"}`)
		at := "/api/v1/agents/" + made.At("id").(string)
		held := made.Header.Get("ETag")
		for _, name := range []string{"Eda", "Ida"} {
			got := f.Call(apitest.With(f.owner, "If-Match", held), "PATCH", at, `{"name":"`+name+`"}`)
			if got.Status != 200 || got.At("name") != name {
				t.Fatalf("%s: %d %v", name, got.Status, got.Body)
			}
			held = got.Header.Get("ETag")
		}
	})
}

// An agent that falls silent looks another one although nobody has changed it.
func TestReadingAnAgentThatIsHeld(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a, _ := f.Agent("Will", &f.board, func(a *mc.Agent) { a.LastSeenAt = mc.Ref(mc.SystemClock()) })
		at := "/api/v1/agents/" + a.ID.String()
		etag := f.Call(f.owner, "GET", at, "").Header.Get("ETag")
		holding := apitest.With(f.owner, "If-None-Match", etag)
		if got := f.Call(holding, "GET", at, ""); got.Status != 304 {
			t.Errorf("as it was: %d", got.Status)
		}
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			a.LastSeenAt = mc.Ref(mc.SystemClock().Add(-time.Hour))
			return tx.UpdateAgent(ctx, a)
		})
		if got := f.Call(holding, "GET", at, ""); got.Status != 200 || got.At("status") != "offline" {
			t.Errorf("silent: %d %v", got.Status, got.Body)
		}
	})
}

// A token is given once. Who repeats the request learns that it was given, and
// neither the token nor another one.
func TestTokenIsIssuedOnce(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Out", nil)
		a, _ := f.Agent("Will", &board, nil)
		at := "/api/v1/agents/" + a.ID.String() + "/token"
		as := apitest.With(f.owner, "Idempotency-Key", "k")
		first := f.Call(as, "POST", at, "")
		given, err := f.Store.Agent(t.Context(), a.ID)
		if err != nil || first.Status != 200 {
			t.Fatalf("answered %d %v (%v)", first.Status, first.Body, err)
		}
		if got := f.Call(as, "POST", at, ""); got.Status != 409 || got.At("detail", "code") != "idempotency_answer_unknown" {
			t.Errorf("again: %d %v", got.Status, got.Body)
		}
		after, err := f.Store.Agent(t.Context(), a.ID)
		if err != nil || !mc.Same(after.TokenSHA256, given.TokenSHA256) {
			t.Errorf("there is another token (%v)", err)
		}
	})
}

// An agent whose gateway failed is there. The key does not make another try of
// it; another key does.
func TestFailedCreationUnderAKey(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.FailWith("agents.files.set", 1, "disk is full")
		body := `{"name":"Ada","board_id":"` + f.board.ID.String() + `"}`
		as := apitest.With(f.owner, "Idempotency-Key", "k")
		if got := f.Call(as, "POST", "/api/v1/agents", body); got.Status != 502 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if got := f.Call(as, "POST", "/api/v1/agents", body); got.Status != 409 || got.At("detail", "code") != "idempotency_answer_unknown" {
			t.Errorf("again: %d %v", got.Status, got.Body)
		}
		if got := f.Call(f.owner, "GET", "/api/v1/agents", ""); got.At("total") != 1.0 {
			t.Errorf("%v agents", got.At("total"))
		}
	})
}
