package tasks

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// checkDependencies validates the list a task is to wait for and returns those
// that are not done. The board's row is locked first, so that two edits cannot
// close a cycle between them.
func checkDependencies(ctx context.Context, tx *store.Tx, board, task mc.ID, wanted []mc.ID) (open []mc.ID, err error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if _, err := tx.LockBoard(ctx, board); err != nil {
		return nil, err
	}
	found, err := tx.TasksByID(ctx, board, wanted)
	if err != nil {
		return nil, err
	}
	status := make(map[mc.ID]mc.TaskStatus, len(found))
	for _, t := range found {
		status[t.ID] = t.Status
	}
	edges, err := tx.EdgesOfBoard(ctx, board)
	if err != nil {
		return nil, err
	}
	known := func(id mc.ID) bool { _, ok := status[id]; return ok }
	if err := mc.ValidateDependencies(task, wanted, known, edges); err != nil {
		return nil, err
	}
	return mc.OpenDependencies(wanted, func(id mc.ID) (mc.TaskStatus, bool) { s, ok := status[id]; return s, ok }), nil
}

// openDependencies returns what a task waits for now.
func openDependencies(ctx context.Context, tx *store.Tx, task mc.ID) ([]mc.ID, error) {
	edges, err := tx.EdgesOfTasks(ctx, []mc.ID{task})
	var open []mc.ID
	for _, e := range edges {
		if e.Status != mc.StatusDone {
			open = append(open, e.DependsOnTaskID)
		}
	}
	return open, err
}

// checkTags refuses tags that do not exist in the board's organization. Those
// that do stay until the end of the transaction.
func checkTags(ctx context.Context, tx *store.Tx, organization mc.ID, ids []mc.ID) error {
	if len(ids) == 0 {
		return nil
	}
	known, err := tx.KeepTags(ctx, organization, ids)
	if err != nil {
		return err
	}
	return mc.MissingTags(mc.MissingIDs(ids, known))
}

// checkAssignee refuses an agent that the actor may not give work of the board.
func checkAssignee(ctx context.Context, tx *store.Tx, p Place, id mc.ID) error {
	candidate, err := tx.Agent(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound {
		return mc.CheckAssignee(p.Actor, p.Board.ID, nil)
	}
	if err != nil {
		return err
	}
	if candidate.IsMain() {
		// A main agent of another organization is as good as none.
		if err := access.AgentOnBoard(ctx, tx.Reader, candidate, p.Board); err != nil {
			return mc.NotFound()
		}
	}
	return mc.CheckAssignee(p.Actor, p.Board.ID, &candidate)
}

// leadOf returns the lead of a board; nil when it has none.
func leadOf(ctx context.Context, r store.Reader, board mc.ID) (*mc.Agent, error) {
	lead, err := r.Lead(ctx, board)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // a board without a lead is ordinary
	}
	return &lead, err
}
