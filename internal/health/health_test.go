package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/access"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func well(context.Context) error { return nil }

func fails(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

// probe asks a path of the feature without credentials.
func probe(t *testing.T, f *Feature, path string) (status int, body string) {
	t.Helper()
	router := httpapi.NewRouter(slog.New(slog.DiscardHandler))
	f.Register(router, access.New(nil, auth.NewLocal("x"), ratelimit.NewMemory(time.Now), access.Limits{}, mc.SystemClock))
	rec := httptest.NewRecorder()
	router.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	return rec.Code, rec.Body.String()
}

func TestProbes(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}
	for name, tc := range map[string]struct {
		path   string
		checks []Check
		status int
		body   string
	}{
		"alive":                   {"/health", nil, 200, `{"ok":true}`},
		"alive, by another name":  {"/healthz", nil, 200, `{"ok":true}`},
		"alive, but not ready":    {"/health", []Check{{"database", fails(errors.New("gone"))}}, 200, `{"ok":true}`},
		"nothing to ask":          {"/readyz", nil, 200, `{"ok":true}`},
		"everything answers":      {"/readyz", []Check{{"database", well}, {"redis", well}}, 200, `{"ok":true}`},
		"one fails":               {"/readyz", []Check{{"database", well}, {"redis", fails(refused)}}, 503, `{"ok":false,"checks":{"redis":"connection refused"}}`},
		"all fail":                {"/readyz", []Check{{"database", fails(errors.New("x"))}, {"redis", fails(refused)}}, 503, `{"ok":false,"checks":{"database":"unavailable","redis":"connection refused"}}`},
		"no secrets in the words": {"/readyz", []Check{{"database", fails(errors.New("cannot reach postgres://ann:secret@db.internal/mc"))}}, 503, `{"ok":false,"checks":{"database":"unavailable"}}`},
		"a wrapped cause":         {"/readyz", []Check{{"database", fails(fmt.Errorf("read: %w", mc.Unavailable(syscall.ENOSPC)))}}, 503, `{"ok":false,"checks":{"database":"no space left on device"}}`},
		"too late by its own clock": {"/readyz", []Check{{"redis", fails(fmt.Errorf("ping: %w", context.DeadlineExceeded))}}, 503,
			`{"ok":false,"checks":{"redis":"no answer within 1s"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := probe(t, New(tc.checks), tc.path)
			if status != tc.status || body != tc.body {
				t.Errorf("answered %d %s, want %d %s", status, body, tc.status, tc.body)
			}
		})
	}
}

func TestWhatHangsIsAskedOnceAndAnsweredInTime(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	held := make(chan struct{})
	f := newWithin(20*time.Millisecond, []Check{{"stuck", func(context.Context) error { // deaf to its context
		asked.Add(1)
		<-held
		return nil
	}}, {"slow", func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}}})
	want := map[string]string{"stuck": "no answer within 20ms", "slow": "no answer within 20ms"}
	for range 3 {
		if diff := cmp.Diff(want, f.Ready(t.Context())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("what hangs was asked %d times", n)
	}
	close(held)
	f.within = time.Minute // waits for the call that hung to end, then asks anew
	f.checks = f.checks[:1]
	if got := f.Ready(t.Context()); len(got) != 0 {
		t.Errorf("once it answers again: %v", got)
	}
}

func TestReadyAsksTheDatabase(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := New([]Check{{"database", st.Ping}})
		if status, body := probe(t, f, "/readyz"); status != 200 || body != `{"ok":true}` {
			t.Errorf("an open database: %d %s", status, body)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		status, body := probe(t, f, "/readyz")
		var got HealthStatusResponse
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if status != 503 || got.OK || got.Checks["database"] == "" {
			t.Errorf("a closed database: %d %s", status, body)
		}
	})
}
