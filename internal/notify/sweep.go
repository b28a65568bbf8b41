package notify

import (
	"context"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/store"
)

// sweepArgs looks for messages whose job was cut off with its process: without
// it they would wait until the queue notices that.
type sweepArgs struct{}

// Kind names the job.
func (sweepArgs) Kind() string { return "agent_delivery_sweep" }

var sweepPolicy = jobs.Policy{Timeout: time.Minute, MaxAttempts: 3, Base: time.Second, Max: time.Minute}

const (
	sweepEvery = 30 * time.Second
	// overdue is how long after its time a message counts as forgotten.
	overdue = 20 * time.Second
)

// sweep gives every agent with an overdue message a job that delivers it. One
// job too many is harmless: it finds nothing to do.
func (s *Sender) sweep(ctx context.Context, _ sweepArgs) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		agents, err := tx.OverdueDeliveries(tx.Context(), tx.Now().Add(-overdue))
		for _, agent := range agents {
			tx.Enqueue(store.Job{Args: deliverArgs{AgentID: agent}, Opts: deliverPolicy.Options(time.Time{})})
		}
		return err
	})
}
