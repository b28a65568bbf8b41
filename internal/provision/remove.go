package provision

import (
	"context"
	"net/url"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision/templates"
	"missioncontrol/internal/store"
)

// Remove takes an agent, its files and its session away from a gateway. What is
// gone already is fine, and an external agent was never there. A gateway that
// refuses or stays away is mc.KindUpstream "Gateway cleanup failed: …"; Reason
// gives its own words.
func (s *Service) Remove(ctx context.Context, agent mc.Agent, g mc.Gateway) error {
	if agent.IsExternal() {
		return nil
	}
	err := s.repeat(ctx, s.pace.repeatOther, func(ctx context.Context) error {
		return s.removeOnce(ctx, Endpoint(g), agent)
	})
	switch {
	case err == nil:
		return nil
	case isGateway(err):
		refused := mc.Upstream("Gateway cleanup failed: " + err.Error())
		refused.Cause = err
		return refused
	}
	return mc.Failure("Workspace cleanup failed: "+err.Error(), err)
}

func (s *Service) removeOnce(ctx context.Context, e openclaw.Endpoint, agent mc.Agent) error {
	return s.removeFrom(ctx, e, mc.GatewayAgentID(agent), sessionKey(agent))
}

func (s *Service) removeFrom(ctx context.Context, e openclaw.Endpoint, agentID, key string) error {
	g := s.client.Gateway(e)
	if err := g.AgentsDelete(ctx, agentID); err != nil && !openclaw.IsMissingAgent(err) {
		return err
	}
	if err := g.SessionsDelete(ctx, key); err != nil && !openclaw.IsMissingSession(err) {
		return err
	}
	return nil
}

func sessionKey(a mc.Agent) string {
	if a.SessionKey != nil && *a.SessionKey != "" {
		return *a.SessionKey
	}
	return mc.SessionKeyOf(a)
}

// cleanupPolicy is for what is nice to have: a gateway that stays away for long
// is not waited for.
var cleanupPolicy = jobs.Policy{Timeout: 2 * time.Minute, MaxAttempts: 6, Base: 5 * time.Second, Max: 2 * time.Minute}

// removeArgs take an agent away from a gateway.
type removeArgs struct {
	GatewayID      mc.ID  `json:"gateway_id"`
	GatewayAgentID string `json:"gateway_agent_id"`
	SessionKey     string `json:"session_key"`
	// Endpoint is how the gateway is reached when its row is gone as well.
	Endpoint *openclaw.Endpoint `json:"endpoint,omitempty"`
}

// Kind names the job.
func (removeArgs) Kind() string { return "agent_removal" }

// RemoveInBackground is Remove as a job of the caller's transaction, for an agent
// that was deleted or has moved, called with the agent as the gateway knows it.
func (s *Service) RemoveInBackground(tx *store.Tx, agent mc.Agent, g mc.Gateway) {
	s.enqueueRemoval(tx, agent, g, nil)
}

// RemoveWithGateway is RemoveInBackground for a gateway that is deleted in the
// same transaction: the job takes along how it is reached.
func (s *Service) RemoveWithGateway(tx *store.Tx, agent mc.Agent, g mc.Gateway) {
	e := Endpoint(g)
	s.enqueueRemoval(tx, agent, g, &e)
}

// agentsAtOnce bounds what is held in memory of an organization that ends.
const agentsAtOnce = 50

// RemoveOrganization leaves all agents of an organization, which is deleted in
// the same transaction, to jobs that take them off their gateways, for as long as
// those can be reached. Nothing waits for that: the tokens of the agents open
// nothing from the commit on.
func (s *Service) RemoveOrganization(ctx context.Context, tx *store.Tx, organization mc.ID) error {
	gateways := map[mc.ID]mc.Gateway{}
	for offset, more := 0, true; more; offset += agentsAtOnce {
		agents, total, err := tx.Agents(ctx, store.AgentFilter{OrganizationID: &organization}, agentsAtOnce, offset)
		if err != nil {
			return err
		}
		for _, a := range agents {
			if a.IsExternal() || a.GatewayID == nil {
				continue
			}
			g, known := gateways[*a.GatewayID]
			if !known {
				if g, err = tx.GatewayByID(ctx, *a.GatewayID); err != nil {
					return err
				}
				gateways[g.ID] = g
			}
			s.RemoveWithGateway(tx, a, g)
		}
		if err := tx.Flush(ctx); err != nil { // what is queued is no longer held here
			return err
		}
		more = int64(offset+agentsAtOnce) < total
	}
	return nil
}

func (s *Service) enqueueRemoval(tx *store.Tx, agent mc.Agent, g mc.Gateway, e *openclaw.Endpoint) {
	if agent.IsExternal() {
		return
	}
	args := removeArgs{GatewayID: g.ID, GatewayAgentID: mc.GatewayAgentID(agent), SessionKey: sessionKey(agent), Endpoint: e}
	tx.Enqueue(store.Job{Args: args, Opts: cleanupPolicy.Options(time.Time{})})
}

func (s *Service) remove(ctx context.Context, args removeArgs) error {
	e := args.Endpoint
	if e == nil {
		g, err := s.store.GatewayByID(ctx, args.GatewayID)
		if mc.KindOf(err) == mc.KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		e = new(openclaw.Endpoint)
		*e = Endpoint(g)
	}
	stays, err := s.livesAt(ctx, args, *e)
	if err != nil || stays {
		return err
	}
	return s.removeFrom(ctx, *e, args.GatewayAgentID, args.SessionKey)
}

// livesAt reports whether an agent is at home where it is to be removed: it came
// back, its new gateway is the old one by another name, or a new main agent or
// lead has taken its place.
func (s *Service) livesAt(ctx context.Context, args removeArgs, e openclaw.Endpoint) (bool, error) {
	a, err := s.store.AgentBySession(ctx, args.SessionKey)
	if err != nil || a == nil || a.GatewayID == nil {
		return false, err
	}
	g, err := s.store.GatewayByID(ctx, *a.GatewayID)
	return err == nil && host(g.URL) == host(e.URL), err
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// cleanupArgs ask a gateway's main agent for something.
type cleanupArgs struct {
	GatewayID mc.ID  `json:"gateway_id"`
	Message   string `json:"message"`
}

// Kind names the job.
func (cleanupArgs) Kind() string { return "agent_cleanup_request" }

// AskCleanup tells the main agent of a gateway, in a job of the caller's
// transaction, to remove what a deleted agent of a board has left on disk.
func (s *Service) AskCleanup(tx *store.Tx, agent mc.Agent, g mc.Gateway) {
	if agent.IsExternal() {
		return
	}
	args := cleanupArgs{GatewayID: g.ID, Message: templates.CleanupMessage(agent, g)}
	tx.Enqueue(store.Job{Args: args, Opts: cleanupPolicy.Options(time.Time{})})
}

func (s *Service) askCleanup(ctx context.Context, args cleanupArgs) error {
	g, err := s.store.GatewayByID(ctx, args.GatewayID)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.client.Gateway(Endpoint(g)).SendMessage(ctx, mc.MainSessionKey(g.ID), mc.MainSessionLabel, args.Message, false)
}
