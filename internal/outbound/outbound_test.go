package outbound_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/egress"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/outbound"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

var discard = slog.New(slog.DiscardHandler)

// receiver is an address outside that answers with status, and keeps what it is told.
type receiver struct {
	mu     sync.Mutex
	status int
	calls  []received
	url    string
}

type received struct {
	header http.Header
	body   []byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, received{req.Header, body})
	w.WriteHeader(r.status)
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) taken() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

type post struct {
	*apitest.World
	t        *testing.T
	board    mc.Board
	owner    apitest.Caller
	path     string
	receiver *receiver
	feature  *outbound.Feature
}

func newPost(t *testing.T, st *store.Store, change func(*outbound.Config)) *post {
	t.Helper()
	p := &post{World: apitest.New(t, st), t: t, receiver: &receiver{status: 204}}
	queue, err := jobs.NewEnqueuer(st, discard)
	if err != nil {
		t.Fatal(err)
	}
	st.UseJobs(queue)
	cfg := outbound.Config{
		Client: egress.NewClient(egress.Options{AllowPrivate: true, Timeout: 5 * time.Second}),
		Retry:  jobs.Policy{MaxAttempts: 3, Base: time.Millisecond, Max: time.Millisecond},
	}
	if change != nil {
		change(&cfg)
	}
	p.feature = outbound.New(st, cfg)
	st.Observe(p.feature.Observe)
	p.Serve(p.feature)
	p.board, p.owner = p.Board("Alpha", nil), apitest.As(p.Owner)
	p.path = "/api/v1/boards/" + p.board.ID.String() + "/outbound-webhooks"
	server := httptest.NewServer(p.receiver)
	t.Cleanup(server.Close)
	p.receiver.url = server.URL
	workers := jobs.NewWorkers()
	p.feature.RegisterJobs(workers)
	runner, err := jobs.Start(t.Context(), st, workers, discard, func(string, time.Duration, error) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// tell adds an address that is told of tasks and approvals, and returns its path.
func (p *post) tell(fields string) string {
	p.t.Helper()
	got := p.Call(p.owner, "POST", p.path, `{"url":"`+p.receiver.url+`/x?key=hidden","events":["task.*","approval.*"]`+fields+`}`)
	id, _ := got.At("id").(string)
	if got.Status != 200 {
		p.t.Fatalf("answered %d %v", got.Status, got.Body)
	}
	return p.path + "/" + id
}

func (p *post) record(kind mc.EventType, board mc.Board, task *mc.ID) {
	p.t.Helper()
	p.Write(func(_ context.Context, tx *store.Tx) error {
		tx.Record(mc.ActivityEvent{Type: kind, Message: mc.Ref("Something happened"), BoardID: &board.ID, TaskID: task})
		return nil
	})
}

func (p *post) eventually(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	p.t.Fatalf("waited in vain for %s", what)
}

// states counts the calls of an address by their state.
func (p *post) states(path string) map[string]int {
	p.t.Helper()
	states := map[string]int{}
	items, _ := p.Call(p.owner, "GET", path+"/deliveries", "").At("items").([]any)
	for _, item := range items {
		states[item.(map[string]any)["state"].(string)]++
	}
	return states
}

func TestAddressIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		p := newPost(t, st, nil)
		other := p.Board("Other", nil)
		task := p.Task(p.board, "Ship it")
		path := p.tell(`,"secret":"k"`)
		p.record("task.created", other, nil)
		p.record("agent.heartbeat", p.board, nil)
		p.record("task.created", p.board, &task.ID)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			a := mc.Approval{ID: mc.NewID(), BoardID: p.board.ID, ActionType: "deploy", Confidence: 70, Status: mc.ApprovalPending, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
			tx.Announce(store.KindApproval, p.board.ID, a.ID)
			return tx.InsertApproval(ctx, a, nil)
		})
		p.eventually("both calls", func() bool { return p.states(path)["sent"] == 2 })
		calls := p.receiver.taken()
		slices.SortFunc(calls, func(a, b received) int {
			return strings.Compare(b.header.Get("X-Mission-Control-Event"), a.header.Get("X-Mission-Control-Event"))
		})
		if len(calls) != 2 || calls[0].header.Get("X-Mission-Control-Event") != "task.created" || calls[1].header.Get("X-Mission-Control-Event") != "approval.created" {
			t.Fatalf("%d calls, %v", len(calls), calls)
		}
		h := calls[0].header
		if got, want := h.Get("X-Hub-Signature-256"), "sha256="+mc.HMACHex("k", calls[0].body); got != want {
			t.Errorf("signature of the body %s, want %s", got, want)
		}
		if got, want := h.Get("X-Mission-Control-Signature"), "sha256="+mc.HMACHex("k", []byte(h.Get("X-Mission-Control-Timestamp")+"."), calls[0].body); got != want {
			t.Errorf("signature with time %s, want %s", got, want)
		}
		var body map[string]any
		if err := json.Unmarshal(calls[0].body, &body); err != nil {
			t.Fatal(err)
		}
		data, _ := body["data"].(map[string]any)
		about, _ := data["task"].(map[string]any)
		if body["id"] != h.Get("X-Mission-Control-Delivery") || body["event"] != "task.created" || data["message"] != "Something happened" || about["title"] != "Ship it" {
			t.Errorf("told %s", calls[0].body)
		}
		detail := p.Call(p.owner, "GET", path+"/deliveries/"+h.Get("X-Mission-Control-Delivery"), "")
		if diff := cmp.Diff(body, detail.At("body")); diff != "" || detail.At("attempts", 0, "status_code") != 204.0 || detail.At("attempts", 0, "error") != nil {
			t.Errorf("shown %v", detail.Body)
		}
	})
}

