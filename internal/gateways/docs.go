package gateways

import (
	"slices"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// What the OpenAPI document says beyond the declarations: refusals and examples.

var errNoGateway = httpapi.ErrorDoc{Status: 404, Detail: notFound, When: "the active organization has no such gateway"}

var targetErrors = []httpapi.ErrorDoc{
	{Status: 403, Detail: access.BoardDenied, When: "the caller may not use the board"},
	{Status: 403, Detail: access.BoardNoOrganization, When: "the caller is no member of the board's organization"},
	{Status: 404, Detail: "Board not found", When: "there is no such board"},
	{Status: 422, Detail: noTarget, When: "no gateway is named"},
	{Status: 422, Detail: "Board gateway_id is required", When: "the board has no gateway"},
	{Status: 422, Detail: "Board gateway_id is invalid", When: "the board's gateway is gone or belongs to another organization"},
	{Status: 422, Detail: "Gateway url is required", When: "the gateway has no address"},
}

var inspectErrors = append(slices.Clip(targetErrors), httpapi.ErrorDoc{Status: 502, Detail: "{error}", When: "the gateway refuses or cannot be reached"})

var runErrors = []httpapi.ErrorDoc{
	{Status: 404, Detail: "Agent not found", When: "the main agent was deleted meanwhile"},
	{Status: 422, Detail: "Organization owner not found (required for gateway agent USER.md rendering).", When: "nobody owns the organization"},
	{Status: 500, Detail: "Unexpected error {action}ing gateway provisioning.", When: "the main agent's files cannot be made"},
	{Status: 502, Detail: "Gateway {action} failed: {error}", When: "the gateway refuses or cannot be reached; what was written stays"},
}

var createErrors = append([]httpapi.ErrorDoc{
	{Status: 422, Detail: "Gateway version {version} is not supported. Minimum supported version is {minimum}.", When: "the gateway is too old"},
	{Status: 502, Detail: "Gateway compatibility check failed: {error}", When: "the gateway cannot be reached or does not let us in; nothing was written"},
}, runErrors...)

var createExamples = map[string]any{
	"local":       map[string]any{"name": "Home", "url": "ws://127.0.0.1:18789", "token": "the-gateway-token", "workspace_root": "~/.openclaw"},
	"self_signed": map[string]any{"name": "Lab", "url": "wss://gateway.example:8443/ws", "workspace_root": "/srv/openclaw", "allow_insecure_tls": true},
}

var changeExamples = map[string]any{
	"rename":      map[string]any{"name": "Home office"},
	"clear_token": map[string]any{"token": nil},
}

var messageExamples = map[string]any{"ask": map[string]any{"content": "What are you working on?"}}

var gatewayExamples = map[string]any{"gateway": GatewayRead{
	Name: "Home", URL: "ws://127.0.0.1:18789", WorkspaceRoot: "~/.openclaw", Token: mc.Ref("the-gateway-token"),
	ID: mc.MustID("44444444-4444-4444-8444-444444444444"), OrganizationID: mc.MustID("66666666-6666-4666-8666-666666666666"),
	CreatedAt: exampleTime("2026-03-01T09:30:00"), UpdatedAt: exampleTime("2026-03-01T09:30:00"),
}}

func exampleTime(s string) mc.Time {
	t, err := mc.ParseTime(s)
	if err != nil {
		panic(err) // a constant of this file
	}
	return t
}
