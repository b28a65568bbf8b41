package approvals

import (
	"context"
	"slices"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Create makes an approval: a question of an agent or a person, or a decision
// that a person has made already. Nobody is told but the streams.
func (f *Feature) Create(ctx context.Context, p Place, draft mc.ApprovalDraft) (view views.ApprovalRead, err error) {
	asker, err := draft.Asker(p.Actor)
	if err != nil {
		return view, err
	}
	id := mc.NewID()
	err = f.write(ctx, id, func(tx *store.Tx) ([]mc.ID, error) {
		if err := checkAsker(ctx, tx.Reader, p, asker); err != nil {
			return nil, err
		}
		tasks, err := chooseTasks(ctx, tx, p.Board.ID, draft)
		if err != nil {
			return nil, err
		}
		a := draft.Approval(id, p.Actor, p.Board.ID, asker, tasks, tx.Now())
		if a.Status == mc.ApprovalPending {
			if err := checkPending(ctx, tx.Reader, tasks, id); err != nil {
				return nil, err
			}
		}
		if err := tx.InsertApproval(ctx, a, tasks); err != nil {
			return tasks, err
		}
		tx.Announce(store.KindApproval, a.BoardID, a.ID)
		view, err = viewOne(ctx, tx.Reader, a)
		tx.Answer(view)
		return tasks, err
	})
	return view, err
}

// checkAsker refuses an agent that is unknown. One of another organization is
// as good as unknown.
func checkAsker(ctx context.Context, r store.Reader, p Place, asker *mc.ID) error {
	if asker == nil || p.Actor.Agent != nil {
		return nil
	}
	agent, err := r.Agent(ctx, *asker)
	if err != nil {
		return err
	}
	organization, err := access.OrganizationOfAgent(ctx, r, agent)
	if err == nil && organization != p.Board.OrganizationID {
		err = mc.NotFound()
	}
	return err
}

// chooseTasks settles what the approval is about, and keeps those tasks as they
// are until the end of the transaction: none is deleted, none moves meanwhile.
func chooseTasks(ctx context.Context, tx *store.Tx, board mc.ID, draft mc.ApprovalDraft) ([]mc.ID, error) {
	named, mentioned := draft.TaskRefs()
	found, err := tx.KeepTasks(ctx, board, slices.Concat(named, mentioned))
	if err != nil {
		return nil, err
	}
	return draft.ChooseTasks(func(id mc.ID) bool { return slices.Contains(found, id) })
}
