package views

import "missioncontrol/internal/mc"

// AgentRead is an agent as clients see it.
type AgentRead struct {
	BoardID          *mc.ID     `json:"board_id" doc:"Board the agent works on; null for the main agent of a gateway."`
	Name             string     `json:"name" minLength:"1" doc:"What people and other agents call it."`
	Status           string     `json:"status" default:"provisioning" doc:"provisioning until it was seen for the first time, updating, deleting, offline after ten minutes of silence, else what it last reported, such as online."`
	HeartbeatConfig  mc.JSON    `json:"heartbeat_config" jsontype:"object" doc:"How often the gateway lets it beat, and where its answers go."`
	IdentityProfile  mc.JSON    `json:"identity_profile" jsontype:"object" doc:"Role, manner and the like, as texts."`
	IdentityTemplate *string    `json:"identity_template" doc:"Replaces the whole of its IDENTITY.md."`
	SoulTemplate     *string    `json:"soul_template" doc:"Replaces the whole of its SOUL.md."`
	ID               mc.ID      `json:"id"`
	GatewayID        mc.ID      `json:"gateway_id" doc:"Gateway it lives on; all zeros for an external agent."`
	IsBoardLead      bool       `json:"is_board_lead" default:"false" doc:"Whether it leads its board."`
	IsGatewayMain    bool       `json:"is_gateway_main" default:"false" doc:"Whether it is the main agent of its gateway."`
	SessionKey       *string    `json:"openclaw_session_id" doc:"Key of its session on the gateway."`
	LastSeenAt       *mc.Time   `json:"last_seen_at" doc:"Last sign of life; null before the first."`
	CreatedAt        mc.Time    `json:"created_at"`
	UpdatedAt        mc.Time    `json:"updated_at"`
	Runtime          mc.Runtime `json:"runtime" default:"openclaw" doc:"What runs it: a gateway, or something of its own that calls the API with a token."`
}

// Agent shows an agent as it is at a moment: its status depends on when it was
// last seen. An external agent has no gateway; the contract knows no null
// there, so its id is the nil UUID.
func Agent(a mc.Agent, now mc.Time) AgentRead {
	var gateway mc.ID
	if a.GatewayID != nil {
		gateway = *a.GatewayID
	}
	return AgentRead{
		BoardID: a.BoardID, Name: a.Name, Status: string(a.StatusAt(now)), HeartbeatConfig: a.HeartbeatConfig, IdentityProfile: a.IdentityProfile,
		IdentityTemplate: a.IdentityTemplate, SoulTemplate: a.SoulTemplate, ID: a.ID, GatewayID: gateway, IsBoardLead: a.IsBoardLead,
		IsGatewayMain: a.IsMain(), SessionKey: a.SessionKey, LastSeenAt: a.LastSeenAt, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, Runtime: a.Runtime,
	}
}

// ETag names the agent's version and the status, which also changes as time goes
// by. The version alone will do as a precondition.
func (a AgentRead) ETag() string { return mc.VersionTagWith(a.UpdatedAt, a.Status) }

// Agents shows a list of agents as they are at a moment.
func Agents(agents []mc.Agent, now mc.Time) []AgentRead {
	shown := make([]AgentRead, len(agents))
	for i, a := range agents {
		shown[i] = Agent(a, now)
	}
	return shown
}

// SchemaHints tells agents what to read in an agent.
func (AgentRead) SchemaHints() map[string]any {
	return map[string]any{
		"x-llm-intent":     "agent_profile_lookup",
		"x-required-actor": "board_lead_or_worker",
		"x-when-to-use":    []string{"You need to know who works on the board, what they are good at, or whether they are there."},
		"x-interpretation": []string{
			"status says whether the agent can be expected to answer: online, or a word of its own; offline and provisioning mean nobody is there yet.",
			"is_board_lead is true for the one agent that plans and reviews; is_gateway_main for the one that reaches people.",
		},
	}
}
