package boards

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Change applies a PATCH of a user to a board, in the contract's order of checks,
// moves its agents when it got another gateway, and tells the agents of the
// groups that it left and joined, then its lead. First of all the board has to
// be what the caller expects.
func (f *Feature) Change(ctx context.Context, by, id mc.ID, change mc.BoardChange, expected *mc.Precondition) (after mc.Board, err error) {
	err = f.write(ctx, func(tx *store.Tx) error {
		before, err := tx.LockBoard(ctx, id)
		if err != nil {
			return err
		}
		current := func() (mc.Versioned, error) { return views.Board(before), nil }
		if err := expected.Check(before.UpdatedAt, current); err != nil {
			return err
		}
		if after, err = apply(ctx, tx, before, change); err != nil {
			return err
		}
		if err := tx.UpdateBoard(ctx, after); err != nil {
			return err
		}
		tx.Audit(mc.AuditBoardChanged, after.AuditTarget(), mc.DifferencesOf(before, after))
		if err := f.moveAgents(ctx, tx, by, before, after); err != nil {
			return err
		}
		if err := f.tellGroups(ctx, tx, before.BoardGroupID, after); err != nil {
			return err
		}
		return f.tellLead(ctx, tx, before, after)
	})
	return after, err
}

// apply returns what the change makes of the board, or why it may not.
func apply(ctx context.Context, tx *store.Tx, before mc.Board, change mc.BoardChange) (after mc.Board, err error) {
	gateway, moves := change.GatewayID.Get()
	if moves {
		if err := checkGateway(ctx, tx, before.OrganizationID, gateway); err != nil {
			return after, err
		}
	}
	if group, ok := change.BoardGroupID.Get(); ok {
		if err := checkGroup(ctx, tx, before.OrganizationID, group); err != nil {
			return after, err
		}
	}
	after = change.Apply(before, tx.Now())
	if err := change.CheckResult(after); err != nil {
		return after, err
	}
	// A gateway that has lost its main agent holds up every change of its boards.
	if !moves && after.GatewayID != nil && after.NeedsGateway() {
		return after, checkGateway(ctx, tx, after.OrganizationID, *after.GatewayID)
	}
	return after, nil
}

// moveAgents brings the agents of a board to life on its new gateway. The
// lifecycle takes them off the one they were on.
func (f *Feature) moveAgents(ctx context.Context, tx *store.Tx, by mc.ID, before, after mc.Board) error {
	if after.GatewayID == nil || mc.Same(before.GatewayID, after.GatewayID) {
		return nil
	}
	agents, err := tx.AgentsOfBoard(ctx, after.ID)
	if err != nil {
		return err
	}
	for _, a := range agents {
		if a.IsExternal() {
			continue
		}
		run := provision.Run{AgentID: a.ID, Action: provision.Provision, UserID: &by, Wake: true, Deliver: true}
		if err := f.lifecycle.BeginInBackground(ctx, tx, run); err != nil {
			return err
		}
	}
	return nil
}

// tellGroups tells the agents of the group that the board was in before, and
// those of the group that it is in now. The board's own hear of both.
func (f *Feature) tellGroups(ctx context.Context, tx *store.Tx, before *mc.ID, board mc.Board) error {
	if mc.Same(before, board.BoardGroupID) {
		return nil
	}
	for _, step := range []struct {
		move  mc.GroupMove
		group *mc.ID
	}{{mc.GroupLeave, before}, {mc.GroupJoin, board.BoardGroupID}} {
		if step.group == nil {
			continue
		}
		group, err := tx.BoardGroup(ctx, *step.group)
		if err != nil {
			return err
		}
		neighbours, err := tx.BoardsOfGroup(ctx, store.GroupBoards{Group: group.ID, Except: &board.ID})
		if err != nil {
			return err
		}
		notice := mc.GroupNotice{Move: step.move, Moved: board, Group: group}
		if err := f.notify.QueueGroupNotice(ctx, tx, notice, append(neighbours, board)...); err != nil {
			return err
		}
	}
	return nil
}

// tellLead lets the board's lead know what really changed.
func (f *Feature) tellLead(ctx context.Context, tx *store.Tx, before, after mc.Board) error {
	changes := mc.BoardChanges(before, after)
	if len(changes) == 0 {
		return nil
	}
	lead, err := tx.Lead(ctx, after.ID)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return f.notify.Queue(ctx, tx, notify.Message{
		To: lead, Label: lead.Name, Text: mc.BoardUpdatedMessage(after, changes), Record: mc.BoardUpdatedRecord(after), Board: after,
	})
}
