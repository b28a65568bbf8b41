package openclaw

import (
	"context"
	"errors"
	"testing"
	"time"
)

var errRefused = &Error{Kind: KindTransport, Message: "Connection refused"}

func TestBreaker(t *testing.T) {
	t.Parallel()
	var b breaker
	now := time.Unix(0, 0)
	for i, want := range []time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond} {
		wait, err := b.permit(now)
		if err != nil || wait != want {
			t.Fatalf("after %d failures: wait %v, %v; want %v", i, wait, err, want)
		}
		now = now.Add(wait)
		b.failed(now, errRefused)
	}
	for range 3 {
		if _, err := b.permit(now.Add(breakerOpen - 1)); !errors.Is(err, errRefused) {
			t.Errorf("it is not open: %v", err)
		}
		now = now.Add(breakerOpen)
		if wait, err := b.permit(now); err != nil || wait != 0 {
			t.Errorf("it lets nobody try: %v, %v", wait, err)
		}
		b.failed(now, errRefused)
	}
	b.succeeded()
	if wait, err := b.permit(now); err != nil || wait != 0 {
		t.Errorf("after a success: wait %v, %v", wait, err)
	}
}

// TestBreakerLeavesRetriesTheirChance plays the coordination policy against a
// gateway that comes back at some moment of its 45 seconds.
func TestBreakerLeavesRetriesTheirChance(t *testing.T) {
	t.Parallel()
	for _, chance := range []float64{0, 0.5, 0.999} {
		for back := time.Duration(0); back < Coordination.Total; back += 250 * time.Millisecond {
			var b breaker
			start := time.Unix(0, 0)
			now := start
			timing := Timing{
				Now:   func() time.Time { return now },
				Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
				Rand:  func() float64 { return chance },
			}
			err := Retry(t.Context(), Coordination, timing, func(ctx context.Context) error {
				wait, err := b.permit(now)
				if err != nil && !isPatient(ctx) {
					return err
				}
				now = now.Add(wait)
				if now.Sub(start) >= back {
					return nil
				}
				b.failed(now, errRefused)
				return errRefused
			})
			if err != nil {
				t.Errorf("back after %v: %v", back, err)
			}
		}
	}
}
