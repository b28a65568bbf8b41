package tasks_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// Of all who change a task from the same version one succeeds, and the others
// are shown what it is now.
func TestOneChangePerVersion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		task := r.Task(r.board, "Draft")
		at := fmt.Sprintf("/api/v1/boards/%s/tasks/%s", r.board.ID, task.ID)
		const editors = 12
		answers := make([]apitest.Answer, editors)
		var all sync.WaitGroup
		for i := range editors {
			all.Go(func() {
				answers[i] = r.Call(apitest.With(r.owner, "If-Match", mc.VersionTag(task.UpdatedAt)), "PATCH", at, fmt.Sprintf(`{"title":"by %d"}`, i))
			})
		}
		all.Wait()
		var won apitest.Answer
		for _, a := range answers {
			if a.Status == 200 {
				if won.Status != 0 {
					t.Errorf("two changes of one version: %v and %v", won.At("title"), a.At("title"))
				}
				won = a
			}
		}
		for _, a := range answers {
			if a.Status != 200 && (a.Status != 412 || a.At("detail", "current", "title") != won.At("title") || a.At("detail", "etag") != won.Header.Get("ETag")) {
				t.Errorf("another one was answered %d %v", a.Status, a.Body)
			}
		}
	})
}

// What an agent may not do at all is refused before the version is looked at.
func TestVersionsOfTasksForAgents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		task := r.Task(r.board, "Draft")
		at := fmt.Sprintf("/api/v1/boards/%s/tasks/%s", r.board.ID, task.ID)
		old := `"2001-01-01T00:00:00"`
		if got := r.Call(apitest.With(r.asAgent, "If-Match", old), "PATCH", at, `{"title":"Mine"}`); got.Status != 403 {
			t.Errorf("a worker renames a task: %d %v", got.Status, got.Body)
		}
		got := r.Call(apitest.With(r.asAgent, "If-Match", old), "PATCH", at, `{"status":"in_progress"}`)
		if got.Status != 412 || got.At("detail", "differs", 0) != "status" || got.At("detail", "current", "status") != "inbox" {
			t.Errorf("a worker takes an old task: %d %v", got.Status, got.Body)
		}
		if got := r.Call(apitest.With(r.asAgent, "If-Match", got.At("detail", "etag").(string)), "PATCH", at, `{"status":"in_progress"}`); got.Status != 200 {
			t.Errorf("a worker takes the task as it is: %d %v", got.Status, got.Body)
		}
	})
}

// Whatever changes a task makes a later version of it, even within a
// microsecond and when the clock goes back.
func TestEveryChangeIsAVersion(t *testing.T) {
	t.Parallel()
	stopped := mc.TimeOf(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		base := fmt.Sprintf("/api/v1/boards/%s/tasks", r.board.ID)
		blocker := r.Call(r.owner, "POST", base, `{"title":"First"}`)
		made := r.Call(r.owner, "POST", base, fmt.Sprintf(`{"title":"Then","assigned_agent_id":%q}`, r.worker.ID))
		at := base + "/" + made.At("id").(string)
		last := made.At("updated_at").(string)
		grown := func(about string) {
			t.Helper()
			id, _ := mc.ParseID(made.At("id").(string))
			task, err := st.Task(t.Context(), r.board.ID, id)
			if err != nil || task.UpdatedAt.String() <= last {
				t.Errorf("%s: version %v after %s (%v)", about, task.UpdatedAt, last, err)
			}
			last = task.UpdatedAt.String()
		}
		for _, body := range []string{
			`{"title":"Then"}`, `{"tag_ids":[]}`, fmt.Sprintf(`{"depends_on_task_ids":[%q]}`, blocker.At("id")), `{"depends_on_task_ids":[]}`, `{"comment":"x"}`,
			`{"status":"in_progress"}`, fmt.Sprintf(`{"assigned_agent_id":%q}`, r.worker.ID),
		} {
			if got := r.Call(r.owner, "PATCH", at, body); got.Status != 200 {
				t.Fatalf("%s: %d %v", body, got.Status, got.Body)
			}
			grown(body)
		}
		r.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteAgent(ctx, r.worker.ID) })
		grown("its agent is gone")
	}, func(c *store.Config) { c.Clock = func() mc.Time { return stopped } })
}

func TestTaskMadeOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		base := fmt.Sprintf("/api/v1/boards/%s/tasks", r.board.ID)
		as := apitest.With(r.owner, "Idempotency-Key", "k-1")
		first, again := r.Call(as, "POST", base, `{"title":"Once"}`), r.Call(as, "POST", base, `{"title":"Once"}`)
		if first.Status != 200 || again.Status != 200 || again.At("id") != first.At("id") || again.Header.Get("ETag") != first.Header.Get("ETag") ||
			first.Header.Get("Idempotency-Replayed") != "" || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("first %d %v, again %d %v", first.Status, first.Body, again.Status, again.Body)
		}
		if got := r.Call(r.owner, "GET", base, ""); got.At("total") != 1.0 {
			t.Errorf("%v tasks", got.At("total"))
		}
		at := base + "/" + first.At("id").(string) + "/comments"
		for range 2 {
			if got := r.Call(apitest.With(r.asAgent, "Idempotency-Key", "k-1"), "POST", at, `{"message":"Done"}`); got.Status != 200 {
				t.Errorf("a comment: %d %v", got.Status, got.Body)
			}
		}
		if got := r.Call(r.owner, "GET", at, ""); got.At("total") != 1.0 {
			t.Errorf("%v comments", got.At("total"))
		}
	})
}
