package livestream_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// A reader that reads nothing is cut off in the end. Until then nobody waits for
// it, and what is kept for it is bounded.
//
// It looks at the heap, so it does not run beside the other tests.
func TestStalledReaderDelaysNobody(t *testing.T) { //nolint:paralleltest // see above
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		const commits, together, bytes = 60, 25, 8 << 10 // three frames each: more than the buffers of any connection hold
		board := w.Board("One", nil)
		task := w.Task(board, "Alpha")
		server := httptest.NewServer(w.Router())
		t.Cleanup(server.Close)
		stall(t, server, apitest.As(w.Owner))
		quick := w.Open(apitest.As(w.Owner), path+"?topics=comment", nil)

		before := heap()
		var delays []time.Duration
		text := strings.Repeat("x", bytes)
		for range commits {
			w.Write(func(_ context.Context, tx *store.Tx) error {
				for range together {
					tx.Record(mc.ActivityEvent{Type: mc.EventTaskComment, Message: &text, BoardID: &board.ID, TaskID: &task.ID})
				}
				return nil
			})
			committed := time.Now()
			for range together {
				quick.Next()
			}
			delays = append(delays, time.Since(committed))
		}
		slices.Sort(delays)
		half, slowest := delays[commits/2], delays[commits-1]
		grown := heap() - before
		t.Logf("beside a stalled reader: half within %s, all within %s; the heap has grown by %d KB", half, slowest, grown>>10)
		// A stalled reader is waited for ten seconds. How fast the others are is for the benchmarks to say.
		if slowest > 5*time.Second {
			t.Errorf("a commit of 25 comments took %s to be seen: somebody waited for the stalled reader", slowest)
		}
		// 256 changes may wait for it, as three frames each, which other streams share.
		if limit := int64(256*4*bytes + 8<<20); grown > limit {
			t.Errorf("the heap has grown by %d bytes, more than %d", grown, limit)
		}
		if w.Router().OpenStreams() < 2 {
			return // cut off already
		}
		// It is cut off once it has not taken a frame for ten seconds, or as it falls
		// behind again.
		deadline := time.Now().Add(30 * time.Second)
		for w.Router().OpenStreams() > 1 {
			if time.Now().After(deadline) {
				t.Fatal("the stalled reader is not cut off")
			}
			time.Sleep(50 * time.Millisecond) // what closes is the server's end, of which there is no signal here
		}
	})
}

// stall opens a stream and reads nothing of it but its head.
func stall(t *testing.T, server *httptest.Server, as apitest.Caller) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
	as(req)
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n", path, req.Header.Get("Authorization")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 200)); err != nil {
		t.Fatal(err)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
