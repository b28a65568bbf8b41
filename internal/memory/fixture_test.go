package memory_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/memory"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
)

// fixture is a world with two boards, each on a gateway of its own and with its
// agents, that are in one group.
type fixture struct {
	*apitest.World
	feature                *memory.Feature
	alpha, beta            mc.Board
	group                  mc.BoardGroup
	lead, worker, other    mc.Agent // two of alpha, one of beta
	owner, asWorker, asOth apitest.Caller
}

// forAgents hangs in the agents' own routes as well.
type forAgents struct{ *memory.Feature }

func (f forAgents) Register(r *httpapi.Router, g *access.Guards) {
	f.Feature.Register(r, g)
	f.RegisterForAgents(r, g)
}

func newFixture(t *testing.T, st *store.Store) *fixture {
	t.Helper()
	w := apitest.New(t, st)
	f := &fixture{World: w, owner: apitest.As(w.Owner)}
	sender := notify.New(st, openclawtest.Client(t), slog.New(slog.DiscardHandler))
	f.feature = memory.New(st, w.Broker, sender, "http://mc")
	w.Serve(forAgents{f.feature})
	one, two := w.Gateway("ws://one"), w.Gateway("ws://two")
	f.alpha, f.beta = w.Board("Alpha", &one), w.Board("Beta", &two)
	f.group = w.BoardGroup("Team", &f.alpha, &f.beta)
	var workerToken, otherToken string
	f.lead, _ = w.Agent("Lena", &f.alpha, func(a *mc.Agent) { a.IsBoardLead = true })
	f.worker, workerToken = w.Agent("Will", &f.alpha, nil)
	f.other, otherToken = w.Agent("Otto", &f.beta, nil)
	f.asWorker, f.asOth = apitest.AsAgent(workerToken), apitest.AsAgent(otherToken)
	return f
}

func memoryOf(b mc.Board) string      { return "/api/v1/boards/" + b.ID.String() + "/memory" }
func agentMemoryOf(b mc.Board) string { return "/api/v1/agent/boards/" + b.ID.String() + "/memory" }
func groupMemoryOf(b mc.Board) string { return "/api/v1/boards/" + b.ID.String() + "/group-memory" }
func ofGroup(group mc.BoardGroup) string {
	return "/api/v1/board-groups/" + group.ID.String() + "/memory"
}

// post adds an entry that has to be taken.
func (f *fixture) post(t *testing.T, as apitest.Caller, path, body string) apitest.Answer {
	t.Helper()
	a := f.Call(as, http.MethodPost, path, body)
	if a.Status != http.StatusOK {
		t.Fatalf("POST %s %.80s: %d %v", path, body, a.Status, a.Body)
	}
	return a
}

// told takes what waits to be sent to an agent, oldest first.
func (f *fixture) told(t *testing.T, a mc.Agent) (sent []mc.Delivery) {
	t.Helper()
	for {
		d, err := f.Store.NextDelivery(t.Context(), a.ID, mc.LaneNotices)
		if err != nil {
			t.Fatal(err)
		}
		if d == nil {
			return sent
		}
		sent = append(sent, *d)
		d.State = mc.DeliverySent
		f.Write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateDelivery(ctx, *d) })
	}
}

// firstLines lists the first lines of messages.
func firstLines(sent []mc.Delivery) string {
	var lines []string
	for _, d := range sent {
		first, _, _ := strings.Cut(d.Message, "\n")
		lines = append(lines, first)
	}
	return strings.Join(lines, ", ")
}

// contents lists the contents of a page.
func contents(t *testing.T, a apitest.Answer) string {
	t.Helper()
	items, ok := a.At("items").([]any)
	if !ok {
		t.Fatalf("no page: %d %v", a.Status, a.Body)
	}
	var all []string
	for _, item := range items {
		text, _ := item.(map[string]any)["content"].(string)
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
