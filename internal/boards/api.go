package boards

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"boards"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards", Name: "list_boards", Tags: tag,
		Summary:          "List boards",
		Description:      "Lists the boards of the active organization that the caller may read, by name.",
		ResponseExamples: map[string]any{"boards": httpapi.NewPage([]views.BoardRead{exampleBoard}, 1, httpapi.PageQuery{Limit: 200})},
	}, g.Member(), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards", Name: "create_board", Tags: tag,
		Summary:          "Create a board",
		Description:      "Adds a board to the active organization, on one of its gateways or, with runtime external, for agents that need none. It has no agents yet; those of its group are told of it.",
		Errors:           createErrors,
		RequestExamples:  createExamples,
		ResponseExamples: boardExamples,
	}, g.OrgAdmin(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}", Name: "get_board", Tags: tag,
		Summary:          "Show a board",
		Description:      "Answers with the board's goal, rules and settings.",
		ResponseExamples: boardExamples,
	}, g.Board(access.Read), f.show)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/summary", Name: "list_board_summaries", Tags: tag,
		Summary:          "List boards in a few words",
		Description:      "Lists the boards of the active organization that the caller may read, by name: how many tasks of each status they have, what waits for a decision, who leads them, and when something last happened.",
		ResponseExamples: summaryExamples,
	}, g.Member(), f.summaries)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/snapshot", Name: "get_board_snapshot", Tags: tag,
		Summary:     "Show everything on a board",
		Description: "Answers with the board, all its tasks and agents, its newest approvals and its latest chat: what a page of the board shows. Ask again with the entity tag of the last answer to learn cheaply that nothing is different.",
		ETag:        true,
	}, g.BoardActor(access.Read), f.snapshot)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/boards/{board_id}", Name: "update_board", Tags: tag,
		Summary:          "Change a board",
		Description:      "Changes the fields that are sent. The board's lead is told what really changed, the agents of its group when the board leaves or joins one; with another gateway the agents move there.",
		Errors:           changeErrors,
		RequestExamples:  changeExamples,
		ResponseExamples: boardExamples,
	}, g.Board(access.Write), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/boards/{board_id}", Name: "delete_board", Tags: tag,
		Summary: "Delete a board",
		Description: "Takes the board's agents off their gateway, then removes the board with its tasks, agents, approvals, memory, webhooks and activity. Tags, field definitions, the group and the gateway stay. " +
			"When the gateway refuses, nothing is removed here, and the request may be repeated.",
		Errors:           deleteErrors,
		ResponseExamples: map[string]any{"deleted": httpapi.Done},
	}, g.Board(access.Write), f.remove)
}

type (
	listInput struct {
		GatewayID    *mc.ID `query:"gateway_id" doc:"Only boards on this gateway."`
		BoardGroupID *mc.ID `query:"board_group_id" doc:"Only boards of this group."`
		httpapi.PageQuery
	}
	createInput struct{ Body BoardCreate }
	changeInput struct {
		httpapi.Conditional
		Body BoardUpdate
	}
)

func (f *Feature) list(ctx context.Context, p access.Person, in *listInput) (httpapi.Page[views.BoardRead], error) {
	filter := store.BoardFilter{Reader: p.Member, GatewayID: in.GatewayID, GroupID: in.BoardGroupID}
	boards, total, err := f.store.Boards(ctx, filter, in.Limit, in.Offset)
	return httpapi.NewPage(views.Boards(boards), total, in.PageQuery), err
}

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (views.BoardRead, error) {
	board, err := f.Create(ctx, p.Member.OrganizationID, in.Body.BoardDraft)
	return views.Board(board), err
}

func (f *Feature) show(_ context.Context, b access.Board, _ *httpapi.None) (views.BoardRead, error) {
	return views.Board(b.Board), nil
}

func (f *Feature) summaries(ctx context.Context, p access.Person, in *httpapi.PageQuery) (httpapi.Page[BoardSummaryRead], error) {
	boards, total, err := f.Summaries(ctx, p.Member, in.Limit, in.Offset)
	return httpapi.NewPage(boards, total, *in), err
}

func (f *Feature) snapshot(ctx context.Context, b access.Board, _ *httpapi.None) (BoardSnapshot, error) {
	return f.Snapshot(ctx, b.Board)
}

func (f *Feature) change(ctx context.Context, b access.Board, in *changeInput) (views.BoardRead, error) {
	board, err := f.Change(ctx, b.Person.User.ID, b.Board.ID, in.Body.BoardChange, in.IfMatch)
	return views.Board(board), err
}

func (f *Feature) remove(ctx context.Context, b access.Board, _ *httpapi.None) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, b.Board)
}
