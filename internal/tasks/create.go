package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Create makes a task, as a person does or a lead, and tells the lead and the
// assignee of it.
func (f *Feature) Create(ctx context.Context, p Place, draft mc.TaskDraft) (view views.TaskRead, err error) {
	values, err := f.fieldValues(ctx, p.Board.ID, draft.CustomFieldValues)
	if err != nil {
		return view, err
	}
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		id := mc.NewID()
		dependsOn := mc.DedupeIDs(draft.DependsOnTaskIDs)
		open, err := checkDependencies(ctx, tx, p.Board.ID, id, dependsOn)
		if err != nil {
			return err
		}
		if err := checkTags(ctx, tx, p.Board.OrganizationID, draft.TagIDs); err != nil {
			return err
		}
		if err := draft.CheckBlocked(p.Actor, open); err != nil {
			return err
		}
		if draft.AssignedAgentID != nil {
			if err := checkAssignee(ctx, tx, p, *draft.AssignedAgentID); err != nil {
				return err
			}
		}
		task := draft.Task(id, p.Actor, p.Board.ID, tx.Now())
		if err := tx.InsertTask(ctx, task); err != nil {
			return err
		}
		if err := setFields(ctx, tx, task, values); err != nil {
			return err
		}
		if err := tx.AddDependencies(ctx, p.Board.ID, id, dependsOn); err != nil {
			return err
		}
		if err := tx.ReplaceTags(ctx, id, mc.DedupeIDs(draft.TagIDs)); err != nil {
			return err
		}
		recordEvent(tx, p, task, mc.CreatedEvent(p.Actor, task))
		if err := f.sendNotices(ctx, tx, p, task, mc.CreatedNotices(p.Actor, task)); err != nil {
			return err
		}
		view, err = views.Task(ctx, tx.Reader, task)
		tx.Answer(view)
		return err
	})
	return view, err
}

// recordEvent adds an event about a task to the activity log.
func recordEvent(tx *store.Tx, p Place, task mc.Task, e mc.Event) mc.ActivityEvent {
	event := mc.ActivityEvent{Type: e.Type, Message: &e.Message, AgentID: p.Actor.AgentID(), TaskID: &task.ID, BoardID: &task.BoardID}
	if p.Actor.Agent == nil {
		event.ActorUserID = &p.Actor.UserID
	}
	return tx.Record(event)
}
