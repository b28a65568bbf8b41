package agentapi

import (
	"context"
	"fmt"
	"slices"

	"missioncontrol/internal/mc"
)

// GatewayLeadBroadcastRequest is a message to the leads of several boards.
type GatewayLeadBroadcastRequest struct {
	Kind          MessageKind `json:"kind" default:"question" doc:"Routing mode: question expects an answer, handoff passes work on."`
	CorrelationID *string     `json:"correlation_id"`
	Content       string      `json:"content" trim:"true" minLength:"1"`
	BoardIDs      *[]mc.ID    `json:"board_ids" doc:"Only these boards; absent or empty: all of the gateway."`
	ReplyTags     []string    `json:"reply_tags" default:"[\"gateway_main\",\"lead_reply\"]"`
	ReplySource   *string     `json:"reply_source" default:"\"lead_to_gateway_main\""`
}

// SchemaHints tells main agents what the body is for.
func (GatewayLeadBroadcastRequest) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "lead_broadcast_message", "x-required-actor": "main_agent", "x-when-to-use": []string{"Several leads need to hear or answer the same."}}
}

// GatewayLeadBroadcastBoardResult is what became of the message to one board.
type GatewayLeadBroadcastBoardResult struct {
	BoardID       mc.ID   `json:"board_id"`
	LeadAgentID   *mc.ID  `json:"lead_agent_id"`
	LeadAgentName *string `json:"lead_agent_name"`
	OK            bool    `json:"ok" default:"false"`
	Error         *string `json:"error"`
}

// SchemaHints tells main agents how to read the result.
func (GatewayLeadBroadcastBoardResult) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "lead_broadcast_status", "x-when-to-use": []string{"You want to know which lead was not reached, and why."}}
}

// GatewayLeadBroadcastResponse sums a broadcast up.
type GatewayLeadBroadcastResponse struct {
	OK      bool                              `json:"ok" default:"true"`
	Sent    int                               `json:"sent" default:"0"`
	Failed  int                               `json:"failed" default:"0"`
	Results []GatewayLeadBroadcastBoardResult `json:"results" default:"[]"`
}

// SchemaHints tells main agents how to read the answer.
func (GatewayLeadBroadcastResponse) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "lead_broadcast_summary", "x-required-actor": "lead_agent_or_router", "x-when-to-use": []string{"After a broadcast, to follow up on boards that failed."}}
}

type broadcastInput struct{ Body GatewayLeadBroadcastRequest }

// broadcast messages one lead after the other. A board that fails marks its
// entry and holds nobody else up.
func (f *Feature) broadcast(ctx context.Context, a mc.Agent, in *broadcastInput) (out GatewayLeadBroadcastResponse, err error) {
	gateway, err := f.ownGateway(ctx, a)
	if err != nil {
		return out, err
	}
	boards, err := f.store.BoardsOfGateway(ctx, gateway.ID)
	if err != nil {
		return out, err
	}
	out = GatewayLeadBroadcastResponse{OK: true, Results: []GatewayLeadBroadcastBoardResult{}}
	message := GatewayLeadMessageRequest{Kind: in.Body.Kind, CorrelationID: in.Body.CorrelationID, Content: in.Body.Content, ReplyTags: in.Body.ReplyTags, ReplySource: in.Body.ReplySource}
	for _, board := range boards {
		if ids := in.Body.BoardIDs; ids != nil && len(*ids) > 0 && !slices.Contains(*ids, board.ID) {
			continue
		}
		t, err := f.tellLead(ctx, a, gateway, board, message)
		result := GatewayLeadBroadcastBoardResult{BoardID: board.ID, OK: err == nil}
		if t.lead.ID != (mc.ID{}) {
			result.LeadAgentID, result.LeadAgentName = &t.lead.ID, &t.lead.Name
		}
		switch {
		case err == nil:
			out.Sent++
		case t.failure != "":
			result.Error = mc.Ref("Gateway lead broadcast dispatch failed: " + t.failure)
			out.Failed++
		default:
			result.Error = mc.Ref(mc.DetailText(err))
			out.Failed++
		}
		out.Results = append(out.Results, result)
	}
	f.record(ctx, mc.ActivityEvent{
		Type: "gateway.main.lead_broadcast.sent", AgentID: &a.ID,
		Message: mc.Ref(fmt.Sprintf("Broadcast %s to %d board leads (failed: %d).", in.Body.Kind, out.Sent, out.Failed)),
	})
	return out, nil
}
