package livestream_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// atOnce is how soon a stream has to end with the access of its caller.
const atOnce = time.Second

// endsAtOnce does something and expects that it ends streams, and no others.
func endsAtOnce(t *testing.T, what string, do func(), ending []*apitest.Stream, w *apitest.World, board mc.Board, staying ...*apitest.Stream) {
	t.Helper()
	do()
	done := time.Now()
	for _, s := range ending {
		s.Ends()
	}
	if took := time.Since(done); took > atOnce {
		t.Errorf("%s: the streams ended after %s", what, took)
	}
	if len(staying) == 0 {
		return
	}
	w.Write(func(_ context.Context, tx *store.Tx) error {
		tx.Record(mc.ActivityEvent{Type: "task.deleted", BoardID: &board.ID}) // a type that only streams of everything show
		return nil
	})
	for i, s := range staying {
		if f := s.Next(); f.Event != "activity" {
			t.Errorf("%s: the stream %d that stays got %+v", what, i, f)
		}
	}
}

func TestAccessThatEndsEndsStreams(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		one, two := w.Board("One", nil), w.Board("Two", nil)
		owner := apitest.As(w.Owner)
		all := w.Open(owner, path+"?topics=activity", nil)
		tasksOf := func(b mc.Board) string { return "/api/v1/boards/" + b.ID.String() + "/tasks/stream" }

		leaver, reader := w.Member(mc.RoleAdmin, false, false), w.Member(mc.RoleMember, false, false)
		w.Grant(leaver, one, false)
		w.Grant(reader, one, false)
		readers := w.Open(apitest.As(reader), path+"?topics=activity", nil)
		leavers := []*apitest.Stream{
			w.Open(apitest.As(leaver), path, nil), w.Open(apitest.As(leaver), path+"?board_id="+one.ID.String(), nil), w.Open(apitest.As(leaver), tasksOf(one), nil),
			w.Open(apitest.As(leaver), "/api/v1/agents/stream", nil), w.Open(apitest.As(leaver), "/api/v1/activity/task-comments/stream?board_id="+one.ID.String(), nil),
		}
		endsAtOnce(t, "a member leaves", func() {
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				return tx.DeleteMember(ctx, w.Organization.ID, leaver.ID)
			})
		}, leavers, w, one, all, readers)

		_, old := w.Agent("Ada", &one, nil)
		_, bobs := w.Agent("Bob", &one, nil)
		ada, bob := w.Open(apitest.AsAgent(old), tasksOf(one), nil), w.Open(apitest.AsAgent(bobs), tasksOf(one), nil)
		var id string
		for _, a := range do(t, w, owner, "GET", "/api/v1/agents?limit=9", "").At("items").([]any) {
			if a := a.(map[string]any); a["name"] == "Ada" {
				id = a["id"].(string)
			}
		}
		endsAtOnce(t, "a token is replaced", func() { do(t, w, owner, "POST", "/api/v1/agents/"+id+"/token", "") }, []*apitest.Stream{ada}, w, one, all, readers)
		do(t, w, owner, "POST", "/api/v1/boards/"+one.ID.String()+"/tasks", `{"title":"Goes on"}`)
		if f := bob.Next(); f.Event != "task" {
			t.Errorf("another agent's stream got %+v", f)
		}
		all.Next()
		readers.Next()

		fresh := do(t, w, owner, "POST", "/api/v1/agents/"+id+"/token", "").At("token").(string)
		ada = w.Open(apitest.AsAgent(fresh), tasksOf(one), nil)
		endsAtOnce(t, "an agent is deleted", func() { do(t, w, owner, "DELETE", "/api/v1/agents/"+id, "") }, []*apitest.Stream{ada}, w, two, all)
	})
}

func TestBoardsAndOrganizationsThatEndEndStreams(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		one, two := w.Board("One", nil), w.Board("Two", nil)
		owner := apitest.As(w.Owner)
		_, token := w.Agent("Ada", &one, nil)
		all := w.Open(owner, path+"?topics=activity", nil)
		tasksOf := "/api/v1/boards/" + one.ID.String() + "/tasks/stream"
		endsAtOnce(t, "a board is deleted", func() { do(t, w, owner, "DELETE", "/api/v1/boards/"+one.ID.String(), "") }, []*apitest.Stream{
			w.Open(owner, tasksOf, nil), w.Open(apitest.AsAgent(token), tasksOf, nil), w.Open(owner, "/api/v1/agents/stream?board_id="+one.ID.String(), nil),
		}, w, two, all)

		_, token = w.Agent("Bob", &two, nil)
		tasksOf = "/api/v1/boards/" + two.ID.String() + "/tasks/stream"
		endsAtOnce(t, "the organization is deleted", func() {
			w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteOrganization(ctx, w.Organization) })
		}, []*apitest.Stream{all, w.Open(owner, tasksOf, nil), w.Open(apitest.AsAgent(token), tasksOf, nil)}, w, two)

		home := w.Open(owner, path, nil) // they have a new organization
		endsAtOnce(t, "a user is deleted", func() {
			w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteUser(ctx, w.Owner.ID) })
		}, []*apitest.Stream{home}, w, two)
		if _, found, err := w.Store.SessionOf(t.Context(), w.Owner.ClerkUserID); found || err != nil {
			t.Errorf("asking again has made the user anew: %v, %v", found, err)
		}
	})
}

