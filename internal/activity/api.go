package activity

import (
	"context"
	"reflect"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"activity"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/activity", Name: "list_activity", Tags: tag,
		Summary:          "List activity",
		Description:      "Lists what happened, newest first: for a person on the boards of the active organization that they may read, for an agent what it did itself.",
		ResponseExamples: map[string]any{"feed": httpapi.NewPage([]ActivityEventRead{exampleEvent}, 1, examplePage)},
	}, g.Actor(), f.feed)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/activity/task-comments", Name: "list_task_comment_feed", Tags: tag,
		Summary:          "List comments across boards",
		Description:      "Lists the comments on tasks of the boards that the caller may read in the active organization, newest first.",
		Errors:           commentErrors,
		ResponseExamples: map[string]any{"feed": httpapi.NewPage([]ActivityTaskCommentFeedItemRead{exampleComment}, 1, examplePage)},
	}, g.Member(), f.comments)
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/activity/task-comments/stream", Name: "stream_task_comment_feed", Tags: tag,
		Summary:     "Stream comments across boards",
		Description: "Sends an event for each comment on a task of the boards that the caller may read when the stream opens.",
		Errors:      commentErrors,
	}, httpapi.StreamDoc{Event: "comment", Data: reflect.TypeFor[CommentStreamItem](), Example: exampleStream}, g.Member(), f.stream)
}

var commentErrors = []httpapi.ErrorDoc{{Status: 403, When: "board_id names a board that is unknown or that the caller may not read"}}

type (
	commentsInput struct {
		BoardID *mc.ID `query:"board_id" doc:"Only comments on tasks of this board."`
		httpapi.PageQuery
	}
	streamInput struct {
		BoardID *mc.ID `query:"board_id" doc:"Only comments on tasks of this board."`
		httpapi.StreamQuery
	}
)

func (f *Feature) feed(ctx context.Context, actor access.Actor, in *httpapi.PageQuery) (page httpapi.Page[ActivityEventRead], err error) {
	items, total, err := f.Feed(ctx, actor, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) comments(ctx context.Context, p access.Person, in *commentsInput) (page httpapi.Page[ActivityTaskCommentFeedItemRead], err error) {
	items, total, err := f.Comments(ctx, p.Member, in.BoardID, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, in.PageQuery), err
}

func (f *Feature) stream(ctx context.Context, p access.Person, in *streamInput) (httpapi.Feed[*live.Item], error) {
	return f.Stream(ctx, p.Member, in.BoardID, in.Cursor())
}
