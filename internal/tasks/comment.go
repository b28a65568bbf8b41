package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Comment adds a comment to a task and tells whom it concerns. People and
// workers may comment on any task of the board, a lead only where it has a say.
func (f *Feature) Comment(ctx context.Context, p Place, id mc.ID, text string) (view TaskCommentRead, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		task, err := tx.Task(ctx, p.Board.ID, id)
		if err != nil {
			return err
		}
		if p.Actor.Kind() == mc.ActorLead {
			err := mc.CheckLeadComment(task, *p.Actor.Agent, func() (bool, error) { return mentioned(ctx, tx, id, *p.Actor.Agent) })
			if err != nil {
				return err
			}
		}
		event := recordEvent(tx, p, task, mc.Event{Type: mc.EventTaskComment, Message: text})
		view = commentView(event)
		tx.Answer(view)
		return f.spreadComment(ctx, tx, p, task, text)
	})
	return view, err
}

// mentioned reports whether any comment on the task so far mentions the agent.
func mentioned(ctx context.Context, tx *store.Tx, task mc.ID, a mc.Agent) (bool, error) {
	texts, err := tx.CommentsWithHandles(ctx, task)
	for _, text := range texts {
		if mc.Mentions(text).Reach(a) {
			return true, err
		}
	}
	return false, err
}

// Comments lists a page of a task's comments, oldest first.
func (f *Feature) Comments(ctx context.Context, task mc.ID, limit, offset int) ([]TaskCommentRead, int64, error) {
	events, total, err := f.store.Comments(ctx, task, limit, offset)
	views := make([]TaskCommentRead, len(events))
	for i, e := range events {
		views[i] = commentView(e)
	}
	return views, total, err
}
