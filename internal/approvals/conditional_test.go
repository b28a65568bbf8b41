package approvals_test

import (
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// Of two people who decide what both have before them the second one learns of
// the first.
func TestDecisionOfTheVersionThatIsMeant(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		made := r.Call(apitest.With(r.owner, "Idempotency-Key", "k"), "POST", r.path, `{"action_type":"deploy","confidence":70,"lead_reasoning":"risky"`+about(r.alpha)+`}`)
		again := r.Call(apitest.With(r.owner, "Idempotency-Key", "k"), "POST", r.path, `{"action_type":"deploy","confidence":70,"lead_reasoning":"risky"`+about(r.alpha)+`}`)
		if made.Status != 200 || again.At("id") != made.At("id") || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Fatalf("made %d %v, again %d %v", made.Status, made.Body, again.Status, again.Body)
		}
		at := r.path + "/" + made.At("id").(string)
		holding := apitest.With(r.owner, "If-Match", `"`+made.At("updated_at").(string)+`"`)
		first := r.Call(holding, "PATCH", at, `{"status":"rejected"}`)
		if first.Status != 200 || first.Header.Get("ETag") != `"`+first.At("updated_at").(string)+`"` {
			t.Errorf("the first: %d %v", first.Status, first.Body)
		}
		second := r.Call(holding, "PATCH", at, `{"status":"approved"}`)
		if second.Status != 412 || second.At("detail", "current", "status") != "rejected" || second.At("detail", "differs", 0) != "status" || second.At("detail", "etag") != first.Header.Get("ETag") {
			t.Errorf("the second: %d %v", second.Status, second.Body)
		}
		if got := r.Call(r.owner, "GET", r.path, ""); got.At("items", 0, "status") != "rejected" {
			t.Errorf("decided in the end: %v", got.At("items", 0))
		}
	})
}
