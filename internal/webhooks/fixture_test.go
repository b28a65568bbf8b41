package webhooks_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
	"missioncontrol/internal/webhooks"
)

var discard = slog.New(slog.DiscardHandler)

// yard is a board on a gateway, with a lead and a worker, whose webhooks are served.
type yard struct {
	*apitest.World
	t            *testing.T
	feature      *webhooks.Feature
	sender       *notify.Sender
	gateway      *openclawtest.Gateway
	board        mc.Board
	lead, worker mc.Agent
	owner        apitest.Caller
	asWorker     apitest.Caller
	path         string
}

type agentsDoor struct{ feature *webhooks.Feature }

func (d agentsDoor) Register(r *httpapi.Router, g *access.Guards) { d.feature.RegisterForAgents(r, g) }

const maxBody = 2000

func newYard(t *testing.T, st *store.Store, limit ...int) *yard {
	t.Helper()
	y := &yard{World: apitest.New(t, st), t: t, gateway: openclawtest.Start(t)}
	queue, err := jobs.NewEnqueuer(st, discard)
	if err != nil {
		t.Fatal(err)
	}
	st.UseJobs(queue)
	y.sender = notify.New(st, openclawtest.Client(t), discard, notify.WithDispatch(notify.Dispatch{
		Retry: jobs.Policy{MaxAttempts: 3, Base: time.Millisecond, Max: time.Millisecond},
	}))
	y.feature = webhooks.New(st, y.sender, webhooks.Config{BaseURL: "http://mc:8000", Reading: httpapi.Reading{Most: maxBody}, Log: discard})
	if len(limit) > 0 {
		y.WebhookCalls = limit[0]
	}
	y.Serve(y.feature, agentsDoor{y.feature})
	row := y.Gateway(y.gateway.URL)
	y.board = y.Board("Alpha", &row)
	y.lead, _ = y.Agent("Lena", &y.board, func(a *mc.Agent) { a.IsBoardLead = true })
	var token string
	y.worker, token = y.Agent("Will", &y.board, nil)
	y.owner, y.asWorker = apitest.As(y.Owner), apitest.AsAgent(token)
	y.path = "/api/v1/boards/" + y.board.ID.String() + "/webhooks"
	return y
}

// work does jobs until the test ends.
func (y *yard) work() {
	y.t.Helper()
	workers := jobs.NewWorkers()
	y.sender.RegisterJobs(workers)
	runner, err := jobs.Start(y.t.Context(), y.Store, workers, discard, func(string, time.Duration, error) {})
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() {
		if err := runner.Stop(context.Background()); err != nil {
			y.t.Error(err)
		}
	})
}

// hook makes a webhook and returns its path.
func (y *yard) hook(body string) string {
	y.t.Helper()
	got := y.Call(y.owner, "POST", y.path, body)
	id, _ := got.At("id").(string)
	if got.Status != 200 {
		y.t.Fatalf("%s was answered %d %v", body, got.Status, got.Body)
	}
	return y.path + "/" + id
}

// post calls a webhook; headers come in pairs.
func (y *yard) post(path, body string, headers ...string) apitest.Answer {
	y.t.Helper()
	return y.Call(func(r *http.Request) {
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
	}, "POST", path, body)
}

// took calls a webhook, which has to take it, and returns the payload's id.
func (y *yard) took(path, body string, headers ...string) string {
	y.t.Helper()
	got := y.post(path, body, headers...)
	id, _ := got.At("payload_id").(string)
	if got.Status != 202 || id == "" {
		y.t.Fatalf("%s was answered %d %v", body, got.Status, got.Body)
	}
	return id
}

// eventually waits until something holds that jobs bring about.
func (y *yard) eventually(what string, holds func() bool) {
	y.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	y.t.Fatalf("waited in vain for %s", what)
}

// recorded lists the messages of the board's events of a type, newest first.
func (y *yard) recorded(kind mc.EventType) (texts []string) {
	y.t.Helper()
	changes, err := y.Store.ChangesAfter(y.t.Context(), 0, 10_000)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, c := range changes {
		if c.Kind == store.KindActivity && c.Detail == string(kind) {
			e, err := y.Store.Event(y.t.Context(), c.Entity)
			if err != nil {
				y.t.Fatal(err)
			}
			texts = append(texts, *e.Message)
		}
	}
	return texts
}

// total is how many rows a list has.
func (y *yard) total(path string) int {
	y.t.Helper()
	n, _ := y.Call(y.owner, "GET", path, "").At("total").(float64)
	return int(n)
}

// untouched is a body that must not be read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// refusedUnread calls a webhook with a body of that length which must not be read.
func (y *yard) refusedUnread(path string, length int64) int {
	y.t.Helper()
	req := httptest.NewRequestWithContext(y.t.Context(), "POST", path, untouched{y.t})
	req.ContentLength = length
	rec := httptest.NewRecorder()
	// What is drained after the answer is no business of this test.
	y.Router().ServeHTTP(unflushed{rec}, req)
	if rec.Header().Get("Connection") != "close" {
		y.t.Errorf("the connection stays open after %d", rec.Code)
	}
	return rec.Code
}

// unflushed is a response whose connection takes no flush.
type unflushed struct{ http.ResponseWriter }
