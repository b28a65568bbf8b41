package boards_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// told takes the first words of the messages that wait for an agent, in their
// order, out of its queue.
func (w *world) told(a mc.Agent) (texts []string) {
	w.t.Helper()
	for {
		d, err := w.Store.NextDelivery(w.t.Context(), a.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		if d == nil {
			return texts
		}
		texts = append(texts, d.Message)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			d.State = mc.DeliverySent
			return tx.UpdateDelivery(ctx, *d)
		})
	}
}

func TestMovingBetweenGroupsIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		old, target := w.BoardGroup("Old"), w.BoardGroup("New")
		in := func(g mc.BoardGroup) string { return fmt.Sprintf(`,"board_group_id":%q`, g.ID) }
		left, joined := w.board(w.create("Left", in(old))), w.board(w.create("Joined", in(target)))
		moved := w.board(w.create("Moved", in(old)))
		apart := w.board(w.create("Apart", ""))
		lou, _ := w.Agent("Lou", &left, nil)
		joe, _ := w.Agent("Joe", &joined, nil)
		moe, _ := w.Agent("Moe", &moved, nil)
		lead, _ := w.Agent("Lea", &moved, func(a *mc.Agent) { a.IsBoardLead = true })
		bystander, _ := w.Agent("Bo", &apart, nil)
		at := path + "/" + moved.ID.String()

		if got := w.owner("PATCH", at, fmt.Sprintf(`{"board_group_id":%q}`, old.ID)); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if texts := append(w.told(lou), w.told(moe)...); texts != nil {
			t.Errorf("the same group again: told %v", texts)
		}
		if got := w.owner("PATCH", at, fmt.Sprintf(`{"name":"Renamed","board_group_id":%q}`, target.ID)); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		after := w.board(moved.ID.String())
		leave, join := mc.GroupNotice{Move: mc.GroupLeave, Moved: after, Group: old}, mc.GroupNotice{Move: mc.GroupJoin, Moved: after, Group: target}
		update := mc.BoardUpdatedMessage(after, mc.BoardChanges(moved, after))
		for a, want := range map[*mc.Agent][]string{
			&lou:       {leave.Message(left)},
			&joe:       {join.Message(joined)},
			&moe:       {leave.Message(after), join.Message(after)},
			&lead:      {leave.Message(after), join.Message(after), update},
			&bystander: nil,
		} {
			if diff := cmp.Diff(want, w.told(*a)); diff != "" {
				t.Errorf("%s is told (-want +got):\n%s", a.Name, diff)
			}
		}
		if got := w.owner("PATCH", at, `{"board_group_id":null}`); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		after = w.board(moved.ID.String())
		leave = mc.GroupNotice{Move: mc.GroupLeave, Moved: after, Group: target}
		for a, want := range map[*mc.Agent][]string{&joe: {leave.Message(joined)}, &moe: {leave.Message(after)}, &lou: nil} {
			if diff := cmp.Diff(want, w.told(*a)); diff != "" {
				t.Errorf("%s is told of leaving (-want +got):\n%s", a.Name, diff)
			}
		}
	})
}

func TestABoardMadeInAGroupIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		group := w.BoardGroup("Team")
		field := fmt.Sprintf(`,"board_group_id":%q`, group.ID)
		first := w.board(w.create("First", field))
		ada, _ := w.Agent("Ada", &first, nil)
		second := w.board(w.create("Second", field))
		notice := mc.GroupNotice{Move: mc.GroupJoin, Moved: second, Group: group}
		activity := w.Broker.Subscribe(live.Topic{Kind: store.KindActivity, Scope: first.ID})
		defer activity.Close()
		w.work()
		event := next(t, w, activity)
		want := notice.Record(ada, first)
		if event.Type != want.SentType || *event.Message != want.SentMessage || !mc.Same(event.AgentID, &ada.ID) || !mc.Same(event.BoardID, &first.ID) || event.TaskID != nil {
			t.Errorf("recorded %+v", event)
		}
		if sent := w.remote.Calls("chat.send"); len(sent) != 1 || sent[0].Params["message"] != notice.Message(first) || sent[0].Params["deliver"] != false {
			t.Errorf("sent %v", sent)
		}
	})
}

// What a gateway answers to a notice is in the log of the recipient's board.
func TestANoticeThatFailsIsRecorded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		group := w.BoardGroup("Team")
		board := w.board(w.create("Alone", ""))
		ada, _ := w.Agent("Ada", &board, nil)
		w.remote.FailWith("chat.send", 1, "no such session")
		if got := w.owner("PATCH", path+"/"+board.ID.String(), fmt.Sprintf(`{"board_group_id":%q}`, group.ID)); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		activity := w.Broker.Subscribe(live.Topic{Kind: store.KindActivity, Scope: board.ID})
		defer activity.Close()
		w.work()
		event := next(t, w, activity)
		if event.Type != "board.group.join.notify_failed" || *event.Message != "Board-group join notify failed for Ada on board Alone: no such session" || !mc.Same(event.AgentID, &ada.ID) {
			t.Errorf("recorded %s %s", event.Type, *event.Message)
		}
	})
}

func TestChangesOfBoardsAreAnnounced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		changes := w.Broker.Subscribe(live.Topic{Kind: store.KindBoard}, live.Topic{Kind: store.KindBoardDeleted}, live.Topic{Kind: store.KindAccess})
		defer changes.Close()
		id := w.create("Alpha", "")
		for _, step := range []struct{ method, body string }{{"PATCH", `{"name":"Beta"}`}, {"DELETE", ""}} {
			if got := w.owner(step.method, path+"/"+id, step.body); got.Status != 200 {
				t.Fatalf("%s: answered %d %v", step.method, got.Status, got.Body)
			}
		}
		board := mc.MustID(id)
		heard := w.Heard(changes, 4)
		for i, kind := range []string{store.KindBoard, store.KindBoard, store.KindBoardDeleted, store.KindAccess} {
			c := heard[i]
			if c.Kind != kind || c.Entity != board || kind != store.KindBoardDeleted && c.Scope != board {
				t.Errorf("announced %+v, want %s", c, kind)
			}
		}
	})
}
