package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	webhookTable = tableOf[mc.Webhook]("board_webhooks")
	webhookCols  = webhookTable.cols("w") + `, coalesce(w.secret, '') <> '' AS has_secret`
)

// webhookRow is a webhook as it is read.
type webhookRow struct {
	mc.Webhook
	Secret bool `db:"has_secret"`
}

func (r webhookRow) webhook() mc.Webhook {
	r.HasSecret = r.Secret
	return r.Webhook
}

// Webhooks lists a page of a board's webhooks, newest first.
func (r Reader) Webhooks(ctx context.Context, board mc.ID, limit, offset int) ([]mc.Webhook, int64, error) {
	rows, total, err := page[webhookRow](ctx, r, webhookCols, `FROM board_webhooks w WHERE w.board_id = ?`, `w.created_at DESC, w.id`, limit, offset, board)
	webhooks := make([]mc.Webhook, len(rows))
	for i, row := range rows {
		webhooks[i] = row.webhook()
	}
	return webhooks, total, err
}

// Webhook loads a webhook of a board.
func (r Reader) Webhook(ctx context.Context, board, id mc.ID) (mc.Webhook, error) {
	row, err := get[webhookRow](ctx, r, `SELECT `+webhookCols+` FROM board_webhooks w WHERE w.id = ? AND w.board_id = ?`, id, board)
	return row.webhook(), err
}

// LockWebhook is Webhook that holds the row until the end of the transaction.
func (tx *Tx) LockWebhook(ctx context.Context, board, id mc.ID) (mc.Webhook, error) {
	row, err := get[webhookRow](ctx, tx.Reader, `SELECT `+webhookCols+` FROM board_webhooks w WHERE w.id = ? AND w.board_id = ?`+tx.forUpdate(), id, board)
	return row.webhook(), err
}

// WebhookSecret returns what calls of a webhook are signed with; nil for nothing.
func (r Reader) WebhookSecret(ctx context.Context, id mc.ID) (*string, error) {
	return get[*string](ctx, r, `SELECT w.secret FROM board_webhooks w WHERE w.id = ?`, id)
}

// SetWebhookSecret changes what calls of a webhook are signed with.
func (tx *Tx) SetWebhookSecret(ctx context.Context, id mc.ID, secret *string) error {
	_, err := exec(ctx, tx, `UPDATE board_webhooks SET secret = ? WHERE id = ?`, secret, id)
	return err
}

// InsertWebhook adds a webhook, without a secret.
func (tx *Tx) InsertWebhook(ctx context.Context, w mc.Webhook) error {
	return webhookTable.insert(ctx, tx, &w)
}

// UpdateWebhook writes everything of a webhook that can be configured, but for
// its secret.
func (tx *Tx) UpdateWebhook(ctx context.Context, w mc.Webhook) error {
	return webhookTable.update(ctx, tx, &w, "agent_id", "description", "enabled", "signature_header", "delivery_id_header", "retention_days", "retention_count", "updated_at")
}

// DeleteWebhook removes a webhook with its payloads and what is on its way of them.
func (tx *Tx) DeleteWebhook(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM board_webhooks WHERE id = ?`, id)
	return err
}

// WebhooksWithRetention lists the webhooks whose payloads are not kept for ever.
func (r Reader) WebhooksWithRetention(ctx context.Context) ([]mc.Webhook, error) {
	rows, err := list[webhookRow](ctx, r, `SELECT `+webhookCols+` FROM board_webhooks w WHERE w.retention_days IS NOT NULL OR w.retention_count IS NOT NULL`)
	webhooks := make([]mc.Webhook, len(rows))
	for i, row := range rows {
		webhooks[i] = row.webhook()
	}
	return webhooks, err
}
