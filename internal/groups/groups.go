// Package groups is the board groups of an organization: making, listing,
// showing, changing and deleting them, what their boards are doing, and one
// heartbeat for all their agents.
//
// Boards join and leave groups by their own operations; the memory of a group is
// the business of memory.
package groups

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Feature is the operations on board groups.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
	notify    *notify.Sender
}

// New returns the feature on a store. Gateways learn of heartbeats through
// lifecycle, agents of a group's end through sender.
func New(st *store.Store, lifecycle *provision.Service, sender *notify.Sender) *Feature {
	return &Feature{store: st, lifecycle: lifecycle, notify: sender}
}

// Create makes a group of an organization, without boards.
func (f *Feature) Create(ctx context.Context, organization mc.ID, draft mc.BoardGroupDraft) (group mc.BoardGroup, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		group = draft.Group(mc.NewID(), organization, tx.Now())
		tx.Audit(mc.AuditBoardGroupCreated, group.AuditTarget(), nil)
		return tx.InsertBoardGroup(ctx, group)
	})
	return group, err
}

// Change applies a PATCH to a group. Nobody is told.
func (f *Feature) Change(ctx context.Context, id mc.ID, change mc.BoardGroupChange) (group mc.BoardGroup, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.LockBoardGroup(ctx, id)
		if err != nil {
			return err
		}
		group = change.Apply(before, tx.Now())
		tx.Audit(mc.AuditBoardGroupChanged, group.AuditTarget(), mc.DifferencesOf(before, group))
		return tx.UpdateBoardGroup(ctx, group)
	})
	return group, err
}

// Delete removes a group with its memory. Its boards stay, and the agents of
// each are told that their board has left.
func (f *Feature) Delete(ctx context.Context, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		group, err := tx.LockBoardGroup(ctx, id) // no board joins from here on
		if err != nil {
			return err
		}
		boards, err := tx.BoardsOfGroup(ctx, store.GroupBoards{Group: id})
		if err != nil {
			return err
		}
		for _, b := range boards {
			notice := mc.GroupNotice{Move: mc.GroupLeave, Moved: b, Group: group}
			if err := f.notify.QueueGroupNotice(ctx, tx, notice, b); err != nil {
				return err
			}
		}
		tx.Audit(mc.AuditBoardGroupDeleted, group.AuditTarget(), nil)
		return tx.DeleteBoardGroup(ctx, id, boards)
	})
}
