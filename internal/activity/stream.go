package activity

import (
	"context"
	"encoding/json"

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
// when it opens. It subscribes first and catches up then, so that nothing falls
// between.
func (f *Feature) Stream(ctx context.Context, m mc.Member, board *mc.ID, cursor httpapi.Cursor) (feed httpapi.Feed[*live.Item], err error) {
	if err := f.checkBoard(ctx, m, board); err != nil {
		return feed, err
	}
	var boards []mc.ID
	if board != nil {
		boards = []mc.ID{*board}
	} else if boards, err = f.store.ReadableBoardIDs(ctx, m); err != nil {
		return feed, err
	}
	topics := make([]live.Topic, len(boards))
	for i, id := range boards {
		topics[i] = live.Topic{Kind: store.KindActivity, Scope: id}
	}
	sub := f.broker.Subscribe(topics...)
	s := &commentStream{f: f, member: m, board: board, cursor: cursor}
	if !cursor.Resumes && !cursor.HasSince {
		// What was committed before may still be on its way to the broker.
		if s.sent, err = f.store.LastSeq(ctx); err != nil {
			sub.Close()
			return feed, err
		}
	}
	return httpapi.Feed[*live.Item]{CatchUp: s.catchUp, Items: sub.Items(), Emit: s.emit, Close: sub.Close}, nil
}

type commentStream struct {
	f      *Feature
	member mc.Member
	board  *mc.ID
	cursor httpapi.Cursor
	sent   int64 // number of the last event sent
}

func (s *commentStream) catchUp(ctx context.Context, emit func(httpapi.Event) error) error {
	var since mc.Time
	switch {
	case s.cursor.Resumes:
		s.sent = s.cursor.After
	case s.cursor.HasSince:
		since = s.cursor.Since
	default:
		return nil
	}
	for {
		comments, err := s.f.store.CommentFeedSince(ctx, s.member, s.board, since, s.sent, backlogChunk)
		if err != nil {
			return err
		}
		for _, c := range comments {
			frame, err := frameOf(c)
			if err != nil {
				return err
			}
			if err := emit(frame.event); err != nil {
				return err
			}
			s.sent = c.Seq
		}
		if len(comments) < backlogChunk {
			return nil
		}
	}
}

func (s *commentStream) emit(ctx context.Context, item *live.Item, emit func(httpapi.Event) error) error {
	if item.Seq <= s.sent || item.Detail != string(mc.EventTaskComment) {
		return nil
	}
	shown, err := live.Render(ctx, item, asComment{}, s.f.render)
	if err != nil || shown == nil || s.cursor.HasSince && !s.cursor.Resumes && shown.at.Before(s.cursor.Since) {
		return err
	}
	s.sent = item.Seq
	return emit(shown.event)
}

// asComment is the key under which streams share a frame.
type asComment struct{}

// commentFrame is a comment as it goes out, and when it was made.
type commentFrame struct {
	event httpapi.Event
	at    mc.Time
}

// render builds the frame of a comment; nil when the comment is blank, or gone
// with its task.
func (f *Feature) render(ctx context.Context, c store.Change) (*commentFrame, error) {
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

func frameOf(c store.FeedComment) (commentFrame, error) {
	data, err := json.Marshal(CommentStreamItem{Comment: commentView(c)})
	return commentFrame{event: httpapi.Event{ID: c.Seq, Name: "comment", Data: data}, at: c.CreatedAt}, err
}
