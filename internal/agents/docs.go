package agents

import (
	"slices"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// What the OpenAPI document says of the operations beyond their declarations:
// refusals and examples.

var (
	listErrors = []httpapi.ErrorDoc{
		httpapi.Refusal(403, nil, "board_id names a board that is unknown or that the caller may not read"),
		httpapi.Refusal(404, nil, "gateway_id names no gateway of the organization"),
	}
	reachErrors = []httpapi.ErrorDoc{
		httpapi.Refusal(404, nil, "there is no such agent in the organization"),
		httpapi.Refusal(403, nil, "the caller may not use the agent's board"),
	}
	gatewayErrors = []httpapi.ErrorDoc{
		httpapi.Refusal(422, "Board gateway_id is required", "the board has no gateway and the agent is not external"),
		httpapi.Refusal(422, "Board gateway_id is invalid", "the board's gateway does not exist any more"),
		httpapi.Refusal(422, "Gateway workspace_root is required", "the gateway has no workspace root"),
		httpapi.Refusal(422, "Gateway url is required", "the gateway has no address"),
	}
	boardErrors = []httpapi.ErrorDoc{
		httpapi.Refusal(422, "board_id is required", "no board is named"),
		httpapi.Refusal(404, "Board not found", "there is no such board"),
		httpapi.Refusal(403, access.BoardNoOrganization, "the user is no member of the board's organization"),
		httpapi.Refusal(403, access.BoardDenied, "the user has no write access to the board"),
	}
	provisionErrors = []httpapi.ErrorDoc{
		httpapi.Refusal(502, "Gateway provision failed: {error}", "the gateway refuses or stays away; the agent stays, and a job tries again"),
		httpapi.Refusal(500, "Unexpected error provisioning gateway provisioning.", "the agent's files cannot be made"),
	}
	createErrors = slices.Concat(boardErrors, []httpapi.ErrorDoc{
		httpapi.Refusal(403, nil, "the user is no admin"),
		httpapi.Refusal(403, "Only board leads can create agents", "the agent leads no board"),
		httpapi.Refusal(403, access.LeadNeedBoard, "the lead has no board"),
		httpapi.Refusal(403, "Board leads can only create agents in their own board", "a lead names another board"),
		httpapi.Refusal(409, "An agent with this name already exists on this board.", "the name is taken, in any case"),
		httpapi.Refusal(409, "An agent with this name already exists in this gateway workspace.", "the name is taken on another board of the gateway"),
		httpapi.Refusal(409, "Board worker-agent limit reached: max_agents={max_agents} (excluding the lead); cannot create more than {max_agents} {noun}.", "a lead has created as many workers as its board allows"),
		httpapi.Refusal(409, "Board already has a lead", "is_board_lead is set and the board has a lead"),
	}, gatewayErrors, provisionErrors)
	changeErrors = slices.Concat(reachErrors, []httpapi.ErrorDoc{
		httpapi.Refusal(403, "status is controlled by agent heartbeat", "the body names a status"),
		httpapi.Refusal(404, nil, "the board to move to does not exist in the organization"),
		httpapi.Refusal(409, "Gateway already has a main agent", "the gateway has another main agent"),
		httpapi.Refusal(409, "Board already has a lead", "a lead moves to a board that has one"),
		httpapi.Refusal(422, "board_id is required", "board_id is null, or a main agent is to be made without a board to take the gateway from"),
		httpapi.Refusal(422, "board_id is required when converting a gateway-main agent to board scope", "is_gateway_main is false and no board is named"),
		httpapi.Refusal(422, "Gateway agent requires a gateway configuration", "the gateway of a main agent is gone or has no address"),
		httpapi.Refusal(502, "Gateway update failed: {error}", "the gateway refuses or stays away; the change stays, and a job tries again"),
		httpapi.Refusal(500, "Unexpected error updateing gateway provisioning.", "the agent's files cannot be made"),
	}, gatewayErrors)
	deleteErrors = slices.Concat(reachErrors, []httpapi.ErrorDoc{
		httpapi.Refusal(404, "Board not found", "the agent's board is gone"),
		httpapi.Refusal(502, "Gateway cleanup failed: {error}", "the gateway refuses or stays away; nothing is removed"),
		httpapi.Refusal(500, "Workspace cleanup failed: {error}", "the agent could not be taken away for another reason; nothing is removed"),
	}, gatewayErrors)
	heartbeatErrors = append([]httpapi.ErrorDoc{httpapi.Refusal(403, nil, "an agent checks another one in, or the user is no admin")}, reachErrors...)
	namedErrors     = slices.Concat(reachErrors, boardErrors, gatewayErrors, provisionErrors)
	tokenErrors     = append([]httpapi.ErrorDoc{httpapi.Refusal(409, tokenIsTheGateways, "the agent lives on a gateway, which knows its token")}, reachErrors...)
)

const exampleBoard = "11111111-1111-4111-8111-111111111111"

var exampleAgent = views.Agent(mc.Agent{
	ID: mc.MustID("33333333-3333-4333-8333-333333333333"), BoardID: mc.Ref(mc.MustID(exampleBoard)), GatewayID: mc.Ref(mc.MustID("77777777-7777-4777-8777-777777777777")),
	Name: "Ada", Status: mc.AgentOnline, Runtime: mc.RuntimeOpenClaw, SessionKey: mc.Ref("agent:mc-33333333-3333-4333-8333-333333333333:main"),
	HeartbeatConfig: mc.DefaultHeartbeatConfig(), IdentityProfile: mc.JSON(`{"role":"Analyst"}`), LastSeenAt: &exampleTime, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}, exampleTime)

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var agentExamples = map[string]any{"agent": exampleAgent}

var createExamples = map[string]any{
	"worker":   map[string]any{"name": "Ada", "board_id": exampleBoard, "identity_profile": map[string]any{"role": "Analyst"}},
	"external": map[string]any{"name": "Build bot", "board_id": exampleBoard, "runtime": "external"},
}

var changeExamples = map[string]any{
	"slower_heartbeat": map[string]any{"heartbeat_config": map[string]any{"every": "30m"}},
	"rename":           map[string]any{"name": "Ada Lovelace"},
}

const exampleStream = "event: agent\r\nid: 42\r\n" +
	`data: {"agent":{"board_id":"11111111-1111-4111-8111-111111111111","name":"Ada","status":"online","heartbeat_config":{"every":"10m"},"identity_profile":null,` +
	`"identity_template":null,"soul_template":null,"id":"33333333-3333-4333-8333-333333333333","gateway_id":"77777777-7777-4777-8777-777777777777","is_board_lead":false,` +
	`"is_gateway_main":false,"openclaw_session_id":null,"last_seen_at":"2026-03-01T09:30:00","created_at":"2026-03-01T09:30:00","updated_at":"2026-03-01T09:30:00","runtime":"openclaw"}}` +
	"\r\n\r\n"
