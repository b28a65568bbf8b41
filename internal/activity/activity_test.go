package activity_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/activity"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	w.Serve(activity.New(st, w.Broker))
	return w
}

func record(w *apitest.World, events ...mc.ActivityEvent) {
	w.Write(func(_ context.Context, tx *store.Tx) error {
		for _, e := range events {
			tx.Record(e)
		}
		return nil
	})
}

func event(kind mc.EventType, board *mc.Board, task *mc.Task, text string) mc.ActivityEvent {
	e := mc.ActivityEvent{Type: kind, Message: &text}
	if board != nil {
		e.BoardID = &board.ID
	}
	if task != nil {
		e.TaskID = &task.ID
	}
	return e
}

// column picks one key of every item of a page.
func column(a apitest.Answer, key string) (values []any) {
	items, _ := a.At("items").([]any)
	for i := range items {
		values = append(values, a.At("items", i, key))
	}
	return values
}

func TestFeedShowsReadableBoardsNewestFirst(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		open, closed := w.Board("Open", nil), w.Board("Closed", nil)
		otherOrg, _ := w.NewOrganization("Other")
		foreign := w.BoardOf(otherOrg, "Foreign", nil)
		task := w.Task(open, "Alpha")
		record(w,
			event(mc.EventTaskCreated, &open, &task, "one"), event(mc.EventTaskComment, &open, &task, "two"), event(mc.EventTaskUpdated, nil, &task, "three"),
			event("board.lead_notified", &closed, nil, "four"), event(mc.EventAgentHeartbeat, nil, nil, "nobody's"), event(mc.EventTaskCreated, &foreign, nil, "foreign"))

		all := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity", "")
		if diff := cmp.Diff([]any{"four", "three", "two", "one"}, column(all, "message")); diff != "" {
			t.Errorf("the owner sees (-want +got):\n%s", diff)
		}
		if all.At("total") != 4.0 || all.At("items", 1, "board_id") != open.ID.String() {
			t.Errorf("total %v, board of an event that only has a task %v", all.At("total"), all.At("items", 1, "board_id"))
		}
		page := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity?limit=2&offset=1", "")
		if diff := cmp.Diff([]any{"three", "two"}, column(page, "message")); diff != "" || page.At("total") != 4.0 {
			t.Errorf("a page (-want +got):\n%s", diff)
		}
		member := w.Member(mc.RoleMember, false, false)
		if none := w.Call(apitest.As(member), "GET", "/api/v1/activity", ""); none.At("total") != 0.0 {
			t.Errorf("a member without boards sees %v", none.Body)
		}
		w.Grant(member, open, false)
		some := w.Call(apitest.As(member), "GET", "/api/v1/activity", "")
		if diff := cmp.Diff([]any{"three", "two", "one"}, column(some, "message")); diff != "" {
			t.Errorf("a member with one board sees (-want +got):\n%s", diff)
		}
	})
}

func TestFeedOfAnAgentIsItsOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Open", nil)
		agent, token := w.Agent("Wanda", &board, nil)
		mine := event(mc.EventAgentHeartbeat, nil, nil, "mine")
		mine.AgentID = &agent.ID
		record(w, mine, event(mc.EventTaskCreated, &board, nil, "another's"))
		got := w.Call(apitest.AsAgent(token), "GET", "/api/v1/activity", "")
		if diff := cmp.Diff([]any{"mine"}, column(got, "message")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got.At("items", 0, "route_name") != "activity" || got.At("items", 0, "route_params", "eventType") != "agent.heartbeat" {
			t.Errorf("route %v", got.At("items", 0))
		}
		if refused := w.Call(apitest.AsNobody, "GET", "/api/v1/activity", ""); refused.Status != 401 {
			t.Errorf("a stranger is answered %d", refused.Status)
		}
		if refused := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity?limit=0", ""); refused.Status != 422 || refused.Detail() != `["query","limit"]` {
			t.Errorf("limit 0 is answered %d %v", refused.Status, refused.Detail())
		}
	})
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Open", nil)
		task := w.Task(board, "Alpha")
		b, k := board.ID.String(), task.ID.String()
		cases := []struct {
			event  mc.ActivityEvent
			name   string
			params map[string]any
		}{
			{event(mc.EventTaskComment, &board, &task, "c"), "board", map[string]any{"boardId": b, "taskId": k, "commentId": "ID"}},
			{event(mc.EventTaskComment, &board, nil, "c"), "board", map[string]any{"boardId": b}},
			{event("approval.lead_notified", &board, &task, "a"), "board.approvals", map[string]any{"boardId": b}},
			{event(mc.EventBoardLeadNotified, &board, &task, "b"), "board", map[string]any{"boardId": b, "panel": "chat"}},
			{event(mc.EventTaskUpdated, &board, &task, "t"), "board", map[string]any{"boardId": b, "taskId": k}},
			{event(mc.EventAgentHeartbeat, &board, nil, "h"), "board", map[string]any{"boardId": b}},
		}
		for _, tc := range cases {
			record(w, tc.event)
			newest := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity?limit=1", "")
			if tc.params["commentId"] != nil {
				tc.params["commentId"] = newest.At("items", 0, "id")
			}
			if newest.At("items", 0, "route_name") != tc.name || !cmp.Equal(newest.At("items", 0, "route_params"), any(tc.params)) {
				t.Errorf("%s leads to %v %v", tc.event.Type, newest.At("items", 0, "route_name"), newest.At("items", 0, "route_params"))
			}
		}
	})
}

