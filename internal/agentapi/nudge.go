package agentapi

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// AgentNudge is what a lead says to an agent.
type AgentNudge struct {
	Message string `json:"message" trim:"true" minLength:"1" doc:"What the agent is told, word for word."`
}

// SchemaHints tells leads what the body is for.
func (AgentNudge) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "agent_nudge", "x-required-actor": "board_lead", "x-when-to-use": []string{"An agent has to be reminded or pointed at something now."}}
}

func (f *Feature) registerNudge(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/boards/{board_id}/agents/{agent_id}/nudge", Name: "nudge_agent", ID: "agent_lead_nudge_agent", Tags: leadOnly,
		Summary:     "Nudge an agent",
		Description: "Sends a message, word for word, to an agent of the board or to the main agent of its gateway, and answers when the gateway has taken it.",
		Errors: append([]httpapi.ErrorDoc{
			{Status: 404, When: "there is no such agent on the board"},
			{Status: 422, Detail: "Target agent has no session key", When: "the agent cannot be reached"},
			{Status: 502, Detail: "Gateway nudge failed: {error}", When: "the gateway refuses or stays away"},
		}, noGateway...),
		RequestExamples: map[string]any{"reminder": map[string]any{"message": "The export waits for you since noon. What is missing?"}},
		Hints:           nudgeHints,
	}, g.AgentLead(), f.nudge)
}

type nudgeInput struct {
	AgentID string `path:"agent_id"`
	Body    AgentNudge
}

func (f *Feature) nudge(ctx context.Context, b access.Board, in *nudgeInput) (out httpapi.OK, err error) {
	target, err := f.target(ctx, b.Board, in.AgentID)
	if err != nil {
		return out, err
	}
	if trimmed(target.SessionKey) == "" {
		return out, mc.Unprocessable("Target agent has no session key")
	}
	gateway, err := f.boardGateway(ctx, b.Board)
	if err != nil {
		return out, err
	}
	event := mc.ActivityEvent{Type: mc.EventNudgeSent, Message: mc.Ref("Nudge sent to " + target.Name + "."), AgentID: &b.Agent.ID, BoardID: &b.Board.ID}
	err = f.send(ctx, gateway, message{session: *target.SessionKey, label: target.Name, text: in.Body.Message, deliver: true})
	if err != nil {
		event.Type, event.Message = mc.EventNudgeFailed, mc.Ref("Nudge failed for "+target.Name+": "+err.Error())
		f.record(ctx, event)
		return out, mc.Upstream("Gateway nudge failed: " + err.Error())
	}
	f.record(ctx, event)
	return httpapi.Done, nil
}
