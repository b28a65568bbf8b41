package memory

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// Register declares the operations on the memory of boards, for people and for
// agents that call beside their own API.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	f.registerGroups(r, g)
	tag := []string{"board-memory"}
	httpapi.Register(r, listOp("/api/v1/boards/{board_id}/memory", tag), g.BoardActor(access.Read), f.list)
	httpapi.Register(r, createOp("/api/v1/boards/{board_id}/memory", tag), g.BoardActor(access.Write), f.create)
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/memory/stream", Name: "stream_board_memory", Tags: tag,
		Summary:     "Stream a board's memory",
		Description: "Sends an event for each entry that is added to the board's memory, as it happens. since is compared with created_at.",
	}, boardStreamDoc(), g.BoardActor(access.Read), f.stream)
}

// RegisterForAgents declares the same operations as part of the agents' own API.
func (f *Feature) RegisterForAgents(r *httpapi.Router, g *access.Guards) {
	tags := []string{"agent", "agent-lead", "agent-worker"}
	list := listOp("/api/v1/agent/boards/{board_id}/memory", tags)
	list.Hints = listHints
	httpapi.Register(r, list, g.AgentBoard(), f.list)
	create := createOp("/api/v1/agent/boards/{board_id}/memory", tags)
	create.Hints = createHints
	httpapi.Register(r, create, g.AgentBoard(), f.create)
}

func listOp(path string, tags []string) httpapi.Op {
	return httpapi.Op{
		Method: "GET", Path: path, Name: "list_board_memory", Tags: tags,
		Summary:          "List a board's memory",
		Description:      "Lists the entries of a board's memory, newest first: notes, chat, or both.",
		ResponseExamples: boardPageExamples,
	}
}

func createOp(path string, tags []string) httpapi.Op {
	return httpapi.Op{
		Method: "POST", Path: path, Name: "create_board_memory", Tags: tags,
		Summary: "Add to a board's memory",
		Description: "Adds a note or, with the tag chat, says something in the board's chat: its lead hears it, and every agent that it mentions. " +
			"A chat entry that is nothing but /pause or /resume goes to all agents of the board.",
		RequestExamples: createExamples, ResponseExamples: boardExamples,
	}
}

// BoardMemoryCreate is the body that adds an entry to a board's memory.
type BoardMemoryCreate struct{ mc.MemoryDraft }

type (
	filter struct {
		IsChat *bool `query:"is_chat" doc:"true for chat alone, false for all that is no chat."`
	}
	listInput struct {
		filter
		httpapi.PageQuery
	}
	streamInput struct {
		httpapi.StreamQuery
		filter
	}
	createInput struct{ Body BoardMemoryCreate }
)

func author(a access.Actor) mc.Author {
	if a.Agent != nil {
		return mc.AgentAuthor(*a.Agent)
	}
	return mc.UserAuthor(a.Person.User)
}

func (f *Feature) list(ctx context.Context, b access.Board, in *listInput) (httpapi.Page[views.BoardMemoryRead], error) {
	entries, total, err := f.store.BoardMemory(ctx, b.Board.ID, in.IsChat, in.Limit, in.Offset)
	return httpapi.NewPage(views.BoardMemories(entries), total, in.PageQuery), err
}

func (f *Feature) create(ctx context.Context, b access.Board, in *createInput) (views.BoardMemoryRead, error) {
	entry, err := f.RecordOnBoard(ctx, b.Board, author(b.Actor), in.Body.MemoryDraft)
	return views.BoardMemory(entry), err
}

func (f *Feature) stream(ctx context.Context, b access.Board, in *streamInput) (httpapi.Feed[*live.Item], error) {
	return f.StreamBoard(ctx, b.Board.ID, in.IsChat, in.Cursor())
}
