package outbound

import (
	"context"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// trimArgs forgets calls that were made, or given up, long ago.
type trimArgs struct{}

// Kind names the job.
func (trimArgs) Kind() string { return "outbound_trim" }

var trimPolicy = jobs.Policy{Timeout: 5 * time.Minute, MaxAttempts: 3, Base: time.Minute, Max: time.Minute}

const (
	trimEvery = time.Hour
	trimBatch = 500 // rows per transaction
	keepSent  = 7 * 24 * time.Hour
	// keepFailed is longer: these are those that somebody may want to send again.
	keepFailed = 30 * 24 * time.Hour
)

func (f *Feature) trim(ctx context.Context, _ trimArgs) error {
	for state, keep := range map[mc.DeliveryState]time.Duration{mc.DeliverySent: keepSent, mc.DeliveryFailed: keepFailed} {
		for n := int64(trimBatch); n == trimBatch; {
			err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
				n, err = tx.TrimOutboundDeliveries(tx.Context(), state, tx.Now().Add(-keep), trimBatch)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
