package livestream_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/activity"
	"missioncontrol/internal/agents"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/approvals"
	"missioncontrol/internal/boards"
	"missioncontrol/internal/livestream"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/memory"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/orgs"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/tags"
	"missioncontrol/internal/tasks"
)

const path = "/api/v1/stream"

// newWorld serves every feature that shows something.
func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	sender := notify.New(st, apitest.GatewayClient(t), nil)
	taskFeature, activityFeature, agentFeature := tasks.New(st, w.Broker, sender), activity.New(st, w.Broker), agents.New(st, w.Broker, nil, mc.SystemClock)
	boardFeature, tagFeature, orgFeature := boards.New(st, nil, sender, mc.SystemClock), tags.New(st), orgs.New(st, nil, 0)
	approvalFeature, memoryFeature := approvals.New(st, w.Broker, sender), memory.New(st, w.Broker, sender, "http://localhost")
	w.Serve(taskFeature, activityFeature, agentFeature, boardFeature, tagFeature, orgFeature, approvalFeature, memoryFeature,
		livestream.New(st, w.Broker, mc.SystemClock, slices.Concat(taskFeature.Shows(), approvalFeature.Shows(), memoryFeature.Shows(), activityFeature.Shows(),
			agentFeature.Shows(), boardFeature.Shows(), tagFeature.Shows(), sender.Shows(), orgFeature.Shows())...))
	return w
}

// each runs a test in a world on every engine.
func each(t *testing.T, test func(t *testing.T, w *apitest.World)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) { test(t, newWorld(t, st)) })
}

func do(t *testing.T, w *apitest.World, as apitest.Caller, method, path, body string) apitest.Answer {
	t.Helper()
	got := w.Call(as, method, path, body)
	if got.Status != http.StatusOK {
		t.Fatalf("%s %s is answered %d %v", method, path, got.Status, got.Body)
	}
	return got
}

// events reads frames until one fits and returns the names of all of them.
func events(s *apitest.Stream, n int) (names []string) {
	for range n {
		names = append(names, s.Next().Event)
	}
	return names
}

func announce(w *apitest.World, kind string, scope, entity mc.ID) {
	w.Write(func(_ context.Context, tx *store.Tx) error {
		tx.Announce(kind, scope, entity)
		return nil
	})
}

func TestEverythingThatHappens(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		owner := apitest.As(w.Owner)
		s := w.Open(owner, path, nil)
		data := map[string]map[string]any{}
		hear := func(want ...string) {
			t.Helper()
			for _, name := range want {
				f := s.Next()
				if f.Event != name || f.ID == "" || f.ID == "0" {
					t.Errorf("got %+v, want %s", f, name)
				}
				if data[f.Event] == nil {
					data[f.Event] = f.Data
				}
			}
		}
		board := do(t, w, owner, "POST", "/api/v1/boards", `{"name":"Alpha","slug":"alpha","description":"d","runtime":"external"}`).At("id").(string)
		hear("board")
		at := "/api/v1/boards/" + board
		task := do(t, w, owner, "POST", at+"/tasks", `{"title":"One"}`).At("id").(string)
		hear("task", "activity")
		do(t, w, owner, "POST", at+"/tasks/"+task+"/comments", `{"message":"Hello"}`)
		hear("task", "comment", "activity")
		agent := do(t, w, owner, "POST", "/api/v1/agents", `{"name":"Ada","board_id":"`+board+`"}`).At("id").(string)
		hear("agent")
		tag := do(t, w, owner, "POST", "/api/v1/tags", `{"name":"Urgent"}`).At("id").(string)
		hear("tag")
		do(t, w, owner, "DELETE", "/api/v1/tags/"+tag, "")
		if gone := s.Next(); gone.Event != "tag" || gone.Data["tag"] != nil || gone.Data["tag_id"] != tag {
			t.Errorf("a deleted tag: %+v", gone)
		}
		do(t, w, owner, "DELETE", at+"/tasks/"+task, "")
		hear("task.deleted")
		do(t, w, owner, "DELETE", "/api/v1/agents/"+agent, "")
		hear("activity", "agent.deleted")
		do(t, w, owner, "POST", at+"/memory", `{"content":"Mondays are quiet"}`)
		hear("memory")
		do(t, w, owner, "POST", at+"/approvals", `{"action_type":"deploy","confidence":90,"lead_reasoning":"Tests are green."}`)
		hear("approval")
		do(t, w, owner, "POST", "/api/v1/organizations/me/invites", `{"invited_email":"ann@example.com"}`)
		hear("org")
		do(t, w, owner, "DELETE", at, "")
		hear("board.deleted")
		for event, keys := range map[string][]string{
			"board": {"board", "board_id"}, "task": {"type", "activity", "task", "board_id"}, "comment": {"comment", "board_id"}, "activity": {"activity", "board_id"},
			"agent": {"agent", "board_id"}, "tag": {"tag_id", "tag"}, "task.deleted": {"task_id", "board_id"}, "agent.deleted": {"agent_id", "board_id"},
			"org": {"organization_id"}, "memory": {"memory", "board_id"}, "approval": {"approval", "pending_approvals_count", "board_id"}, "board.deleted": {"board_id"},
		} {
			for _, key := range keys {
				if data[event][key] == nil {
					t.Errorf("%s has no %s: %v", event, key, data[event])
				}
			}
			if id, ok := data[event]["board_id"]; ok && id != board {
				t.Errorf("%s is about %v", event, id)
			}
			if len(data[event]) != len(keys) {
				t.Errorf("%s is %v", event, data[event])
			}
		}
		if rest := s.Close(); len(rest) > 0 {
			t.Errorf("and then %+v", rest)
		}
	})
}