func TestCommentFeed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		one, two := w.Board("One", nil), w.Board("Two", nil)
		alpha, omega := w.Task(one, "Alpha"), w.Task(two, "Omega")
		agent, token := w.Agent("Wanda", &one, func(a *mc.Agent) { a.IdentityProfile = mc.JSON(`{"role":" Analyst "}`) })
		byAgent := event(mc.EventTaskComment, &one, &alpha, "By the agent")
		byAgent.AgentID = &agent.ID
		byUser := event(mc.EventTaskComment, &one, &alpha, "By the user")
		byUser.ActorUserID = &w.Owner.ID
		record(w, byUser, byAgent, event(mc.EventTaskComment, &one, &alpha, " \n"),
			event(mc.EventTaskCreated, &one, &alpha, "no comment"), event(mc.EventTaskComment, &two, &omega, "Elsewhere"))

		all := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity/task-comments", "")
		if diff := cmp.Diff([]any{"Elsewhere", "By the agent", "By the user"}, column(all, "message")); diff != "" || all.At("total") != 3.0 {
			t.Errorf("all boards (-want +got):\n%s", diff)
		}
		item := map[string]any{
			"id": all.At("items", 1, "id"), "created_at": all.At("items", 1, "created_at"), "message": "By the agent", "agent_id": agent.ID.String(), "agent_name": "Wanda",
			"agent_role": "Analyst", "user_id": nil, "user_name": nil, "task_id": alpha.ID.String(), "task_title": "Alpha", "board_id": one.ID.String(), "board_name": "One",
		}
		if diff := cmp.Diff(any(item), all.At("items", 1)); diff != "" {
			t.Errorf("an item (-want +got):\n%s", diff)
		}
		if all.At("items", 2, "user_id") != w.Owner.ID.String() || all.At("items", 2, "user_name") != "Acme owner" || all.At("items", 2, "agent_id") != nil {
			t.Errorf("the comment of a person: %v", all.At("items", 2))
		}
		if feed := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity?offset=4", ""); feed.At("items", 0, "user_id") != w.Owner.ID.String() {
			t.Errorf("the row of a person's comment: %v", feed.At("items", 0))
		}
		filtered := w.Call(apitest.As(w.Owner), "GET", "/api/v1/activity/task-comments?limit=1&board_id="+one.ID.String(), "")
		if diff := cmp.Diff([]any{"By the agent"}, column(filtered, "message")); diff != "" || filtered.At("total") != 2.0 {
			t.Errorf("one board (-want +got):\n%s", diff)
		}
		member := w.Member(mc.RoleMember, false, false)
		foreignOrg, _ := w.NewOrganization("Other")
		foreign := w.BoardOf(foreignOrg, "Foreign", nil)
		for name, tc := range map[string]struct {
			as     apitest.Caller
			query  string
			status int
		}{
			"no access": {apitest.As(member), "?board_id=" + one.ID.String(), 403}, "unknown board": {apitest.As(w.Owner), "?board_id=" + mc.NewID().String(), 403},
			"board of others": {apitest.As(w.Owner), "?board_id=" + foreign.ID.String(), 403}, "no id": {apitest.As(w.Owner), "?board_id=x", 422}, "agent": {apitest.AsAgent(token), "", 401},
		} {
			for _, path := range []string{"/api/v1/activity/task-comments", "/api/v1/activity/task-comments/stream"} {
				if got := w.Call(tc.as, "GET", path+tc.query, ""); got.Status != tc.status {
					t.Errorf("%s: %s answered %d %v", name, path, got.Status, got.Detail())
				}
			}
		}
		if empty := w.Call(apitest.As(member), "GET", "/api/v1/activity/task-comments", ""); empty.At("total") != 0.0 {
			t.Errorf("a member without boards sees %v", empty.Body)
		}
	})
}

func TestCommentStream(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		one, two := w.Board("One", nil), w.Board("Two", nil)
		alpha, omega := w.Task(one, "Alpha"), w.Task(two, "Omega")
		const path = "/api/v1/activity/task-comments/stream"
		comment := func(board *mc.Board, task *mc.Task, text string) {
			record(w, event(mc.EventTaskComment, board, task, text))
		}
		text := func(f apitest.Frame) any { return f.Data["comment"].(map[string]any)["message"] }
		comment(&one, &alpha, "before")

		all := w.Open(apitest.As(w.Owner), path, nil)
		filtered := w.Open(apitest.As(w.Owner), path+"?since=2020-01-01T00:00:00Z&board_id="+one.ID.String(), nil)
		future := w.Open(apitest.As(w.Owner), path+"?since="+mc.SystemClock().Add(time.Hour).String(), nil)
		if first := filtered.Next(); text(first) != "before" || first.Event != "comment" {
			t.Errorf("the backlog begins with %+v", first)
		}
		record(w, event(mc.EventTaskUpdated, &one, &alpha, "no comment"))
		comment(&two, &omega, "elsewhere")
		comment(&one, &alpha, "here")
		first := all.Next()
		if text(first) != "elsewhere" || text(all.Next()) != "here" || text(filtered.Next()) != "here" {
			t.Error("live comments came wrong or in a wrong order")
		}
		resumed := w.Open(apitest.As(w.Owner), path, map[string][]string{"Last-Event-Id": {first.ID}})
		if again := resumed.Next(); text(again) != "here" {
			t.Errorf("resumed with %+v", again)
		}
		for name, s := range map[string]*apitest.Stream{"all": all, "filtered": filtered, "future": future, "resumed": resumed} {
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("%s: too much was sent: %+v", name, rest)
			}
		}
	})
}
