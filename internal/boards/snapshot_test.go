package boards_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board, other := w.Board("Alpha", nil), w.Board("Other", nil)
		ada, token := w.Agent("Ada", &board, nil)
		foreign, _ := w.Agent("Foreign", &other, nil)
		one, two, three := w.Task(board, "One"), w.Task(board, "Two"), w.Task(board, "Three")
		w.Task(other, "Elsewhere")
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			one.AssignedAgentID, two.AssignedAgentID = &ada.ID, &foreign.ID
			three.Status = mc.StatusDone
			for _, task := range []mc.Task{one, two, three} {
				if err := tx.UpdateTask(ctx, task); err != nil {
					return err
				}
			}
			tag := mc.Tag{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: "Urgent", Slug: "urgent", Color: "ff0000", CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
			if err := tx.InsertTag(ctx, tag); err != nil {
				return err
			}
			if err := tx.ReplaceTags(ctx, one.ID, []mc.ID{tag.ID}); err != nil {
				return err
			}
			return tx.ReplaceDependencies(ctx, board.ID, two.ID, []mc.ID{three.ID, one.ID})
		})
		pending := w.approval(board, mc.ApprovalPending, two.ID, one.ID)
		decided := w.approval(board, mc.ApprovalRejected, two.ID)
		w.approval(other, mc.ApprovalPending)
		for _, text := range []string{"first", "second"} {
			w.say(board, text, true)
		}
		w.say(board, "a note", false)

		at := path + "/" + board.ID.String() + "/snapshot"
		got := w.owner("GET", at, "")
		if got.Status != 200 || got.At("board", "name") != "Alpha" || got.At("pending_approvals_count") != 1.0 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		for about, tc := range map[string]struct{ got, want []any }{
			"tasks":              {list(got, "title", "tasks"), []any{"Three", "Two", "One"}},
			"assignees":          {list(got, "assignee", "tasks"), []any{nil, nil, "Ada"}},
			"approvals of them":  {list(got, "approvals_count", "tasks"), []any{0.0, 2.0, 1.0}},
			"pending ones":       {list(got, "approvals_pending_count", "tasks"), []any{0.0, 1.0, 1.0}},
			"blocked":            {list(got, "is_blocked", "tasks"), []any{false, true, false}},
			"dependencies":       {list(got, "depends_on_task_ids", "tasks"), []any{[]any{}, []any{three.ID.String(), one.ID.String()}, []any{}}},
			"what they wait for": {list(got, "blocked_by_task_ids", "tasks"), []any{[]any{}, []any{one.ID.String()}, []any{}}},
			"custom fields":      {list(got, "custom_field_values", "tasks"), []any{map[string]any{}, map[string]any{}, map[string]any{}}},
			"tags of the last":   {list(got, "slug", "tasks", 2, "tags"), []any{"urgent"}},
			"agents":             {list(got, "id", "agents"), []any{ada.ID.String()}},
			"approvals":          {list(got, "id", "approvals"), []any{decided.ID.String(), pending.ID.String()}},
			"titles":             {list(got, "task_titles", "approvals"), []any{[]any{"Two"}, []any{"Two", "One"}}},
			"chat":               {list(got, "content", "chat_messages"), []any{"first", "second"}},
		} {
			if diff := cmp.Diff(tc.want, tc.got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", about, diff)
			}
		}
		for about, tc := range map[string]struct {
			as     apitest.Caller
			status int
		}{
			"an agent of the board":   {apitest.AsAgent(token), 200},
			"a member without access": {apitest.As(w.Member(mc.RoleMember, false, false)), 403},
			"a reader":                {apitest.As(w.Member(mc.RoleMember, true, false)), 200},
			"nobody":                  {apitest.AsNobody, 401},
		} {
			if got := w.Call(tc.as, "GET", at, ""); got.Status != tc.status {
				t.Errorf("%s: %d %v", about, got.Status, got.Body)
			}
		}
		for _, unknown := range []string{mc.NewID().String(), "nope"} {
			if got := w.owner("GET", path+"/"+unknown+"/snapshot", ""); got.Status != 404 {
				t.Errorf("%s: %d", unknown, got.Status)
			}
		}
	})
}

