package agentapi

import (
	"context"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
)

const (
	soulPath       = "/api/v1/agent/boards/{board_id}/agents/{agent_id}/soul"
	soulFile       = "SOUL.md"
	soulReadFailed = "Gateway SOUL read failed"
)

// SoulUpdateRequest is a new soul for an agent.
type SoulUpdateRequest struct {
	Content   string  `json:"content" doc:"The whole of SOUL.md."`
	SourceURL *string `json:"source_url" doc:"Where the soul comes from."`
	Reason    *string `json:"reason" doc:"Why it is changed."`
}

func (f *Feature) registerSoul(r *httpapi.Router, g *access.Guards) {
	noAgent := httpapi.ErrorDoc{Status: 404, When: "there is no such agent on the board"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: soulPath, Name: "get_agent_soul", Tags: []string{"agent", "agent-lead", "agent-worker"},
		Summary:     "Read the soul of an agent",
		Description: "Answers SOUL.md as the gateway has it: leads read that of every agent of the board, others their own.",
		Errors: append([]httpapi.ErrorDoc{
			{Status: 403, When: "the caller neither leads the board nor is the agent"}, noAgent,
			{Status: 502, Detail: soulReadFailed, When: "the gateway refuses, stays away, or has no text to give"},
		}, noGateway...),
		Hints: soulReadHints,
	}, g.AgentBoard(), f.readSoul)
	httpapi.Register(r, httpapi.Op{
		Method: "PUT", Path: soulPath, Name: "update_agent_soul", ID: "agent_lead_update_agent_soul", Tags: leadOnly,
		Summary:     "Write the soul of an agent",
		Description: "Keeps the soul as the agent's template and writes SOUL.md on the gateway. When the gateway fails, the template stays: it goes out with the next provisioning.",
		Errors: append([]httpapi.ErrorDoc{
			noAgent,
			{Status: 422, Detail: "content is required", When: "the content is blank"},
			{Status: 502, Detail: "Gateway SOUL update failed: {error}", When: "the gateway refuses or stays away"},
		}, noGateway...),
		RequestExamples: map[string]any{"brief": map[string]any{"content": "# Soul\nBe brief.", "reason": "answers were too long"}},
		Hints:           soulWriteHints,
	}, g.AgentLead(), f.writeSoul)
}

type agentInput struct {
	AgentID string `path:"agent_id"`
}

func (f *Feature) readSoul(ctx context.Context, b access.Board, in *agentInput) (soul string, err error) {
	if id, ok := mc.ParseID(in.AgentID); !b.Agent.IsBoardLead && (!ok || id != b.Agent.ID) {
		return "", mc.Forbidden()
	}
	target, err := f.target(ctx, b.Board, in.AgentID)
	if err != nil {
		return "", err
	}
	if target.IsExternal() { // its files are nobody's business but its own
		return trimmed(target.SoulTemplate), nil
	}
	gateway, err := f.boardGateway(ctx, b.Board)
	if err != nil {
		return "", err
	}
	var ok bool
	err = f.patiently(ctx, gateway, func(ctx context.Context, g *openclaw.Gateway) error {
		soul, ok, err = g.FilesGet(ctx, mc.GatewayAgentID(target), soulFile)
		return err
	})
	if err != nil || !ok {
		refused := mc.Upstream(soulReadFailed)
		refused.Cause = err
		return "", refused
	}
	return soul, nil
}

type soulInput struct {
	AgentID string `path:"agent_id"`
	Body    SoulUpdateRequest
}

func (f *Feature) writeSoul(ctx context.Context, b access.Board, in *soulInput) (out httpapi.OK, err error) {
	target, err := f.target(ctx, b.Board, in.AgentID)
	if err != nil {
		return out, err
	}
	content := strings.TrimSpace(in.Body.Content)
	if content == "" {
		return out, mc.Unprocessable("content is required")
	}
	// An external agent has no files: its template is all there is.
	var gateway *mc.Gateway
	if !target.IsExternal() {
		found, err := f.boardGateway(ctx, b.Board)
		if err != nil {
			return out, err
		}
		gateway = &found
	}
	if target, err = f.agents.KeepSoul(ctx, target.ID, content); err != nil {
		return out, err
	}
	event := mc.ActivityEvent{Type: mc.EventSoulUpdated, Message: mc.Ref(soulUpdated(target, in.Body)), AgentID: &b.Agent.ID, BoardID: &b.Board.ID}
	if gateway != nil {
		err = f.patiently(ctx, *gateway, func(ctx context.Context, g *openclaw.Gateway) error {
			return g.FilesSet(ctx, mc.GatewayAgentID(target), soulFile, content)
		})
	}
	if err != nil {
		event.Type, event.Message = mc.EventSoulUpdateFailed, mc.Ref("SOUL.md update failed for "+target.Name+": "+err.Error())
		f.record(ctx, event)
		return out, mc.Upstream("Gateway SOUL update failed: " + err.Error())
	}
	f.record(ctx, event)
	return httpapi.Done, nil
}

func soulUpdated(target mc.Agent, body SoulUpdateRequest) string {
	text := "SOUL.md updated for " + target.Name + "."
	if reason := trimmed(body.Reason); reason != "" {
		text += " Reason: " + reason
	}
	if source := trimmed(body.SourceURL); source != "" {
		text += " Source: " + source
	}
	return text
}
