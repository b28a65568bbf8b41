package store_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func announce(t *testing.T, st *store.Store, n int) {
	t.Helper()
	write(t, st, func(_ context.Context, tx *store.Tx) error {
		for range n {
			tx.Announce("x", mc.NewID(), mc.NewID(), "word")
		}
		return nil
	})
}

// heard collects the numbers that a store is told of.
func heard(st *store.Store) <-chan store.Change {
	out := make(chan store.Change, 10_000)
	st.OnCommit(func(changes []store.Change) {
		for _, c := range changes {
			out <- c
		}
	})
	return out
}

func expect(t *testing.T, changes <-chan store.Change, kind string, from, to int64) {
	t.Helper()
	for want := from; want <= to; want++ {
		select {
		case got := <-changes:
			if got.Seq != want || got.Kind != kind {
				t.Fatalf("heard %+v, want %s number %d", got, kind, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("heard nothing of %d", want)
		}
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	url := storetest.PostgresURL(t)
	here, there := open(t, url), open(t, url)
	announce(t, there, 2) // before anybody listens
	changes := heard(here)
	if err := here.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := here.Listen(t.Context()); err == nil {
		t.Error("listening twice is no error")
	}

	announce(t, there, 1)
	announce(t, here, 1)
	announce(t, there, 500) // more than one notification can carry
	expect(t, changes, "x", 3, 504)

	// The connection dies, and changes are made before there is a new one.
	killed, err := store.Get[int](t.Context(), here.Reader, `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN %'`)
	if err != nil || killed < 1 { // one that was just given up may still be there
		t.Fatalf("killed %d listeners (%v)", killed, err)
	}
	announce(t, there, 3)
	expect(t, changes, "x", 505, 507)
	announce(t, there, 1)
	expect(t, changes, "x", 508, 508)
}

func TestListenerMissedTooMuch(t *testing.T) {
	t.Parallel()
	url := storetest.PostgresURL(t)
	here, there := open(t, url), open(t, url)
	changes := heard(here)
	if err := here.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	// As if the notifications of the first two had been missed, and the log trimmed since.
	write(t, there, func(ctx context.Context, tx *store.Tx) error {
		tx.Announce("x", mc.NewID(), mc.NewID(), "word")
		_, err := store.Exec(ctx, tx, "UPDATE change_counter SET value = 2")
		return err
	})
	expect(t, changes, store.KindReset, 3, 3)
	announce(t, there, 1)
	expect(t, changes, "x", 4, 4)
}

func TestListenEndsWithTheStore(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Config{URL: storetest.PostgresURL(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil { // waits for the listener
		t.Error(err)
	}
}

func TestPackChanges(t *testing.T) {
	t.Parallel()
	var all, unpacked []store.Change
	for i := range int64(200) {
		all = append(all, store.Change{Seq: 1<<60 + i, Kind: store.KindActivity, Scope: mc.NewID(), Entity: mc.NewID(), Detail: strings.Repeat("d", int(i))})
	}
	for rest := all; len(rest) > 0; {
		payload, n, err := store.PackChanges(rest)
		if err != nil || n == 0 || len(payload) >= 8000 {
			t.Fatalf("packed %d changes into %d bytes: %v", n, len(payload), err)
		}
		var part []store.Change
		if err := json.Unmarshal([]byte(payload), &part); err != nil {
			t.Fatal(err)
		}
		unpacked = append(unpacked, part...)
		rest = rest[n:]
	}
	if diff := cmp.Diff(all, unpacked); diff != "" {
		t.Errorf("changes (-packed +unpacked):\n%s", diff)
	}
}
