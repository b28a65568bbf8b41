package provision_test

import (
	"context"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

func TestRemove(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.run(waking(worker, tok))
		f.fake.Close("sessions.delete", 1, websocket.StatusServiceRestart, "service restart")
		for range 2 { // the second time nothing is there any more
			if err := f.service.Remove(t.Context(), worker, f.gateway); err != nil {
				t.Errorf("remove: %v", err)
			}
		}
		if f.fake.HasAgent(mc.GatewayAgentID(worker)) || len(f.fake.Messages(*worker.SessionKey)) != 0 {
			t.Error("the agent or its session is still there")
		}
		f.fake.FailWith("agents.delete", 1, "not today")
		err := f.service.Remove(t.Context(), worker, f.gateway)
		if mc.KindOf(err) != mc.KindUpstream || mc.DetailText(err) != "Gateway cleanup failed: not today" || provision.Reason(err) != "not today" {
			t.Errorf("got %v", err)
		}
	})
}

func TestRemoveInBackground(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.run(waking(worker, tok))
		remove := func() {
			f.Write(func(_ context.Context, tx *store.Tx) error {
				f.service.RemoveInBackground(tx, worker, f.gateway)
				return nil
			})
			job, _ := f.lastIn("agent_removal")
			f.do(job)
		}
		other := f.Gateway(f.fake.URL + "/by/another/name")
		f.change(worker, func(a *mc.Agent) { a.GatewayID = &other.ID })
		remove()
		if !f.fake.HasAgent(mc.GatewayAgentID(worker)) {
			t.Fatal("removed where it lives, only because the gateway has two names")
		}
		elsewhere := f.Gateway("ws://elsewhere.example")
		f.change(worker, func(a *mc.Agent) { a.GatewayID = &elsewhere.ID })
		remove()
		if f.fake.HasAgent(mc.GatewayAgentID(worker)) {
			t.Error("it is still on the gateway that it left")
		}
	})
}

func TestRemoveWithGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.Set(func(o *openclawtest.Options) { o.Token = "secret" })
		f.gateway.Token = mc.Ref("secret")
		f.Write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateGateway(ctx, f.gateway) })
		main := f.newMain()
		f.run(provision.Run{AgentID: main.ID, Action: provision.Provision})
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			f.service.RemoveWithGateway(tx, main, f.gateway)
			if err := tx.DeleteAgent(ctx, main.ID); err != nil {
				return err
			}
			return tx.DeleteGateway(ctx, f.gateway.ID)
		})
		job, _ := f.lastIn("agent_removal")
		f.do(job)
		if f.fake.HasAgent(mc.GatewayAgentID(main)) {
			t.Error("it is still there")
		}
	})
}

func TestAskCleanup(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, _ := f.newWorker(board, nil)
		f.Write(func(_ context.Context, tx *store.Tx) error {
			f.service.AskCleanup(tx, worker, f.gateway)
			return nil
		})
		job, _ := f.lastIn("agent_cleanup_request")
		f.do(job)
		messages := f.fake.Messages(mc.MainSessionKey(f.gateway.ID))
		if len(messages) != 1 || messages[0].Deliver {
			t.Fatalf("the main agent was told %v", messages)
		}
		for _, want := range []string{"Wanda", worker.ID.String(), "/srv/workspace-mc-" + worker.ID.String(), "NO_REPLY"} {
			if !strings.Contains(messages[0].Text, want) {
				t.Errorf("%q is not in %q", want, messages[0].Text)
			}
		}
		if f.fake.Sessions()[mc.MainSessionKey(f.gateway.ID)]["label"] != mc.MainSessionLabel {
			t.Error("the session has no label")
		}
	})
}
