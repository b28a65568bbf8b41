package tasks_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/tasks"
)

// room is a world with the tasks feature, a board and its people and agents.
type room struct {
	*apitest.World
	board           mc.Board
	lead, worker    mc.Agent
	asLead, asAgent apitest.Caller
	owner           apitest.Caller
	sender          *notify.Sender
}

func newRoom(t *testing.T, st *store.Store, gateway *mc.Gateway) *room {
	t.Helper()
	return newRoomWith(t, st, func(*apitest.World) *mc.Gateway { return gateway })
}

func newRoomWith(t *testing.T, st *store.Store, gateway func(*apitest.World) *mc.Gateway) *room {
	t.Helper()
	client := openclawtest.Client(t)
	w := apitest.New(t, st)
	queue, err := jobs.NewEnqueuer(st, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	st.UseJobs(queue) // instead of the world's, which does nothing
	r := &room{World: w, owner: apitest.As(w.Owner), sender: notify.New(st, client, slog.New(slog.DiscardHandler))}
	feature := tasks.New(st, w.Broker, r.sender)
	w.Serve(feature)
	r.board = w.Board("Alpha", gateway(w))
	var leadToken, workerToken string
	r.lead, leadToken = w.Agent("Lena", &r.board, func(a *mc.Agent) { a.IsBoardLead = true })
	r.worker, workerToken = w.Agent("Will", &r.board, nil)
	r.asLead, r.asAgent = apitest.AsAgent(leadToken), apitest.AsAgent(workerToken)
	return r
}

func (r *room) path(parts ...string) string {
	return "/api/v1/boards/" + r.board.ID.String() + "/tasks" + strings.Join(parts, "")
}

// create makes a task as the owner and returns its id.
func (r *room) create(t *testing.T, body string) string {
	t.Helper()
	a := r.Call(r.owner, "POST", r.path(), body)
	if a.Status != http.StatusOK {
		t.Fatalf("create %s: %d %v", body, a.Status, a.Body)
	}
	return a.At("id").(string)
}

func (r *room) patch(as apitest.Caller, id, body string) apitest.Answer {
	return r.Call(as, "PATCH", r.path("/", id), body)
}

func TestTaskLifeUnderTheBoardsRules(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		first := r.create(t, `{"title":"First"}`)
		second := r.create(t, fmt.Sprintf(`{"title":"Second","depends_on_task_ids":[%q]}`, first))

		if a := r.patch(r.asAgent, second, `{"status":"in_progress"}`); a.Status != 409 || a.At("detail", "code") != "task_blocked_cannot_transition" || a.At("detail", "blocked_by_task_ids", 0) != first {
			t.Errorf("a blocked task was claimed: %d %v", a.Status, a.Body)
		}
		if a := r.patch(r.asAgent, first, `{"status":"in_progress"}`); a.Status != 200 || a.At("assigned_agent_id") != r.worker.ID.String() || a.At("in_progress_at") == nil {
			t.Errorf("claim: %d %v", a.Status, a.Body)
		}
		if a := r.patch(r.asAgent, first, `{"status":"review","comment":"It is done, see the log."}`); a.Status != 200 || a.At("assigned_agent_id") != r.lead.ID.String() {
			t.Errorf("hand in: %d %v; want the lead as assignee", a.Status, a.Body)
		}
		if a := r.patch(r.asLead, first, `{"status":"inbox"}`); a.Status != 200 || a.At("assigned_agent_id") != r.worker.ID.String() {
			t.Errorf("returned: %d %v; want the last worker as assignee", a.Status, a.Body)
		}
		if a := r.patch(r.asAgent, first, `{"status":"done"}`); a.Status != 200 {
			t.Errorf("finish: %d %v", a.Status, a.Body)
		}
		if a := r.Call(r.owner, "GET", r.path("?status=inbox,%20review"), ""); a.At("items", 0, "id") != second || a.At("items", 0, "is_blocked") != false || a.At("total") != 1.0 {
			t.Errorf("the dependent: %v", a.Body)
		}
		// Reopening the first puts the second back, whatever became of it.
		if a := r.patch(r.asAgent, second, `{"status":"in_progress"}`); a.Status != 200 {
			t.Fatalf("claim of the unblocked task: %d %v", a.Status, a.Body)
		}
		if a := r.patch(r.owner, first, `{"status":"in_progress"}`); a.Status != 200 {
			t.Fatalf("reopen: %d %v", a.Status, a.Body)
		}
		if a := r.Call(r.owner, "GET", r.path("?unassigned=true"), ""); a.At("items", 0, "id") != second || a.At("items", 0, "is_blocked") != true || a.At("items", 0, "status") != "inbox" {
			t.Errorf("the dependent after reopening: %v", a.Body)
		}
		if a := r.Call(r.asAgent, "GET", r.path("/", first, "/comments"), ""); a.At("total") != 1.0 || a.At("items", 0, "agent_id") != r.worker.ID.String() || a.At("items", 0, "user_id") != nil {
			t.Errorf("comments: %v", a.Body)
		}
	})
}

func TestRefusedChangeLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.Write(func(ctx context.Context, tx *store.Tx) error {
			r.board.RequireReviewBeforeDone = true
			return tx.UpdateBoard(ctx, r.board)
		})
		first, second := r.create(t, `{"title":"A"}`), r.create(t, `{"title":"B"}`)
		before := r.Call(r.owner, "GET", r.path(), "").Body
		for name, tc := range map[string]struct {
			body   string
			status int
		}{
			"gate":            {`{"title":"X","depends_on_task_ids":[],"status":"done"}`, 409},
			"unknown tag":     {fmt.Sprintf(`{"title":"X","depends_on_task_ids":[%q],"tag_ids":[%q]}`, second, mc.NewID()), 404},
			"unknown task":    {fmt.Sprintf(`{"title":"X","depends_on_task_ids":[%q]}`, mc.NewID()), 404},
			"itself":          {fmt.Sprintf(`{"title":"X","depends_on_task_ids":[%q]}`, first), 422},
			"unknown agent":   {fmt.Sprintf(`{"title":"X","assigned_agent_id":%q}`, mc.NewID()), 404},
			"unknown field":   {`{"title":"X","custom_field_values":{"sprint":1}}`, 422},
			"null title":      {`{"title":null}`, 422},
			"null status":     {`{"title":"X","status":null}`, 422},
			"unknown status":  {`{"title":"X","status":"later"}`, 422},
			"NUL in the text": {`{"title":"a\u0000b"}`, 422},
		} {
			if a := r.patch(r.owner, first, tc.body); a.Status != tc.status {
				t.Errorf("%s: %d %v, want %d", name, a.Status, a.Body, tc.status)
			}
		}
		if after := r.Call(r.owner, "GET", r.path(), "").Body; fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("something changed:\n%v\n%v", before, after)
		}
	})
}

func TestTwoWorkersCannotClaimOneTask(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		_, otherToken := r.Agent("Wanda", &r.board, nil)
		task := r.create(t, `{"title":"One"}`)
		var mu sync.Mutex
		statuses := map[int]int{}
		var wg sync.WaitGroup
		for _, as := range []apitest.Caller{r.asAgent, apitest.AsAgent(otherToken)} {
			wg.Go(func() {
				a := r.patch(as, task, `{"status":"in_progress"}`)
				mu.Lock()
				statuses[a.Status]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if statuses[200] != 1 || statuses[403] != 1 {
			t.Errorf("answers: %v, want one 200 and one 403", statuses)
		}
	})
}

func TestConcurrentEditsCannotCloseACycle(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		a, b := r.create(t, `{"title":"A"}`), r.create(t, `{"title":"B"}`)
		var wg sync.WaitGroup
		var statuses sync.Map
		for from, to := range map[string]string{a: b, b: a} {
			wg.Go(func() {
				statuses.Store(from, r.patch(r.owner, from, fmt.Sprintf(`{"depends_on_task_ids":[%q]}`, to)).Status)
			})
		}
		wg.Wait()
		first, _ := statuses.Load(a)
		second, _ := statuses.Load(b)
		if got := []int{first.(int), second.(int)}; !slices.Contains(got, 200) || !slices.Contains(got, 409) {
			t.Errorf("answers: %v, want one 200 and one 409", got)
		}
	})
}

func TestOrderOfDependenciesIsKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		var ids []string
		for i := range 12 {
			ids = append(ids, r.create(t, fmt.Sprintf(`{"title":"T%d"}`, i)))
		}
		slices.Reverse(ids)
		a := r.Call(r.owner, "POST", r.path(), fmt.Sprintf(`{"title":"Last","depends_on_task_ids":["%s"]}`, strings.Join(append(ids, ids[0]), `","`)))
		for i, want := range ids {
			if a.At("depends_on_task_ids", i) != want {
				t.Fatalf("position %d: %v, want %s", i, a.At("depends_on_task_ids", i), want)
			}
		}
	})
}

func TestStreamPushesAndResumes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		s := r.Open(r.owner, r.path("/stream"), nil)
		task := r.create(t, `{"title":"Live"}`)
		created := s.Next()
		if created.Event != "task" || created.Data["type"] != "task.created" || created.Data["task"].(map[string]any)["id"] != task {
			t.Errorf("first frame: %+v", created)
		}
		if made := r.Call(r.owner, "POST", r.path("/", task, "/comments"), `{"message":"Hello"}`); made.At("user_id") != r.Owner.ID.String() {
			t.Errorf("the comment of a person: %v", made.Body)
		}
		comment := s.Next()
		if comment.Data["type"] != "task.comment" || comment.Data["comment"].(map[string]any)["message"] != "Hello" || comment.Data["task"] != nil {
			t.Errorf("second frame: %+v", comment)
		}
		s.Close()
		r.patch(r.owner, task, `{"title":"While away"}`)
		resumed := r.Open(r.owner, r.path("/stream"), http.Header{"Last-Event-ID": {created.ID}})
		if again := resumed.Next(); again.ID != comment.ID {
			t.Errorf("resumed with %+v, want the comment %s", again, comment.ID)
		}
		if missed := resumed.Next(); missed.Data["type"] != "task.updated" || missed.Data["task"].(map[string]any)["title"] != "While away" {
			t.Errorf("missed while away: %+v", missed)
		}
		past := r.Open(r.owner, r.path("/stream?since=2020-01-01T00:00:00Z"), nil)
		if first := past.Next(); first.ID != created.ID {
			t.Errorf("since long ago begins with %+v", first)
		}
	})
}

func TestNoticesReachAgentsInOrderOnceTheGatewayIsBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		gateway := openclawtest.Start(t)
		r := newRoomWith(t, st, func(w *apitest.World) *mc.Gateway { g := w.Gateway(gateway.URL); return &g })
		gateway.Close("chat.send", 1, websocket.StatusServiceRestart, "service restart") // the first try meets a restart
		workers := jobs.NewWorkers()
		r.sender.RegisterJobs(workers)
		runner, err := jobs.Start(t.Context(), st, workers, slog.New(slog.DiscardHandler), func(string, time.Duration, error) {})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := runner.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}()
		first := r.create(t, `{"title":"First"}`)
		r.create(t, `{"title":"Second"}`)
		toLead := waitForMessages(t, gateway, mc.SessionKeyOf(r.lead), 2)
		if !strings.HasPrefix(toLead[0], "NEW TASK ADDED\nBoard: Alpha\nTask: First\n") || !strings.Contains(toLead[1], "Task: Second") {
			t.Errorf("to the lead: %q", toLead)
		}
		r.patch(r.owner, first, fmt.Sprintf(`{"assigned_agent_id":%q}`, r.worker.ID))
		if got := waitForMessages(t, gateway, mc.SessionKeyOf(r.worker), 1); !strings.HasPrefix(got[0], "TASK ASSIGNED\n") {
			t.Errorf("to the worker: %q", got)
		}
		r.eventually(t, "task.lead_notified", 2)
		r.eventually(t, "task.lead_notify_failed", 1)
		r.eventually(t, "task.assignee_notified", 1)
	})
}

