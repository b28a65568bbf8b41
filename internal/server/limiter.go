package server

import (
	"context"
	"log/slog"
	"time"

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
	redis, err := ratelimit.OpenRedis(ctx, settings.Limits.RedisURL.Reveal(), time.Now, telemetry.Named(log, "ratelimit"))
	if err != nil {
		return limiter{}, err
	}
	return limiter{Limiter: redis, ping: redis.Ping, close: redis.Close}, nil
}
