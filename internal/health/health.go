// Package health answers the probes of supervisors and load balancers.
//
// Alive means that the process answers; ready means that what it depends on
// answers too. What that is, and how it is asked, is given from outside; the
// health of agents and gateways is not this package's business.
package health

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// Within is how long a check may take before it counts as failed.
const Within = time.Second

// Check asks something that the server depends on whether it answers.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// Feature is the probes.
type Feature struct {
	checks []guarded
	within time.Duration
}

// New returns probes for which the server is ready when every check passes.
func New(checks []Check) *Feature { return newWithin(Within, checks) }

func newWithin(within time.Duration, checks []Check) *Feature {
	f := &Feature{within: within}
	for _, c := range checks {
		f.checks = append(f.checks, guarded{Check: c, running: make(chan struct{}, 1)})
	}
	return f
}

// guarded is a check that runs once at a time: anybody may call a probe, and
// what hangs would otherwise hang once more with each call.
type guarded struct {
	Check
	running chan struct{}
}

// Ready runs all checks side by side and returns what is wrong by the name of
// the check; nothing when the server is ready.
func (f *Feature) Ready(ctx context.Context) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, f.within)
	defer cancel()
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed = map[string]string{}
	)
	for _, c := range f.checks {
		wg.Go(func() {
			if err := c.run(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[c.Name] = f.reason(err)
			}
		})
	}
	wg.Wait()
	return failed
}

// run returns when the check does or when its time is up, whatever the check
// makes of its context.
func (c guarded) run(ctx context.Context) error {
	select {
	case c.running <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-c.running }()
		done <- c.Run(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reason words a failure for anybody: probes are open, and the texts of
// libraries name hosts, users and files.
func (f *Feature) reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", f.within)
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return "unavailable"
}
