package agentapi

import (
	"context"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// GatewayMainAskUserRequest is a question that the main agent is to put to a human.
type GatewayMainAskUserRequest struct {
	CorrelationID    *string  `json:"correlation_id" doc:"Ties the answer to the question."`
	Content          string   `json:"content" trim:"true" minLength:"1" doc:"What the human is asked."`
	PreferredChannel *string  `json:"preferred_channel" doc:"Where the human is best reached, such as slack."`
	ReplyTags        []string `json:"reply_tags" default:"[\"gateway_main\",\"user_reply\"]" doc:"Tags of the memory entry that answers."`
	ReplySource      *string  `json:"reply_source" default:"\"user_via_gateway_main\"" doc:"Source of the memory entry that answers."`
}

// SchemaHints tells leads what the body is for.
func (GatewayMainAskUserRequest) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "human_escalation_request", "x-required-actor": "lead_agent", "x-when-to-use": []string{"Only a human can decide or knows the answer."}}
}

// GatewayMainAskUserResponse tells who was asked to reach the human.
type GatewayMainAskUserResponse struct {
	OK            bool    `json:"ok" default:"true"`
	BoardID       mc.ID   `json:"board_id"`
	MainAgentID   *mc.ID  `json:"main_agent_id"`
	MainAgentName *string `json:"main_agent_name"`
}

// SchemaHints tells leads how to read the answer.
func (GatewayMainAskUserResponse) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "human_escalation_result", "x-required-actor": "lead_agent", "x-when-to-use": []string{"You want to know that the question is on its way; the answer comes as a memory entry."}}
}

func (f *Feature) registerAskUser(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/boards/{board_id}/gateway/main/ask-user", Name: "ask_user_via_gateway_main", ID: "agent_lead_ask_user_via_gateway_main", Tags: leadOnly,
		Summary:     "Ask the human through the gateway's main agent",
		Description: "Has the main agent of the board's gateway put a question to the human, over the channels it has. The answer is written to the memory of the board.",
		Errors: append([]httpapi.ErrorDoc{
			{Status: 502, Detail: "Gateway ask-user dispatch failed: {error}", When: "the gateway refuses or stays away"},
		}, noGateway...),
		RequestExamples: map[string]any{"question": map[string]any{"content": "May we spend 10 EUR on the domain?", "correlation_id": "ask-4", "preferred_channel": "slack"}},
		Hints:           askUserHints,
	}, g.AgentLead(), f.askUser)
}

type askUserInput struct{ Body GatewayMainAskUserRequest }

func (f *Feature) askUser(ctx context.Context, b access.Board, in *askUserInput) (out GatewayMainAskUserResponse, err error) {
	gateway, err := f.boardGateway(ctx, b.Board)
	if err != nil {
		return out, err
	}
	event := mc.ActivityEvent{
		Type: mc.EventAskUserSent, Message: mc.Ref("Lead requested user info via gateway agent for board: " + b.Board.Name + "."), AgentID: &b.Agent.ID, BoardID: &b.Board.ID,
	}
	err = f.send(ctx, gateway, message{session: mc.MainSessionKey(gateway.ID), label: mc.MainSessionLabel, text: f.question(*b.Agent, b.Board, in.Body), deliver: true})
	if err != nil {
		event.Type, event.Message = mc.EventAskUserFailed, mc.Ref("Lead user question failed for "+b.Board.Name+": "+err.Error())
		f.record(ctx, event)
		return out, mc.Upstream("Gateway ask-user dispatch failed: " + err.Error())
	}
	f.record(ctx, event)
	out = GatewayMainAskUserResponse{OK: true, BoardID: b.Board.ID}
	main, err := f.store.MainAgent(ctx, gateway.ID)
	if mc.KindOf(err) == mc.KindNotFound {
		return out, nil
	}
	out.MainAgentID, out.MainAgentName = &main.ID, &main.Name
	return out, err
}

// question words what the main agent is told. The first line and the order of
// the facts are the contract's.
func (f *Feature) question(lead mc.Agent, board mc.Board, q GatewayMainAskUserRequest) string {
	lines := []string{"LEAD REQUEST: ASK USER", "Board: " + board.Name, "Board ID: " + board.ID.String(), "From lead: " + lead.Name}
	if id := trimmed(q.CorrelationID); id != "" {
		lines = append(lines, "Correlation ID: "+id)
	}
	if channel := trimmed(q.PreferredChannel); channel != "" {
		lines = append(lines, "Preferred channel: "+channel)
	}
	lines = append(lines, "", q.Content, "",
		"Put this question to the human over the channels you have.",
		"If you cannot reach the human there, post the question in the chat of the board.", "")
	byDefault := replies{tags: []string{"gateway_main", "user_reply"}, source: "user_via_gateway_main"}
	return strings.Join(append(lines, f.replyLines(board, byDefault.or(q.ReplyTags, q.ReplySource))...), "\n")
}
