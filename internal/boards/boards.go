// Package boards is the boards of an organization: making, listing, showing,
// changing and deleting them.
//
// What their rules do to tasks is the business of the tasks, what runs on them
// that of the agents. How agents get onto a gateway and off it is left to
// provision.
package boards

import (
	"context"
	"errors"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Feature is the operations on boards.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
	notify    *notify.Sender
	clock     mc.Clock
}

// New returns the feature on a store. Agents are moved and removed through
// lifecycle, and told of changes through sender; by the clock is seen who is there.
func New(st *store.Store, lifecycle *provision.Service, sender *notify.Sender, clock mc.Clock) *Feature {
	return &Feature{store: st, lifecycle: lifecycle, notify: sender, clock: clock}
}

// Create makes a board of an organization. No lead is made; when it begins in a
// group, the agents of the group are told.
func (f *Feature) Create(ctx context.Context, organization mc.ID, draft mc.BoardDraft) (board mc.Board, err error) {
	err = f.write(ctx, func(tx *store.Tx) error {
		if draft.GatewayID != nil {
			if err := checkGateway(ctx, tx, organization, *draft.GatewayID); err != nil {
				return err
			}
		}
		if draft.BoardGroupID != nil {
			if err := checkGroup(ctx, tx, organization, *draft.BoardGroupID); err != nil {
				return err
			}
		}
		board = draft.Board(mc.NewID(), organization, tx.Now())
		tx.Answer(views.Board(board))
		tx.Audit(mc.AuditBoardCreated, board.AuditTarget(), nil)
		if err := tx.InsertBoard(ctx, board); err != nil {
			return err
		}
		return f.tellGroups(ctx, tx, nil, board)
	})
	return board, err
}

// write runs a transaction that puts a board onto a gateway and into a group. One
// of them may go away after it was found: looking again says which.
func (f *Feature) write(ctx context.Context, do func(tx *store.Tx) error) error {
	err := f.store.Write(ctx, do)
	if errors.Is(err, store.ErrReference) {
		err = f.store.Write(ctx, do)
	}
	return err
}

// checkGateway refuses a gateway that the organization does not have, or that
// lacks the agent which speaks for it.
func checkGateway(ctx context.Context, tx *store.Tx, organization, id mc.ID) error {
	_, err := tx.Gateway(ctx, organization, id)
	if mc.KindOf(err) == mc.KindNotFound {
		return mc.GatewayInvalid()
	}
	if err != nil {
		return err
	}
	_, err = tx.MainAgent(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound {
		return mc.GatewayWithoutMain()
	}
	return err
}

func checkGroup(ctx context.Context, tx *store.Tx, organization, id mc.ID) error {
	group, err := tx.BoardGroup(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && group.OrganizationID != organization {
		return mc.GroupInvalid()
	}
	return err
}
