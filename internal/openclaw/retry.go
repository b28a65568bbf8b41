package openclaw

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Retry is how long and how often a call is repeated while the gateway is away.
type Retry struct {
	Total     time.Duration // of all tries
	Base, Max time.Duration // first wait, doubled up to Max
	Jitter    float64       // share of the wait that is random, both ways
	Context   string        // what the error of the deadline names
}

// The retry policies. Everything else is tried once.
var (
	// RetryCoordination is for messages whose sender waits for the answer.
	RetryCoordination = Retry{Total: 45 * time.Second, Base: 500 * time.Millisecond, Max: 5 * time.Second, Jitter: 0.15, Context: "gateway coordination"}
	// RetrySync is for the long work of rewriting the files of all agents.
	RetrySync = Retry{Total: 600 * time.Second, Base: 750 * time.Millisecond, Max: 30 * time.Second, Jitter: 0.2, Context: "template sync"}
)

// TimeoutError says that a gateway stayed away for as long as a policy allows.
type TimeoutError struct {
	policy Retry
	last   error
}

func (e *TimeoutError) Error() string {
	spent := fmt.Sprintf("%d seconds", int(e.policy.Total.Seconds()))
	if e.policy.Total >= 2*time.Minute {
		spent = fmt.Sprintf("%d minutes", int(e.policy.Total.Minutes()))
	}
	return fmt.Sprintf("Gateway unreachable after %s (%s timeout). Last error: %s", spent, e.policy.Context, e.last)
}

// Unwrap gives the last error.
func (e *TimeoutError) Unwrap() error { return e.last }

// Attempts is a run of calls that share the time of a policy; after a success
// the waits begin small again.
type Attempts struct {
	policy   Retry
	deadline time.Time
}

// Begin starts the time of a policy.
func (p Retry) Begin() *Attempts { return &Attempts{policy: p, deadline: time.Now().Add(p.Total)} }

// Do repeats do while it fails for reasons that may pass. Other errors are
// returned at once, and a *TimeoutError when the time is over.
func (p Retry) Do(ctx context.Context, do func(ctx context.Context) error) error {
	return p.Begin().Do(ctx, do)
}

// Do is Retry.Do within the time of the run.
func (a *Attempts) Do(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithDeadline(ctx, a.deadline)
	defer cancel()
	for wait := a.policy.Base; ; wait = min(2*wait, a.policy.Max) {
		err := do(ctx)
		if err == nil || !IsTransient(err) {
			return err
		}
		jittered := time.Duration(float64(wait) * (1 + a.policy.Jitter*(2*rand.Float64()-1)))
		if time.Until(a.deadline) <= jittered {
			return &TimeoutError{a.policy, err}
		}
		select {
		case <-time.After(jittered):
		case <-ctx.Done():
			return &TimeoutError{a.policy, err}
		}
	}
}
