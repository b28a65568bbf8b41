package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// deliverArgs makes a call.
type deliverArgs struct {
	DeliveryID mc.ID `json:"delivery_id"`
}

// Kind names the job.
func (deliverArgs) Kind() string { return "outbound_delivery" }

// deliverPolicy bounds the job itself; how often a call is tried is up to the
// feature's own policy, because it can be asked for again by hand.
var deliverPolicy = jobs.Policy{Timeout: 2 * time.Minute, MaxAttempts: 20, Base: time.Second, Max: time.Minute}

const (
	// tryWithin bounds one try; no other worker makes the call meanwhile.
	tryWithin = time.Minute
	// maxAnswer is how much of an answer is read, so that its connection can be used again.
	maxAnswer = 16 << 10
	maxError  = 500 // characters
)

const disabledMeanwhile = "the webhook is disabled"

// outcome is what became of a try.
type outcome struct {
	at     mc.Time
	took   time.Duration
	status *int
	err    error
}

// deliver makes a call unless it was made, or another worker is about it, and
// comes back for the next try when it fails.
func (f *Feature) deliver(ctx context.Context, args deliverArgs) error {
	d, w, wait, err := f.claim(ctx, args.DeliveryID)
	switch {
	case err != nil:
		return err
	case wait > 0:
		return jobs.Snooze(wait)
	case d == nil:
		return nil
	}
	var o outcome
	if w.Enabled {
		o = f.call(ctx, w, d)
	} else {
		o = outcome{at: mc.SystemClock(), err: errors.New(disabledMeanwhile)}
	}
	wait, err = f.finish(ctx, d.ID, o)
	if err == nil && wait > 0 {
		return jobs.Snooze(wait)
	}
	return err
}

func (f *Feature) claim(ctx context.Context, id mc.ID) (d *mc.OutboundDelivery, w mc.OutboundWebhook, wait time.Duration, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		ctx := tx.Context()
		d, wait = nil, 0
		row, err := tx.LockOutboundDelivery(ctx, id)
		if mc.KindOf(err) == mc.KindNotFound || err == nil && row.State != mc.DeliveryQueued {
			return nil
		}
		if err != nil {
			return err
		}
		if row.NextAttemptAt != nil && row.NextAttemptAt.After(tx.Now()) {
			wait = row.NextAttemptAt.Sub(tx.Now())
			return nil
		}
		if w, err = tx.LockOutboundWebhook(ctx, row.WebhookID); err != nil {
			return err
		}
		row.Tries++
		row.NextAttemptAt, row.UpdatedAt = mc.Ref(tx.Now().Add(tryWithin)), tx.Now()
		d = &row
		return tx.UpdateOutboundDelivery(ctx, row)
	})
	return d, w, wait, err
}

// call makes a call. Nothing of an answer is kept but its status.
func (f *Feature) call(ctx context.Context, w mc.OutboundWebhook, d *mc.OutboundDelivery) (o outcome) {
	ctx, cancel := context.WithTimeout(ctx, tryWithin/2)
	defer cancel()
	start := time.Now()
	o.at = mc.TimeOf(start)
	defer func() { o.took = time.Since(start) }()
	secret, err := f.store.OutboundSecret(ctx, w.ID)
	if err != nil {
		o.err = errors.New("the webhook could not be read")
		return o
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, strings.NewReader(d.Body))
	if err != nil {
		o.err = errors.New("the address cannot be called")
		return o
	}
	sign(req.Header, secret, *d, start)
	res, err := f.cfg.Client.Do(req)
	if err != nil {
		o.err = plainly(err)
		return o
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, maxAnswer)
	o.status = &res.StatusCode
	if res.StatusCode < 200 || res.StatusCode > 299 {
		o.err = fmt.Errorf("answered %d", res.StatusCode)
	}
	return o
}

