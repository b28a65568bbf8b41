package provision

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// EnsureMain sees to it that a gateway has its main agent, and that its name and
// session key are those that follow from the gateway, whose row the caller has
// locked. changed tells whether anything had to be written. Nothing is sent to
// the gateway: Begin a run.
func (s *Service) EnsureMain(ctx context.Context, tx *store.Tx, g mc.Gateway) (agent mc.Agent, changed bool, err error) {
	agent, err = tx.MainAgent(ctx, g.ID)
	if mc.KindOf(err) == mc.KindNotFound {
		agent = newAgent(tx.Now())
		agent.GatewayID = &g.ID
		setMain(&agent, g)
		tx.Audit(mc.AuditAgentCreated, agent.AuditTarget(g.OrganizationID), nil)
		return agent, true, tx.InsertAgent(ctx, agent)
	}
	if err == nil {
		agent, err = tx.LockAgent(ctx, agent.ID)
	}
	if err != nil || !setMain(&agent, g) {
		return agent, false, err
	}
	agent.Change(tx.Now())
	return agent, true, tx.UpdateAgent(ctx, agent)
}

// setMain makes an agent the main agent of its gateway and reports whether it
// was not that yet.
func setMain(a *mc.Agent, g mc.Gateway) bool {
	name, key := g.Name+" Gateway Agent", mc.MainSessionKey(g.ID)
	changed := a.Name != name || a.SessionKey == nil || *a.SessionKey != key || a.IsBoardLead
	a.Name, a.SessionKey, a.IsBoardLead = name, &key, false
	if a.HeartbeatConfig.IsNull() {
		a.HeartbeatConfig, changed = mc.DefaultHeartbeatConfig(), true
	}
	if a.IdentityProfile.IsNull() {
		a.IdentityProfile, changed = mc.MainIdentityProfile(), true
	}
	if a.Status == "" {
		a.Status, changed = mc.AgentProvisioning, true
	}
	return changed
}

// LeadSpec is what is wanted of a lead.
type LeadSpec struct {
	Name    *string // nil: an existing name stays, a new lead gets the default
	Profile mc.JSON // of a new lead; overlays the default identity of leads
	Token   Token   // of a new lead, from NewToken; zero: its run mints one
}

// EnsureLead sees to it that a board has a lead, in the caller's transaction.
// A new one is to be brought to life with Begin, or BeginInBackground; one that
// was there gets its gateway, session key and, if asked for, name corrected and
// is otherwise left alone. For an external lead, as those of boards of external
// agents are, the gateway plays no part.
func (s *Service) EnsureLead(ctx context.Context, tx *store.Tx, board mc.Board, g mc.Gateway, spec LeadSpec) (agent mc.Agent, created bool, err error) {
	if _, err := tx.LockBoard(ctx, board.ID); err != nil { // one at a time
		return agent, false, err
	}
	agent, err = tx.Lead(ctx, board.ID)
	if mc.KindOf(err) == mc.KindNotFound {
		agent = newAgent(tx.Now())
		agent.BoardID, agent.IsBoardLead, agent.Runtime = &board.ID, true, board.Runtime
		agent.Name = mc.DefaultLeadName
		agent.IdentityProfile = mc.OverlayIdentityProfile(mc.LeadIdentityProfile(), spec.Profile)
		settle(&agent, g, spec.Name)
		if spec.Token != (Token{}) {
			spec.Token.Issue(&agent)
		}
		tx.Audit(mc.AuditAgentCreated, agent.AuditTarget(board.OrganizationID), nil)
		return agent, true, tx.InsertAgent(ctx, agent)
	}
	if err == nil {
		agent, err = tx.LockAgent(ctx, agent.ID)
	}
	if err != nil || !settle(&agent, g, spec.Name) {
		return agent, false, err
	}
	agent.Change(tx.Now())
	return agent, false, tx.UpdateAgent(ctx, agent)
}

// settle puts a lead where its board is, and reports whether it was not there.
func settle(a *mc.Agent, g mc.Gateway, name *string) bool {
	before := *a
	if name != nil && *name != "" {
		a.Name = *name
	}
	a.GatewayID, a.SessionKey = nil, nil
	if !a.IsExternal() {
		a.GatewayID = &g.ID
		a.SessionKey = mc.Ref(mc.SessionKeyOf(*a))
	}
	return a.Name != before.Name || !mc.Same(a.GatewayID, before.GatewayID) || !mc.Same(a.SessionKey, before.SessionKey)
}

func newAgent(now mc.Time) mc.Agent {
	return mc.Agent{
		ID: mc.NewID(), Status: mc.AgentProvisioning, Runtime: mc.RuntimeOpenClaw, HeartbeatConfig: mc.DefaultHeartbeatConfig(), CreatedAt: now, UpdatedAt: now,
	}
}
