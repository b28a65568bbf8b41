package provision_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
)

const heartbeatSync = "agent_heartbeat_sync"

// beating gives an agent a heartbeat, with the jobs that look after it.
func (f *fixture) beating(agents []mc.Agent, every string) []mc.Agent {
	f.t.Helper()
	var changed []mc.Agent
	f.Write(func(ctx context.Context, tx *store.Tx) error {
		changed = nil
		for _, a := range agents {
			row, err := tx.LockAgent(ctx, a.ID)
			if err != nil {
				return err
			}
			row.HeartbeatConfig = mc.HeartbeatEvery(row.HeartbeatConfig, every)
			changed = append(changed, row)
			if err := tx.UpdateAgent(ctx, row); err != nil {
				return err
			}
		}
		f.service.HeartbeatsInBackground(tx, changed)
		return nil
	})
	return changed
}

// there tells how often agents beat by the configuration of a gateway.
func there(g *openclawtest.Gateway) map[string]any {
	beats := map[string]any{}
	for _, a := range g.Agents()[1:] {
		beats[a.ID] = a.Heartbeat.(map[string]any)["every"]
	}
	return beats
}

func TestSendHeartbeats(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		second := openclawtest.Start(t)
		elsewhere := f.Gateway(second.URL)
		here, far, free := f.Board("Here", &f.gateway), f.Board("Far", &elsewhere), f.Board("Free", nil)
		ada, _ := f.Agent("Ada", &here, nil)
		bob, _ := f.Agent("Bob", &here, nil)
		cleo, _ := f.Agent("Cleo", &far, nil)
		ext, _ := f.Agent("Ext", &free, nil)
		lost, _ := f.Agent("Lost", &here, func(a *mc.Agent) { a.GatewayID = nil })
		second.FailWith("config.patch", 1, "refused")
		agents := f.beating([]mc.Agent{ada, bob, cleo, ext, lost}, "2m")
		failed, err := f.service.SendHeartbeats(t.Context(), agents)
		if diff := cmp.Diff([]mc.ID{cleo.ID, lost.ID}, failed); diff != "" || err != nil {
			t.Errorf("%v, failed:\n%s", err, diff)
		}
		if diff := cmp.Diff(map[string]any{mc.GatewayAgentID(ada): "2m", mc.GatewayAgentID(bob): "2m"}, there(f.fake)); diff != "" {
			t.Error(diff)
		}
		// What a gateway refused, the job of the change brings to it.
		jobs := f.Jobs(heartbeatSync)
		if len(jobs) != 2 {
			t.Fatalf("%d jobs for two gateways", len(jobs))
		}
		for _, job := range jobs {
			if due := job.Opts.ScheduledAt.Sub(f.clock.Now().Std()).Round(time.Second); due != f.service.LeaseTime() {
				t.Errorf("it is due in %s", due)
			}
			f.do(job)
		}
		if diff := cmp.Diff(map[string]any{mc.GatewayAgentID(cleo): "2m"}, there(second)); diff != "" {
			t.Error(diff)
		}
		if n := len(f.fake.Calls("config.patch")); n != 1 {
			t.Errorf("%d writes to the gateway that had it already", n)
		}
	})
}

// The job sends what holds when it runs, and only for agents that still live there.
func TestHeartbeatJobIsOfItsTime(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Here", &f.gateway)
		ada, _ := f.Agent("Ada", &board, nil)
		going, _ := f.Agent("Going", &board, nil)
		gone, _ := f.Agent("Gone", &board, nil)
		moved, _ := f.Agent("Moved", &board, nil)
		f.beating([]mc.Agent{ada, going, gone, moved}, "2m")
		other := f.Gateway("ws://127.0.0.1:1")
		f.change(ada, func(a *mc.Agent) { a.HeartbeatConfig = mc.JSON(`{"every":"9m"}`) })
		f.change(going, func(a *mc.Agent) { a.Status = mc.AgentDeleting })
		f.change(moved, func(a *mc.Agent) { a.GatewayID = &other.ID })
		f.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteAgent(ctx, gone.ID) })
		job, _ := f.lastIn(heartbeatSync)
		f.do(job)
		if diff := cmp.Diff(map[string]any{mc.GatewayAgentID(ada): "9m"}, there(f.fake)); diff != "" {
			t.Error(diff)
		}
		// A gateway that stays away fails the job, which is then repeated.
		f.fake.Stop()
		if err := f.service.Do(t.Context(), job); err == nil {
			t.Error("the job is done though its gateway is away")
		}
		f.fake.Resume()
		f.do(job)
	})
}
