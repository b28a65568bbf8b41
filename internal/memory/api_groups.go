package memory

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// registerGroups declares the operations on the memory of board groups: by the
// group for people, and by a board of it for agents too.
func (f *Feature) registerGroups(r *httpapi.Router, g *access.Guards) {
	tags := []string{"board-group-memory", "board-group-memory"} // twice, as the contract has it
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/board-groups/{group_id}/memory", Name: "list_board_group_memory", Tags: tags,
		Summary:          "List a group's memory",
		Description:      "Lists the entries of the memory that the boards of a group share, newest first.",
		ResponseExamples: groupPageExamples,
	}, g.Group(access.Read), f.listOfGroup)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/board-groups/{group_id}/memory", Name: "create_board_group_memory", Tags: tags,
		Summary:         "Add to a group's memory",
		Description:     "Adds a note, or says something to agents: " + whoHears,
		RequestExamples: groupCreateExamples, ResponseExamples: groupExamples,
	}, g.Group(access.Write), f.createInGroup)
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/board-groups/{group_id}/memory/stream", Name: "stream_board_group_memory", Tags: tags,
		Summary:     "Stream a group's memory",
		Description: "Sends an event for each entry that is added to the group's memory, as it happens. since is compared with created_at.",
	}, groupStreamDoc(), g.GroupFirst(access.Read), f.streamOfGroup)

	tags = append(tags, "agent-lead", "agent-worker")
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/group-memory", Name: "list_board_group_memory_for_board", Tags: tags,
		Summary:          "List the memory of a board's group",
		Description:      "Lists the entries of the memory that a board shares with the other boards of its group, newest first. A board without a group shares none.",
		ResponseExamples: groupPageExamples, Hints: groupListHints,
	}, g.BoardActor(access.Read), f.listThroughBoard)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/group-memory", Name: "create_board_group_memory_for_board", Tags: tags,
		Summary:     "Add to the memory of a board's group",
		Description: "Adds a note, or says something to agents of the group's boards: " + whoHears,
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(422, notInGroup, "the board is in no group"),
			httpapi.Refusal(404, nil, "the group was deleted meanwhile"),
		},
		RequestExamples: groupCreateExamples, ResponseExamples: groupExamples, Hints: groupCreateHints,
	}, g.BoardActor(access.Write), f.createThroughBoard)
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/group-memory/stream", Name: "stream_board_group_memory_for_board", Tags: tags,
		Summary: "Stream the memory of a board's group",
		Description: "Sends an event for each entry that is added to the memory of the board's group, as it happens. " +
			"It is silent while the board is in no group, and follows the board into another one. since is compared with created_at.",
		Hints: groupStreamHints,
	}, groupStreamDoc(), g.BoardActor(access.Read), f.streamThroughBoard)
}

// whoHears is what the document says of the audience of a group's memory.
const whoHears = "with the tag chat to the leads of its boards and to whom it mentions, with the tag broadcast or the mention @all to every agent."

// BoardGroupMemoryCreate is the body that adds an entry to a group's memory.
type BoardGroupMemoryCreate struct{ mc.MemoryDraft }

type groupCreateInput struct{ Body BoardGroupMemoryCreate }

func (f *Feature) groupPage(ctx context.Context, group mc.ID, in *listInput) (httpapi.Page[views.BoardGroupMemoryRead], error) {
	entries, total, err := f.store.GroupMemory(ctx, group, in.IsChat, in.Limit, in.Offset)
	return httpapi.NewPage(views.GroupMemories(entries), total, in.PageQuery), err
}

func (f *Feature) listOfGroup(ctx context.Context, g access.Group, in *listInput) (httpapi.Page[views.BoardGroupMemoryRead], error) {
	return f.groupPage(ctx, g.Group.ID, in)
}

func (f *Feature) createInGroup(ctx context.Context, g access.Group, in *groupCreateInput) (views.BoardGroupMemoryRead, error) {
	entry, err := f.RecordInGroup(ctx, g.Group.ID, mc.UserAuthor(g.User), in.Body.MemoryDraft)
	return views.GroupMemory(entry), err
}

func (f *Feature) streamOfGroup(ctx context.Context, g access.Group, in *streamInput) (httpapi.Feed[*live.Item], error) {
	return f.StreamGroup(ctx, g.Group.ID, in.IsChat, in.Cursor())
}

func (f *Feature) listThroughBoard(ctx context.Context, b access.Board, in *listInput) (httpapi.Page[views.BoardGroupMemoryRead], error) {
	if b.Board.BoardGroupID == nil {
		return httpapi.NewPage[views.BoardGroupMemoryRead](nil, 0, in.PageQuery), nil
	}
	return f.groupPage(ctx, *b.Board.BoardGroupID, in)
}

func (f *Feature) createThroughBoard(ctx context.Context, b access.Board, in *groupCreateInput) (views.BoardGroupMemoryRead, error) {
	entry, err := f.RecordThroughBoard(ctx, b.Board.ID, author(b.Actor), in.Body.MemoryDraft)
	return views.GroupMemory(entry), err
}

func (f *Feature) streamThroughBoard(ctx context.Context, b access.Board, in *streamInput) (httpapi.Feed[*live.Item], error) {
	return f.StreamThroughBoard(ctx, b.Board.ID, in.IsChat, in.Cursor())
}
