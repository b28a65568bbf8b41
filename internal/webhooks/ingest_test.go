package webhooks_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		const limit = 6
		y := newYard(t, st, limit)
		path := y.hook(`{"description":"d","secret":"k"}`)
		off := y.hook(`{"description":"d","secret":"k","enabled":false}`)
		unknown := y.path + "/" + mc.NewID().String()
		noBoard := strings.Replace(path, y.board.ID.String(), mc.NewID().String(), 1)
		// Neither an unknown board nor a broken id counts for the limit.
		for range limit + 2 {
			if got := y.refusedUnread(noBoard, 1<<40); got != 404 {
				t.Fatalf("an unknown board: %d", got)
			}
			if got := y.refusedUnread(strings.Replace(path, y.board.ID.String(), "x", 1), 10); got != 404 {
				t.Fatalf("no id of a board: %d", got)
			}
			if got := y.refusedUnread(y.path+"/x", 10); got != 422 {
				t.Fatalf("no id of a webhook: %d", got)
			}
		}
		for _, tc := range []struct {
			path   string
			length int64
			want   int
		}{{unknown, 1 << 40, 404}, {off, 1 << 40, 410}, {path, maxBody + 1, 413}} {
			if got := y.refusedUnread(tc.path, tc.length); got != tc.want {
				t.Errorf("%s with %d bytes: %d, want %d", tc.path, tc.length, got, tc.want)
			}
		}
		if got := y.post(path, `{}`); got.Status != 403 || got.Detail() != mc.SignatureMissing {
			t.Errorf("unsigned: %d %v", got.Status, got.Detail())
		}
		if got := y.post(path, strings.Repeat("a", maxBody+1)); got.Status != 413 || got.Detail() != "Payload exceeds maximum size of 2000 bytes." {
			t.Errorf("unsigned and too large: %d %v", got.Status, got.Detail())
		}
		y.took(path, `{"a":1}`, "X-Hub-Signature-256", "sha256="+mc.HMACHex("k", []byte(`{"a":1}`)), "Authorization", "Bearer nobody")
		for _, p := range []string{path, unknown, off} {
			if got := y.post(p, `{}`); got.Status != 429 {
				t.Errorf("%s, beyond the limit: %d", p, got.Status)
			}
		}
		if n := y.total(path + "/payloads"); n != 1 {
			t.Errorf("%d payloads are kept", n)
		}
	})
}

func TestWhatACallLeaves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		path := y.hook(`{"description":"Triage it"}`)
		id := y.took(path, `{"z":1.0,"a":12345678901234567890,"n":"\u0000\ud800"}`, "X-Api-Key", "k", "X-Event", "push", "Cookie", "c")
		raw := y.CallRaw(y.owner, "GET", path+"/payloads/"+id, "").Body.String()
		if !strings.Contains(raw, `"payload":{"z":1.0,"a":12345678901234567890,"n":"\u0000\ud800"}`) {
			t.Errorf("kept: %s", raw)
		}
		got := y.Call(y.owner, "GET", path+"/payloads/"+id, "")
		if diff := cmp.Diff(map[string]any{"content-type": "application/json", "x-event": "push", "x-api-key": "[redacted]"}, got.At("headers")); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
		entries, _, err := st.BoardMemory(t.Context(), y.board.ID, nil, 10, 0)
		if err != nil || len(entries) != 1 {
			t.Fatalf("memory: %v, %v", entries, err)
		}
		if e := entries[0]; !strings.Contains(e.Content, "/api/v1/boards/") || !strings.Contains(e.Content, `"z": 1.0`) || e.IsChat {
			t.Errorf("entry %+v", e)
		}
		for most, want := range map[string]any{"7": `{"z"...`, "100000": got.At("payload")} {
			agent := y.Call(y.asWorker, "GET", "/api/v1/agent"+strings.TrimPrefix(path, "/api/v1")+"/payloads/"+id+"?max_chars="+most, "")
			listed := y.Call(y.owner, "GET", path+"/payloads?max_chars="+most, "")
			if diff := cmp.Diff([]any{want, want}, []any{agent.At("payload"), listed.At("items", 0, "payload")}); diff != "" {
				t.Errorf("%s characters (-want +got):\n%s", most, diff)
			}
		}
		for _, body := range []string{"", "null", "a\xff\x00b", strings.Repeat("[", 900) + strings.Repeat("]", 900), `{"a":NaN}`} {
			y.took(path, body)
		}
	})
}

func TestRepeatedCallsChangeNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		path, own := y.hook(`{"description":"d"}`), y.hook(`{"description":"d","delivery_id_header":"X-My-Id"}`)
		const n = 8
		ids := make([]string, n)
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() { ids[i] = y.took(path, fmt.Sprint(i), "X-GitHub-Delivery", "one") })
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("answered with %v", ids)
				break
			}
		}
		if a, b := y.took(own, `1`, "X-My-Id", "one"), y.took(own, `1`, "X-My-Id", "one"); a != b || a == ids[0] {
			t.Errorf("under its own name: %s and %s", a, b)
		}
		if a, b := y.took(own, `1`, "X-GitHub-Delivery", "one"), y.took(own, `1`, "X-GitHub-Delivery", "one"); a == b {
			t.Errorf("another header than its own counts")
		}
		if a, b := y.took(path, `1`), y.took(path, `1`); a == b {
			t.Errorf("without a name")
		}
		entries, memories, err := st.BoardMemory(t.Context(), y.board.ID, nil, 1, 0)
		if err != nil || len(entries) != 1 {
			t.Fatal(err)
		}
		if a, b := y.total(path+"/payloads"), y.total(own+"/payloads"); a != 3 || b != 3 || memories != 6 || y.total(path+"/deliveries") != 3 {
			t.Errorf("%d and %d payloads, %d entries, %d deliveries", a, b, memories, y.total(path+"/deliveries"))
		}
		if got := y.post(path, `1`, "X-GitHub-Delivery", "one"); got.At("payload_id") != ids[0] {
			t.Errorf("a later one: %v", got.Body)
		}
	})
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		toWorker, toLead := y.hook(fmt.Sprintf(`{"description":"d","agent_id":%q}`, y.worker.ID)), y.hook(`{"description":"d"}`)
		first, second, third := y.took(toWorker, `1`), y.took(toWorker, `2`), y.took(toLead, `3`)
		y.Call(y.owner, "PATCH", toLead, `{"enabled":false}`) // delivered all the same
		y.work()
		y.eventually("all deliveries", func() bool { return len(y.recorded(mc.EventWebhookDelivered)) == 3 })
		messages := y.gateway.Messages(mc.SessionKeyOf(y.worker))
		if len(messages) != 2 || !strings.Contains(messages[0].Text, first) || !strings.Contains(messages[1].Text, second) {
			t.Errorf("the worker was told %+v", messages)
		}
		if told := y.gateway.Messages(mc.SessionKeyOf(y.lead)); len(told) != 1 || !strings.Contains(told[0].Text, third) || !strings.HasPrefix(told[0].Text, "WEBHOOK EVENT RECEIVED\n") {
			t.Errorf("the lead was told %+v", told)
		}
		if got := y.Call(y.owner, "GET", toWorker+"/deliveries?payload_id="+first, ""); got.At("total") != 1.0 || got.At("items", 0, "state") != "sent" || got.At("items", 0, "attempts") != 1.0 {
			t.Errorf("listed: %v", got.Body)
		}
	})
}

