package boards

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Delete takes the agents of a board off its gateway, then removes the board with
// everything that is its own. When the gateway refuses nothing is removed here;
// what is gone there by then is passed over the next time.
func (f *Feature) Delete(ctx context.Context, board mc.Board) error {
	removed, err := f.leaveGateway(ctx, board)
	if err != nil {
		return err
	}
	return f.store.Write(ctx, func(tx *store.Tx) error {
		// Nobody adds agents from here on.
		if _, err := tx.LockBoard(ctx, board.ID); err != nil {
			return err
		}
		if err := f.removeOthers(ctx, tx, board.ID, removed); err != nil {
			return err
		}
		tx.Audit(mc.AuditBoardDeleted, board.AuditTarget(), nil)
		return tx.DeleteBoard(ctx, board.ID)
	})
}

// leaveGateway removes the agents of a board from its gateway, one by one, and
// returns which. A board of external agents is bothered by its gateway only if
// somebody lives there.
func (f *Feature) leaveGateway(ctx context.Context, board mc.Board) (removed map[mc.ID]bool, err error) {
	if board.GatewayID == nil {
		return nil, nil
	}
	agents, err := f.store.AgentsOfBoard(ctx, board.ID)
	if err != nil {
		return nil, err
	}
	var there []mc.Agent
	for _, a := range agents {
		if !a.IsExternal() && mc.Same(a.GatewayID, board.GatewayID) {
			there = append(there, a)
		}
	}
	if len(there) == 0 && !board.NeedsGateway() {
		return nil, nil
	}
	gateway, err := provision.BoardGateway(ctx, f.store.Reader, board, provision.NeedWorkspace)
	if err != nil {
		return nil, err
	}
	removed = map[mc.ID]bool{}
	for _, a := range there {
		if err := f.lifecycle.Remove(ctx, a, gateway); err != nil {
			return nil, err
		}
		removed[a.ID] = true
	}
	return removed, nil
}

// removeOthers leaves agents to a job that the board's gateway does not have:
// those on another one, where they were left before the board moved, and those
// that came while the others were being removed.
func (f *Feature) removeOthers(ctx context.Context, tx *store.Tx, board mc.ID, removed map[mc.ID]bool) error {
	agents, err := tx.AgentsOfBoard(ctx, board)
	if err != nil {
		return err
	}
	for _, a := range agents {
		if a.IsExternal() || a.GatewayID == nil || removed[a.ID] {
			continue
		}
		gateway, err := tx.GatewayByID(ctx, *a.GatewayID)
		if err != nil {
			return err
		}
		f.lifecycle.RemoveInBackground(tx, a, gateway)
	}
	return nil
}