// The newest 200 approvals and chat messages are shown, all pending ones counted.
func TestSnapshotShowsTheNewest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for i := range 203 {
				a := mc.Approval{ID: mc.NewID(), BoardID: board.ID, ActionType: fmt.Sprint(i), Status: mc.ApprovalPending, CreatedAt: tx.Tick(), UpdatedAt: tx.Now()}
				if err := tx.InsertApproval(ctx, a, nil); err != nil {
					return err
				}
				entry := mc.MemoryEntry{ID: mc.NewID(), Content: fmt.Sprint(i), IsChat: true, CreatedAt: a.CreatedAt}
				if err := tx.InsertBoardMemory(ctx, mc.BoardMemory{BoardID: board.ID, MemoryEntry: entry}); err != nil {
					return err
				}
			}
			return nil
		})
		got := w.owner("GET", path+"/"+board.ID.String()+"/snapshot", "")
		approvals, chat := list(got, "action_type", "approvals"), list(got, "content", "chat_messages")
		if len(approvals) != 200 || approvals[0] != "202" || approvals[199] != "3" || len(chat) != 200 || chat[0] != "3" || chat[199] != "202" || got.At("pending_approvals_count") != 203.0 {
			t.Errorf("%d approvals %v, %d messages %v, %v pending", len(approvals), approvals, len(chat), chat, got.At("pending_approvals_count"))
		}
	})
}

// A client that has the snapshot is told so, until something of it is different.
func TestSnapshotIsNotRepeated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		ada, _ := w.Agent("Ada", &board, nil)
		task := w.Task(board, "One")
		tag := mc.Tag{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: "Old", Slug: "old", Color: "ff0000"}
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.InsertTag(ctx, tag); err != nil {
				return err
			}
			return tx.ReplaceTags(ctx, task.ID, []mc.ID{tag.ID})
		})
		get := func(known string) *httptest.ResponseRecorder {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"/"+board.ID.String()+"/snapshot", nil)
			apitest.As(w.Owner)(req)
			if known != "" {
				req.Header.Set("If-None-Match", known)
			}
			rec := httptest.NewRecorder()
			w.Router().ServeHTTP(rec, req)
			return rec
		}
		tagOf := get("").Header().Get("ETag")
		for _, step := range []struct {
			about  string
			change func(ctx context.Context, tx *store.Tx) error
		}{
			{"a name of a tag", func(ctx context.Context, tx *store.Tx) error {
				tag.Name = "New"
				return tx.UpdateTag(ctx, tag)
			}},
			{"an agent that fell silent", func(ctx context.Context, tx *store.Tx) error {
				ada.LastSeenAt = mc.Ref(tx.Now().Add(-time.Hour))
				return tx.UpdateAgent(ctx, ada)
			}},
			{"a task", func(ctx context.Context, tx *store.Tx) error { return tx.DeleteTask(ctx, task.ID) }},
			{"the board", func(ctx context.Context, tx *store.Tx) error {
				board.Name = "Beta"
				return tx.UpdateBoard(ctx, board)
			}},
		} {
			same := get(tagOf)
			if same.Code != http.StatusNotModified || same.Body.Len() != 0 || same.Header().Get("ETag") != tagOf {
				t.Errorf("before %s: %d %s", step.about, same.Code, same.Body)
			}
			w.Write(step.change)
			different := get(tagOf)
			if different.Code != http.StatusOK || different.Header().Get("ETag") == tagOf || different.Header().Get("Cache-Control") != "private, no-cache" {
				t.Errorf("after %s: %d with %v", step.about, different.Code, different.Header())
			}
			tagOf = different.Header().Get("ETag")
		}
	})
}

