package agentapi

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

const (
	mainStays = "Board leads cannot delete gateway main agents"
	leadStays = "Board leads cannot delete lead agents"
)

func (f *Feature) registerRemove(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/agent/boards/{board_id}/agents/{agent_id}", Name: "delete_board_agent", ID: "agent_lead_delete_board_agent", Tags: leadOnly,
		Summary:     "Delete a worker of the board",
		Description: "Takes a worker off its gateway and removes it. Its tasks are released, and its token stops working at once. One that does not exist is fine.",
		Errors: append([]httpapi.ErrorDoc{
			{Status: 403, Detail: mainStays, When: "the agent is the main agent of a gateway"},
			{Status: 403, Detail: leadStays, When: "the agent leads the board"},
			{Status: 404, When: "the agent works on another board"},
			{Status: 422, Detail: "Gateway workspace_root is required", When: "the gateway has no place for agents"},
			{Status: 502, Detail: "Gateway cleanup failed: {error}", When: "the gateway refuses or stays away; nothing is deleted"},
		}, noGateway...),
		Hints: removeHints,
	}, g.AgentLead(), f.remove)
}

func (f *Feature) remove(ctx context.Context, b access.Board, in *agentInput) (out httpapi.OK, err error) {
	id, ok := mc.ParseID(in.AgentID)
	if !ok {
		return httpapi.Done, nil
	}
	target, err := f.store.Agent(ctx, id)
	switch {
	case mc.KindOf(err) == mc.KindNotFound:
		return httpapi.Done, nil
	case err != nil:
		return out, err
	case target.IsMain():
		return out, mc.Forbidden(mainStays)
	case !target.OnBoard(b.Board.ID):
		return out, mc.NotFound()
	case target.IsBoardLead:
		return out, mc.Forbidden(leadStays)
	}
	return httpapi.Done, f.agents.Delete(ctx, target)
}
