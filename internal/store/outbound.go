package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	outboundTable         = tableOf[mc.OutboundWebhook]("outbound_webhooks")
	outboundCols          = outboundTable.cols("w") + `, coalesce(w.secret, '') <> '' AS has_secret`
	outboundDeliveryTable = tableOf[mc.OutboundDelivery]("outbound_deliveries")
	outboundDeliveryCols  = outboundDeliveryTable.cols("d")
	attemptTable          = tableOf[mc.OutboundAttempt]("outbound_attempts")
)

// outboundRow is an outbound webhook as it is read.
type outboundRow struct {
	mc.OutboundWebhook
	Secret bool `db:"has_secret"`
}

func (r outboundRow) webhook() mc.OutboundWebhook {
	r.HasSecret = r.Secret
	return r.OutboundWebhook
}

func outbounds(rows []outboundRow) []mc.OutboundWebhook {
	out := make([]mc.OutboundWebhook, len(rows))
	for i, row := range rows {
		out[i] = row.webhook()
	}
	return out
}

// OutboundWebhooks lists a page of the addresses that are told of a board, newest first.
func (r Reader) OutboundWebhooks(ctx context.Context, board mc.ID, limit, offset int) ([]mc.OutboundWebhook, int64, error) {
	rows, total, err := page[outboundRow](ctx, r, outboundCols, `FROM outbound_webhooks w WHERE w.board_id = ?`, `w.created_at DESC, w.id`, limit, offset, board)
	return outbounds(rows), total, err
}

// EnabledOutboundWebhooks lists the addresses that are told of a board now.
func (r Reader) EnabledOutboundWebhooks(ctx context.Context, board mc.ID) ([]mc.OutboundWebhook, error) {
	rows, err := list[outboundRow](ctx, r, `SELECT `+outboundCols+` FROM outbound_webhooks w WHERE w.board_id = ? AND w.enabled ORDER BY w.created_at`, board)
	return outbounds(rows), err
}

// BoardsTold returns those of the boards of which an address outside is told.
func (r Reader) BoardsTold(ctx context.Context, boards []mc.ID) ([]mc.ID, error) {
	return listIn[mc.ID](ctx, r, `SELECT DISTINCT w.board_id FROM outbound_webhooks w WHERE w.enabled AND w.board_id`, boards, ``)
}

// OutboundWebhook loads an address that is told of a board.
func (r Reader) OutboundWebhook(ctx context.Context, board, id mc.ID) (mc.OutboundWebhook, error) {
	row, err := get[outboundRow](ctx, r, `SELECT `+outboundCols+` FROM outbound_webhooks w WHERE w.id = ? AND w.board_id = ?`, id, board)
	return row.webhook(), err
}

// LockOutboundWebhook loads an address, of whatever board, and holds its row
// until the end of the transaction.
func (tx *Tx) LockOutboundWebhook(ctx context.Context, id mc.ID) (mc.OutboundWebhook, error) {
	row, err := get[outboundRow](ctx, tx.Reader, `SELECT `+outboundCols+` FROM outbound_webhooks w WHERE w.id = ?`+tx.forUpdate(), id)
	return row.webhook(), err
}

// OutboundSecret returns what calls of an address are signed with; nil for nothing.
func (r Reader) OutboundSecret(ctx context.Context, id mc.ID) (*string, error) {
	return get[*string](ctx, r, `SELECT w.secret FROM outbound_webhooks w WHERE w.id = ?`, id)
}

// SetOutboundSecret changes what calls of an address are signed with.
func (tx *Tx) SetOutboundSecret(ctx context.Context, id mc.ID, secret *string) error {
	_, err := exec(ctx, tx, `UPDATE outbound_webhooks SET secret = ? WHERE id = ?`, secret, id)
	return err
}

// InsertOutboundWebhook adds an address, without a secret.
func (tx *Tx) InsertOutboundWebhook(ctx context.Context, w mc.OutboundWebhook) error {
	return outboundTable.insert(ctx, tx, &w)
}

