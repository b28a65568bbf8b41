package outbound

import (
	"context"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Call is the body of a call.
type Call struct {
	ID         mc.ID        `json:"id"`
	Event      mc.EventType `json:"event"`
	Sequence   int64        `json:"sequence"`
	BoardID    mc.ID        `json:"board_id"`
	OccurredAt mc.Time      `json:"occurred_at"`
	Data       any          `json:"data"`
}

// EventData is what a call tells of an activity event. The task is as it was
// when the call was written.
type EventData struct {
	EventID mc.ID     `json:"event_id"`
	Message *string   `json:"message"`
	AgentID *mc.ID    `json:"agent_id"`
	TaskID  *mc.ID    `json:"task_id"`
	Task    *TaskData `json:"task"`
}

// TaskData is what a call tells of a task.
type TaskData struct {
	ID              mc.ID         `json:"id"`
	Title           string        `json:"title"`
	Status          mc.TaskStatus `json:"status"`
	Priority        string        `json:"priority"`
	AssignedAgentID *mc.ID        `json:"assigned_agent_id"`
}

// ApprovalData is what a call tells of an approval, as it was when the call was
// written.
type ApprovalData struct {
	ApprovalID mc.ID             `json:"approval_id"`
	ActionType string            `json:"action_type"`
	Status     mc.ApprovalStatus `json:"status"`
	AgentID    *mc.ID            `json:"agent_id"`
	TaskID     *mc.ID            `json:"task_id"`
}

// fanOut writes the calls that tell of changes. Repeated it writes nothing new.
func (f *Feature) fanOut(ctx context.Context, args fanOutArgs) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		ctx := tx.Context()
		webhooks, err := tx.EnabledOutboundWebhooks(ctx, args.BoardID)
		if err != nil || len(webhooks) == 0 {
			return err
		}
		var calls []*mc.OutboundDelivery
		for _, c := range args.Changes {
			call, err := callOf(ctx, tx, args.BoardID, c)
			if mc.KindOf(err) == mc.KindNotFound {
				continue // gone meanwhile
			}
			if err != nil {
				return err
			}
			for _, w := range webhooks {
				if !w.Wants(call.Event) {
					continue
				}
				call.ID = mc.NewID()
				calls = append(calls, &mc.OutboundDelivery{
					ID: call.ID, WebhookID: w.ID, ChangeSeq: c.Seq, EventType: call.Event, Body: string(mc.JSONOf(call)), State: mc.DeliveryQueued,
					CreatedAt: tx.Tick(), UpdatedAt: tx.Now(),
				})
				tx.Enqueue(store.Job{Args: deliverArgs{DeliveryID: call.ID}, Opts: deliverPolicy.Options(time.Time{})})
			}
		}
		return tx.InsertOutboundDeliveries(ctx, calls...)
	})
}

func callOf(ctx context.Context, tx *store.Tx, board mc.ID, c store.Change) (Call, error) {
	call := Call{Sequence: c.Seq, BoardID: board}
	if c.Kind == store.KindApproval {
		a, err := tx.Approval(ctx, board, c.Entity)
		call.Event, call.OccurredAt = mc.ApprovalEventType(a), a.UpdatedAt
		call.Data = ApprovalData{ApprovalID: a.ID, ActionType: a.ActionType, Status: a.Status, AgentID: a.AgentID, TaskID: a.TaskID}
		return call, err
	}
	e, err := tx.Event(ctx, c.Entity)
	if err != nil {
		return call, err
	}
	data := EventData{EventID: e.ID, Message: e.Message, AgentID: e.AgentID, TaskID: e.TaskID}
	if e.TaskID != nil {
		task, err := tx.Task(ctx, board, *e.TaskID)
		if err == nil {
			data.Task = &TaskData{ID: task.ID, Title: task.Title, Status: task.Status, Priority: task.Priority, AssignedAgentID: task.AssignedAgentID}
		} else if mc.KindOf(err) != mc.KindNotFound {
			return call, err
		}
	}
	call.Event, call.OccurredAt, call.Data = e.Type, e.CreatedAt, data
	return call, nil
}
