// Package activity shows what happened: the feed of activity events, and the
// comments on tasks across boards, as a list and as a stream.
//
// It only reads. Events are written by the features whose doing they record, in
// the transaction of what they are about.
package activity

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Feature holds what the use cases need.
type Feature struct {
	store  *store.Store
	broker *live.Broker
}

// New returns the feature.
func New(st *store.Store, broker *live.Broker) *Feature { return &Feature{store: st, broker: broker} }

// Feed returns a page of events, newest first: to a person those about boards
// that they may read in their active organization, to an agent its own.
func (f *Feature) Feed(ctx context.Context, actor access.Actor, limit, offset int) (shown []ActivityEventRead, total int64, err error) {
	var events []store.FeedEvent
	if actor.Agent != nil {
		events, total, err = f.store.FeedOfAgent(ctx, actor.Agent.ID, limit, offset)
	} else {
		events, total, err = f.store.Feed(ctx, actor.Person.Member, limit, offset)
	}
	shown = make([]ActivityEventRead, len(events))
	for i, e := range events {
		shown[i] = eventView(e)
	}
	return shown, total, err
}

// Comments returns a page of the comments on tasks of the boards that a member
// may read, or of one of them, newest first.
func (f *Feature) Comments(ctx context.Context, m mc.Member, board *mc.ID, limit, offset int) ([]ActivityTaskCommentFeedItemRead, int64, error) {
	if err := f.checkBoard(ctx, m, board); err != nil {
		return nil, 0, err
	}
	comments, total, err := f.store.CommentFeed(ctx, m, board, limit, offset)
	return views.Each(comments, commentView), total, err
}

// checkBoard refuses a filter by a board that the member may not read.
func (f *Feature) checkBoard(ctx context.Context, m mc.Member, board *mc.ID) error {
	if board == nil {
		return nil
	}
	reads, err := access.ReadsBoard(ctx, f.store.Reader, m, *board)
	if err == nil && !reads {
		err = mc.Forbidden()
	}
	return err
}