func TestFramesOfOneChangeHaveOneID(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		board := w.Board("Alpha", nil)
		task := w.Task(board, "One")
		s := w.Open(apitest.As(w.Owner), path, nil)
		do(t, w, apitest.As(w.Owner), "POST", "/api/v1/boards/"+board.ID.String()+"/tasks/"+task.ID.String()+"/comments", `{"message":"Hello"}`)
		one, two, three := s.Next(), s.Next(), s.Next()
		if one.Event != "task" || two.Event != "comment" || three.Event != "activity" || one.ID != two.ID || two.ID != three.ID {
			t.Errorf("got %s %s, %s %s, %s %s", one.Event, one.ID, two.Event, two.ID, three.Event, three.ID)
		}
		if one.Data["type"] != "task.comment" || one.Data["comment"].(map[string]any)["message"] != "Hello" {
			t.Errorf("got %v", one.Data)
		}
	})
}

func TestOnlyWhatTheMemberMayRead(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		open, closed := w.Board("Open", nil), w.Board("Closed", nil)
		otherOrg, otherOwner := w.NewOrganization("Other")
		foreign := w.BoardOf(otherOrg, "Foreign", nil)
		member, admin := w.Member(mc.RoleMember, false, false), w.Member(mc.RoleAdmin, true, false)
		w.Grant(member, open, false)
		mine, all, theirs := w.Open(apitest.As(member), path, nil), w.Open(apitest.As(admin), path, nil), w.Open(apitest.As(otherOwner), path, nil)

		for _, b := range []mc.Board{foreign, closed, open} {
			w.Agent("Ada", &b, nil)
			announce(w, store.KindTaskDeleted, b.ID, b.ID) // stands for the task of this number
		}
		w.Board("New", nil)
		announce(w, store.KindOrganization, w.Organization.ID, w.Organization.ID)
		announce(w, store.KindOrganization, otherOrg.ID, otherOrg.ID)

		about := func(s *apitest.Stream, n int) (seen []string) {
			for range n {
				f := s.Next()
				name := map[any]string{open.ID.String(): "open", closed.ID.String(): "closed", foreign.ID.String(): "foreign", nil: "-"}[f.Data["board_id"]]
				seen = append(seen, f.Event+" "+name)
			}
			return seen
		}
		for name, tc := range map[string]struct {
			s    *apitest.Stream
			want []string
		}{
			"a member with one board": {mine, []string{"task.deleted open", "org -"}},
			"an admin":                {all, []string{"agent closed", "task.deleted closed", "agent open", "task.deleted open", "board ", "org -"}},
			"an owner elsewhere":      {theirs, []string{"agent foreign", "task.deleted foreign", "org -"}},
		} {
			if diff := cmp.Diff(tc.want, about(tc.s, len(tc.want))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if rest := tc.s.Close(); len(rest) > 0 {
				t.Errorf("%s also sees %+v", name, rest)
			}
		}
	})
}

