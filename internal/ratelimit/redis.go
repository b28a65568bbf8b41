package ratelimit

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// callTimeout bounds what a Redis that does not answer costs a request.
const callTimeout = 500 * time.Millisecond

//go:embed window.lua
var windowScript string

// Redis counts in Redis, for all replicas together. The replicas' clocks must
// roughly agree.
type Redis struct {
	client *redis.Client
	script *redis.Script
	clock  func() time.Time
	logger *slog.Logger
}

// OpenRedis connects to Redis and makes sure that it answers. The error's text
// shows no credentials.
func OpenRedis(ctx context.Context, rawURL string, clock func() time.Time, logger *slog.Logger) (*Redis, error) {
	options, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, unreachable(rawURL, err)
	}
	options.ContextTimeoutEnabled = true
	options.DialerRetries = 1
	options.MaxRetries = -1 // the attempt must be counted once, and a request must not wait
	// Announcements of maintenance are of no use here, and asking for them fails on most servers.
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	client := redis.NewClient(options)
	if err := client.Ping(ctx).Err(); err != nil {
		_ = client.Close() // what matters is that it did not answer
		return nil, unreachable(rawURL, err)
	}
	return &Redis{client: client, script: redis.NewScript(windowScript), clock: clock, logger: logger}, nil
}

// Close ends the connections.
func (r *Redis) Close() error { return r.client.Close() }

// Ping reports whether Redis answers.
func (r *Redis) Ping(ctx context.Context) error { return r.client.Ping(ctx).Err() }

// Hit implements Limiter.
func (r *Redis) Hit(ctx context.Context, p Policy, key string) Decision {
	return r.run(ctx, p, key, true)
}

// Check implements Limiter.
func (r *Redis) Check(ctx context.Context, p Policy, key string) Decision {
	return r.run(ctx, p, key, false)
}

func (r *Redis) run(ctx context.Context, p Policy, key string, count bool) Decision {
	// A client that hangs up does not get its attempt for free.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()

	now := r.clock()
	member := "" // nothing to add
	if count {
		random := make([]byte, 4)
		rand.Read(random)
		member = unix(now) + ":" + hex.EncodeToString(random)
	}
	answer, err := r.script.Run(ctx, r.client, []string{"ratelimit:" + p.Scope + ":" + key},
		unix(now), unix(now.Add(-p.Window)), p.Limit, wholeSeconds(p.Window)+1, member).StringSlice()
	if err == nil {
		var d Decision
		if d, err = p.read(answer, now); err == nil {
			return d
		}
	}
	r.logger.WarnContext(ctx, "rate_limit.redis.unavailable", "scope", p.Scope, "error", err)
	return Decision{Allowed: true, Limit: p.Limit, Remaining: p.Limit}
}

// read makes a decision of the script's answer.
func (p Policy) read(answer []string, now time.Time) (Decision, error) {
	if len(answer) != 4 {
		return Decision{}, fmt.Errorf("answer with %d parts", len(answer))
	}
	count, err := strconv.Atoi(answer[1])
	if err != nil {
		return Decision{}, fmt.Errorf("read count: %w", err)
	}
	w := window{count: count}
	if count > 0 {
		oldest, errOldest := parseUnix(answer[2])
		newest, errNewest := parseUnix(answer[3])
		if err := errors.Join(errOldest, errNewest); err != nil {
			return Decision{}, fmt.Errorf("read time of attempt: %w", err)
		}
		w.oldest, w.newest = now.Sub(oldest), now.Sub(newest)
	}
	return p.decide(answer[0] == "1", w), nil
}

// unix writes a time as seconds with microseconds, as scores are.
func unix(t time.Time) string {
	micros := t.UnixMicro()
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

func parseUnix(score string) (time.Time, error) {
	seconds, err := strconv.ParseFloat(score, 64)
	return time.UnixMicro(int64(seconds*1e6 + 0.5)), err
}

func unreachable(rawURL string, reason error) error {
	if e, ok := errors.AsType[*url.Error](reason); ok {
		reason = e.Err // the error's own text shows the URL
	}
	return fmt.Errorf("Redis rate-limit backend configured but unreachable at %s: %w", withoutCredentials(rawURL), reason)
}

// withoutCredentials replaces the user and password of a URL by ***.
func withoutCredentials(rawURL string) string {
	scheme, rest, ok := strings.Cut(rawURL, "://")
	if !ok {
		return "***"
	}
	// Only the part up to the last @ can hold credentials, whatever else is wrong with the URL.
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return rawURL
	}
	return scheme + "://***@" + rest[at+1:]
}
