package openclaw

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Bounds of a write to the configuration.
const (
	configTries      = 5
	configRetryPause = 100 * time.Millisecond // after somebody else was faster
	configRetryMost  = 30 * time.Second       // that a gateway may put off a write; longer is an error
	restartWithin    = 30 * time.Second       // in which a gateway must be back
	restartPoll      = 250 * time.Millisecond
)

// ApplyAgentConfig puts agents into the gateway's configuration, see
// MergeAgentConfig, by one write if they are not there as wanted. Writes to one gateway go one
// after the other. A write that was overtaken is based anew; one that the
// gateway puts off is repeated when it may be. One that the gateway answers by
// restarting counts as sent: when the gateway is back, within 30 seconds, the
// configuration is read again to confirm it.
//
// A gateway may also take the write and restart some seconds later: the calls
// after this one then fail with transient errors.
func ApplyAgentConfig(ctx context.Context, g *Gateway, agents ...AgentConfig) error {
	unlock, err := g.client.configs.lock(ctx, gatewayKey(g.endpoint))
	if err != nil {
		return contextError(ctx, "waiting for another write to the gateway's configuration")
	}
	defer unlock()
	answer, err := g.ConfigGet(ctx)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		patch, changed, err := MergeAgentConfig(answer, agents...)
		if err != nil || !changed {
			return err
		}
		failure := g.ConfigPatch(ctx, string(patch), configHash(answer))
		if failure == nil || try == configTries {
			return failure
		}
		if answer, err = g.readAfter(ctx, failure); err != nil {
			return err
		}
	}
}

// gatewayKey is the same for all ways of reaching a gateway.
func gatewayKey(e Endpoint) string {
	address, _, _ := strings.Cut(e.normalized().URL, "?")
	return address
}

// readAfter reads the configuration again after a failed write, when it is time
// to, or returns the failure if no other try makes sense.
func (g *Gateway) readAfter(ctx context.Context, failure error) (json.RawMessage, error) {
	e := asError(failure)
	switch {
	case IsConfigChanged(failure):
		return g.readIn(ctx, configRetryPause, failure)
	case e.RetryAfter > 0 && e.RetryAfter <= configRetryMost:
		return g.readIn(ctx, e.RetryAfter, failure)
	case e.Kind == KindTransport && IsTransient(failure) && !isTimeout(failure) && ctx.Err() == nil:
		// The connection went down with the write, which may be what it caused.
		return g.readWhenBack(ctx)
	}
	return nil, failure
}

func (g *Gateway) readIn(ctx context.Context, d time.Duration, failure error) (json.RawMessage, error) {
	if sleep(ctx, d) != nil {
		return nil, failure
	}
	return g.ConfigGet(ctx)
}

// readWhenBack reads the configuration as soon as a restarting gateway answers.
func (g *Gateway) readWhenBack(ctx context.Context) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, restartWithin)
	defer cancel()
	for {
		answer, err := g.ConfigGet(ctx)
		if err == nil || !IsTransient(err) {
			return answer, err
		}
		if sleep(ctx, restartPoll) != nil {
			return nil, err
		}
	}
}