// plainly is an error of a call without its address, which may hold what opens
// doors.
func plainly(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// sign puts on a call what it is and, with a secret, that it is ours: of the
// body alone, as receivers of webhooks know it, and of time and body, which
// keeps a call from being repeated by others.
func sign(h http.Header, secret *string, d mc.OutboundDelivery, now time.Time) {
	at := strconv.FormatInt(now.Unix(), 10)
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Mission-Control-Webhooks")
	h.Set("X-Mission-Control-Event", string(d.EventType))
	h.Set("X-Mission-Control-Delivery", d.ID.String())
	h.Set("X-Mission-Control-Timestamp", at)
	if secret == nil || *secret == "" {
		return
	}
	h.Set("X-Hub-Signature-256", "sha256="+mc.HMACHex(*secret, []byte(d.Body)))
	h.Set("X-Mission-Control-Signature", "sha256="+mc.HMACHex(*secret, []byte(at), []byte("."), []byte(d.Body)))
}

// finish writes what became of a try, and tells how long to wait for the next.
func (f *Feature) finish(ctx context.Context, id mc.ID, o outcome) (wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		wait = 0
		d, err := tx.LockOutboundDelivery(ctx, id)
		if mc.KindOf(err) == mc.KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		w, err := tx.LockOutboundWebhook(ctx, d.WebhookID)
		if err != nil {
			return err
		}
		attempt := mc.OutboundAttempt{ID: mc.NewID(), DeliveryID: id, At: o.at, DurationMS: int(o.took.Milliseconds()), StatusCode: o.status}
		d.NextAttemptAt, d.UpdatedAt = nil, tx.Now()
		was, enabled := w.FailingSince, w.Enabled
		if o.err == nil {
			d.State, d.DeliveredAt, w.FailingSince = mc.DeliverySent, mc.Ref(tx.Now()), nil
		} else {
			text := mc.Snippet(strings.ToValidUTF8(o.err.Error(), "\uFFFD"), maxError)
			attempt.Error = &text
			wait = f.failed(tx, &d, &w, text)
		}
		if enabled != w.Enabled || !mc.Same(was, w.FailingSince) {
			if err := tx.UpdateOutboundWebhook(ctx, w); err != nil {
				return err
			}
		}
		if err := tx.InsertOutboundAttempt(ctx, attempt); err != nil {
			return err
		}
		return tx.UpdateOutboundDelivery(ctx, d)
	})
	return wait, err
}

// failed plans the next try of a call, if there is one, and disables an address
// that has failed for too long.
func (f *Feature) failed(tx *store.Tx, d *mc.OutboundDelivery, w *mc.OutboundWebhook, text string) (wait time.Duration) {
	if w.FailingSince == nil {
		w.FailingSince = mc.Ref(tx.Now())
	}
	if f.cfg.DisableAfter > 0 && w.Enabled && tx.Now().Sub(*w.FailingSince) >= f.cfg.DisableAfter {
		w.Enabled, w.DisabledReason, w.UpdatedAt = false, mc.Ref("It failed since "+w.FailingSince.String()+", at last: "+text), tx.Now()
		record(tx, *w, mc.EventOutboundDisabled, "Outbound webhook "+w.ID.String()+" was disabled: it fails since "+w.FailingSince.String()+".")
	}
	if w.Enabled && d.Tries < f.cfg.Retry.MaxAttempts {
		wait = jobs.Jittered(f.cfg.Retry.Delay(d.Tries))
		d.NextAttemptAt = mc.Ref(tx.Now().Add(wait))
		return max(wait, time.Millisecond)
	}
	d.State = mc.DeliveryFailed
	record(tx, *w, mc.EventOutboundDeliveryFailed, fmt.Sprintf("Outbound webhook %s was not told of %s (delivery %s): %s", w.ID, d.EventType, d.ID, text))
	return 0
}

func record(tx *store.Tx, w mc.OutboundWebhook, kind mc.EventType, message string) {
	tx.Record(mc.ActivityEvent{Type: kind, Message: &message, BoardID: &w.BoardID})
}
