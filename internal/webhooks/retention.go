package webhooks

import (
	"context"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// trimArgs removes payloads that their webhooks do not keep any longer, and
// forgets calls that are too old to be repeated.
type trimArgs struct{}

// Kind names the job.
func (trimArgs) Kind() string { return "webhook_trim" }

var trimPolicy = jobs.Policy{Timeout: 5 * time.Minute, MaxAttempts: 3, Base: time.Minute, Max: time.Minute}

const (
	trimEvery = 10 * time.Minute
	// trimBatch is how many rows one transaction removes, so that others get their turn.
	trimBatch = 500
)

// RegisterJobs declares the housekeeping.
func (f *Feature) RegisterJobs(ws *jobs.Workers) {
	jobs.Handle(ws, trimPolicy, func(ctx context.Context, _ trimArgs) error { return f.Trim(ctx, trimBatch) })
	jobs.Every(ws, trimEvery, trimArgs{})
}

// Trim removes what is not kept any longer, this many rows at a time.
func (f *Feature) Trim(ctx context.Context, batch int) error {
	err := f.inBatches(ctx, batch, func(tx *store.Tx) (int64, error) {
		return tx.ForgetWebhookReceipts(ctx, tx.Now().Add(-rememberedFor), batch)
	})
	if err != nil {
		return err
	}
	webhooks, err := f.store.WebhooksWithRetention(ctx)
	if err != nil {
		return err
	}
	for _, w := range webhooks {
		if err := f.trim(ctx, w, batch); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feature) trim(ctx context.Context, w mc.Webhook, batch int) error {
	if w.RetentionDays != nil {
		err := f.inBatches(ctx, batch, func(tx *store.Tx) (int64, error) {
			return tx.TrimWebhookPayloads(ctx, w, tx.Now().Add(-time.Duration(*w.RetentionDays)*24*time.Hour), batch)
		})
		if err != nil {
			return err
		}
	}
	if w.RetentionCount == nil {
		return nil
	}
	return f.inBatches(ctx, batch, func(tx *store.Tx) (int64, error) {
		return tx.TrimWebhookPayloadsTo(ctx, w, *w.RetentionCount, batch)
	})
}

// inBatches repeats a removal, each time in a transaction of its own, until it
// finds less than a batch.
func (f *Feature) inBatches(ctx context.Context, batch int, remove func(tx *store.Tx) (int64, error)) error {
	for {
		var n int64
		err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
			n, err = remove(tx)
			return err
		})
		if err != nil || n < int64(batch) {
			return err
		}
	}
}
