package groups

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	const path, one = "/api/v1/board-groups", "/api/v1/board-groups/{group_id}"
	tag := []string{"board-groups"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: path, Name: "list_board_groups", Tags: tag,
		Summary:          "List board groups",
		Description:      "Lists the groups of the active organization by name: those that have a board which the caller may read, or all of them for callers who may read all boards.",
		ResponseExamples: map[string]any{"groups": httpapi.NewPage([]BoardGroupRead{exampleGroup}, 1, httpapi.PageQuery{Limit: 200})},
	}, g.Member(), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: path, Name: "create_board_group", Tags: tag,
		Summary:         "Create a board group",
		Description:     "Adds a group to the active organization. Boards join it when they are created or changed.",
		RequestExamples: createExamples, ResponseExamples: groupExamples,
	}, g.OrgAdmin(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: one, Name: "get_board_group", Tags: tag,
		Summary:          "Show a board group",
		Description:      "Answers with the group's name and description.",
		ResponseExamples: groupExamples,
	}, g.Group(access.Read), f.show)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: one, Name: "update_board_group", Tags: tag,
		Summary:         "Change a board group",
		Description:     "Changes the fields that are sent. A new name leaves the slug as it is.",
		RequestExamples: changeExamples, ResponseExamples: groupExamples,
	}, g.GroupAdmin(), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: one, Name: "delete_board_group", Tags: tag,
		Summary:          "Delete a board group",
		Description:      "Removes the group with its memory. Its boards stay, in no group; their agents are told.",
		ResponseExamples: map[string]any{"deleted": httpapi.Done},
	}, g.GroupAdmin(), f.remove)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: one + "/snapshot", Name: "get_board_group_snapshot", Tags: tag,
		Summary:          "Show what a board group is doing",
		Description:      "Answers with the group's boards that the caller may read: how many tasks of each status they have, and the most important ones.",
		Errors:           []httpapi.ErrorDoc{httpapi.Refusal(422, "Unprocessable Entity", "per_board_task_limit is below 0")},
		ResponseExamples: snapshotExamples,
	}, g.Group(access.Read), f.snapshot)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/group-snapshot", Name: "get_board_group_snapshot", Tags: []string{"boards", "agent-lead", "agent-worker"},
		Summary:          "Show what the neighbours of a board are doing",
		Description:      "Answers with the other boards of the board's group: how many tasks of each status they have, and the most important ones. People see the boards that they may read, agents all of them. Without a group nothing is shown.",
		ResponseExamples: snapshotExamples,
	}, g.BoardActor(access.Read), f.neighbours)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: one + "/heartbeat", Name: "apply_board_group_heartbeat", Tags: tag,
		Summary:         "Set the heartbeat of a group's agents",
		Description:     "Gives the agents of all boards of the group another heartbeat, leads only if asked, and tells their gateways: one write to the configuration of each. A gateway that could not be told now is told later.",
		RequestExamples: beatExamples, ResponseExamples: beatenExamples,
	}, g.GroupLeads(), f.beat)
}

// BoardGroupCreate is the body that makes a group.
type BoardGroupCreate struct{ mc.BoardGroupDraft }

// BoardGroupUpdate is the body that changes a group.
type BoardGroupUpdate struct{ mc.BoardGroupChange }

// BoardGroupHeartbeatApply is the body that sets the heartbeat of a group's agents.
type BoardGroupHeartbeatApply struct {
	Every             string `json:"every" doc:"How often, as gateways write it: 2m, 1h."`
	IncludeBoardLeads bool   `json:"include_board_leads" default:"false" doc:"Also the leads of the boards."`
}

type (
	createInput   struct{ Body BoardGroupCreate }
	changeInput   struct{ Body BoardGroupUpdate }
	beatInput     struct{ Body BoardGroupHeartbeatApply }
	snapshotInput struct {
		IncludeDone bool `query:"include_done" default:"false" doc:"Also show tasks that are done. They are counted either way."`
		PerBoard    int  `query:"per_board_task_limit" default:"5" doc:"Greatest number of tasks to show of each board."`
	}
	neighboursInput struct {
		IncludeSelf bool `query:"include_self" default:"false" doc:"Also show the board itself."`
		IncludeDone bool `query:"include_done" default:"false" doc:"Also show tasks that are done. They are counted either way."`
		PerBoard    int  `query:"per_board_task_limit" default:"5" minimum:"0" maximum:"100" doc:"Greatest number of tasks to show of each board."`
	}
)

func (f *Feature) list(ctx context.Context, p access.Person, in *httpapi.PageQuery) (httpapi.Page[BoardGroupRead], error) {
	groups, total, err := f.store.BoardGroups(ctx, p.Member, in.Limit, in.Offset)
	items := make([]BoardGroupRead, len(groups))
	for i, g := range groups {
		items[i] = view(g)
	}
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (BoardGroupRead, error) {
	group, err := f.Create(ctx, p.Member.OrganizationID, in.Body.BoardGroupDraft)
	return view(group), err
}

func (f *Feature) show(_ context.Context, g access.Group, _ *httpapi.None) (BoardGroupRead, error) {
	return view(*g.Group), nil
}

func (f *Feature) change(ctx context.Context, g access.Group, in *changeInput) (BoardGroupRead, error) {
	group, err := f.Change(ctx, g.Group.ID, in.Body.BoardGroupChange)
	return view(group), err
}

func (f *Feature) remove(ctx context.Context, g access.Group, _ *httpapi.None) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, g.Group.ID)
}

func (f *Feature) snapshot(ctx context.Context, g access.Group, in *snapshotInput) (BoardGroupSnapshot, error) {
	if in.PerBoard < 0 {
		return BoardGroupSnapshot{}, mc.Unprocessable("Unprocessable Entity")
	}
	return f.Snapshot(ctx, *g.Group, Shown{store.GroupBoards{Group: g.Group.ID, Reader: &g.Member}, in.IncludeDone, in.PerBoard})
}

func (f *Feature) neighbours(ctx context.Context, b access.Board, in *neighboursInput) (BoardGroupSnapshot, error) {
	boards := store.GroupBoards{Reader: b.Member}
	if !in.IncludeSelf {
		boards.Except = &b.Board.ID
	}
	return f.SnapshotOfBoard(ctx, b.Board, Shown{boards, in.IncludeDone, in.PerBoard})
}

func (f *Feature) beat(ctx context.Context, g access.GroupActor, in *beatInput) (BoardGroupHeartbeatApplyResult, error) {
	updated, failed, err := f.Beat(ctx, *g.Group, in.Body.Every, in.Body.IncludeBoardLeads)
	if failed == nil {
		failed = []mc.ID{}
	}
	return BoardGroupHeartbeatApplyResult{BoardGroupID: g.Group.ID, Requested: mc.JSONOf(in.Body), UpdatedAgentIDs: updated, FailedAgentIDs: failed}, err
}
