package agentapi

import (
	"context"
	"fmt"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// What a gateway's main agent says to the leads of boards.

const (
	notTheMain = "Only the dedicated gateway agent may call this endpoint."
	noBoard    = "Board not found"
)

// registerMain declares the operations of main agents.
func (f *Feature) registerMain(r *httpapi.Router, g *access.Guards) {
	notMain := []httpapi.ErrorDoc{
		{Status: 403, When: "the agent works on a board"},
		{Status: 403, Detail: notTheMain, When: "the agent is not the main agent of a gateway"},
		{Status: 422, Detail: "Gateway url is required", When: "the gateway has no address"},
	}
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/gateway/boards/{board_id}/lead/message", Name: "message_gateway_board_lead", ID: "agent_main_message_board_lead", Tags: mainOnly,
		Summary:     "Message the lead of a board",
		Description: "Sends a question or a hand-over to the lead of a board of the caller's gateway. A board without a lead gets one first.",
		Errors: append(notMain,
			httpapi.ErrorDoc{Status: 403, When: "the board is on another gateway"},
			httpapi.ErrorDoc{Status: 404, Detail: noBoard, When: "there is no such board"},
			httpapi.ErrorDoc{Status: 422, Detail: "Lead agent has no session key", When: "the lead cannot be reached"},
			httpapi.ErrorDoc{Status: 502, Detail: "Gateway lead message dispatch failed: {error}", When: "the gateway refuses or stays away"}),
		RequestExamples: map[string]any{"question": map[string]any{"kind": "question", "content": "How far is the export?", "correlation_id": "q-17"}},
		Hints:           leadMessageHints,
	}, g.Agent(), f.messageLead)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/gateway/leads/broadcast", Name: "broadcast_gateway_lead_message", ID: "agent_main_broadcast_lead_message", Tags: mainOnly,
		Summary:     "Message the leads of several boards",
		Description: "Sends the same message to the leads of all boards of the caller's gateway, or of those that are named, one after the other.",
		Errors: append(notMain,
			httpapi.ErrorDoc{Status: 404, Detail: noBoard, When: "as the error of one board's result"},
			httpapi.ErrorDoc{Status: 502, Detail: "Gateway lead broadcast dispatch failed: {error}", When: "as the error of one board's result"}),
		RequestExamples: map[string]any{"all": map[string]any{"kind": "question", "content": "What blocks you today?"}},
		Hints:           broadcastHints,
	}, g.Agent(), f.broadcast)
}

// MessageKind says whether an answer is expected.
type MessageKind string

// The kinds of messages to leads.
const (
	KindQuestion MessageKind = "question"
	KindHandoff  MessageKind = "handoff"
)

// Values lists the kinds.
func (MessageKind) Values() []string { return []string{string(KindQuestion), string(KindHandoff)} }

// GatewayLeadMessageRequest is a message to the lead of one board.
type GatewayLeadMessageRequest struct {
	Kind          MessageKind `json:"kind" default:"question" doc:"Routing mode: question expects an answer, handoff passes work on."`
	CorrelationID *string     `json:"correlation_id" doc:"Ties the answer to the question."`
	Content       string      `json:"content" trim:"true" minLength:"1" doc:"What the lead is told."`
	ReplyTags     []string    `json:"reply_tags" default:"[\"gateway_main\",\"lead_reply\"]" doc:"Tags of the memory entry that answers."`
	ReplySource   *string     `json:"reply_source" default:"\"lead_to_gateway_main\"" doc:"Source of the memory entry that answers."`
}

// SchemaHints tells main agents what the body is for.
func (GatewayLeadMessageRequest) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "lead_direct_message", "x-required-actor": "main_agent", "x-when-to-use": []string{"You ask or hand over to the lead of one board."}}
}

// GatewayLeadMessageResponse tells who got the message.
type GatewayLeadMessageResponse struct {
	OK            bool    `json:"ok" default:"true"`
	BoardID       mc.ID   `json:"board_id"`
	LeadAgentID   *mc.ID  `json:"lead_agent_id"`
	LeadAgentName *string `json:"lead_agent_name"`
	LeadCreated   bool    `json:"lead_created" default:"false"`
}

// SchemaHints tells main agents how to read the answer.
func (GatewayLeadMessageResponse) SchemaHints() map[string]any {
	return map[string]any{"x-llm-intent": "lead_direct_message_result", "x-required-actor": "gateway_main", "x-when-to-use": []string{"You want to know who was told, and whether the lead is new."}}
}

type messageInput struct {
	BoardID mc.ID `path:"board_id"`
	Body    GatewayLeadMessageRequest
}

