package openclaw

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// played is a timing in which waiting takes no time.
type played struct {
	now   time.Time
	slept []time.Duration
	rand  float64
}

func (p *played) timing() Timing {
	return Timing{
		Now: func() time.Time { return p.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			p.now, p.slept = p.now.Add(d), append(p.slept, d)
			return ctx.Err()
		},
		Rand: func() float64 { return p.rand },
	}
}

func TestRetryWaitsLongerAndLonger(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		policy RetryPolicy
		rand   float64
		want   []time.Duration // the first ones
		last   string
	}{
		{Coordination, 0.5, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second},
			"Gateway unreachable after 45 seconds (gateway coordination timeout). Last error: Connection refused"},
		{Coordination, 0, []time.Duration{425 * time.Millisecond, 850 * time.Millisecond, 1700 * time.Millisecond},
			"Gateway unreachable after 45 seconds (gateway coordination timeout). Last error: Connection refused"},
		{TemplateSync, 1, []time.Duration{900 * time.Millisecond, 1800 * time.Millisecond},
			"Gateway unreachable after 10 minutes (template sync timeout). Last error: Connection refused"},
		{RetryPolicy{Total: 119 * time.Second, Base: time.Second, Max: time.Minute, Context: "x"}, 0.5, nil,
			"Gateway unreachable after 119 seconds (x timeout). Last error: Connection refused"},
		{RetryPolicy{Total: 120 * time.Second, Base: time.Second, Max: time.Minute, Context: "x"}, 0.5, nil,
			"Gateway unreachable after 2 minutes (x timeout). Last error: Connection refused"},
	} {
		p := &played{rand: tc.rand}
		err := Retry(t.Context(), tc.policy, p.timing(), func(context.Context) error { return errRefused })
		var timeout *TimeoutError
		if !errors.As(err, &timeout) || !errors.Is(err, errRefused) || err.Error() != tc.last {
			t.Errorf("got %v, want %s", err, tc.last)
		}
		if got := p.slept[:len(tc.want)]; !slices.Equal(got, tc.want) {
			t.Errorf("waited %v, want %v", got, tc.want)
		}
		var sum time.Duration
		for _, d := range p.slept {
			sum += d
		}
		if sum != tc.policy.Total {
			t.Errorf("waited %v of %v", sum, tc.policy.Total)
		}
	}
}

func TestRetryRepeatsOnlyWhatMayPass(t *testing.T) {
	t.Parallel()
	final := &Error{Message: "unknown method: x"}
	for _, tc := range []struct {
		results []error
		want    error
	}{
		{[]error{nil}, nil},
		{[]error{errRefused, errRefused, nil}, nil},
		{[]error{final}, final},
		{[]error{errRefused, final}, final},
	} {
		p, calls := &played{}, 0
		err := Retry(t.Context(), Coordination, p.timing(), func(context.Context) error {
			calls++
			return tc.results[calls-1]
		})
		if !errors.Is(err, tc.want) || calls != len(tc.results) {
			t.Errorf("%v: %v after %d calls", tc.results, err, calls)
		}
	}
}

func TestRetrierStartsSmallAfterASuccess(t *testing.T) {
	t.Parallel()
	p := &played{rand: 0.5}
	r := NewRetrier(TemplateSync, p.timing())
	for range 2 {
		failures := 2
		err := r.Do(t.Context(), func(context.Context) error {
			if failures--; failures >= 0 {
				return errRefused
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []time.Duration{750 * time.Millisecond, 1500 * time.Millisecond, 750 * time.Millisecond, 1500 * time.Millisecond}
	if !slices.Equal(p.slept, want) {
		t.Errorf("waited %v", p.slept)
	}
	p.now = p.now.Add(TemplateSync.Total)
	var timeout *TimeoutError
	if err := r.Do(t.Context(), func(context.Context) error { return errRefused }); !errors.As(err, &timeout) {
		t.Errorf("the calls do not share the time: %v", err)
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	err := Retry(ctx, Coordination, Timing{}, func(context.Context) error {
		calls++
		time.AfterFunc(10*time.Millisecond, cancel)
		return errRefused
	})
	if !errors.Is(err, errRefused) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	// A try is not given more time than there is.
	short := RetryPolicy{Total: time.Hour, Base: time.Millisecond, Max: time.Millisecond}
	_ = Retry(t.Context(), short, Timing{}, func(ctx context.Context) error {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Hour {
			t.Errorf("the try has until %v", deadline)
		}
		return nil
	})
}
