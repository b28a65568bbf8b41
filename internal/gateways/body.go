package gateways

import (
	"strings"

	"missioncontrol/internal/mc"
)

// GatewayCreate is the body that connects a gateway.
type GatewayCreate struct {
	Name                 string  `json:"name"`
	URL                  string  `json:"url" doc:"Its WebSocket address: ws or wss."`
	WorkspaceRoot        string  `json:"workspace_root" doc:"Directory on its host under which agents get their workspaces; a leading ~ is the gateway's to expand."`
	AllowInsecureTLS     bool    `json:"allow_insecure_tls" default:"false"`
	DisableDevicePairing bool    `json:"disable_device_pairing" default:"false"`
	Token                *string `json:"token" doc:"Its shared token; trimmed, blank counts as none."`
}

// Validate refuses blank fields, which no gateway could be reached or used with.
func (c GatewayCreate) Validate() error {
	return refuseBlank(map[string]*string{"name": &c.Name, "url": &c.URL, "workspace_root": &c.WorkspaceRoot})
}

// GatewayUpdate is the body that changes a gateway.
type GatewayUpdate struct {
	Name                 mc.Opt[string] `json:"name" notnull:"true"`
	URL                  mc.Opt[string] `json:"url" notnull:"true"`
	Token                mc.Opt[string] `json:"token" doc:"null or blank: none."`
	WorkspaceRoot        mc.Opt[string] `json:"workspace_root" notnull:"true"`
	AllowInsecureTLS     mc.Opt[bool]   `json:"allow_insecure_tls" notnull:"true"`
	DisableDevicePairing mc.Opt[bool]   `json:"disable_device_pairing" notnull:"true"`
}

// Validate refuses to blank what a gateway needs.
func (u GatewayUpdate) Validate() error {
	return refuseBlank(map[string]*string{"name": u.Name.Ptr(), "url": u.URL.Ptr(), "workspace_root": u.WorkspaceRoot.Ptr()})
}

// refuseBlank takes fields of a body; nil ones were not sent.
func refuseBlank(fields map[string]*string) error {
	var blank []mc.FieldError
	for _, name := range []string{"name", "url", "workspace_root"} {
		if value := fields[name]; value != nil && strings.TrimSpace(*value) == "" {
			blank = append(blank, mc.FieldError{Type: "value_error", Loc: []any{"body", name}, Msg: "Value error, must not be blank", Input: *value})
		}
	}
	if blank == nil {
		return nil
	}
	return &mc.Error{Kind: mc.KindInvalid, Fields: blank}
}

// apply puts the change into a gateway.
func (u GatewayUpdate) apply(g *mc.Gateway) {
	u.Name.Apply(&g.Name)
	u.URL.Apply(&g.URL)
	if u.Token.Present() {
		g.Token = cleanToken(u.Token.Ptr())
	}
	u.WorkspaceRoot.Apply(&g.WorkspaceRoot)
	u.AllowInsecureTLS.Apply(&g.AllowInsecureTLS)
	u.DisableDevicePairing.Apply(&g.DisableDevicePairing)
}

// reconnects reports whether the change concerns how the gateway is reached.
func (u GatewayUpdate) reconnects() bool {
	return u.URL.Present() || u.Token.Present() || u.AllowInsecureTLS.Present() || u.DisableDevicePairing.Present()
}

func cleanToken(sent *string) *string {
	if sent == nil {
		return nil
	}
	if token := strings.TrimSpace(*sent); token != "" {
		return &token
	}
	return nil
}

// GatewaySessionMessageRequest is a message to a session.
type GatewaySessionMessageRequest struct {
	Content string `json:"content" trim:"true" minLength:"1"`
}