func TestFailingAddress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		p := newPost(t, st, nil)
		p.receiver.answer(302)
		path := p.tell("")
		p.record("task.created", p.board, nil)
		p.eventually("the end of all tries", func() bool { return p.states(path)["failed"] == 1 })
		calls := p.receiver.taken()
		id := calls[0].header.Get("X-Mission-Control-Delivery")
		if len(calls) != 3 || calls[2].header.Get("X-Mission-Control-Delivery") != id || calls[0].header.Get("X-Hub-Signature-256") != "" {
			t.Errorf("%d calls", len(calls))
		}
		detail := p.Call(p.owner, "GET", path+"/deliveries/"+id, "")
		if attempts, _ := detail.At("attempts").([]any); len(attempts) != 3 || detail.At("attempts", 2, "error") != "answered 302" {
			t.Errorf("attempts: %v", detail.At("attempts"))
		}
		if got := p.Call(p.owner, "GET", path, ""); got.At("failing_since") == nil || got.At("enabled") != true {
			t.Errorf("shown %v", got.Body)
		}
		p.receiver.answer(200)
		if got := p.Call(p.owner, "POST", path+"/deliveries/"+id+"/redeliver", ""); got.Status != 202 || got.At("state") != "queued" {
			t.Errorf("again: %d %v", got.Status, got.Body)
		}
		p.eventually("the call", func() bool { return p.states(path)["sent"] == 1 })
		if got := p.Call(p.owner, "GET", path, ""); got.At("failing_since") != nil {
			t.Errorf("shown after a success: %v", got.Body)
		}
	})
}

func TestAddressThatFailsForTooLongIsDisabled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		p := newPost(t, st, func(c *outbound.Config) { c.DisableAfter = time.Nanosecond })
		p.receiver.answer(500)
		path := p.tell("")
		p.record("task.created", p.board, nil)
		p.eventually("the end", func() bool { return p.Call(p.owner, "GET", path, "").At("enabled") == false })
		p.eventually("the call to be given up", func() bool { return p.states(path)["failed"] == 1 })
		if reason, _ := p.Call(p.owner, "GET", path, "").At("disabled_reason").(string); !strings.Contains(reason, "answered 500") {
			t.Errorf("reason %q", reason)
		}
		p.record("task.updated", p.board, nil) // nobody wants to know
		if got := p.Call(p.owner, "PATCH", path, `{"enabled":true}`); got.At("disabled_reason") != nil || got.At("failing_since") != nil || got.At("enabled") != true {
			t.Errorf("enabled again: %v", got.Body)
		}
		p.receiver.answer(200)
		p.record("task.status_changed", p.board, nil)
		p.eventually("the next call", func() bool { return p.states(path)["sent"] == 1 })
		if got := p.states(path); got["failed"] != 1 || len(got) != 2 {
			t.Errorf("calls: %v", got)
		}
	})
}

