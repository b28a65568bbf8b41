// Package ratelimit counts attempts per client in an exact sliding window: in
// the memory of this process, or in Redis for several replicas.
//
// What an attempt is, who is counted and what a refused caller is told are the
// business of those who ask.
package ratelimit

import (
	"context"
	"time"
)

// Policy is one limit: at most Limit attempts per key within Window. Scope
// keeps the keys of different limits apart.
type Policy struct {
	Scope  string
	Limit  int
	Window time.Duration
}

// Limiter decides whether an attempt may go on. It never fails: a limiter that
// cannot count lets everybody through.
//
// A refused attempt takes the place of the oldest one, so a client that never
// pauses stays locked out, and what is stored per key is bounded by the limit.
type Limiter interface {
	// Hit counts an attempt and tells whether it is within the limit.
	Hit(ctx context.Context, p Policy, key string) Decision
	// Check tells what Hit would decide without counting. A limit on failures
	// is a Check before the attempt and a Hit after it has failed.
	Check(ctx context.Context, p Policy, key string) Decision
}

// Decision is what a limiter says of an attempt.
type Decision struct {
	Allowed   bool
	Limit     int           // of the policy
	Remaining int           // attempts that are left in the window, this one taken off if it was counted
	Retry     time.Duration // until an attempt would be allowed; 0 if this one is
	Reset     time.Duration // until the whole limit is free again; 0 if it is
}

// RetryAfterSeconds is Retry in whole seconds, rounded up: the header Retry-After.
func (d Decision) RetryAfterSeconds() int { return wholeSeconds(d.Retry) }

// ResetSeconds is Reset in whole seconds, rounded up: the header X-RateLimit-Reset.
func (d Decision) ResetSeconds() int { return wholeSeconds(d.Reset) }

func wholeSeconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}

// window is what is known of a key: how many attempts lie in the window, and
// how long ago the oldest and the newest of them were.
type window struct {
	count          int
	oldest, newest time.Duration
}

// decide makes a decision about a window as it is after the attempt.
func (p Policy) decide(allowed bool, w window) Decision {
	d := Decision{Allowed: allowed, Limit: p.Limit, Remaining: max(p.Limit-w.count, 0)}
	if w.count > 0 {
		d.Reset = max(p.Window-w.newest, 0)
	}
	if !allowed {
		d.Retry = max(p.Window-w.oldest, 0)
	}
	return d
}