func TestSummary(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		busy, idle := w.Board("busy", nil), w.Board("Idle", nil)
		lead, _ := w.Agent("Lea", &busy, func(a *mc.Agent) { a.IsBoardLead, a.LastSeenAt = true, mc.Ref(mc.SystemClock()) })
		w.Agent("Ada", &busy, nil)
		done := w.Task(busy, "One")
		w.Task(busy, "Two")
		w.Task(busy, "Three")
		var event mc.ActivityEvent
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			done.Status = mc.StatusDone
			tx.Record(mc.ActivityEvent{Type: mc.EventTaskCreated, BoardID: &busy.ID})
			event = tx.Record(mc.ActivityEvent{Type: mc.EventTaskUpdated, BoardID: &busy.ID})
			return tx.UpdateTask(ctx, done)
		})
		w.approval(busy, mc.ApprovalPending)
		w.approval(busy, mc.ApprovalPending)
		w.approval(busy, mc.ApprovalApproved)
		got := w.owner("GET", path+"/summary", "")
		want := map[string]any{
			"total": 2.0, "limit": 200.0, "offset": 0.0,
			"items": []any{
				map[string]any{
					"board_id": busy.ID.String(), "name": "busy", "board_group_id": nil, "task_counts": map[string]any{"inbox": 2.0, "done": 1.0}, "pending_approvals_count": 2.0,
					"lead": map[string]any{"id": lead.ID.String(), "name": "Lea", "status": "online"}, "last_activity_at": event.CreatedAt.String(),
				},
				map[string]any{
					"board_id": idle.ID.String(), "name": "Idle", "board_group_id": nil, "task_counts": map[string]any{}, "pending_approvals_count": 0.0,
					"lead": nil, "last_activity_at": nil,
				},
			},
		}
		if diff := cmp.Diff(any(want), got.Body); diff != "" || got.Status != 200 {
			t.Errorf("%d (-want +got):\n%s", got.Status, diff)
		}
		reader := w.Member(mc.RoleMember, false, false)
		w.Grant(reader, idle, false)
		_, stranger := w.NewOrganization("Elsewhere")
		for about, tc := range map[string]struct {
			as   apitest.Caller
			sees []any
		}{"a reader of one": {apitest.As(reader), []any{"Idle"}}, "another organization": {apitest.As(stranger), nil}} {
			if diff := cmp.Diff(tc.sees, list(w.Call(tc.as, "GET", path+"/summary", ""), "name", "items")); diff != "" {
				t.Errorf("%s:\n%s", about, diff)
			}
		}
		if page := w.owner("GET", path+"/summary?limit=1&offset=1", ""); len(list(page, "name", "items")) != 1 || page.At("items", 0, "name") != "Idle" || page.At("total") != 2.0 {
			t.Errorf("a page: %v", page.Body)
		}
	})
}

// The number of queries does not depend on what there is to show.
func TestSnapshotAndSummaryTakeTheSameQueries(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.New, "postgres": storetest.NewPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked storetest.Statements
			w := newWorld(t, open(t, asked.Count))
			board := w.Board("Alpha", nil)
			fill := func(n int) {
				for i := range n {
					task := w.Task(board, fmt.Sprint("Task ", i))
					w.approval(board, mc.ApprovalPending, task.ID)
					w.say(board, "hello", true)
					w.Agent(fmt.Sprint("Agent ", i), &board, nil)
					b := w.Board(fmt.Sprint("Board ", i), nil)
					w.Task(b, "Its own")
				}
			}
			count := func() [2]int64 {
				var counts [2]int64
				for i, at := range []string{"/" + board.ID.String() + "/snapshot", "/summary"} {
					counts[i] = asked.During(func() {
						if got := w.owner("GET", path+at, ""); got.Status != 200 {
							t.Fatalf("%s: %d %v", at, got.Status, got.Body)
						}
					})
				}
				return counts
			}
			fill(1)
			one := count()
			fill(49)
			if fifty := count(); one != fifty {
				t.Errorf("%v queries with one of each, %v with fifty", one, fifty)
			}
		})
	}
}
