// Package approvals is where agents ask and people decide: approvals of a board,
// the tasks they are about, the word to the board's lead when one is decided,
// and the stream on which both are seen.
//
// The rules are pure functions of package mc; that a task has no more than one
// pending approval is a constraint of the database. What approvals mean for the
// tasks, the gates of a board's rules, is the business of package tasks.
package approvals

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Feature holds what the use cases need.
type Feature struct {
	store  *store.Store
	broker *live.Broker
	notify *notify.Sender
}

// New returns the feature.
func New(st *store.Store, broker *live.Broker, sender *notify.Sender) *Feature {
	return &Feature{store: st, broker: broker, notify: sender}
}

// Place is where a use case happens: who acts, on which board.
type Place struct {
	Actor mc.TaskActor
	Board mc.Board
}

// List returns a page of a board's approvals, newest first; with a status only those.
func (f *Feature) List(ctx context.Context, board mc.ID, status *mc.ApprovalStatus, limit, offset int) ([]views.ApprovalRead, int64, error) {
	rows, total, err := f.store.Approvals(ctx, board, status, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	shown, err := View(ctx, f.store.Reader, rows)
	return shown, total, err
}

// Inbox returns a page of the approvals on all boards that a member may read, or
// on one of them, newest first.
func (f *Feature) Inbox(ctx context.Context, m mc.Member, board *mc.ID, status *mc.ApprovalStatus, limit, offset int) ([]BoardApprovalRead, int64, error) {
	if board != nil {
		reads, err := access.ReadsBoard(ctx, f.store.Reader, m, *board)
		if err != nil {
			return nil, 0, err
		}
		if !reads {
			return nil, 0, mc.Forbidden()
		}
	}
	rows, total, err := f.store.ReadableApprovals(ctx, m, board, status, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	shown, err := viewWithBoards(ctx, f.store.Reader, rows)
	return shown, total, err
}
