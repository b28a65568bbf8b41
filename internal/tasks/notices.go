package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
)

// sendNotices wakes agents and queues messages to them about a task.
func (f *Feature) sendNotices(ctx context.Context, tx *store.Tx, p Place, task mc.Task, notices []mc.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	lead, err := leadOf(ctx, tx.Reader, p.Board.ID)
	if err != nil {
		return err
	}
	var leadID *mc.ID
	if lead != nil {
		leadID = &lead.ID
	}
	for _, n := range mc.AddressNotices(notices, leadID) {
		if n.Wake {
			if err := notify.Wake(ctx, tx, n.AgentID, n.Reason, &task.ID); err != nil {
				return err
			}
		}
		if n.Kind == mc.NoticeNone {
			continue
		}
		if err := f.sendNotice(ctx, tx, p, task, n, lead); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feature) sendNotice(ctx context.Context, tx *store.Tx, p Place, task mc.Task, n mc.Notice, lead *mc.Agent) error {
	to, err := tx.Agent(ctx, n.AgentID)
	if err != nil {
		return err
	}
	var feedback string
	if n.Kind == mc.NoticeRework && lead != nil {
		comment, err := tx.NewestComment(ctx, task.ID, lead.ID)
		if err != nil {
			return err
		}
		if comment != nil && comment.Message != nil {
			feedback = *comment.Message
		}
	}
	return f.notify.Queue(ctx, tx, notify.Message{
		To: to, Label: n.Kind.Label(to), Text: n.Kind.Message(p.Board.Name, task, to, feedback),
		Record: n.Kind.Record(task, to), TaskID: &task.ID, Board: p.Board,
	})
}

// spreadComment tells the agents that a comment mentions, or the assignee when
// it mentions nobody.
func (f *Feature) spreadComment(ctx context.Context, tx *store.Tx, p Place, task mc.Task, text string) error {
	agents, err := tx.AgentsOfBoard(ctx, p.Board.ID)
	if err != nil {
		return err
	}
	var assignee *mc.Agent
	if task.AssignedAgentID != nil {
		a, err := tx.Agent(ctx, *task.AssignedAgentID)
		if err != nil {
			return err
		}
		assignee = &a
	}
	for _, to := range mc.CommentRecipients(text, p.Actor, agents, assignee) {
		err := f.notify.Queue(ctx, tx, notify.Message{
			To: to.Agent, Label: to.Agent.Name, Text: mc.CommentMessage(p.Board.Name, task, p.Actor, text, to),
			TaskID: &task.ID, Board: p.Board,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