func TestGroupMemory(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		inGroup := w.Board("In", nil)
		group, empty := w.BoardGroup("Group", &inGroup), w.BoardGroup("Empty")
		reader, nobody := w.Member(mc.RoleMember, false, false), w.Member(mc.RoleMember, false, false)
		w.Grant(reader, inGroup, false)
		_, stranger := w.NewOrganization("Other")
		var streams []*apitest.Stream
		for _, u := range []mc.User{w.Owner, reader, nobody, stranger} {
			streams = append(streams, w.Open(apitest.As(u), path+"?topics=memory,org", nil))
		}
		remember := func(g mc.BoardGroup) {
			do(t, w, apitest.As(w.Owner), "POST", "/api/v1/board-groups/"+g.ID.String()+"/memory", `{"content":"Mondays are quiet"}`)
		}
		remember(empty)
		remember(group)
		for i, want := range [][]mc.ID{{empty.ID, group.ID}, {group.ID}} {
			for _, id := range want {
				if f := streams[i].Next(); f.Event != "memory" || f.Data["board_group_id"] != id.String() || f.Data["memory"] == nil {
					t.Errorf("stream %d: got %+v, want the group %s", i, f, id)
				}
			}
		}
		w.Write(func(ctx context.Context, tx *store.Tx) error { // it leaves the group, and nobody but the owner reads it then
			inGroup.BoardGroupID = nil
			return tx.UpdateBoard(ctx, inGroup)
		})
		remember(group)
		if f := streams[0].Next(); f.Data["board_group_id"] != group.ID.String() {
			t.Errorf("the owner: %+v", f)
		}
		for i, s := range streams {
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("stream %d also sees %+v", i, rest)
			}
		}
	})
}

func TestTopicsAndBoardNarrow(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		one, two := w.Board("One", nil), w.Board("Two", nil)
		owner := apitest.As(w.Owner)
		some := w.Open(owner, path+"?topics=task.deleted,%20tag", nil)
		narrow := w.Open(owner, path+"?board_id="+one.ID.String(), nil)
		do(t, w, owner, "POST", "/api/v1/tags", `{"name":"Urgent"}`)
		for _, b := range []mc.Board{two, one} {
			announce(w, store.KindBoard, b.ID, b.ID)
			announce(w, store.KindTaskDeleted, b.ID, mc.NewID())
		}
		if got := events(some, 3); !slices.Equal(got, []string{"tag", "task.deleted", "task.deleted"}) {
			t.Errorf("chosen topics: %v", got)
		}
		if got := events(narrow, 2); !slices.Equal(got, []string{"board", "task.deleted"}) {
			t.Errorf("one board: %v", got)
		}
		do(t, w, owner, "DELETE", "/api/v1/boards/"+two.ID.String(), "")
		do(t, w, owner, "DELETE", "/api/v1/boards/"+one.ID.String(), "")
		if got := narrow.Next(); got.Event != "board.deleted" || got.Data["board_id"] != one.ID.String() {
			t.Errorf("the last word is %+v", got)
		}
		narrow.Ends()
		if rest := some.Close(); len(rest) > 0 {
			t.Errorf("chosen topics also got %+v", rest)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		board := w.Board("Open", nil)
		_, token := w.Agent("Ada", &board, nil)
		member := apitest.As(w.Member(mc.RoleMember, false, false))
		for name, tc := range map[string]struct {
			as     apitest.Caller
			query  string
			status int
			detail any
		}{
			"nobody":          {apitest.AsNobody, "", 401, "Unauthorized"},
			"agent":           {apitest.AsAgent(token), "", 401, "Unauthorized"},
			"unknown topic":   {member, "?topics=task,nonsense", 422, `["query","topics"]`},
			"closed board":    {member, "?board_id=" + board.ID.String(), 403, "Forbidden"},
			"unknown board":   {apitest.As(w.Owner), "?board_id=" + mc.NewID().String(), 403, "Forbidden"},
			"no board's name": {apitest.As(w.Owner), "?board_id=x", 422, `["query","board_id"]`},
		} {
			if got := w.Call(tc.as, "GET", path+tc.query, ""); got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: %d %v", name, got.Status, got.Detail())
			}
		}
	})
}