func TestActingElsewhereEndsStreamsOfTheOrganization(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		board := w.Board("One", nil)
		other, _ := w.NewOrganization("Other")
		w.Join(w.Owner, other, mc.RoleMember, true, true)
		owner := apitest.As(w.Owner)
		all, one := w.Open(owner, path, nil), w.Open(owner, "/api/v1/boards/"+board.ID.String()+"/tasks/stream", nil)
		endsAtOnce(t, "another organization is chosen", func() {
			do(t, w, owner, "PATCH", "/api/v1/organizations/me/active", `{"organization_id":"`+other.ID.String()+`"}`)
		}, []*apitest.Stream{all}, w, board)
		do(t, w, owner, "POST", "/api/v1/boards/"+board.ID.String()+"/tasks", `{"title":"Goes on"}`) // boards go by themselves
		if f := one.Next(); f.Event != "task" {
			t.Errorf("the board's stream got %+v", f)
		}
	})
}

func TestAccessThatGrowsIsSeenAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		board := w.Board("One", nil)
		member := w.Member(mc.RoleMember, false, false)
		s := w.Open(apitest.As(member), path+"?topics=task.deleted", nil)
		announce(w, store.KindTaskDeleted, board.ID, mc.NewID()) // not for them
		w.Grant(member, board, false)
		task := mc.NewID()
		announce(w, store.KindTaskDeleted, board.ID, task)
		if f := s.Next(); f.Data["task_id"] != task.String() {
			t.Errorf("got %+v", f)
		}
		if rest := s.Close(); len(rest) > 0 {
			t.Errorf("and then %+v", rest)
		}
	})
}

// Being asked again is no call: it counts for no limit and is no sign of life.
func TestAskingAgainIsNoSignOfLife(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		board := w.Board("One", nil)
		long := mc.SystemClock().Add(-time.Hour)
		agent, token := w.Agent("Ada", &board, nil)
		s := w.Open(apitest.AsAgent(token), "/api/v1/boards/"+board.ID.String()+"/tasks/stream", nil)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			row, err := tx.LockAgent(ctx, agent.ID)
			if err != nil {
				return err
			}
			row.LastSeenAt = &long
			tx.Announce(store.KindAccess, agent.ID, agent.ID)
			return tx.UpdateAgent(ctx, row)
		})
		do(t, w, apitest.As(w.Owner), "POST", "/api/v1/boards/"+board.ID.String()+"/tasks", `{"title":"Goes on"}`)
		s.Next()
		if row, err := w.Store.Agent(t.Context(), agent.ID); err != nil || !row.LastSeenAt.Equal(long) {
			t.Errorf("seen at %v (%v), want %v", row.LastSeenAt, err, long)
		}
	})
}

func TestAcrossReplicas(t *testing.T) {
	t.Parallel()
	url := storetest.PostgresURL(t)
	replica := func() *apitest.World {
		st, err := store.Open(t.Context(), store.Config{URL: url, MaxReaders: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		return newWorld(t, st)
	}
	here, there := replica(), replica()
	board := here.Board("One", nil)
	leaver := here.Member(mc.RoleMember, true, false)
	stays, ends := there.Open(apitest.As(here.Owner), path+"?topics=activity", nil), there.Open(apitest.As(leaver), path, nil)
	endsAtOnce(t, "a member leaves", func() {
		here.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteMember(ctx, here.Organization.ID, leaver.ID)
		})
	}, []*apitest.Stream{ends}, here, board, stays)
	last := here.Open(apitest.As(here.Owner), path+"?topics=activity", http.Header{"Last-Event-Id": {"0"}}).Next()
	if again := there.Open(apitest.As(here.Owner), path+"?topics=activity", http.Header{"Last-Event-Id": {"0"}}).Next(); again.ID != last.ID {
		t.Errorf("a change has the numbers %s and %s", last.ID, again.ID)
	}
}