func (f *Feature) messageLead(ctx context.Context, a mc.Agent, in *messageInput) (out GatewayLeadMessageResponse, err error) {
	gateway, err := f.ownGateway(ctx, a)
	if err != nil {
		return out, err
	}
	board, err := f.store.Board(ctx, in.BoardID)
	if mc.KindOf(err) == mc.KindNotFound {
		return out, mc.NotFound(noBoard)
	}
	if err != nil {
		return out, err
	}
	if board.GatewayID == nil || *board.GatewayID != gateway.ID {
		return out, mc.Forbidden()
	}
	told, err := f.tellLead(ctx, a, gateway, board, in.Body)
	if told.sent || told.failure != "" {
		f.recordMessage(ctx, a, board, in.Body.Kind, told.failure)
	}
	if err != nil {
		return out, err
	}
	return GatewayLeadMessageResponse{OK: true, BoardID: board.ID, LeadAgentID: &told.lead.ID, LeadAgentName: &told.lead.Name, LeadCreated: told.created}, nil
}

// ownGateway returns the gateway whose main agent is calling.
func (f *Feature) ownGateway(ctx context.Context, a mc.Agent) (mc.Gateway, error) {
	if a.BoardID != nil {
		return mc.Gateway{}, mc.Forbidden()
	}
	if a.GatewayID == nil || a.SessionKey == nil || *a.SessionKey != mc.MainSessionKey(*a.GatewayID) {
		return mc.Gateway{}, mc.Forbidden(notTheMain)
	}
	gateway, err := f.store.GatewayByID(ctx, *a.GatewayID)
	if mc.KindOf(err) == mc.KindNotFound {
		return gateway, mc.Forbidden(notTheMain)
	}
	if err == nil && strings.TrimSpace(gateway.URL) == "" {
		err = mc.Unprocessable("Gateway url is required")
	}
	return gateway, err
}

// told is how far a message to a lead came.
type told struct {
	lead    mc.Agent
	created bool
	sent    bool
	failure string // of the gateway, in its words
}

// tellLead makes sure that the board has a lead and sends it the message.
func (f *Feature) tellLead(ctx context.Context, from mc.Agent, gateway mc.Gateway, board mc.Board, m GatewayLeadMessageRequest) (t told, err error) {
	t.lead, t.created, err = f.ensureLead(ctx, board, gateway)
	if err != nil {
		return t, err
	}
	if t.lead.SessionKey == nil || *t.lead.SessionKey == "" {
		return t, mc.Unprocessable("Lead agent has no session key")
	}
	err = f.send(ctx, gateway, message{session: *t.lead.SessionKey, label: t.lead.Name, text: f.leadMessage(from, board, m)})
	if err != nil {
		t.failure = err.Error()
		return t, mc.Upstream("Gateway lead message dispatch failed: " + t.failure)
	}
	t.sent = true
	return t, nil
}

func (f *Feature) ensureLead(ctx context.Context, board mc.Board, gateway mc.Gateway) (lead mc.Agent, created bool, err error) {
	token, err := provision.NewToken()
	if err != nil {
		return lead, false, err
	}
	var lease provision.Lease
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		lead, created, err = f.lifecycle.EnsureLead(ctx, tx, board, gateway, provision.LeadSpec{Token: token})
		if err != nil || !created {
			return err
		}
		lease, err = f.lifecycle.Begin(ctx, tx, provision.Run{AgentID: lead.ID, Action: provision.Provision, Token: token.Clear, Wake: true, Deliver: true})
		return err
	})
	if err != nil || !created {
		return lead, created, err
	}
	lead, err = f.lifecycle.Finish(ctx, lease)
	return lead, true, err
}

// leadMessage words what a lead is told. The first line and the order of the
// facts are the contract's.
func (f *Feature) leadMessage(from mc.Agent, board mc.Board, m GatewayLeadMessageRequest) string {
	lines := []string{
		"GATEWAY MAIN " + strings.ToUpper(string(m.Kind)), "Board: " + board.Name, "Board ID: " + board.ID.String(), "From agent: " + from.Name,
	}
	if id := trimmed(m.CorrelationID); id != "" {
		lines = append(lines, "Correlation ID: "+id)
	}
	byDefault := replies{tags: []string{"gateway_main", "lead_reply"}, source: "lead_to_gateway_main"}
	lines = append(lines, "", m.Content, "")
	return strings.Join(append(lines, f.replyLines(board, byDefault.or(m.ReplyTags, m.ReplySource))...), "\n")
}

func trimmed(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

func (f *Feature) recordMessage(ctx context.Context, from mc.Agent, board mc.Board, kind MessageKind, failure string) {
	event := mc.ActivityEvent{Type: "gateway.main.lead_message.sent", Message: mc.Ref(fmt.Sprintf("Sent %s to lead for board: %s.", kind, board.Name)), AgentID: &from.ID, BoardID: &board.ID}
	if failure != "" {
		event.Type, event.Message = "gateway.main.lead_message.failed", mc.Ref(fmt.Sprintf("Lead message failed for %s: %s", board.Name, failure))
	}
	f.record(ctx, event)
}

// record writes an event about something that has happened outside already; it
// cannot be undone if the log cannot be written.
func (f *Feature) record(ctx context.Context, event mc.ActivityEvent) {
	err := f.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		tx.Record(event)
		return nil
	})
	if err != nil {
		f.log.WarnContext(ctx, "activity.record_failed", "event_type", string(event.Type), "error", err.Error())
	}
}
