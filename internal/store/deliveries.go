package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	deliveryTable = tableOf[mc.Delivery]("deliveries")
	deliveryCols  = deliveryTable.cols("d")
)

// InsertDeliveries puts messages to agents into their queues, in this order.
func (tx *Tx) InsertDeliveries(ctx context.Context, deliveries ...*mc.Delivery) error {
	if err := deliveryTable.insert(ctx, tx, deliveries...); err != nil {
		return err
	}
	for _, d := range deliveries {
		scope := mc.ID{}
		if d.BoardID != nil {
			scope = *d.BoardID
		}
		tx.Announce(KindDelivery, scope, d.ID) // gives the row its place in the queue
	}
	return nil
}

// NextDelivery loads the oldest message to an agent that is still to be sent;
// nil when there is none.
func (r Reader) NextDelivery(ctx context.Context, agent mc.ID) (*mc.Delivery, error) {
	return find[mc.Delivery](ctx, r, `SELECT `+deliveryCols+` FROM deliveries d WHERE d.agent_id = ? AND d.state = ? ORDER BY d.seq LIMIT 1`, agent, mc.DeliveryQueued)
}

// LockDelivery loads a message and holds its row until the end of the transaction.
func (tx *Tx) LockDelivery(ctx context.Context, id mc.ID) (mc.Delivery, error) {
	return get[mc.Delivery](ctx, tx.Reader, `SELECT `+deliveryCols+` FROM deliveries d WHERE d.id = ?`+tx.forUpdate(), id)
}

// Delivery loads a message.
func (r Reader) Delivery(ctx context.Context, id mc.ID) (mc.Delivery, error) {
	return get[mc.Delivery](ctx, r, `SELECT `+deliveryCols+` FROM deliveries d WHERE d.id = ?`, id)
}

// UpdateDelivery writes how far a message has come, and announces its end. It
// keeps its place in the queue.
func (tx *Tx) UpdateDelivery(ctx context.Context, d mc.Delivery) error {
	if d.BoardID != nil && d.State != mc.DeliveryQueued {
		tx.Announce(KindJob, *d.BoardID, d.ID, string(d.State))
	}
	return deliveryTable.update(ctx, tx, &d, "state", "attempts", "last_error", "updated_at", "sent_at", "next_attempt_at")
}

// OverdueDeliveries lists the agents that have a message which should have been
// tried before a time.
func (r Reader) OverdueDeliveries(ctx context.Context, before mc.Time) ([]mc.ID, error) {
	return list[mc.ID](ctx, r, `
		SELECT DISTINCT d.agent_id FROM deliveries d
		WHERE d.state = ? AND d.created_at < ? AND (d.next_attempt_at IS NULL OR d.next_attempt_at < ?)`, mc.DeliveryQueued, before, before)
}
