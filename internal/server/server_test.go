package server_test

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/config"
	"missioncontrol/internal/server"
)

var discard = slog.New(slog.DiscardHandler)

func settings(t *testing.T) config.Settings {
	t.Helper()
	s, err := config.Load(config.Options{Dir: t.TempDir(), Env: map[string]string{"DATA_DIR": "data", "LISTEN_ADDR": "127.0.0.1:0", "BASE_URL": "http://localhost:8000"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs a server and returns its address, and a function that stops it and
// waits for its end.
func start(t *testing.T, s config.Settings) (base string, stop func()) {
	t.Helper()
	srv, err := server.New(t.Context(), s, server.Role{API: true, Worker: true}, discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- srv.Run(ctx, func(a net.Addr) { ready <- a }) }()
	var addr net.Addr
	select {
	case addr = <-ready:
	case err := <-ended:
		cancel()
		t.Fatalf("the server ended at once: %v", err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := srv.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	t.Cleanup(stop)
	return "http://" + addr.String(), stop
}

func get(t *testing.T, url, token string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func TestServeWithNothingConfigured(t *testing.T) {
	t.Parallel()
	s := settings(t)
	if !s.Auth.TokenNew || len(s.Auth.LocalToken.Reveal()) < 40 {
		t.Fatalf("no token was made: %+v", s.Auth)
	}
	if info, err := os.Stat(filepath.Join(s.Server.DataDir, "local-token")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v, %v", info, err)
	}
	base, _ := start(t, s)
	for path, want := range map[string]int{
		"/readyz": 200, "/health": 200, "/openapi.json": 200, "/docs": 200, "/redoc": 200, "/metrics": 200, "/api/v1/users/me": 200, "/api/v1/boards": 200, "/nope": 404,
	} {
		if res := get(t, base+path, s.Auth.LocalToken.Reveal()); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	if res := get(t, base+"/metrics", "wrong"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("metrics for strangers: %d", res.StatusCode)
	}
}

func TestShutdownEndsStreams(t *testing.T) {
	t.Parallel()
	s := settings(t)
	base, stop := start(t, s)
	res := get(t, base+"/api/v1/agents/stream", s.Auth.LocalToken.Reveal())
	lines := bufio.NewReader(res.Body)
	if first, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(first, ": ping") {
		t.Fatalf("the stream begins with %q, %v", first, err)
	}
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the shutdown waited %s for a stream that never ends by itself", took)
	}
	for {
		if _, err := lines.ReadString('\n'); err != nil {
			break
		}
	}
}

func TestSecondStartFindsEverything(t *testing.T) {
	t.Parallel()
	s := settings(t)
	base, stop := start(t, s)
	get(t, base+"/api/v1/users/me", s.Auth.LocalToken.Reveal())
	stop()
	base, _ = start(t, s)
	if res := get(t, base+"/api/v1/organizations/me", s.Auth.LocalToken.Reveal()); res.StatusCode != http.StatusOK {
		t.Errorf("after the restart: %d", res.StatusCode)
	}
}
