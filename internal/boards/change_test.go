package boards_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		group := w.group(w.Organization.ID)
		mute := w.gatewayOf(w.Organization.ID, nil)
		at := path + "/" + w.create("Alpha", `,"objective":"o","success_metrics":{"a":1},"target_date":"2031-01-02T03:04:05"`)
		want, _ := w.owner("GET", at, "").Body.(map[string]any)
		for _, step := range []struct {
			about, body string
			status      int
			detail      any
			changed     map[string]any
		}{
			{"nothing", `{}`, 200, nil, nil},
			{"the name", `{"name":"Beta"}`, 200, nil, map[string]any{"name": "Beta"}},
			{"the description, trimmed", `{"description":"  new text "}`, 200, nil, map[string]any{"description": "new text"}},
			{"a blank description", `{"description":"  "}`, 422, `["body"]`, nil},
			{"no description", `{"description":null}`, 422, `["body"]`, nil},
			{"no gateway", `{"gateway_id":null}`, 422, `["body"]`, nil},
			{"an unknown gateway", fmt.Sprintf(`{"gateway_id":%q}`, mc.NewID()), 422, "gateway_id is invalid", nil},
			{"a gateway without main", fmt.Sprintf(`{"gateway_id":%q}`, mute.ID), 422, "gateway must have a gateway main agent before boards can be created or updated", nil},
			{"an unknown group", fmt.Sprintf(`{"board_group_id":%q}`, mc.NewID()), 422, "board_group_id is invalid", nil},
			{"gateway before group before goal", fmt.Sprintf(`{"gateway_id":%[1]q,"board_group_id":%[1]q,"board_type":"goal","objective":null}`, mc.NewID()), 422, "gateway_id is invalid", nil},
			{"group before goal", fmt.Sprintf(`{"board_group_id":%q,"board_type":"goal","objective":null}`, mc.NewID()), 422, "board_group_id is invalid", nil},
			{"into a group", fmt.Sprintf(`{"board_group_id":%q}`, group), 200, nil, map[string]any{"board_group_id": group.String()}},
			{"out of it", `{"board_group_id":null}`, 200, nil, map[string]any{"board_group_id": nil}},
			{"cleared", `{"objective":null,"success_metrics":null,"target_date":null,"goal_source":null}`, 200, nil,
				map[string]any{"objective": nil, "success_metrics": nil, "target_date": nil}},
			{"a goal board without a goal", `{"board_type":"goal"}`, 422, "Goal boards require objective and success_metrics", nil},
			{"confirmed alone is not checked", `{"goal_confirmed":true}`, 200, nil, map[string]any{"goal_confirmed": true}},
			{"with its goal", `{"board_type":"goal","objective":"o2","success_metrics":{"k":"v"}}`, 200, nil,
				map[string]any{"objective": "o2", "success_metrics": map[string]any{"k": "v"}}},
			{"too few agents", `{"max_agents":-1}`, 422, `["body","max_agents"]`, nil},
			{"too many agents", `{"max_agents":9999999999}`, 422, `["body","max_agents"]`, nil},
			{"nulls that cannot be", `{"name":null,"slug":null,"board_type":null,"goal_confirmed":null,"max_agents":null,"only_lead_can_change_status":null}`, 422,
				`["body","name"] ["body","slug"] ["body","board_type"] ["body","goal_confirmed"] ["body","only_lead_can_change_status"] ["body","max_agents"]`, nil},
			{"the rules", `{"require_approval_for_done":false,"require_review_before_done":true,"comment_required_for_review":true,"block_status_changes_with_pending_approval":true,"only_lead_can_change_status":true,"max_agents":7}`, 200, nil,
				map[string]any{"require_approval_for_done": false, "require_review_before_done": true, "comment_required_for_review": true,
					"block_status_changes_with_pending_approval": true, "only_lead_can_change_status": true, "max_agents": 7.0}},
			{"what is no field", `{"id":"x","organization_id":"y","created_at":1,"nonsense":[]}`, 200, nil, nil},
		} {
			got := w.owner("PATCH", at, step.body)
			if got.Status != step.status || got.Detail() != step.detail {
				t.Errorf("%s: answered %d %v, want %d %v", step.about, got.Status, got.Detail(), step.status, step.detail)
			}
			for key, value := range step.changed {
				want[key] = value
			}
			read, _ := w.owner("GET", at, "").Body.(map[string]any)
			if newer := read["updated_at"].(string) > want["updated_at"].(string); newer != (step.status == 200) {
				t.Errorf("%s: updated_at went from %v to %v", step.about, want["updated_at"], read["updated_at"])
			}
			want["updated_at"] = read["updated_at"]
			if diff := cmp.Diff(want, read); diff != "" {
				t.Errorf("%s: the board is now (-want +got):\n%s", step.about, diff)
			}
		}
	})
}