func TestFailedDeliveryIsVisibleAndCanBeRepeated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		path := y.hook(`{"description":"d"}`)
		y.gateway.FailWith("chat.send", 3, "session is archived")
		id := y.took(path, `1`)
		y.work()
		y.eventually("the end of all tries", func() bool { return len(y.recorded(mc.EventWebhookDeliveryFailed)) == 1 })
		got := y.Call(y.owner, "GET", path+"/deliveries?state=failed", "")
		if got.At("total") != 1.0 || got.At("items", 0, "attempts") != 3.0 || got.At("items", 0, "last_error") != "session is archived" {
			t.Errorf("listed: %v", got.Body)
		}
		if text := y.recorded(mc.EventWebhookDeliveryFailed)[0]; !strings.Contains(text, id) || !strings.Contains(text, "session is archived") {
			t.Errorf("recorded: %s", text)
		}
		if got := y.Call(y.owner, "POST", path+"/payloads/"+id+"/redeliver", ""); got.Status != 202 || got.At("payload_id") != id {
			t.Errorf("redelivering: %d %v", got.Status, got.Body)
		}
		y.eventually("the delivery", func() bool { return len(y.recorded(mc.EventWebhookDelivered)) == 1 })
		if got := y.total(path + "/deliveries"); got != 2 {
			t.Errorf("%d deliveries", got)
		}
		external := y.Board("Outside", nil)
		elsewhere := "/api/v1/boards/" + external.ID.String() + "/webhooks"
		made := y.Call(y.owner, "POST", elsewhere, `{"description":"d"}`).At("endpoint_path").(string)
		if got := y.Call(y.owner, "POST", made+"/payloads/"+y.took(made, `1`)+"/redeliver", ""); got.Status != 409 {
			t.Errorf("where nobody can be told: %d %v", got.Status, got.Body)
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		counted, aged, kept := y.hook(`{"description":"d","retention_count":2}`), y.hook(`{"description":"d","retention_days":2}`), y.hook(`{"description":"d"}`)
		ids := map[string][]mc.ID{}
		y.Write(func(ctx context.Context, tx *store.Tx) error {
			for _, path := range []string{counted, aged, kept} {
				for day := range 5 {
					p := mc.WebhookPayload{ID: mc.NewID(), BoardID: y.board.ID, WebhookID: mc.MustID(path[len(path)-36:]), Payload: mc.JSON("1"), ReceivedAt: tx.Now().Add(-time.Duration(day)*24*time.Hour - time.Minute)}
					ids[path] = append(ids[path], p.ID)
					if err := tx.InsertWebhookPayload(ctx, p); err != nil {
						return err
					}
				}
			}
			return nil
		})
		// The oldest one is still on its way, and waited for.
		if got := y.Call(y.owner, "POST", counted+"/payloads/"+ids[counted][4].String()+"/redeliver", ""); got.Status != 202 {
			t.Fatalf("redelivering: %d", got.Status)
		}
		for range 2 { // repeated it does nothing more
			if err := y.feature.Trim(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		for path, want := range map[string][]mc.ID{counted: {ids[counted][0], ids[counted][1], ids[counted][4]}, aged: ids[aged][:2], kept: ids[kept]} {
			var got []mc.ID
			items, _ := y.Call(y.owner, "GET", path+"/payloads", "").At("items").([]any)
			for _, item := range items {
				got = append(got, mc.MustID(item.(map[string]any)["id"].(string)))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	})
}

func TestPayloadsGoWithTheirWebhook(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		path := y.hook(`{"description":"d"}`)
		id := y.took(path, `1`, "Webhook-Id", "one")
		if got := y.Call(y.owner, "DELETE", path, ""); got.Status != 200 {
			t.Fatalf("deleting: %d %v", got.Status, got.Body)
		}
		if got := y.Call(y.owner, "GET", path+"/payloads/"+id, ""); got.Status != 404 {
			t.Errorf("the payload: %d", got.Status)
		}
		if d, err := st.NextDelivery(t.Context(), y.lead.ID, mc.LaneWebhooks); err != nil || d != nil {
			t.Errorf("still on its way: %v, %v", d, err)
		}
		if got := y.post(path, `1`, "Webhook-Id", "one"); got.Status != 404 {
			t.Errorf("a call of what is gone: %d", got.Status)
		}
	})
}
