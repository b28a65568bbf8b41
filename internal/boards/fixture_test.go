package boards_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/boards"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

const path = "/api/v1/boards"

// world is an organization with boards served, on a gateway that really answers.
type world struct {
	*apitest.World
	t       *testing.T
	remote  *openclawtest.Gateway
	gateway mc.Gateway
	workers *jobs.Workers
}

func newWorld(t *testing.T, st *store.Store) *world {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	client := openclawtest.Client(t)
	queue, err := jobs.NewEnqueuer(st, quiet)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{World: apitest.New(t, st), t: t, remote: openclawtest.Start(t), workers: jobs.NewWorkers()}
	st.UseJobs(queue) // instead of the world's, of which nothing is done
	sender := notify.New(st, client, quiet)
	sender.RegisterJobs(w.workers)
	lifecycle := provision.New(provision.Config{
		Store: st, Client: client, BaseURL: "http://127.0.0.1:8000", MinVersion: "2026.02.9",
		Retry: jobs.Policy{MaxAttempts: 2, Base: time.Second, Max: time.Second},
	})
	lifecycle.RegisterJobs(w.workers)
	w.Serve(boards.New(st, lifecycle, sender, mc.SystemClock))
	w.gateway = w.Gateway(w.remote.URL)
	w.MainAgent(w.gateway)
	return w
}

// work does the queued jobs until the test ends.
func (w *world) work() {
	w.t.Helper()
	runner, err := jobs.Start(w.t.Context(), w.Store, w.workers, slog.New(slog.DiscardHandler), func(string, time.Duration, error) {})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := runner.Stop(ctx); err != nil {
			w.t.Error(err)
		}
	})
}

// owner calls as the owner of the organization.
func (w *world) owner(method, at, body string) apitest.Answer {
	w.t.Helper()
	return w.Call(apitest.As(w.Owner), method, at, body)
}

// create makes a board and returns its id; fields are added to the body.
func (w *world) create(name, fields string) string {
	w.t.Helper()
	got := w.owner("POST", path, fmt.Sprintf(`{"name":%q,"slug":"s","description":"About it","gateway_id":%q%s}`, name, w.gateway.ID, fields))
	id, _ := got.At("id").(string)
	if got.Status != 200 {
		w.t.Fatalf("creating %s was answered %d %v", name, got.Status, got.Body)
	}
	return id
}

// group adds a board group to any organization.
func (w *world) group(organization mc.ID) mc.ID {
	w.t.Helper()
	now := mc.SystemClock()
	g := mc.BoardGroup{ID: mc.NewID(), OrganizationID: organization, Name: "Team", Slug: "team", CreatedAt: now, UpdatedAt: now}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertBoardGroup(ctx, g) })
	return g.ID
}

// gatewayOf adds a gateway of any organization, without a main agent.
func (w *world) gatewayOf(organization mc.ID, change func(g *mc.Gateway)) mc.Gateway {
	w.t.Helper()
	now := mc.SystemClock()
	g := mc.Gateway{ID: mc.NewID(), OrganizationID: organization, Name: "Away", URL: w.remote.URL, WorkspaceRoot: "/srv", CreatedAt: now, UpdatedAt: now}
	if change != nil {
		change(&g)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertGateway(ctx, g) })
	return g
}

func (w *world) board(id string) mc.Board {
	w.t.Helper()
	b, err := w.Store.Board(w.t.Context(), mc.MustID(id))
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// column picks one key of every item of a page.
func column(a apitest.Answer, key string) (values []any) {
	items, _ := a.At("items").([]any)
	for i := range items {
		values = append(values, a.At("items", i, key))
	}
	return values
}

// approval adds an approval about tasks.
func (w *world) approval(board mc.Board, status mc.ApprovalStatus, tasks ...mc.ID) mc.Approval {
	w.t.Helper()
	var a mc.Approval
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		a = mc.Approval{ID: mc.NewID(), BoardID: board.ID, ActionType: "x", Confidence: 50, Status: status, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if len(tasks) > 0 {
			a.TaskID = &tasks[0]
		}
		return tx.InsertApproval(ctx, a, tasks)
	})
	return a
}

// say adds an entry to the memory of a board.
func (w *world) say(board mc.Board, text string, isChat bool) {
	w.t.Helper()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertBoardMemory(ctx, mc.BoardMemory{BoardID: board.ID, MemoryEntry: mc.MemoryEntry{ID: mc.NewID(), Content: text, IsChat: isChat, CreatedAt: tx.Now()}})
	})
}

// list picks one key of every entry of a list in an answer.
func list(a apitest.Answer, key string, at ...any) (values []any) {
	entries, _ := a.At(at...).([]any)
	for _, e := range entries {
		values = append(values, apitest.Answer{Body: e}.At(key))
	}
	return values
}
