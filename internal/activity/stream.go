package activity

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// CommentStreamItem is the data of an event of the comment stream.
type CommentStreamItem struct {
	Comment ActivityTaskCommentFeedItemRead `json:"comment"`
}

// backlogChunk bounds what catching up holds in memory.
const backlogChunk = 200

// Stream opens the event stream of comments. Which boards it covers is settled
// when it opens.
func (f *Feature) Stream(ctx context.Context, m mc.Member, board *mc.ID, cursor httpapi.Cursor) (opened httpapi.Feed[*live.Item], err error) {
	if err := f.checkBoard(ctx, m, board); err != nil {
		return opened, err
	}
	var boards []mc.ID
	if board != nil {
		boards = []mc.ID{*board}
	} else if boards, err = f.store.ReadableBoardIDs(ctx, m); err != nil {
		return opened, err
	}
	topics := make([]live.Topic, len(boards))
	for i, id := range boards {
		topics[i] = live.Topic{Kind: store.KindActivity, Scope: id}
	}
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		Topics: topics,
		Backlog: func(ctx context.Context, since mc.Time, after int64) ([]feed.Frame, int64, bool, error) {
			return f.backlog(ctx, m, board, since, after)
		},
		Wants: isComment,
		Show:  f.render, Kind: commentStream{},
	})
}

func isComment(c store.Change) bool { return c.Detail == string(mc.EventTaskComment) }

// EventStreamItem is the data of an event of the activity.
type EventStreamItem struct {
	Activity ActivityEventRead `json:"activity"`
}

// Shows is what the stream of everything shows of the activity.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{
		{
			Event: "comment", Kind: store.KindActivity, Audience: feed.BoardReaders, Wants: isComment, Show: f.render, Key: commentStream{},
			Data: reflect.TypeFor[CommentStreamItem](), Doc: "Somebody commented on a task.",
		},
		{
			Event: "activity", Kind: store.KindActivity, Audience: feed.BoardReaders, Show: f.renderEvent, Key: eventStream{},
			Data: reflect.TypeFor[EventStreamItem](), Doc: "Anything that the activity feed lists has happened.",
		},
	}
}

// eventStream names the way in which streams show an event of the activity.
type eventStream struct{}

// renderEvent builds the frame of any event; nil when it is gone with what it is about.
func (f *Feature) renderEvent(ctx context.Context, c store.Change) (*feed.Frame, error) {
	event, err := f.store.Event(ctx, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // nothing to show is ordinary
	}
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(EventStreamItem{Activity: eventView(store.FeedEvent{ActivityEvent: event})})
	return &feed.Frame{Event: httpapi.Event{ID: c.Seq, Name: "activity", Data: data}, At: event.CreatedAt}, err
}

// commentStream names the way in which streams show a comment.
type commentStream struct{}

func (f *Feature) backlog(ctx context.Context, m mc.Member, board *mc.ID, since mc.Time, after int64) (frames []feed.Frame, scanned int64, done bool, err error) {
	comments, err := f.store.CommentFeedSince(ctx, m, board, since, after, backlogChunk)
	if err != nil {
		return nil, after, true, err
	}
	scanned = after
	for _, c := range comments {
		frame, err := frameOf(c)
		if err != nil {
			return nil, after, true, err
		}
		frames, scanned = append(frames, frame), c.Seq
	}
	return frames, scanned, len(comments) < backlogChunk, nil
}

// render builds the frame of a comment; nil when the comment is blank, or gone
// with its task.
func (f *Feature) render(ctx context.Context, c store.Change) (*feed.Frame, error) {
	comment, err := f.store.FeedComment(ctx, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // nothing to show is ordinary
	}
	if err != nil {
		return nil, err
	}
	frame, err := frameOf(comment)
	return &frame, err
}

func frameOf(c store.FeedComment) (feed.Frame, error) {
	data, err := json.Marshal(CommentStreamItem{Comment: commentView(c)})
	return feed.Frame{Event: httpapi.Event{ID: c.Seq, Name: "comment", Data: data}, At: c.CreatedAt}, err
}
