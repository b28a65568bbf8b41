package openclaw

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// RetryPolicy is how long and how often a call is repeated while the gateway is
// away.
type RetryPolicy struct {
	Total     time.Duration // of all tries
	Base, Max time.Duration // first wait, doubled up to Max
	Jitter    float64       // share of the wait that is random, both ways
	Context   string        // what the error of the deadline names
}

// The retry policies. Everything else is tried once.
var (
	// Coordination is for messages whose sender waits for the answer.
	Coordination = RetryPolicy{Total: 45 * time.Second, Base: 500 * time.Millisecond, Max: 5 * time.Second, Jitter: 0.15, Context: "gateway coordination"}
	// TemplateSync is for the long work of rewriting the files of many agents.
	TemplateSync = RetryPolicy{Total: 600 * time.Second, Base: 750 * time.Millisecond, Max: 30 * time.Second, Jitter: 0.2, Context: "template sync"}
)

// Timing is where a retry takes time and chance from. What is nil is the real
// thing.
type Timing struct {
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error // returns early, with an error, when ctx ends
	Rand  func() float64                                   // 0 up to 1
}

func (t Timing) orReal() Timing {
	if t.Now == nil {
		t.Now = time.Now
	}
	if t.Sleep == nil {
		t.Sleep = sleep
	}
	if t.Rand == nil {
		t.Rand = rand.Float64
	}
	return t
}

// TimeoutError says that a gateway stayed away for as long as a policy allows.
type TimeoutError struct {
	Policy RetryPolicy
	Last   error
}

// Error words the timeout as the contract does.
func (e *TimeoutError) Error() string {
	spent := fmt.Sprintf("%d seconds", int(e.Policy.Total.Seconds()))
	if e.Policy.Total >= 2*time.Minute {
		spent = fmt.Sprintf("%d minutes", int(e.Policy.Total.Minutes()))
	}
	return fmt.Sprintf("Gateway unreachable after %s (%s timeout). Last error: %s", spent, e.Policy.Context, e.Last)
}

// Unwrap gives the last error.
func (e *TimeoutError) Unwrap() error { return e.Last }

// Retry repeats do while it fails for reasons that may pass. Other errors are
// returned at once, and a *TimeoutError when the policy's time is over. The end
// of ctx ends it with the last error.
func Retry(ctx context.Context, p RetryPolicy, t Timing, do func(ctx context.Context) error) error {
	return NewRetrier(p, t).Do(ctx, do)
}

// Retrier is a run of calls that share the time of one policy. After a success
// the waits begin small again.
type Retrier struct {
	policy   RetryPolicy
	timing   Timing
	deadline time.Time
}

// NewRetrier starts the time of a policy.
func NewRetrier(p RetryPolicy, t Timing) *Retrier {
	t = t.orReal()
	return &Retrier{policy: p, timing: t, deadline: t.Now().Add(p.Total)}
}

// lastTry is what a try gets at least, so that the one at the deadline is worth
// making.
const lastTry = 5 * time.Second

// Do is Retry within the time of the run.
func (r *Retrier) Do(ctx context.Context, do func(ctx context.Context) error) error {
	for wait := r.policy.Base; ; wait = min(2*wait, r.policy.Max) {
		err := r.try(ctx, do)
		if err == nil || !IsTransient(err) || ctx.Err() != nil {
			return err
		}
		left := r.deadline.Sub(r.timing.Now())
		if left <= 0 {
			return &TimeoutError{Policy: r.policy, Last: err}
		}
		if r.timing.Sleep(ctx, min(r.jittered(wait), left)) != nil {
			return err
		}
	}
}

func (r *Retrier) try(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, max(r.deadline.Sub(r.timing.Now()), lastTry))
	defer cancel()
	return do(withPatience(ctx))
}

func (r *Retrier) jittered(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) * (1 + r.policy.Jitter*(2*r.timing.Rand()-1)))
}