// A gateway that has lost its main agent holds up every change, but not of a
// board that needs no gateway.
func TestChangeOnAGatewayThatLostItsMainAgent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		at := path + "/" + w.create("Alpha", "")
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			main, err := tx.MainAgent(ctx, w.gateway.ID)
			if err != nil {
				return err
			}
			return tx.DeleteAgent(ctx, main.ID)
		})
		const detail = "gateway must have a gateway main agent before boards can be created or updated"
		if got := w.owner("PATCH", at, `{"name":"Beta"}`); got.Status != 422 || got.Detail() != detail {
			t.Errorf("answered %d %v", got.Status, got.Body)
		}
		if got := w.owner("PATCH", at, `{"runtime":"external"}`); got.Status != 200 {
			t.Errorf("becoming external: %d %v", got.Status, got.Body)
		}
		if got := w.owner("PATCH", at, `{"name":"Beta"}`); got.Status != 200 {
			t.Errorf("once it is: %d %v", got.Status, got.Body)
		}
	})
}

// An old row may be without a gateway.
func TestChangeOfABoardWithoutGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	id := w.create("Alpha", "")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		b := w.board(id)
		b.GatewayID = nil
		return tx.UpdateBoard(ctx, b)
	})
	if got := w.owner("PATCH", path+"/"+id, `{"name":"Beta"}`); got.Status != 422 || got.Detail() != "gateway_id is required" {
		t.Errorf("answered %d %v", got.Status, got.Body)
	}
	if got := w.owner("DELETE", path+"/"+id, ""); got.Status != 200 {
		t.Errorf("deleting it: %d %v", got.Status, got.Body)
	}
}

func TestTheLeadIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Alpha", `,"max_agents":2`)
		board := w.board(id)
		lead, _ := w.Agent("Lea", &board, func(a *mc.Agent) { a.IsBoardLead = true })
		w.Agent("Ada", &board, nil)
		activity := w.Broker.Subscribe(live.Topic{Kind: store.KindActivity, Scope: board.ID})
		defer activity.Close()

		for _, same := range []string{`{}`, `{"name":"Alpha","max_agents":2,"objective":null}`} {
			if got := w.owner("PATCH", path+"/"+id, same); got.Status != 200 {
				t.Fatalf("answered %d %v", got.Status, got.Body)
			}
			if d, err := st.NextDelivery(t.Context(), lead.ID); err != nil || d != nil {
				t.Errorf("after %s, which changes nothing: %+v, %v", same, d, err)
			}
		}
		if got := w.owner("PATCH", path+"/"+id, `{"name":"Beta","max_agents":5,"slug":"s"}`); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		w.work()
		event := next(t, w, activity)
		if event.Type != mc.EventBoardLeadNotified || *event.Message != "Lead agent notified for board update: Beta." || !mc.Same(event.AgentID, &lead.ID) || event.TaskID != nil {
			t.Errorf("recorded %+v", event)
		}
		sent := w.remote.Calls("chat.send")
		if len(sent) != 1 {
			t.Fatalf("sent %v", sent)
		}
		text := "BOARD UPDATED\nBoard: Beta\nBoard ID: " + id + "\n\nChanged fields:\n- max_agents: 2 -> 5\n- name: Alpha -> Beta\n\n" +
			"Review these changes, and adapt your plan and the assignments where they no longer fit."
		if got := sent[0].Params; got["sessionKey"] != "agent:lead-"+id+":main" || got["message"] != text || got["deliver"] != false {
			t.Errorf("sent %v", got)
		}
		if labels := w.remote.Calls("sessions.patch"); len(labels) != 1 || labels[0].Params["label"] != "Lea" {
			t.Errorf("labelled %v", labels)
		}
	})
}