func TestPrivateAddressIsNotCalled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		p := newPost(t, st, func(c *outbound.Config) { c.Client = egress.NewClient(egress.Options{Timeout: 5 * time.Second}) })
		path := p.tell("")
		p.record("task.created", p.board, nil)
		p.eventually("the end of all tries", func() bool { return p.states(path)["failed"] == 1 })
		id := p.Call(p.owner, "GET", path+"/deliveries", "").At("items", 0, "id").(string)
		text, _ := p.Call(p.owner, "GET", path+"/deliveries/"+id, "").At("attempts", 0, "error").(string)
		if len(p.receiver.taken()) != 0 || !strings.Contains(text, "is not a public address") || strings.Contains(text, "hidden") {
			t.Errorf("%d calls, %q", len(p.receiver.taken()), text)
		}
	})
}

func TestConfigurationOfAddresses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		p := newPost(t, st, nil)
		for body, want := range map[string]any{
			`{"events":["task.*"]}`:                                         `["body","url"]`,
			`{"url":"ftp://x","events":["task.*"]}`:                         `["body","url"]`,
			`{"url":"https://u:p@example.com","events":["task.*"]}`:         `["body","url"]`,
			`{"url":"https://example.com","events":[]}`:                     `["body","events"]`,
			`{"url":"https://example.com","events":["task.*","webhook.*"]}`: `["body","events",1]`,
			`{"url":"https://example.com","events":["task.*"],"secret":1}`:  `["body","secret"]`,
		} {
			if got := p.Call(p.owner, "POST", p.path, body); got.Status != 422 || got.Detail() != want {
				t.Errorf("%s: %d %v, want %v", body, got.Status, got.Detail(), want)
			}
		}
		path := p.tell(`,"secret":"k","description":"Builds"`)
		if got := p.CallRaw(p.owner, "PATCH", path, `{"events":["approval.created"]}`).Body.String(); !strings.Contains(got, `"has_secret":true`) || strings.Contains(got, `"secret"`) {
			t.Errorf("shown %s", got)
		}
		if got := p.Call(p.owner, "PATCH", path, `{"secret":null}`); got.At("has_secret") != false {
			t.Errorf("without a secret: %v", got.Body)
		}
		reader, outsider := p.Member(mc.RoleMember, true, false), p.Member(mc.RoleMember, false, false)
		for _, tc := range []struct {
			method, path, body string
			reader, outsider   int
		}{
			{"GET", p.path, "", 200, 403}, {"GET", path, "", 200, 403}, {"GET", path + "/deliveries", "", 200, 403}, {"POST", p.path, `{}`, 403, 403},
			{"PATCH", path, `{}`, 403, 403}, {"DELETE", path, "", 403, 403}, {"POST", path + "/deliveries/" + mc.NewID().String() + "/redeliver", "", 403, 403},
		} {
			if got := p.Call(apitest.As(reader), tc.method, tc.path, tc.body); got.Status != tc.reader {
				t.Errorf("%s %s as a reader: %d", tc.method, tc.path, got.Status)
			}
			if got := p.Call(apitest.As(outsider), tc.method, tc.path, tc.body); got.Status != tc.outsider {
				t.Errorf("%s %s as an outsider: %d", tc.method, tc.path, got.Status)
			}
			if got := p.Call(apitest.AsNobody, tc.method, tc.path, tc.body); got.Status != 401 {
				t.Errorf("%s %s as nobody: %d", tc.method, tc.path, got.Status)
			}
		}
		other := p.Board("Other", nil)
		foreign := strings.Replace(path, p.board.ID.String(), other.ID.String(), 1)
		for method, body := range map[string]string{"GET": "", "PATCH": `{"enabled":false}`, "DELETE": ""} {
			if got := p.Call(p.owner, method, foreign, body); got.Status != 404 {
				t.Errorf("%s on another board: %d", method, got.Status)
			}
		}
		if got := p.Call(p.owner, "DELETE", path, ""); got.Status != 200 {
			t.Errorf("deleting: %d", got.Status)
		}
		want := []string{"outbound_webhook.created Builds by user", "outbound_webhook.changed Builds by user", "outbound_webhook.changed Builds by user", "outbound_webhook.deleted Builds by user"}
		if diff := cmp.Diff(want, p.Audited()); diff != "" {
			t.Errorf("audited (-want +got):\n%s", diff)
		}
		for range 20 {
			p.tell("")
		}
		if got := p.Call(p.owner, "POST", p.path, `{"url":"https://example.com","events":["task.*"]}`); got.Status != 409 {
			t.Errorf("one too many: %d", got.Status)
		}
	})
}
