package notify

import (
	"context"
	"fmt"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// deliverArgs sends the messages that wait for an agent, oldest first.
type deliverArgs struct {
	AgentID mc.ID `json:"agent_id"`
}

// Kind names the job.
func (deliverArgs) Kind() string { return "agent_delivery" }

// deliverPolicy bounds the job itself; how often a message is tried is up to
// resend, because several jobs may stand for the same queue of messages.
var deliverPolicy = jobs.Policy{Timeout: 5 * time.Minute, MaxAttempts: 20, Base: time.Second, Max: time.Minute}

// resend is how a message that met a gateway which is away is tried again.
var resend = jobs.Policy{Base: time.Second, Max: 2 * time.Minute}

const (
	// keepTrying is how old a message may get before it is given up.
	keepTrying = 24 * time.Hour
	// tryWithin bounds one try; no other worker takes the message meanwhile.
	tryWithin = 45 * time.Second
)

// deliver sends what waits for the agent until nothing is left or the gateway
// is away. Any job of the agent serves the whole queue: which one is enough.
func (s *Sender) deliver(ctx context.Context, args deliverArgs) error {
	for {
		d, wait, err := s.claim(ctx, args.AgentID)
		if err != nil {
			return err
		}
		if wait > 0 {
			return jobs.Snooze(wait)
		}
		if d == nil {
			return nil
		}
		if err := s.finish(ctx, d, s.send(ctx, d)); err != nil {
			return err
		}
	}
}

// claim takes the oldest waiting message of the agent for one try: of the two
// lanes that whose time has come. It returns nil when there is none, and how
// long to wait when the time of no lane has come or other workers have them.
func (s *Sender) claim(ctx context.Context, agent mc.ID) (d *mc.Delivery, wait time.Duration, err error) {
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		d, wait = nil, 0
		for _, lane := range []mc.Lane{mc.LaneNotices, mc.LaneWebhooks} {
			head, err := tx.NextDelivery(ctx, agent, lane)
			if err != nil {
				return err
			}
			if head == nil {
				continue
			}
			row, pause, err := s.ready(ctx, tx, *head)
			if err != nil {
				return err
			}
			if pause > 0 {
				if wait == 0 || pause < wait {
					wait = pause
				}
				continue
			}
			row.Attempts++
			row.NextAttemptAt = mc.Ref(tx.Now().Add(tryWithin))
			row.UpdatedAt = tx.Now()
			d, wait = &row, 0
			return tx.UpdateDelivery(ctx, row)
		}
		return nil
	})
	return d, wait, err
}

// ready locks the head of a lane and tells how long it has to wait.
func (s *Sender) ready(ctx context.Context, tx *store.Tx, head mc.Delivery) (row mc.Delivery, wait time.Duration, err error) {
	row, err = tx.LockDelivery(ctx, head.ID)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && row.State != mc.DeliveryQueued {
		return row, time.Millisecond, nil // somebody was faster: look again
	}
	if err != nil {
		return row, 0, err
	}
	if row.NextAttemptAt != nil && row.NextAttemptAt.After(tx.Now()) {
		return row, row.NextAttemptAt.Sub(tx.Now()), nil
	}
	if row.Lane() != mc.LaneWebhooks || s.dispatch.Spacing <= 0 {
		return row, 0, nil
	}
	last, err := tx.LastWebhookSent(ctx, row.AgentID)
	if err != nil || last == nil {
		return row, 0, err
	}
	return row, max(last.Add(s.dispatch.Spacing).Sub(tx.Now()), 0), nil
}

func (s *Sender) send(ctx context.Context, d *mc.Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	row, err := s.store.GatewayByID(ctx, d.GatewayID)
	if err != nil {
		return fmt.Errorf("gateway %s: %w", d.GatewayID, err)
	}
	gateway := s.client.Gateway(provision.Endpoint(row))
	if _, err := gateway.SessionsPatch(ctx, d.SessionKey, d.Label); err != nil {
		return err
	}
	// The id of the delivery makes a repeated try one message at the gateway.
	return gateway.ChatSend(ctx, openclaw.Chat{SessionKey: d.SessionKey, Message: d.Message, Deliver: d.Deliver, IdempotencyKey: d.ID.String()})
}

// finish writes what became of a try.
func (s *Sender) finish(ctx context.Context, d *mc.Delivery, sendErr error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.store.Write(ctx, func(tx *store.Tx) error {
		row, err := tx.LockDelivery(ctx, d.ID)
		if mc.KindOf(err) == mc.KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		row.UpdatedAt, row.NextAttemptAt = tx.Now(), nil
		switch {
		case sendErr == nil:
			row.State, row.SentAt = mc.DeliverySent, mc.Ref(tx.Now())
			record(tx, row, row.SentType, row.SentMessage)
		case row.Lane() == mc.LaneWebhooks:
			s.failedWebhook(tx, &row, sendErr.Error())
		default:
			failedNotice(tx, &row, sendErr)
		}
		return tx.UpdateDelivery(ctx, row)
	})
}

// failedNotice plans the next try of a message, if there is one. That it failed
// is recorded at the first failure, also when a later try may still succeed.
func failedNotice(tx *store.Tx, row *mc.Delivery, sendErr error) {
	text := sendErr.Error()
	if row.LastError == nil {
		record(tx, *row, row.FailedType, row.FailedMessage+text)
	}
	row.LastError = &text
	switch {
	case !openclaw.IsTransient(sendErr):
		row.State = mc.DeliveryFailed
	case tx.Now().Sub(row.CreatedAt) > keepTrying:
		row.State = mc.DeliveryExpired
	default:
		row.NextAttemptAt = mc.Ref(tx.Now().Add(jobs.Jittered(resend.Delay(row.Attempts))))
	}
}

// failedWebhook plans the next try of a message that tells of a payload. That it
// failed is recorded when it is given up; it can be sent again by hand.
func (s *Sender) failedWebhook(tx *store.Tx, row *mc.Delivery, text string) {
	row.LastError = &text
	if row.Attempts < s.dispatch.Retry.MaxAttempts {
		row.NextAttemptAt = mc.Ref(tx.Now().Add(jobs.Jittered(s.dispatch.Retry.Delay(row.Attempts))))
		return
	}
	row.State = mc.DeliveryFailed
	record(tx, *row, row.FailedType, row.FailedMessage+text)
}

func record(tx *store.Tx, d mc.Delivery, kind mc.EventType, message string) {
	if kind != "" {
		tx.Record(mc.ActivityEvent{Type: kind, Message: &message, AgentID: &d.AgentID, TaskID: d.TaskID, BoardID: d.BoardID})
	}
}