// UpdateOutboundWebhook writes everything of an address but its secret.
func (tx *Tx) UpdateOutboundWebhook(ctx context.Context, w mc.OutboundWebhook) error {
	return outboundTable.update(ctx, tx, &w, "url", "description", "events", "enabled", "failing_since", "disabled_reason", "updated_at")
}

// DeleteOutboundWebhook removes an address with what it was or is to be told.
func (tx *Tx) DeleteOutboundWebhook(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM outbound_webhooks WHERE id = ?`, id)
	return err
}

// InsertOutboundDeliveries adds calls, but for those of changes that an address
// is told of already.
func (tx *Tx) InsertOutboundDeliveries(ctx context.Context, deliveries ...*mc.OutboundDelivery) error {
	return outboundDeliveryTable.write(ctx, tx, ` ON CONFLICT (webhook_id, change_seq) DO NOTHING`, deliveries)
}

// OutboundDeliveries lists a page of the calls of an address, newest first.
func (r Reader) OutboundDeliveries(ctx context.Context, webhook mc.ID, state *mc.DeliveryState, limit, offset int) ([]mc.OutboundDelivery, int64, error) {
	where, args := `d.webhook_id = ?`, []any{webhook}
	if state != nil {
		where, args = where+` AND d.state = ?`, append(args, *state)
	}
	return page[mc.OutboundDelivery](ctx, r, outboundDeliveryCols, `FROM outbound_deliveries d WHERE `+where, `d.created_at DESC, d.change_seq DESC`, limit, offset, args...)
}

// OutboundDelivery loads a call of an address.
func (r Reader) OutboundDelivery(ctx context.Context, webhook, id mc.ID) (mc.OutboundDelivery, error) {
	return get[mc.OutboundDelivery](ctx, r, `SELECT `+outboundDeliveryCols+` FROM outbound_deliveries d WHERE d.id = ? AND d.webhook_id = ?`, id, webhook)
}

// LockOutboundDelivery loads a call, of whatever address, and holds its row
// until the end of the transaction.
func (tx *Tx) LockOutboundDelivery(ctx context.Context, id mc.ID) (mc.OutboundDelivery, error) {
	return get[mc.OutboundDelivery](ctx, tx.Reader, `SELECT `+outboundDeliveryCols+` FROM outbound_deliveries d WHERE d.id = ?`+tx.forUpdate(), id)
}

// UpdateOutboundDelivery writes how far a call has come.
func (tx *Tx) UpdateOutboundDelivery(ctx context.Context, d mc.OutboundDelivery) error {
	return outboundDeliveryTable.update(ctx, tx, &d, "state", "tries", "next_attempt_at", "delivered_at", "updated_at")
}

// InsertOutboundAttempt adds a try of a call.
func (tx *Tx) InsertOutboundAttempt(ctx context.Context, a mc.OutboundAttempt) error {
	return attemptTable.insert(ctx, tx, &a)
}

// OutboundAttempts lists the tries of a call, oldest first.
func (r Reader) OutboundAttempts(ctx context.Context, delivery mc.ID) ([]mc.OutboundAttempt, error) {
	return list[mc.OutboundAttempt](ctx, r, `SELECT `+attemptTable.cols("a")+` FROM outbound_attempts a WHERE a.delivery_id = ? ORDER BY a.at, a.id`, delivery)
}

// TrimOutboundDeliveries removes up to limit calls in a state that came to their
// end before a time, and tells how many.
func (tx *Tx) TrimOutboundDeliveries(ctx context.Context, state mc.DeliveryState, before mc.Time, limit int) (int64, error) {
	return exec(ctx, tx, `DELETE FROM outbound_deliveries WHERE id IN (
		SELECT d.id FROM outbound_deliveries d WHERE d.state = ? AND d.updated_at < ? LIMIT ?)`, state, before, limit)
}
