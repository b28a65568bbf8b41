package ratelimit_test

import (
	"context"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"missioncontrol/internal/ratelimit"
)

func TestRedisKeys(t *testing.T) {
	t.Parallel()
	server, c := miniredis.RunT(t), newClock()
	r := openRedis(t, "redis://"+server.Addr(), c)
	p := ratelimit.Policy{Scope: "agent_auth", Limit: 20, Window: time.Minute}
	r.Hit(t.Context(), p, "192.0.2.1")
	r.Check(t.Context(), p, "192.0.2.2")

	const key = "ratelimit:agent_auth:192.0.2.1"
	if keys := server.Keys(); len(keys) != 1 || keys[0] != key {
		t.Fatalf("keys are %q", keys)
	}
	members, err := server.ZMembers(key)
	if err != nil || len(members) != 1 || !regexp.MustCompile(`^1800000000\.123456:[0-9a-f]{8}$`).MatchString(members[0]) {
		t.Errorf("members are %q, %v", members, err)
	}
	if score, err := server.ZScore(key, members[0]); err != nil || score != 1800000000.123456 {
		t.Errorf("score is %f, %v", score, err)
	}
	if ttl := server.TTL(key); ttl != 61*time.Second {
		t.Errorf("TTL is %v", ttl)
	}
}

func TestRedisCountsForHungUpClients(t *testing.T) {
	t.Parallel()
	r := openRedis(t, "redis://"+miniredis.RunT(t).Addr(), newClock())
	p := policy(1, time.Minute)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	r.Hit(gone, p, "k")
	if r.Hit(t.Context(), p, "k").Allowed {
		t.Error("the attempt was not counted")
	}
}

func TestRedisFailsOpen(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	var log strings.Builder
	r, err := ratelimit.OpenRedis(t.Context(), "redis://"+server.Addr(), time.Now, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := policy(1, time.Minute)
	r.Hit(t.Context(), p, "k")

	server.SetError("LOADING")
	want := ratelimit.Decision{Allowed: true, Limit: 1, Remaining: 1}
	if got := r.Hit(t.Context(), p, "k"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !strings.Contains(log.String(), "level=WARN msg=rate_limit.redis.unavailable scope="+p.Scope+" error=LOADING") {
		t.Errorf("log is %s", log.String())
	}
	if r.Ping(t.Context()) == nil {
		t.Error("Ping finds nothing wrong")
	}

	server.SetError("")
	if r.Hit(t.Context(), p, "k").Allowed {
		t.Error("still open after Redis is back")
	}
}

func TestRedisSilentServerCostsLittle(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	r := openRedis(t, "redis://"+server.Addr(), newClock())
	server.Lock() // from here on it accepts and never answers
	defer server.Unlock()
	start := time.Now()
	if !r.Hit(t.Context(), policy(1, time.Minute), "k").Allowed {
		t.Error("refused")
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestOpenRedisUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()

	protected := miniredis.RunT(t)
	protected.RequireAuth("right")

	const prefix = "Redis rate-limit backend configured but unreachable at "
	tests := []struct{ name, url, want string }{
		{"nobody listens", "redis://" + closed + "/2", prefix + "redis://" + closed + "/2: "},
		{"credentials are hidden", "redis://someone:hush@" + closed + "/2", prefix + "redis://***@" + closed + "/2: "},
		{"wrong password", "redis://:hush@" + protected.Addr(), prefix + "redis://***@" + protected.Addr() + ": WRONGPASS"},
		{"at sign in the password", "redis://:hu@sh@" + closed, prefix + "redis://***@" + closed + ": "},
		{"no URL", "someone:hush@host", prefix + "***: "},
		{"bad escape", "redis://:hush%zz@host", prefix + "redis://***@host: "},
		{"other scheme", "http://u:hush@host", prefix + "http://***@host: redis: invalid URL scheme: http"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ratelimit.OpenRedis(t.Context(), tt.url, time.Now, discard())
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Fatalf("error is %v\nwant     %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n") {
				t.Errorf("not one line without the password: %q", err)
			}
		})
	}
}
