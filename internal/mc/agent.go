package mc

import (
	"regexp"
	"strings"
	"time"
)

// AgentStatus is the stored state of an agent. Heartbeats may report any text.
type AgentStatus string

// The states Mission Control itself gives.
const (
	AgentProvisioning AgentStatus = "provisioning"
	AgentUpdating     AgentStatus = "updating"
	AgentOnline       AgentStatus = "online"
	AgentOffline      AgentStatus = "offline"
	AgentDeleting     AgentStatus = "deleting"
)

// Limits of an agent's life.
const (
	OfflineAfter    = 10 * time.Minute // without a check-in
	CheckinDeadline = 30 * time.Second // after a wake
	MaxWakes        = 3                // without a check-in
	PresenceEvery   = 30 * time.Second // how often a call is written down as presence
)

// Names and labels of agents.
const (
	MainSessionLabel = "Gateway Agent"
	DefaultLeadName  = "Lead Agent"
)

// Agent works tasks. Without a board it is the main agent of its gateway.
type Agent struct {
	ID                        ID          `db:"id"`
	BoardID                   *ID         `db:"board_id"`
	GatewayID                 *ID         `db:"gateway_id"` // nil for an external agent
	Name                      string      `db:"name"`
	Status                    AgentStatus `db:"status"`
	Runtime                   Runtime     `db:"runtime"`
	SessionKey                *string     `db:"openclaw_session_id"`
	TokenHash                 *string     `db:"agent_token_hash"`
	TokenSHA256               *string     `db:"agent_token_sha256"`          // hex; how a token is looked up
	PreviousTokenSHA256       *string     `db:"previous_agent_token_sha256"` // accepted until the new token is first used
	HeartbeatConfig           JSON        `db:"heartbeat_config"`
	IdentityProfile           JSON        `db:"identity_profile"`
	IdentityTemplate          *string     `db:"identity_template"`
	SoulTemplate              *string     `db:"soul_template"`
	IsBoardLead               bool        `db:"is_board_lead"`
	ProvisionRequestedAt      *Time       `db:"provision_requested_at"`
	ProvisionAction           *string     `db:"provision_action"`
	ProvisionConfirmTokenHash *string     `db:"provision_confirm_token_hash"`
	DeleteRequestedAt         *Time       `db:"delete_requested_at"`
	DeleteConfirmTokenHash    *string     `db:"delete_confirm_token_hash"`
	LastSeenAt                *Time       `db:"last_seen_at"`
	LifecycleGeneration       int         `db:"lifecycle_generation"`
	WakeAttempts              int         `db:"wake_attempts"`
	LastWakeSentAt            *Time       `db:"last_wake_sent_at"`
	CheckinDeadlineAt         *Time       `db:"checkin_deadline_at"`
	LastProvisionError        *string     `db:"last_provision_error"`
	CreatedAt                 Time        `db:"created_at"`
	UpdatedAt                 Time        `db:"updated_at"`
	ChangedAt                 *Time       `db:"changed_at"` // last change of what it is, as against how it is; nil: none since it was made
	Seq                       int64       `db:"seq"`        // id of the row's last announced change
}

// Change marks the agent as changed in what it is: name, place, profile, token.
// Signs of life and runs of its lifecycle only mark it as updated.
func (a *Agent) Change(now Time) {
	a.UpdatedAt = NextVersion(a.UpdatedAt, now)
	a.ChangedAt = Ref(a.UpdatedAt)
}

// Expect checks what a caller takes for granted about the agent: that it is what
// it was then. That it has been seen since does not count.
func (a Agent) Expect(p *Precondition, current func() (Versioned, error)) error {
	since := a.CreatedAt
	if a.ChangedAt != nil {
		since = *a.ChangedAt
	}
	return p.CheckSince(since, a.UpdatedAt, current)
}

// Caller names the agent among all who call.
func (a Agent) Caller() string { return "agent:" + a.ID.String() }

// IsMain reports whether the agent is the main agent of its gateway.
func (a Agent) IsMain() bool { return a.BoardID == nil }

// IsExternal reports whether the agent runs outside of any gateway.
func (a Agent) IsExternal() bool { return a.Runtime == RuntimeExternal }

// OnBoard reports whether the agent belongs to the board.
func (a Agent) OnBoard(board ID) bool { return a.BoardID != nil && *a.BoardID == board }

// StatusAt is the status as others see it: what the row says, unless the agent
// was never seen or not for a while. An update that never ends counts as over
// after updateTimeout, so that an agent cannot stay updating for ever.
func (a Agent) StatusAt(now Time) AgentStatus {
	if a.Status == AgentDeleting {
		return AgentDeleting
	}
	if a.Status == AgentUpdating && (a.ProvisionRequestedAt == nil || now.Sub(*a.ProvisionRequestedAt) <= updateTimeout) {
		return AgentUpdating
	}
	switch {
	case a.LastSeenAt == nil:
		return AgentProvisioning
	case now.Sub(*a.LastSeenAt) > OfflineAfter:
		return AgentOffline
	case a.Status == AgentUpdating:
		return AgentOnline
	}
	return a.Status
}

const updateTimeout = 10 * time.Minute

// Identifiers of an agent on its gateway.

// SessionKeyOf returns the session key of an agent on its gateway; it never
// depends on names.
func SessionKeyOf(a Agent) string { return "agent:" + gatewayAgentID(a) + ":main" }

// MainSessionKey returns the session key of a gateway's main agent.
func MainSessionKey(gateway ID) string { return "agent:mc-gateway-" + gateway.String() + ":main" }

func gatewayAgentID(a Agent) string {
	switch {
	case a.BoardID == nil && a.GatewayID != nil:
		return "mc-gateway-" + a.GatewayID.String()
	case a.IsBoardLead && a.BoardID != nil:
		return "lead-" + a.BoardID.String()
	}
	return "mc-" + a.ID.String()
}

// GatewayAgentID returns the agent's id on its gateway: the second part of its
// session key, or what that would be.
func GatewayAgentID(a Agent) string {
	if a.SessionKey != nil {
		if parts := strings.Split(*a.SessionKey, ":"); len(parts) > 1 && parts[0] == "agent" && parts[1] != "" {
			return parts[1]
		}
	}
	return gatewayAgentID(a)
}

// WorkspacePath returns the agent's directory under the gateway's workspace
// root. A leading ~ is kept: the gateway expands it.
func WorkspacePath(root string, a Agent) string {
	id := GatewayAgentID(a)
	if a.IsMain() {
		id = strings.TrimPrefix(id, "mc-")
	}
	return strings.TrimRight(root, "/") + "/workspace-" + Slug(id)
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// Slug lower-cases s and turns every run of other characters than a-z and 0-9
// into one hyphen, with none at the ends. It may be empty.
func Slug(s string) string {
	return strings.Trim(notSlug.ReplaceAllString(strings.ToLower(s), "-"), "-")
}
