package approvals

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Decide sets the status of an approval, if the change has one: approves it,
// rejects it, or opens it again. The board's lead is told of a decision that is
// news. The tasks stay as they are. The approval has to be what the caller
// expects. A text that is no UUID is the id of none.
func (f *Feature) Decide(ctx context.Context, p Place, id string, change ApprovalUpdate, expected *mc.Precondition) (view views.ApprovalRead, err error) {
	approval, ok := mc.ParseID(id)
	if !ok {
		return view, mc.NotFound()
	}
	err = f.write(ctx, approval, func(tx *store.Tx) ([]mc.ID, error) {
		before, err := tx.LockApproval(ctx, p.Board.ID, approval)
		if err != nil {
			return nil, err
		}
		about, err := tx.TasksOfApprovals(ctx, []mc.Approval{before})
		if err != nil {
			return nil, err
		}
		view = views.Approval(before, about[approval])
		if err := expected.Check(before.UpdatedAt, func() (mc.Versioned, error) { return view, nil }); err != nil {
			return nil, err
		}
		status, asked := change.Status.Get()
		if !asked || status == mc.ApprovalPending && before.Status == mc.ApprovalPending {
			return nil, nil
		}
		after, news := before.Decide(status, p.Actor.UserID, tx.Now())
		if after.Status == mc.ApprovalPending {
			if err := checkPending(ctx, tx.Reader, view.TaskIDs, approval); err != nil {
				return nil, err
			}
		}
		if err := tx.UpdateApproval(ctx, after); err != nil {
			return view.TaskIDs, err
		}
		tx.Announce(store.KindApproval, after.BoardID, after.ID)
		view = views.Approval(after, about[approval])
		if !news {
			return nil, nil
		}
		return nil, f.tellLead(ctx, tx, p.Board, after, view.TaskIDs)
	})
	return view, err
}

// tellLead queues the word of a decision to the board's lead, if it has one.
func (f *Feature) tellLead(ctx context.Context, tx *store.Tx, board mc.Board, a mc.Approval, tasks []mc.ID) error {
	lead, err := tx.Lead(ctx, board.ID)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	message := notify.Message{To: lead, Label: lead.Name, Text: a.ResolvedMessage(board.Name, tasks), Record: a.ResolvedRecord(), Board: board}
	if len(tasks) > 0 {
		message.TaskID = &tasks[0]
	}
	return f.notify.Queue(ctx, tx, message)
}
