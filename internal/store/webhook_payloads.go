package store

import (
	"context"
	"errors"

	"missioncontrol/internal/mc"
)

var (
	payloadTable = tableOf[mc.WebhookPayload]("board_webhook_payloads")
	payloadCols  = payloadTable.cols("p")
	receiptTable = tableOf[mc.WebhookReceipt]("board_webhook_receipts")
)

const ofWebhook = `FROM board_webhook_payloads p WHERE p.board_id = ? AND p.webhook_id = ?`

// WebhookPayloads lists a page of what a webhook has brought, newest first.
func (r Reader) WebhookPayloads(ctx context.Context, w mc.Webhook, limit, offset int) ([]mc.WebhookPayload, int64, error) {
	return page[mc.WebhookPayload](ctx, r, payloadCols, ofWebhook, `p.received_at DESC, p.id`, limit, offset, w.BoardID, w.ID)
}

// WebhookPayload loads a payload of a webhook of a board.
func (r Reader) WebhookPayload(ctx context.Context, board, webhook, id mc.ID) (mc.WebhookPayload, error) {
	return get[mc.WebhookPayload](ctx, r, `SELECT `+payloadCols+` `+ofWebhook+` AND p.id = ?`, board, webhook, id)
}

// InsertWebhookPayload keeps a payload. When its webhook is gone meanwhile it is
// not found.
func (tx *Tx) InsertWebhookPayload(ctx context.Context, p mc.WebhookPayload) error {
	err := payloadTable.insert(ctx, tx, &p)
	if errors.Is(err, ErrReference) {
		return mc.NotFound()
	}
	return err
}

// ClaimWebhookReceipt remembers a call that named itself, unless one of the same
// name is remembered that came at or after since: then it returns the payload of
// that one. Of calls at the same time one is first.
func (tx *Tx) ClaimWebhookReceipt(ctx context.Context, c mc.WebhookReceipt, since mc.Time) (first mc.ID, err error) {
	claimed, err := find[mc.ID](ctx, tx.Reader, receiptTable.head+receiptTable.row+`
		ON CONFLICT (webhook_id, delivery_id) DO UPDATE SET payload_id = excluded.payload_id, received_at = excluded.received_at
		WHERE board_webhook_receipts.received_at < ? RETURNING payload_id`, append(receiptTable.values([]*mc.WebhookReceipt{&c}), since)...)
	if errors.Is(err, ErrReference) {
		return first, mc.NotFound()
	}
	if err != nil || claimed != nil {
		return c.PayloadID, err
	}
	return get[mc.ID](ctx, tx.Reader, `SELECT r.payload_id FROM board_webhook_receipts r WHERE r.webhook_id = ? AND r.delivery_id = ?`, c.WebhookID, c.DeliveryID)
}

// ForgetWebhookReceipts removes up to limit receipts of calls before a time, and
// tells how many.
func (tx *Tx) ForgetWebhookReceipts(ctx context.Context, before mc.Time, limit int) (int64, error) {
	return exec(ctx, tx, `DELETE FROM board_webhook_receipts WHERE (webhook_id, delivery_id) IN (
		SELECT r.webhook_id, r.delivery_id FROM board_webhook_receipts r WHERE r.received_at < ? ORDER BY r.received_at LIMIT ?)`, before, limit)
}

// notOnItsWay leaves out payloads of which an agent is still to be told.
const notOnItsWay = ` AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook_payload_id = p.id AND d.state = 'queued')`

// TrimWebhookPayloads removes up to limit of a webhook's payloads that came
// before a time, and tells how many.
func (tx *Tx) TrimWebhookPayloads(ctx context.Context, w mc.Webhook, before mc.Time, limit int) (int64, error) {
	return exec(ctx, tx, `DELETE FROM board_webhook_payloads WHERE id IN (
		SELECT p.id `+ofWebhook+` AND p.received_at < ?`+notOnItsWay+` ORDER BY p.received_at LIMIT ?)`, w.BoardID, w.ID, before, limit)
}

// TrimWebhookPayloadsTo removes up to limit of a webhook's payloads that are
// older than its newest keep, and tells how many.
func (tx *Tx) TrimWebhookPayloadsTo(ctx context.Context, w mc.Webhook, keep, limit int) (int64, error) {
	oldest, err := find[mc.Time](ctx, tx.Reader, `SELECT p.received_at `+ofWebhook+` ORDER BY p.received_at DESC LIMIT 1 OFFSET ?`, w.BoardID, w.ID, keep-1)
	if err != nil || oldest == nil {
		return 0, err
	}
	return tx.TrimWebhookPayloads(ctx, w, *oldest, limit)
}