func waitForMessages(t *testing.T, g *openclawtest.Gateway, key string, n int) []string {
	t.Helper()
	g.Wait(fmt.Sprintf("%d messages for %s", n, key), func() bool { return len(g.Messages(key)) >= n })
	var texts []string
	for _, m := range g.Messages(key) {
		texts = append(texts, m.Text)
	}
	return texts
}

// eventually waits for a number of activity events of a type.
func (r *room) eventually(t *testing.T, kind mc.EventType, want int) {
	t.Helper()
	var got int
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		changes, err := r.Store.ChangesAfter(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		got = 0
		for _, c := range changes {
			if c.Detail == string(kind) {
				got++
			}
		}
		if got == want {
			return
		}
	}
	t.Errorf("%d events %s, want %d", got, kind, want)
}

func TestDeleteTakesCommentsAndDependencies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		first := r.create(t, `{"title":"A"}`)
		second := r.create(t, fmt.Sprintf(`{"title":"B","depends_on_task_ids":[%q]}`, first))
		r.Call(r.owner, "POST", r.path("/", first, "/comments"), `{"message":"gone soon"}`)
		if a := r.Call(r.asAgent, "DELETE", r.path("/", first), ""); a.Status != 401 {
			t.Errorf("an agent on the people's route: %d", a.Status)
		}
		if a := r.Call(r.owner, "DELETE", r.path("/", first), ""); a.Status != 200 || a.At("ok") != true {
			t.Errorf("delete: %d %v", a.Status, a.Body)
		}
		if a := r.Call(r.owner, "DELETE", r.path("/", first), ""); a.Status != 404 {
			t.Errorf("again: %d", a.Status)
		}
		if a := r.Call(r.owner, "GET", r.path(), ""); a.At("items", 0, "id") != second || a.At("items", 0, "is_blocked") != false || len(a.At("items", 0, "depends_on_task_ids").([]any)) != 0 {
			t.Errorf("the dependent: %v", a.Body)
		}
	})
}

func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		task := r.create(t, `{"title":"A"}`)
		nobody := mc.NewID().String()
		for _, tc := range []struct {
			name, method, path, body string
			as                       apitest.Caller
			status                   int
			detail                   any
		}{
			{"broken JSON beats credentials", "PATCH", r.path("/", task), `{"a`, apitest.AsNobody, 422, `["body",1]`},
			{"credentials beat fields", "PATCH", r.path("/", task), `{"status":5}`, apitest.AsNobody, 401, "Unauthorized"},
			{"board beats fields", "GET", "/api/v1/boards/" + nobody + "/tasks?limit=0", "", r.owner, 404, "Not Found"},
			{"odd board id", "GET", "/api/v1/boards/xyz/tasks", "", r.owner, 404, "Not Found"},
			{"odd task id with a bad body", "PATCH", r.path("/xyz"), `{"status":5}`, r.owner, 422, `["path","task_id"] ["body","status"]`},
			{"unknown task beats fields", "PATCH", r.path("/", nobody), `{"status":5}`, r.owner, 404, "Not Found"},
			{"limits", "GET", r.path("?limit=0&offset=-1"), "", r.owner, 422, `["query","limit"] ["query","offset"]`},
			{"status filter", "GET", r.path("?status=Inbox"), "", r.owner, 422, "Unsupported task status filter."},
		} {
			a := r.Call(tc.as, tc.method, tc.path, tc.body)
			if a.Status != tc.status || a.Detail() != tc.detail {
				t.Errorf("%s: %d %v, want %d %v", tc.name, a.Status, a.Detail(), tc.status, tc.detail)
			}
		}
	})
}
