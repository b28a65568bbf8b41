// Package outbound tells addresses outside what happens on a board.
//
// What is told begins as a change of a transaction of the store, whoever made
// it: an observer of the store writes a job with it, if the board has such an
// address, and nothing else. The job makes one call of each address that wants
// it; each is a row that is tried by jobs of its own until it was taken or given
// up. Calls are in no particular order; each carries the number of its change.
package outbound

import (
	"context"
	"net/http"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Config is how calls are made.
type Config struct {
	Client *http.Client
	// Retry is how a call that fails is tried again before it is given up.
	Retry jobs.Policy
	// DisableAfter is how long an address may fail without a success in between
	// until it is disabled; 0: for ever.
	DisableAfter time.Duration
}

// Feature holds what the use cases need.
type Feature struct {
	store *store.Store
	cfg   Config
}

// New returns the feature.
func New(st *store.Store, cfg Config) *Feature { return &Feature{store: st, cfg: cfg} }

// fanOutArgs is changes of a board that addresses outside may want.
type fanOutArgs struct {
	BoardID mc.ID          `json:"board_id"`
	Changes []store.Change `json:"changes"`
}

// Kind names the job.
func (fanOutArgs) Kind() string { return "outbound_fan_out" }

var fanOutPolicy = jobs.Policy{Timeout: time.Minute, MaxAttempts: 20, Base: time.Second, Max: time.Minute}

// Observe is the observer of the store: it looks at the changes of every
// transaction before the commit.
func (f *Feature) Observe(ctx context.Context, tx *store.Tx, changes []store.Change) error {
	byBoard := map[mc.ID][]store.Change{}
	var boards []mc.ID
	for _, c := range changes {
		if c.Scope == (mc.ID{}) || c.Kind != store.KindActivity && c.Kind != store.KindApproval {
			continue
		}
		if byBoard[c.Scope] == nil {
			boards = append(boards, c.Scope)
		}
		byBoard[c.Scope] = append(byBoard[c.Scope], c)
	}
	if len(boards) == 0 {
		return nil
	}
	told, err := tx.BoardsTold(ctx, boards)
	for _, board := range told {
		tx.Enqueue(store.Job{Args: fanOutArgs{board, byBoard[board]}, Opts: fanOutPolicy.Options(time.Time{})})
	}
	return err
}

// RegisterJobs declares how calls are made.
func (f *Feature) RegisterJobs(ws *jobs.Workers) {
	jobs.Handle(ws, fanOutPolicy, f.fanOut)
	jobs.Handle(ws, deliverPolicy, f.deliver)
	jobs.Handle(ws, trimPolicy, f.trim)
	jobs.Every(ws, trimEvery, trimArgs{})
}
