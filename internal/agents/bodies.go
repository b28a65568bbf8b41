package agents

import (
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision/templates"
)

// AgentCreate is the body that makes an agent.
type AgentCreate struct {
	BoardID          *mc.ID      `json:"board_id" doc:"Board it works on. A lead creates on its own board only."`
	Name             string      `json:"name" trim:"true" minLength:"1" doc:"What it is called; no other agent of the board or its gateway may be called so."`
	Status           string      `json:"status" default:"provisioning" doc:"Is what the lifecycle makes of it, whatever is sent."`
	HeartbeatConfig  mc.JSON     `json:"heartbeat_config" jsontype:"object" doc:"How often the gateway lets it beat, such as every, target, includeReasoning."`
	IdentityProfile  mc.JSON     `json:"identity_profile" jsontype:"object" lenient:"true" doc:"Texts such as role, communication_style, emoji, purpose. Lists are joined, blanks dropped."`
	IdentityTemplate *string     `json:"identity_template" doc:"Replaces the whole of its IDENTITY.md; may show {{ variables }}."`
	SoulTemplate     *string     `json:"soul_template" doc:"Replaces the whole of its SOUL.md; may show {{ variables }}."`
	Runtime          *mc.Runtime `json:"runtime" doc:"external for an agent that calls the API by itself and needs no gateway; as the board, when absent."`
	IsBoardLead      bool        `json:"is_board_lead" default:"false" doc:"Makes an external agent the lead of its board."`
}

// Validate checks what the gateway and the templates would trip over later.
func (c AgentCreate) Validate() error {
	kind := templates.Worker
	if c.IsBoardLead {
		kind = templates.Lead
	}
	return firstOf(mc.CheckHeartbeatConfig(c.HeartbeatConfig), checkTemplates(kind, blankToNil(c.IdentityTemplate), blankToNil(c.SoulTemplate)))
}

// SchemaHints tells agents when to use the body.
func (AgentCreate) SchemaHints() map[string]any {
	return map[string]any{
		"x-llm-intent": "agent_profile", "x-required-actor": "lead_or_worker_agent",
		"x-when-to-use":     []string{"A board needs an agent that is not there: say what it is called and what it is good at."},
		"x-when-not-to-use": []string{"An agent of the board can do the work."},
		"x-side-effects":    []string{"The agent gets a workspace on the gateway and is woken."},
	}
}

// AgentUpdate is the body that changes an agent.
type AgentUpdate struct {
	BoardID          mc.Opt[mc.ID]   `json:"board_id" doc:"Moves the agent to another board."`
	IsGatewayMain    mc.Opt[bool]    `json:"is_gateway_main" doc:"true makes it the main agent of its board's gateway, false the worker of a board."`
	Name             mc.Opt[string]  `json:"name" trim:"true" minLength:"1" notnull:"true"`
	Status           mc.Opt[string]  `json:"status" doc:"Is refused: only the agent itself reports its status."`
	HeartbeatConfig  mc.Opt[mc.JSON] `json:"heartbeat_config" jsontype:"object" doc:"null restores the default."`
	IdentityProfile  mc.Opt[mc.JSON] `json:"identity_profile" jsontype:"object" lenient:"true" doc:"Replaces the whole profile."`
	IdentityTemplate mc.Opt[string]  `json:"identity_template"`
	SoulTemplate     mc.Opt[string]  `json:"soul_template"`
}

// Validate checks what the gateway would trip over later.
func (u AgentUpdate) Validate() error {
	config, _ := u.HeartbeatConfig.Get()
	return mc.CheckHeartbeatConfig(config)
}

// SchemaHints tells agents when to use the body.
func (AgentUpdate) SchemaHints() map[string]any {
	return map[string]any{
		"x-llm-intent": "agent_profile_update", "x-required-actor": "board_lead",
		"x-when-to-use":  []string{"An agent's name, profile, templates or heartbeat are to change, or it moves to another board."},
		"x-side-effects": []string{"The agent's files are written again and it is woken."},
	}
}

// nothing reports whether no field was sent, apart from what the agent is to its
// gateway.
func (u AgentUpdate) nothing() bool {
	return !u.BoardID.Present() && !u.Name.Present() && !u.HeartbeatConfig.Present() && !u.writesFiles()
}

// writesFiles reports whether a field was sent that shows in the agent's files.
func (u AgentUpdate) writesFiles() bool {
	return u.Name.Present() || u.BoardID.Present() || u.IdentityProfile.Present() || u.IdentityTemplate.Present() || u.SoulTemplate.Present()
}

// apply writes the fields that say who the agent is.
func (u AgentUpdate) apply(a *mc.Agent) {
	u.Name.Apply(&a.Name)
	if u.HeartbeatConfig.Present() {
		sent, _ := u.HeartbeatConfig.Get()
		a.HeartbeatConfig = mc.HeartbeatConfigOrDefault(sent)
	}
	if u.IdentityProfile.Present() {
		sent, _ := u.IdentityProfile.Get()
		a.IdentityProfile = mc.NormalizeIdentityProfile(sent)
	}
	if u.IdentityTemplate.Present() {
		a.IdentityTemplate = blankToNil(u.IdentityTemplate.Ptr())
	}
	if u.SoulTemplate.Present() {
		a.SoulTemplate = blankToNil(u.SoulTemplate.Ptr())
	}
}

// AgentHeartbeat is the body of a check-in.
type AgentHeartbeat struct {
	Status *string `json:"status" doc:"Any word; online after the first check-in when absent or empty."`
}

// SchemaHints tells agents when to use the body.
func (AgentHeartbeat) SchemaHints() map[string]any {
	return map[string]any{
		"x-llm-intent": "agent_health_signal", "x-required-actor": "any_agent",
		"x-when-to-use": []string{"You check in and want to say how you are in a word of your own."},
	}
}

// AgentHeartbeatCreate is the body of a check-in by name.
type AgentHeartbeatCreate struct {
	Status  *string `json:"status" doc:"Any word; online after the first check-in when absent or empty."`
	Name    string  `json:"name" trim:"true" minLength:"1" doc:"Exact name of the agent; one that does not exist is created."`
	BoardID *mc.ID  `json:"board_id" doc:"Board of the agent; required to create one."`
}

// SchemaHints tells agents when to use the body.
func (AgentHeartbeatCreate) SchemaHints() map[string]any {
	return map[string]any{
		"x-llm-intent": "agent_bootstrap", "x-required-actor": "agent",
		"x-when-to-use": []string{"An agent is to check in that may not exist yet."},
	}
}

// AgentTokenRead is a token of an external agent, shown once.
type AgentTokenRead struct {
	AgentID mc.ID  `json:"agent_id"`
	Token   string `json:"token" doc:"Goes into X-Agent-Token. It is not stored and cannot be shown again."`
}

// checkTemplates refuses templates that an agent of this kind could not be
// given files from.
func checkTemplates(kind templates.Kind, identity, soul *string) error {
	return firstOf(checkTemplate(kind, identity, "identity_template"), checkTemplate(kind, soul, "soul_template"))
}

func checkTemplate(kind templates.Kind, source *string, field string) error {
	if source == nil {
		return nil
	}
	if err := templates.Validate(*source, kind); err != nil {
		return mc.Invalid(err.Error(), "body", field)
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// blankToNil trims a text; a blank one is none.
func blankToNil(s *string) *string {
	if s == nil {
		return nil
	}
	if text := strings.TrimSpace(*s); text != "" {
		return &text
	}
	return nil
}