func TestResume(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		owner := apitest.As(w.Owner)
		member := w.Member(mc.RoleMember, false, false)
		one := w.Board("One", nil)
		w.Grant(member, one, false)
		announce(w, store.KindTaskDeleted, one.ID, mc.NewID())
		live := w.Open(owner, path, nil)
		announce(w, store.KindTaskDeleted, one.ID, mc.NewID())
		last := live.Next()
		do(t, w, owner, "POST", "/api/v1/tags", `{"name":"Urgent"}`)
		two := w.Board("Two", nil)
		do(t, w, owner, "DELETE", "/api/v1/boards/"+one.ID.String(), "")
		announce(w, store.KindTaskDeleted, two.ID, mc.NewID())

		resumed := w.Open(owner, path, http.Header{"Last-Event-Id": {last.ID}})
		announce(w, store.KindTaskDeleted, two.ID, mc.NewID())
		want := []string{"tag", "board", "board.deleted", "task.deleted", "task.deleted"}
		if got := events(resumed, len(want)); !slices.Equal(got, want) {
			t.Errorf("resumed: %v, want %v", got, want)
		}
		// The board is gone: who could read it learns that, and nothing of what was on it.
		former := w.Open(apitest.As(member), path, http.Header{"Last-Event-Id": {last.ID}})
		if got := events(former, 2); !slices.Equal(got, []string{"tag", "board.deleted"}) {
			t.Errorf("a former reader: %v", got)
		}
		for name, s := range map[string]*apitest.Stream{"resumed": resumed, "former": former} {
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("%s also got %+v", name, rest)
			}
		}
	})
}

func TestWhatTheLogNoLongerHolds(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		owner := apitest.As(w.Owner)
		board := w.Board("One", nil)
		announce(w, store.KindTaskDeleted, board.ID, mc.NewID())
		if _, err := w.Store.TrimChangeLog(t.Context(), store.LogKeep{Since: mc.SystemClock().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		for name, tc := range map[string]struct {
			query  string
			header http.Header
		}{
			"an old id":             {"", http.Header{"Last-Event-Id": {"0"}}},
			"an id never given":     {"", http.Header{"Last-Event-Id": {"99999999"}}},
			"a time before the log": {"?since=2020-01-01T00:00:00Z", nil},
		} {
			s := w.Open(owner, path+tc.query, tc.header)
			first := s.Next()
			announce(w, store.KindTaskDeleted, board.ID, mc.NewID())
			then := s.Next()
			if first.Event != "reset" || len(first.Data) != 0 || first.ID == "" || then.Event != "task.deleted" {
				t.Errorf("%s: got %+v, then %+v", name, first, then)
			}
			if again := w.Open(owner, path, http.Header{"Last-Event-Id": {first.ID}}).Next(); again.ID != then.ID {
				t.Errorf("%s: resumed from the reset with %+v", name, again)
			}
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("%s: also %+v", name, rest)
			}
		}
	})
}

func TestSince(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		owner := apitest.As(w.Owner)
		board := w.Board("One", nil)
		announce(w, store.KindTaskDeleted, board.ID, mc.NewID())
		from := mc.SystemClock()
		announce(w, store.KindTaskDeleted, board.ID, mc.NewID())
		past := w.Open(owner, path+"?since="+from.String(), nil)
		future := w.Open(owner, path+"?since="+from.Add(time.Hour).String(), nil)
		none := w.Open(owner, path+"?since=null", nil)
		announce(w, store.KindTaskDeleted, board.ID, mc.NewID())
		if got := events(past, 2); !strings.HasPrefix(got[0], "task.deleted") {
			t.Errorf("since: %v", got)
		}
		none.Next()
		for name, s := range map[string]*apitest.Stream{"past": past, "future": future, "none": none} {
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("%s also got %+v", name, rest)
			}
		}
	})
}
