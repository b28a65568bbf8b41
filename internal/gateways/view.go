package gateways

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
)

// GatewayRead is a gateway as admins see it.
type GatewayRead struct {
	Name                 string  `json:"name"`
	URL                  string  `json:"url"`
	WorkspaceRoot        string  `json:"workspace_root" doc:"Directory on the gateway's host under which its agents have their workspaces."`
	AllowInsecureTLS     bool    `json:"allow_insecure_tls" default:"false" doc:"Whether any certificate is accepted, such as a self-signed one."`
	DisableDevicePairing bool    `json:"disable_device_pairing" default:"false" doc:"Whether to connect as a control UI instead of as a paired device."`
	ID                   mc.ID   `json:"id"`
	OrganizationID       mc.ID   `json:"organization_id"`
	Token                *string `json:"token" doc:"Shared token of the gateway, in clear."`
	CreatedAt            mc.Time `json:"created_at"`
	UpdatedAt            mc.Time `json:"updated_at"`
}

func viewOf(g mc.Gateway) GatewayRead {
	return GatewayRead{
		Name: g.Name, URL: g.URL, WorkspaceRoot: g.WorkspaceRoot, AllowInsecureTLS: g.AllowInsecureTLS, DisableDevicePairing: g.DisableDevicePairing,
		ID: g.ID, OrganizationID: g.OrganizationID, Token: g.Token, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
}

// GatewaysStatusResponse tells whether a gateway can be reached and what runs there.
type GatewaysStatusResponse struct {
	Connected        bool       `json:"connected"`
	GatewayURL       string     `json:"gateway_url"`
	SessionsCount    *int       `json:"sessions_count"`
	Sessions         *[]mc.JSON `json:"sessions" doc:"As the gateway lists them."`
	MainSession      *mc.JSON   `json:"main_session" doc:"Session of the gateway's main agent; null when the gateway was named by its url."`
	MainSessionError *string    `json:"main_session_error"`
	Error            *string    `json:"error" doc:"Why connected is false."`
}

// GatewaySessionsResponse lists the sessions of a gateway.
type GatewaySessionsResponse struct {
	Sessions    []mc.JSON `json:"sessions" doc:"As the gateway lists them."`
	MainSession *mc.JSON  `json:"main_session" doc:"Session of the gateway's main agent; null when it cannot be had."`
}

// GatewaySessionResponse is one session of a gateway.
type GatewaySessionResponse struct {
	Session any `json:"session" doc:"As the gateway gives it."`
}

// GatewaySessionHistoryResponse is what was said in a session.
type GatewaySessionHistoryResponse struct {
	History []mc.JSON `json:"history" doc:"Messages as the gateway gives them."`
}

// GatewayCommandsResponse lists what gateways understand and tell.
type GatewayCommandsResponse struct {
	ProtocolVersion int      `json:"protocol_version"`
	Methods         []string `json:"methods"`
	Events          []string `json:"events"`
}

// GatewayTemplatesSyncResult reports a template sync.
type GatewayTemplatesSyncResult struct {
	GatewayID     mc.ID                       `json:"gateway_id"`
	IncludeMain   bool                        `json:"include_main"`
	ResetSessions bool                        `json:"reset_sessions"`
	AgentsUpdated int                         `json:"agents_updated" doc:"Agents of boards whose files were written."`
	AgentsSkipped int                         `json:"agents_skipped"`
	MainUpdated   bool                        `json:"main_updated"`
	Errors        []GatewayTemplatesSyncError `json:"errors" doc:"What went wrong, or may have; an entry need not mean that an agent was skipped."`
}

// GatewayTemplatesSyncError is a line of that report.
type GatewayTemplatesSyncError struct {
	AgentID   *mc.ID  `json:"agent_id"`
	AgentName *string `json:"agent_name"`
	BoardID   *mc.ID  `json:"board_id"`
	Message   string  `json:"message"`
}

func reportOf(g mc.ID, o provision.SyncOptions, result provision.SyncResult) GatewayTemplatesSyncResult {
	view := GatewayTemplatesSyncResult{
		GatewayID: g, IncludeMain: o.IncludeMain, ResetSessions: o.ResetSessions,
		AgentsUpdated: result.AgentsUpdated, AgentsSkipped: result.AgentsSkipped, MainUpdated: result.MainUpdated, Errors: []GatewayTemplatesSyncError{},
	}
	for _, e := range result.Errors {
		line := GatewayTemplatesSyncError{Message: e.Message}
		if e.Agent != nil {
			line.AgentID, line.AgentName, line.BoardID = &e.Agent.ID, &e.Agent.Name, e.Agent.BoardID
		}
		view.Errors = append(view.Errors, line)
	}
	return view
}
