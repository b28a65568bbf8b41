package ratelimit_test

import (
	"crypto/rand"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/ratelimit"
)

// clock is a time that only a test moves.
type clock struct{ now time.Time }

func newClock() *clock          { return &clock{time.Unix(1_800_000_000, 123_456_000)} }
func (c *clock) Now() time.Time { return c.now }
func (c *clock) advance(seconds float64) {
	c.now = c.now.Add(time.Duration(seconds * float64(time.Second)))
}
func seconds(n float64) (d time.Duration) { return time.Duration(n * float64(time.Second)) }
func discard() *slog.Logger               { return slog.New(slog.DiscardHandler) }
func openRedis(t *testing.T, url string, c *clock) *ratelimit.Redis {
	t.Helper()
	r, err := ratelimit.OpenRedis(t.Context(), url, c.Now, discard())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// each runs a test on every limiter: memory, a Redis in the process, and a
// real one when TEST_REDIS_URL names it.
func each(t *testing.T, test func(t *testing.T, l ratelimit.Limiter, c *clock)) {
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		test(t, ratelimit.NewMemory(c.Now), c)
	})
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		test(t, openRedis(t, "redis://"+miniredis.RunT(t).Addr(), c), c)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		url := os.Getenv("TEST_REDIS_URL")
		if url == "" {
			t.Skip("TEST_REDIS_URL is not set")
		}
		c := newClock()
		test(t, openRedis(t, url, c), c)
	})
}

// policy has a scope of its own, so that tests can share a Redis.
func policy(limit int, window time.Duration) ratelimit.Policy {
	return ratelimit.Policy{Scope: "test-" + rand.Text(), Limit: limit, Window: window}
}

type step struct {
	wait  float64 // seconds before the call
	check bool    // Check instead of Hit
	key   string  // "" is the usual one
	want  ratelimit.Decision
}

func TestLimiter(t *testing.T) {
	const allowed, refused = true, false
	decision := func(ok bool, remaining int, retry, reset float64) ratelimit.Decision {
		return ratelimit.Decision{Allowed: ok, Limit: 3, Remaining: remaining, Retry: seconds(retry), Reset: seconds(reset)}
	}
	tests := map[string][]step{
		"the window slides": {
			{0, false, "", decision(allowed, 2, 0, 10)},
			{2, false, "", decision(allowed, 1, 0, 10)},
			{2, false, "", decision(allowed, 0, 0, 10)},
			{6, false, "", decision(allowed, 0, 0, 10)}, // the first has left exactly now
			{2, false, "", decision(allowed, 0, 0, 10)}, // and now the second
			{1.999, false, "", decision(refused, 0, 6.001, 10)},
		},
		"a refused attempt takes the place of the oldest": {
			{0, false, "", decision(allowed, 2, 0, 10)},
			{1, false, "", decision(allowed, 1, 0, 10)},
			{1, false, "", decision(allowed, 0, 0, 10)},
			{1, false, "", decision(refused, 0, 8, 10)},  // attempts at 1, 2, 3
			{5, false, "", decision(refused, 0, 4, 10)},  // at 2, 3, 8
			{3, false, "", decision(refused, 0, 2, 10)},  // at 3, 8, 11: never a pause, never let in
			{2, false, "", decision(allowed, 0, 0, 10)},  // after the pause it was told
			{10, false, "", decision(allowed, 2, 0, 10)}, // everything has left
		},
		"Check does not count": {
			{0, true, "", decision(allowed, 3, 0, 0)},
			{0, false, "", decision(allowed, 2, 0, 10)},
			{1, true, "", decision(allowed, 2, 0, 9)},
			{1, false, "", decision(allowed, 1, 0, 10)},
			{1, false, "", decision(allowed, 0, 0, 10)},
			{1, true, "", decision(refused, 0, 6, 9)},
			{1, true, "", decision(refused, 0, 5, 8)},
			{5, true, "", decision(allowed, 1, 0, 3)},
			{9, true, "", decision(allowed, 3, 0, 0)},
		},
		"keys are apart": {
			{0, false, "192.0.2.1", decision(allowed, 2, 0, 10)},
			{0, false, "192.0.2.1", decision(allowed, 1, 0, 10)},
			{0, false, "192.0.2.1", decision(allowed, 0, 0, 10)},
			{0, false, "192.0.2.1", decision(refused, 0, 10, 10)},
			{0, false, "2001:db8::1", decision(allowed, 2, 0, 10)},
		},
	}
	each(t, func(t *testing.T, l ratelimit.Limiter, c *clock) {
		for name, steps := range tests {
			p := policy(3, 10*time.Second)
			for i, s := range steps {
				c.advance(s.wait)
				call := l.Hit
				if s.check {
					call = l.Check
				}
				if diff := cmp.Diff(s.want, call(t.Context(), p, s.key)); diff != "" {
					t.Errorf("%s, step %d (-want +got):\n%s", name, i+1, diff)
				}
			}
		}
	})
}

func TestLimiterScopes(t *testing.T) {
	each(t, func(t *testing.T, l ratelimit.Limiter, _ *clock) {
		a, b := policy(1, time.Minute), policy(1, time.Minute)
		if !l.Hit(t.Context(), a, "k").Allowed || !l.Hit(t.Context(), b, "k").Allowed || l.Hit(t.Context(), a, "k").Allowed {
			t.Error("scopes share their keys")
		}
	})
}

func TestLimiterLowered(t *testing.T) {
	each(t, func(t *testing.T, l ratelimit.Limiter, c *clock) {
		p := policy(4, 10*time.Second)
		for range 4 {
			l.Hit(t.Context(), p, "k")
			c.advance(1)
		}
		p.Limit = 2
		want := ratelimit.Decision{Limit: 2, Retry: seconds(9), Reset: seconds(10)} // attempts at 3 and 4 are left
		if diff := cmp.Diff(want, l.Hit(t.Context(), p, "k")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestLimiterConcurrent(t *testing.T) {
	each(t, func(t *testing.T, l ratelimit.Limiter, _ *clock) {
		p := policy(10, time.Minute)
		results := make(chan bool, 40)
		for range 40 {
			go func() { results <- l.Hit(t.Context(), p, "k").Allowed }()
		}
		passed := 0
		for range 40 {
			if <-results {
				passed++
			}
		}
		if passed != 10 {
			t.Errorf("%d passed, want 10", passed)
		}
	})
}

func TestSecondsAreRoundedUp(t *testing.T) {
	t.Parallel()
	d := ratelimit.Decision{Retry: time.Microsecond, Reset: 2 * time.Second}
	if d.RetryAfterSeconds() != 1 || d.ResetSeconds() != 2 {
		t.Errorf("%d and %d", d.RetryAfterSeconds(), d.ResetSeconds())
	}
}
