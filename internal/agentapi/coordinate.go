package agentapi

import (
	"context"
	"fmt"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision"
)

// What the operations have in common with which agents coordinate their work.
// They wait for the gateway: its answer is theirs, and no transaction is open
// meanwhile.

var noGateway = []httpapi.ErrorDoc{
	{Status: 422, Detail: "Board gateway_id is required", When: "the board has no gateway"},
	{Status: 422, Detail: "Board gateway_id is invalid", When: "the board's gateway no longer exists"},
	{Status: 422, Detail: "Gateway url is required", When: "the gateway has no address"},
}

// target finds the agent that a path names among those that may be coordinated
// from a board: its own, and the main agent of its gateway.
func (f *Feature) target(ctx context.Context, board mc.Board, id string) (mc.Agent, error) {
	parsed, ok := mc.ParseID(id)
	if !ok {
		return mc.Agent{}, mc.NotFound()
	}
	a, err := f.store.Agent(ctx, parsed)
	if err != nil {
		return a, err
	}
	mainOfBoard := a.IsMain() && board.GatewayID != nil && mc.Same(a.GatewayID, board.GatewayID)
	if !a.OnBoard(board.ID) && !mainOfBoard {
		return mc.Agent{}, mc.NotFound()
	}
	return a, nil
}

// boardGateway returns the gateway over which a board's agents are reached.
func (f *Feature) boardGateway(ctx context.Context, board mc.Board) (mc.Gateway, error) {
	return provision.BoardGateway(ctx, f.store.Reader, board, provision.NeedURL)
}

// patiently calls a gateway, again for as long as it is away and a caller can be
// kept waiting.
func (f *Feature) patiently(ctx context.Context, gateway mc.Gateway, do func(ctx context.Context, g *openclaw.Gateway) error) error {
	handle := f.client.Gateway(provision.Endpoint(gateway))
	return openclaw.Retry(ctx, openclaw.Coordination, openclaw.Timing{}, func(ctx context.Context) error { return do(ctx, handle) })
}

// message is something to be said to an agent at once.
type message struct {
	session, label, text string
	deliver              bool
}

func (f *Feature) send(ctx context.Context, gateway mc.Gateway, m message) error {
	return f.patiently(ctx, gateway, func(ctx context.Context, g *openclaw.Gateway) error {
		return g.SendMessage(ctx, m.session, m.label, m.text, m.deliver)
	})
}

// replies say with which memory entry an agent is to answer.
type replies struct {
	tags   []string
	source string
}

// or takes what a caller asks for, where it asks for something.
func (r replies) or(tags []string, source *string) replies {
	if len(tags) > 0 {
		r.tags = tags
	}
	if source != nil {
		r.source = *source
	}
	return r
}

// replyLines tell an agent how to answer where the asker will look.
func (f *Feature) replyLines(board mc.Board, r replies) []string {
	body := mc.JSONOf(struct {
		Content string   `json:"content"`
		Tags    []string `json:"tags"`
		Source  string   `json:"source"`
	}{"...", r.tags, r.source})
	return []string{
		"Answer with a memory entry that is no chat:",
		fmt.Sprintf("POST %s/api/v1/agent/boards/%s/memory", f.baseURL, board.ID),
		"Body: " + string(body),
		"Do not answer in the OpenClaw chat.",
	}
}