// next waits for the next event of an activity subscription and loads it.
func next(t *testing.T, w *world, changes *live.Subscription) mc.ActivityEvent {
	t.Helper()
	heard := w.Heard(changes, 1)
	if len(heard) != 1 {
		t.Fatalf("%d events at once", len(heard))
	}
	event, err := w.Store.Event(t.Context(), heard[0].Entity)
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// Of changes at the same time none is lost, and the lead is told each value that was.
func TestChangesAtTheSameTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		at := path + "/" + w.create("Alpha", "")
		bodies := []string{`{"name":"Beta"}`, `{"max_agents":5}`, `{"objective":"o"}`, `{"require_review_before_done":true}`, `{"slug":"t"}`, `{"goal_source":"x"}`}
		var wg sync.WaitGroup
		for _, body := range bodies {
			wg.Go(func() {
				if got := w.owner("PATCH", at, body); got.Status != 200 {
					t.Errorf("%s: answered %d %v", body, got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		got := w.owner("GET", at, "")
		for key, want := range map[string]any{"name": "Beta", "max_agents": 5.0, "objective": "o", "require_review_before_done": true, "slug": "t", "goal_source": "x"} {
			if got.At(key) != want {
				t.Errorf("%s is %v, want %v", key, got.At(key), want)
			}
		}
	})
}

// With another gateway the agents move: they come to life there, and are taken
// off the one they were on.
func TestAnotherGatewayTakesTheAgentsAlong(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Launch", "")
		board := w.board(id)
		ada, _ := w.Agent("Ada", &board, nil)
		script, _ := w.Agent("Script", &board, func(a *mc.Agent) { a.Runtime, a.GatewayID = mc.RuntimeExternal, nil })
		remote := openclawtest.Start(t)
		target := w.gatewayOf(w.Organization.ID, func(g *mc.Gateway) { g.URL = remote.URL })
		w.MainAgent(target)
		if got := w.owner("PATCH", path+"/"+id, fmt.Sprintf(`{"gateway_id":%q}`, target.ID)); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if a, err := st.Agent(t.Context(), ada.ID); err != nil || !mc.Same(a.GatewayID, &target.ID) || a.Status != mc.AgentProvisioning {
			t.Errorf("Ada is on %v and %s, %v", a.GatewayID, a.Status, err)
		}
		if a, err := st.Agent(t.Context(), script.ID); err != nil || a.GatewayID != nil || a.Status != mc.AgentOnline {
			t.Errorf("the external agent is on %v and %s, %v", a.GatewayID, a.Status, err)
		}
		w.work()
		woken := remote.WaitCalls("chat.send", 1)
		w.remote.WaitCalls("sessions.delete", 1)
		if diff := cmp.Diff([]any{"mc-" + ada.ID.String()}, w.sent("agents.delete", "agentId")); diff != "" {
			t.Errorf("agents deleted on the former gateway (-want +got):\n%s", diff)
		}
		if got := woken[0].Params["sessionKey"]; got != "agent:mc-"+ada.ID.String()+":main" {
			t.Errorf("woken on the new one: %v", got)
		}
	})
}
