package webhooks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

const nobodyToTell = "There is no agent that the payload could be delivered to."

// Redeliver tells an agent of a payload once more, whatever came of it before:
// the agent that a call would be told to now.
func (f *Feature) Redeliver(ctx context.Context, board mc.Board, webhook, payload mc.ID) (p mc.WebhookPayload, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		w, err := tx.LockWebhook(ctx, board.ID, webhook)
		if err != nil {
			return err
		}
		if p, err = tx.WebhookPayload(ctx, board.ID, webhook, payload); err != nil {
			return err
		}
		told, err := f.tell(ctx, tx, board, w, p)
		if err == nil && !told {
			err = mc.Conflict(nobodyToTell)
		}
		tx.Answer(taken(p))
		return err
	})
	return p, err
}
