package groups_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/groups"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

const path = "/api/v1/board-groups"

// world is an organization with board groups served, and a gateway that really answers.
type world struct {
	*apitest.World
	t       *testing.T
	remote  *openclawtest.Gateway
	gateway mc.Gateway
	asked   *storetest.Statements
}

// each runs a test on both engines.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.New, "postgres": storetest.NewPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := new(storetest.Statements)
			st := open(t, asked.Count)
			w := &world{World: apitest.New(t, st), t: t, remote: openclawtest.Start(t), asked: asked}
			quiet := slog.New(slog.DiscardHandler)
			client := openclawtest.Client(t)
			lifecycle := provision.New(provision.Config{
				Store: st, Client: client, BaseURL: "http://127.0.0.1:8000", MinVersion: "2026.02.9",
				Retry: jobs.Policy{MaxAttempts: 2, Base: time.Second, Max: time.Second},
			})
			w.Serve(groups.New(st, lifecycle, notify.New(st, client, quiet)))
			w.gateway = w.Gateway(w.remote.URL)
			test(w)
		})
	}
}

// owner calls as the owner of the organization.
func (w *world) owner(method, at, body string) apitest.Answer {
	w.t.Helper()
	return w.Call(apitest.As(w.Owner), method, at, body)
}

// create makes a group and returns its id.
func (w *world) create(name string) string {
	w.t.Helper()
	got := w.owner("POST", path, fmt.Sprintf(`{"name":%q,"slug":""}`, name))
	if got.Status != 200 {
		w.t.Fatalf("creating %s was answered %d %v", name, got.Status, got.Body)
	}
	return got.At("id").(string)
}

// task adds a task as it is wanted.
func (w *world) task(board mc.Board, title string, change func(t *mc.Task)) mc.Task {
	w.t.Helper()
	now := mc.SystemClock()
	task := mc.Task{ID: mc.NewID(), BoardID: board.ID, Title: title, Status: mc.StatusInbox, Priority: mc.DefaultPriority, CreatedAt: now, UpdatedAt: now}
	if change != nil {
		change(&task)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertTask(ctx, task) })
	return task
}

// names picks one key of every entry of a list in an answer.
func names(a apitest.Answer, key string, list ...any) (values []any) {
	entries, _ := a.At(list...).([]any)
	for _, e := range entries {
		values = append(values, apitest.Answer{Body: e}.At(key))
	}
	return values
}
