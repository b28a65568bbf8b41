package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"missioncontrol/internal/config"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/telemetry"
)

// limiter is where limits are counted, with what a server needs to know of it.
type limiter struct {
	ratelimit.Limiter
	ping  func(ctx context.Context) error // nil: nothing to check
	close func() error
}

func openLimiter(ctx context.Context, settings config.Settings, log *slog.Logger) (limiter, error) {
	if settings.Limits.Backend != config.RateRedis {
		return limiter{Limiter: ratelimit.NewMemory(time.Now)}, nil
	}
	redis.SetLogger(quiet{}) // the library's own lines would go to stderr, unformatted; failures are logged by ratelimit
	counter, err := ratelimit.OpenRedis(ctx, settings.Limits.RedisURL.Reveal(), time.Now, telemetry.Named(log, "ratelimit"))
	if err != nil {
		return limiter{}, err
	}
	return limiter{Limiter: counter, ping: counter.Ping, close: counter.Close}, nil
}

// quiet drops the lines of a library that has a logger of its own.
type quiet struct{}

// Printf does nothing.
func (quiet) Printf(context.Context, string, ...any) {}
