package outbound

import (
	"context"
	"fmt"
	"strings"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// maxPerBoard bounds how many calls one change can cause.
const maxPerBoard = 20

var tooMany = fmt.Sprintf("A board can have at most %d outbound webhooks.", maxPerBoard)

// Create adds an address that is told of a board.
func (f *Feature) Create(ctx context.Context, board mc.Board, body OutboundWebhookCreate) (w mc.OutboundWebhook, err error) {
	secret := nonBlank(body.Secret)
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		// Of requests at the same time each must see those before it.
		if _, err := tx.LockBoard(ctx, board.ID); err != nil {
			return err
		}
		_, total, err := tx.OutboundWebhooks(ctx, board.ID, 1, 0)
		if err != nil {
			return err
		}
		if total >= maxPerBoard {
			return mc.Conflict(tooMany)
		}
		w = body.webhook(board.ID, tx.Tick())
		w.HasSecret = secret != nil
		if err := tx.InsertOutboundWebhook(ctx, w); err != nil {
			return err
		}
		tx.Audit(mc.AuditOutboundCreated, w.AuditTarget(board.OrganizationID), nil)
		return tx.SetOutboundSecret(ctx, w.ID, secret)
	})
	return w, err
}

// Change applies a PATCH. Enabled again, an address counts as one that never failed.
func (f *Feature) Change(ctx context.Context, board mc.Board, id mc.ID, change OutboundWebhookUpdate) (w mc.OutboundWebhook, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if w, err = f.lock(ctx, tx, board, id); err != nil {
			return err
		}
		before := w
		if !change.apply(&w) {
			return nil
		}
		if change.Enabled.Present() && w.Enabled {
			w.FailingSince, w.DisabledReason = nil, nil
		}
		w.UpdatedAt = tx.Now()
		if err := tx.UpdateOutboundWebhook(ctx, w); err != nil {
			return err
		}
		secretBefore, err := tx.OutboundSecret(ctx, id)
		if err != nil {
			return err
		}
		secret := secretBefore
		if change.Secret.Present() {
			secret = nonBlank(change.Secret.Ptr())
			if err := tx.SetOutboundSecret(ctx, id, secret); err != nil {
				return err
			}
		}
		w.HasSecret = secret != nil
		tx.Audit(mc.AuditOutboundChanged, w.AuditTarget(board.OrganizationID), mc.OutboundDifferences(before, w, secretBefore, secret))
		return nil
	})
	return w, err
}

// Delete removes an address with what it was told.
func (f *Feature) Delete(ctx context.Context, board mc.Board, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		w, err := f.lock(ctx, tx, board, id)
		if err != nil {
			return err
		}
		tx.Audit(mc.AuditOutboundDeleted, w.AuditTarget(board.OrganizationID), nil)
		return tx.DeleteOutboundWebhook(ctx, id)
	})
}

// Redeliver makes a call again, at once, whatever came of it before.
func (f *Feature) Redeliver(ctx context.Context, board mc.Board, id, delivery mc.ID) (d mc.OutboundDelivery, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.OutboundWebhook(ctx, board.ID, id); err != nil {
			return err
		}
		if d, err = tx.LockOutboundDelivery(ctx, delivery); err != nil {
			return err
		}
		if d.WebhookID != id {
			return mc.NotFound()
		}
		d.State, d.Tries, d.NextAttemptAt, d.DeliveredAt, d.UpdatedAt = mc.DeliveryQueued, 0, nil, nil, tx.Now()
		tx.Answer(deliveryView(d))
		tx.Enqueue(store.Job{Args: deliverArgs{DeliveryID: d.ID}, Opts: deliverPolicy.Options(time.Time{})})
		return tx.UpdateOutboundDelivery(ctx, d)
	})
	return d, err
}

func (f *Feature) lock(ctx context.Context, tx *store.Tx, board mc.Board, id mc.ID) (mc.OutboundWebhook, error) {
	w, err := tx.LockOutboundWebhook(ctx, id)
	if err == nil && w.BoardID != board.ID {
		err = mc.NotFound()
	}
	return w, err
}

func nonBlank(secret *string) *string {
	if secret == nil || strings.TrimSpace(*secret) == "" {
		return nil
	}
	return secret
}
