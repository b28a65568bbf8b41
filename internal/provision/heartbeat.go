package provision

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
)

// heartbeatArgs bring the heartbeats of agents to their gateway.
type heartbeatArgs struct {
	GatewayID mc.ID   `json:"gateway_id"`
	AgentIDs  []mc.ID `json:"agent_ids"`
}

// Kind names the job.
func (heartbeatArgs) Kind() string { return "agent_heartbeat_sync" }

var heartbeatPolicy = jobs.Policy{Timeout: 2 * time.Minute, MaxAttempts: 12, Base: 10 * time.Second, Max: 10 * time.Minute}

// HeartbeatsInBackground sees to it, within the transaction that changed the
// heartbeats of agents, that their gateways learn of them: one job per gateway,
// which comes when SendHeartbeats has had its time. It also sets right what a run
// that was under way has overwritten meanwhile.
func (s *Service) HeartbeatsInBackground(tx *store.Tx, agents []mc.Agent) {
	for gateway, group := range byGateway(agents) {
		args := heartbeatArgs{GatewayID: gateway, AgentIDs: make([]mc.ID, len(group))}
		for i, a := range group {
			args.AgentIDs[i] = a.ID
		}
		tx.Enqueue(store.Job{Args: args, Opts: heartbeatPolicy.Options(tx.Now().Add(s.pace.run + leaseMargin).Std())})
	}
}

// SendHeartbeats writes the heartbeats of agents into the configurations of
// their gateways: one write per gateway, all gateways at the same time. It
// returns the agents whose gateway has not got it, because it is none that can be
// written to, refuses, or stays away. External agents have no part in it.
func (s *Service) SendHeartbeats(ctx context.Context, agents []mc.Agent) (failed []mc.ID, err error) {
	limited, cancel := context.WithTimeout(ctx, s.pace.run)
	defer cancel()
	var mu sync.Mutex
	var wait sync.WaitGroup
	for id, group := range byGateway(agents) {
		wait.Go(func() {
			sendErr := s.sendHeartbeats(limited, id, group)
			if sendErr == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, a := range group {
				failed = append(failed, a.ID)
			}
			if !isGateway(sendErr) && !errors.Is(sendErr, errNoGateway) {
				err = errors.Join(err, sendErr)
				return
			}
			s.log.WarnContext(ctx, "provision.heartbeat_failed", "gateway_id", id, "agents", len(group), "error", sendErr.Error())
		})
	}
	wait.Wait()
	for _, a := range agents {
		if !a.IsExternal() && a.GatewayID == nil {
			failed = append(failed, a.ID)
		}
	}
	return failed, err
}

// byGateway sorts agents by the gateway they live on.
func byGateway(agents []mc.Agent) map[mc.ID][]mc.Agent {
	groups := map[mc.ID][]mc.Agent{}
	for _, a := range agents {
		if !a.IsExternal() && a.GatewayID != nil {
			groups[*a.GatewayID] = append(groups[*a.GatewayID], a)
		}
	}
	return groups
}

var errNoGateway = errors.New("the gateway is missing, or has no address or workspace root")

func (s *Service) sendHeartbeats(ctx context.Context, id mc.ID, agents []mc.Agent) error {
	g, err := s.store.GatewayByID(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && (strings.TrimSpace(g.URL) == "" || strings.TrimSpace(g.WorkspaceRoot) == "") {
		return errNoGateway
	}
	if err != nil {
		return err
	}
	configs := make([]openclaw.AgentConfig, len(agents))
	for i, a := range agents {
		configs[i] = agentConfig(a, g)
	}
	return s.repeat(ctx, s.pace.repeatOther, func(ctx context.Context) error {
		return openclaw.ApplyAgentConfig(ctx, s.client.Gateway(Endpoint(g)), configs...)
	})
}

// syncHeartbeats sends what the agents' heartbeats are by now. Agents that are
// gone, are going or have moved are none of the gateway's business any more.
func (s *Service) syncHeartbeats(ctx context.Context, args heartbeatArgs) error {
	agents, err := s.store.AgentsByID(ctx, args.AgentIDs)
	if err != nil {
		return err
	}
	agents = slices.DeleteFunc(agents, func(a mc.Agent) bool {
		return a.IsExternal() || a.Status == mc.AgentDeleting || a.GatewayID == nil || *a.GatewayID != args.GatewayID
	})
	if len(agents) == 0 {
		return nil
	}
	return s.sendHeartbeats(ctx, args.GatewayID, agents)
}
