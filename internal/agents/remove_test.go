package agents_test

import (
	"context"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func TestDelete(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id, tok := f.worker(t, "Wanda")
		agent := mc.MustID(id)
		working, waiting := f.Task(f.board, "working"), f.Task(f.board, "waiting")
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			working.Status, working.AssignedAgentID, working.InProgressAt = mc.StatusInProgress, &agent, mc.Ref(tx.Now())
			waiting.AssignedAgentID = &agent
			if err := tx.UpdateTask(ctx, working); err != nil {
				return err
			}
			return tx.UpdateTask(ctx, waiting)
		})
		f.fake.FailWith("agents.delete", 1, "busy")
		want(t, "refused", f.Call(f.owner, "DELETE", "/api/v1/agents/"+id, ""), 502, "Gateway cleanup failed: busy")
		feed := f.feed(t, agent)
		if last := feed[len(feed)-1]; last != "agent.delete.failed: Delete message failed: busy" {
			t.Errorf("the log says %q", last)
		}
		want(t, "still there", f.Call(f.owner, "GET", "/api/v1/agents/"+id, ""), 200, nil)

		want(t, "deleted", f.Call(f.owner, "DELETE", "/api/v1/agents/"+id, ""), 200, nil)
		if f.fake.HasAgent("mc-" + id) {
			t.Error("it is still on the gateway")
		}
		want(t, "gone", f.Call(f.owner, "GET", "/api/v1/agents/"+id, ""), 404, nil)
		want(t, "its token", f.Call(apitest.AsAgent(tok), "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`), 401, nil)
		tasks, err := f.Store.TasksByID(t.Context(), f.board.ID, []mc.ID{working.ID, waiting.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range tasks {
			if task.Status != mc.StatusInbox || task.AssignedAgentID != nil || task.InProgressAt != nil {
				t.Errorf("left a task as %+v", task)
			}
		}
		owner, err := f.Store.Member(t.Context(), f.Organization.ID, f.Owner.ID)
		if err != nil {
			t.Fatal(err)
		}
		rows, _, err := f.Store.Feed(t.Context(), owner, 1, 0)
		if err != nil || rows[0].Type != mc.EventAgentDeleted || *rows[0].Message != "Deleted agent Wanda." || rows[0].AgentID != nil {
			t.Errorf("newest event %+v, %v", rows, err)
		}
		if asked := f.Jobs("agent_cleanup_request"); len(asked) != 1 {
			t.Errorf("the main agent is asked %d times to clean up", len(asked))
		}
		want(t, "again", f.Call(f.owner, "DELETE", "/api/v1/agents/"+id, ""), 200, nil)
		want(t, "no id", f.Call(f.owner, "DELETE", "/api/v1/agents/xyz", ""), 200, nil)
	})
}

func TestDeleteRefuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		wanda, token := f.Agent("Wanda", &f.board, nil)
		_, others := f.NewOrganization("Other")
		path := "/api/v1/agents/" + wanda.ID.String()
		want(t, "others", f.Call(apitest.As(others), "DELETE", path, ""), 404, "Not Found")
		want(t, "reading only", f.Call(apitest.As(f.Member(mc.RoleAdmin, true, false)), "DELETE", path, ""), 403, "Forbidden")
		want(t, "a member", f.Call(apitest.As(f.Member(mc.RoleMember, true, true)), "DELETE", path, ""), 403, "Forbidden")
		want(t, "itself", f.Call(apitest.AsAgent(token), "DELETE", path, ""), 401, nil)
		if len(f.fake.Calls()) > 0 {
			t.Error("the gateway was asked")
		}
	})
}

func TestDeleteMainAgentWhoseGatewayIsAway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		blank := f.Gateway(" ")
		main, _ := f.MainAgent(blank)
		want(t, "deleted", f.Call(f.owner, "DELETE", "/api/v1/agents/"+main.ID.String(), ""), 200, nil)
		if asked := f.Jobs("agent_cleanup_request"); len(asked) != 0 {
			t.Error("a main agent is asked to clean up after itself")
		}
	})
}
