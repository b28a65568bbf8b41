package boards_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// sent lists one parameter of every request of a method.
func (w *world) sent(method, param string) (values []any) {
	for _, c := range w.remote.Calls(method) {
		values = append(values, c.Params[param])
	}
	return values
}

func TestDeleteTakesTheAgentsOffTheGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Launch", "")
		board := w.board(id)
		worker, token := w.Agent("Ada", &board, nil)
		w.Agent("Lea", &board, func(a *mc.Agent) { a.IsBoardLead, a.CreatedAt = true, a.CreatedAt.Add(1e9) })
		w.Agent("Ext", &board, func(a *mc.Agent) { a.Runtime, a.GatewayID = mc.RuntimeExternal, nil })
		task := w.Task(board, "Write")
		neighbour := w.board(w.create("Stays", ""))
		kept, _ := w.Agent("Bob", &neighbour, nil)

		if got := w.owner("DELETE", path+"/"+id, ""); got.Status != 200 || got.At("ok") != true {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		ids, keys := []any{"lead-" + id, "mc-" + worker.ID.String()}, []any{"agent:lead-" + id + ":main", "agent:mc-" + worker.ID.String() + ":main"}
		if diff := cmp.Diff(ids, w.sent("agents.delete", "agentId")); diff != "" {
			t.Errorf("agents deleted there (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]any{true, true}, w.sent("agents.delete", "deleteFiles")); diff != "" {
			t.Errorf("with their files (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(keys, w.sent("sessions.delete", "key")); diff != "" {
			t.Errorf("sessions deleted there (-want +got):\n%s", diff)
		}
		if sent := w.remote.Calls("chat.send"); len(sent) != 0 {
			t.Errorf("somebody was told: %v", sent)
		}
		if _, err := st.Task(t.Context(), board.ID, task.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("its task is still there (%v)", err)
		}
		if _, err := st.Agent(t.Context(), worker.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("its agent is still there (%v)", err)
		}
		if _, err := st.Agent(t.Context(), kept.ID); err != nil {
			t.Errorf("the agent of another board: %v", err)
		}
		if got := w.Call(apitest.AsAgent(token), "GET", path, ""); got.Status != 401 {
			t.Errorf("its agent's token still opens something: %d", got.Status)
		}
		if got := w.owner("DELETE", path+"/"+id, ""); got.Status != 404 {
			t.Errorf("deleting it again: %d %v", got.Status, got.Body)
		}
	})
}

func TestDeleteIsRefusedByTheGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Launch", "")
		board := w.board(id)
		for _, name := range []string{"Ada", "Bob"} {
			w.Agent(name, &board, nil)
		}
		w.remote.FailWith("sessions.delete", 1, "database is locked")
		if got := w.owner("DELETE", path+"/"+id, ""); got.Status != 502 || got.Detail() != "Gateway cleanup failed: database is locked" {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if agents, err := st.AgentsOfBoard(t.Context(), board.ID); err != nil || len(agents) != 2 {
			t.Errorf("of two agents %d are left, %v", len(agents), err)
		}
		// One of them is gone at the gateway, which says so.
		w.remote.FailWith("agents.delete", 1, "unknown agent id")
		if got := w.owner("DELETE", path+"/"+id, ""); got.Status != 200 {
			t.Errorf("the second time: %d %v", got.Status, got.Body)
		}
	})
}

func TestDeleteOnAGatewayThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	other, _ := w.NewOrganization("Other")
	for name, tc := range map[string]struct {
		organization mc.ID
		change       func(g *mc.Gateway)
		detail       string
	}{
		"of another organization": {other.ID, nil, "Board gateway_id is invalid"},
		"without a workspace":     {w.Organization.ID, func(g *mc.Gateway) { g.WorkspaceRoot = " " }, "Gateway workspace_root is required"},
		"without an address":      {w.Organization.ID, func(g *mc.Gateway) { g.URL = " " }, "Gateway url is required"},
		"without either":          {w.Organization.ID, func(g *mc.Gateway) { g.URL, g.WorkspaceRoot = "", "" }, "Gateway workspace_root is required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway := w.gatewayOf(tc.organization, tc.change)
			board := w.Board("Launch", &gateway) // has no agents
			at := path + "/" + board.ID.String()
			if got := w.owner("DELETE", at, ""); got.Status != 422 || got.Detail() != tc.detail {
				t.Errorf("answered %d %v", got.Status, got.Body)
			}
			if got := w.owner("GET", at, ""); got.Status != 200 {
				t.Errorf("the board: %d %v", got.Status, got.Body)
			}
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				board.Runtime = mc.RuntimeExternal
				return tx.UpdateBoard(ctx, board)
			})
			if got := w.owner("DELETE", at, ""); got.Status != 200 {
				t.Errorf("a board of external agents does not mind: %d %v", got.Status, got.Body)
			}
		})
	}
}

func TestDeleteOfAnExternalBoard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Chores", nil)
		w.Agent("Script", &board, nil)
		if got := w.owner("DELETE", path+"/"+board.ID.String(), ""); got.Status != 200 {
			t.Errorf("answered %d %v", got.Status, got.Body)
		}
		if calls := w.remote.Calls(""); len(calls) != 0 {
			t.Errorf("a gateway was asked: %v", calls)
		}
	})
}

// Agents that an earlier change left on another gateway are removed there too,
// but that gateway cannot hold up the board.
func TestDeleteWithAnAgentLeftOnAnotherGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Launch", "")
		board := w.board(id)
		former := w.gatewayOf(w.Organization.ID, func(g *mc.Gateway) { g.URL = "ws://127.0.0.1:1" })
		left, _ := w.Agent("Ada", &board, func(a *mc.Agent) { a.GatewayID = &former.ID })
		here, _ := w.Agent("Bob", &board, nil)
		if got := w.owner("DELETE", path+"/"+id, ""); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if diff := cmp.Diff([]any{"mc-" + here.ID.String()}, w.sent("agents.delete", "agentId")); diff != "" {
			t.Errorf("agents deleted on the board's gateway (-want +got):\n%s", diff)
		}
		if _, err := st.Agent(t.Context(), left.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("the agent elsewhere is still there (%v)", err)
		}
	})
}

// Of two deletions at the same time one finds nothing more to delete.
func TestDeleteTwiceAtTheSameTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		id := w.create("Launch", "")
		board := w.board(id)
		w.Agent("Ada", &board, nil)
		answers := make(chan apitest.Answer, 2)
		for range 2 {
			go func() { answers <- w.owner("DELETE", path+"/"+id, "") }()
		}
		first, second := <-answers, <-answers
		if first.Status+second.Status != 200+404 {
			t.Errorf("answered %d %v and %d %v", first.Status, first.Body, second.Status, second.Body)
		}
	})
}
