package webhooks

import (
	"context"
	"errors"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

const foreignAgent = "agent_id must reference an agent on this board."

// Create makes a webhook of a board.
func (f *Feature) Create(ctx context.Context, board mc.Board, body WebhookCreate) (w mc.Webhook, err error) {
	secret := nonBlank(body.Secret)
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		w = body.webhook(board.ID, tx.Tick())
		w.HasSecret = secret != nil
		if err := onBoard(ctx, tx, w); err != nil {
			return err
		}
		if err := wordReference(tx.InsertWebhook(ctx, w)); err != nil {
			return err
		}
		tx.Audit(mc.AuditWebhookCreated, w.AuditTarget(board.OrganizationID), nil)
		return tx.SetWebhookSecret(ctx, w.ID, secret)
	})
	return w, err
}

// Change applies a PATCH to a webhook of a board.
func (f *Feature) Change(ctx context.Context, board mc.Board, id mc.ID, change WebhookUpdate) (w mc.Webhook, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if w, err = tx.LockWebhook(ctx, board.ID, id); err != nil {
			return err
		}
		before := w
		if !change.apply(&w) {
			return nil
		}
		if change.AgentID.Present() {
			if err := onBoard(ctx, tx, w); err != nil {
				return err
			}
		}
		w.UpdatedAt = tx.Now()
		if err := wordReference(tx.UpdateWebhook(ctx, w)); err != nil {
			return err
		}
		secretBefore, err := tx.WebhookSecret(ctx, id)
		if err != nil {
			return err
		}
		secret := secretBefore
		if change.Secret.Present() {
			secret = nonBlank(change.Secret.Ptr())
			if err := tx.SetWebhookSecret(ctx, id, secret); err != nil {
				return err
			}
		}
		w.HasSecret = secret != nil && *secret != ""
		tx.Audit(mc.AuditWebhookChanged, w.AuditTarget(board.OrganizationID), mc.WebhookDifferences(before, w, secretBefore, secret))
		return nil
	})
	return w, err
}

// Delete removes a webhook of a board with its payloads. What the board
// remembers of them stays.
func (f *Feature) Delete(ctx context.Context, board mc.Board, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		w, err := tx.LockWebhook(ctx, board.ID, id)
		if err != nil {
			return err
		}
		tx.Audit(mc.AuditWebhookDeleted, w.AuditTarget(board.OrganizationID), nil)
		return tx.DeleteWebhook(ctx, id)
	})
}

// onBoard refuses a webhook whose agent is not on its board.
func onBoard(ctx context.Context, tx *store.Tx, w mc.Webhook) error {
	if w.AgentID == nil {
		return nil
	}
	agent, err := tx.Agent(ctx, *w.AgentID)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && !mc.Same(agent.BoardID, &w.BoardID) {
		return mc.Unprocessable(foreignAgent)
	}
	return err
}

// wordReference says of an agent that is gone since it was looked up what is
// said of one that never was.
func wordReference(err error) error {
	if errors.Is(err, store.ErrReference) {
		return mc.Unprocessable(foreignAgent)
	}
	return err
}
