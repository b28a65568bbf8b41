package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestOpenMakesTheFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b", "100%", "#1", "x.db")
	st := open(t, "file:"+path)
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the file has mode %v and %d bytes", info.Mode(), info.Size())
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"sqlite:" + dir:                               "is a directory",
		"sqlite:" + text:                              "not a database",
		"sqlite:" + text + "/x.db":                    "not a directory",
		"postgres://nobody:secret@127.0.0.1:1/x":      "connection refused",
		"postgres://nobody:secret@127.0.0.1:port/x":   "port",
		"postgresql+asyncpg://u:secret@127.0.0.1:1/x": "connection refused",
	} {
		st, err := store.Open(t.Context(), store.Config{URL: url})
		if err == nil {
			st.Close()
			t.Errorf("%s opens", url)
			continue
		}
		text := err.Error()
		if !strings.Contains(text, want) || strings.Contains(text, "\n") || strings.Contains(text, "secret") {
			t.Errorf("%s: %q, want a line with %q", url, text, want)
		}
	}
}

func TestPragmas(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "temp_store": "2", "journal_size_limit": "67108864",
	} {
		for name, db := range map[string]*sql.DB{"writer": st.WriterDB(), "reader": st.ReaderDB()} {
			var got string
			if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %q (%v), want %q", name, pragma, got, err, want)
			}
		}
	}
}

// Cancelled queries once left connections of this driver unusable.
func TestCancelledQueriesHarmNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		var tasks []*mc.Task
		for range 200 {
			task := f.task
			task.ID = mc.NewID()
			tasks = append(tasks, &task)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return store.Insert(ctx, tx, "tasks", tasks...) })

		const slow = "SELECT COUNT(*) FROM tasks a, tasks b, tasks c WHERE a.title < b.title OR b.title <= c.title"
		until := time.Now().Add(1500 * time.Millisecond)
		var cancelled, alive atomic.Int64
		var group sync.WaitGroup
		for w := range 6 {
			group.Go(func() {
				for time.Now().Before(until) {
					if w%2 == 0 {
						ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(3000))*time.Microsecond)
						_, err := store.Get[int](ctx, st.Reader, slow)
						if err == nil {
							err = st.Write(ctx, func(tx *store.Tx) error { return store.Update(ctx, tx, "tasks", tasks[w], "title") })
						}
						cancel()
						if err != nil && !errors.Is(err, context.DeadlineExceeded) {
							t.Errorf("cancelled: %v", err)
						}
						cancelled.Add(1)
						continue
					}
					ids, err := store.List[mc.ID](t.Context(), st.Reader, "SELECT id FROM tasks WHERE board_id = ?", f.board.ID)
					if err == nil && len(ids) != 201 {
						err = fmt.Errorf("%d rows", len(ids))
					}
					if err == nil && w == 1 {
						err = st.Write(t.Context(), func(tx *store.Tx) error { return store.Update(t.Context(), tx, "tasks", tasks[w], "title") })
					}
					if err != nil {
						t.Errorf("alive: %v", err)
					}
					alive.Add(1)
				}
			})
		}
		group.Wait()
		if cancelled.Load() < 20 || alive.Load() < 4 { // on PostgreSQL each cancelled query costs a connection
			t.Errorf("only %d cancelled and %d other queries", cancelled.Load(), alive.Load())
		}
	})
}

func TestStatementsArePreparedOnce(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	f := seed(t, st)
	kept := func() []string {
		conn, err := st.WriterDB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var texts []string
		if err := conn.Raw(func(c any) error { texts = store.KeptStatements(c); return nil }); err != nil {
			t.Fatal(err)
		}
		return texts
	}
	step := func() {
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			tx.Record(f.event(mc.EventTaskUpdated))
			return store.Update(ctx, tx, "tasks", &f.task, "title", "status")
		})
	}
	step()
	before := kept()
	for range 20 {
		step()
	}
	if after := kept(); !slices.Equal(slices.Sorted(slices.Values(before)), slices.Sorted(slices.Values(after))) {
		t.Errorf("kept statements were\n%v\nand are\n%v", before, after)
	}
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		for i := range 3 * store.StatementsPerConn {
			if _, err := store.Get[int](ctx, tx.Reader, fmt.Sprintf("SELECT %d", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if n := len(kept()); n > store.StatementsPerConn {
		t.Errorf("%d statements are kept, want at most %d", n, store.StatementsPerConn)
	}
}

// The same text twice at once: the second one must not disturb the first.
func TestStatementInUse(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	seed(t, st)
	seed(t, st)
	tx, err := st.WriterDB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const query = "SELECT id FROM boards ORDER BY id"
	outer, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	rows := 0
	for outer.Next() {
		inner, err := tx.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for inner.Next() {
			rows++
		}
		if err := errors.Join(inner.Err(), inner.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := outer.Err(); err != nil || rows != 4 {
		t.Errorf("%d rows in all (%v), want 4", rows, err)
	}
}

func TestStatementsSurviveChangesOfTheSchema(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	seed(t, st)
	count := func() (int, error) { return store.Get[int](t.Context(), st.Reader, "SELECT COUNT(*) FROM boards") }
	if _, err := count(); err != nil {
		t.Fatal(err)
	}
	if _, err := st.WriterDB().ExecContext(t.Context(), "ALTER TABLE boards ADD COLUMN extra TEXT"); err != nil {
		t.Fatal(err)
	}
	if n, err := count(); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestQueueDBIsAPoolOfItsOwn(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	db, err := st.QueueDB()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := st.QueueDB(); again != db || err != nil {
		t.Errorf("another pool at the second call (%v)", err)
	}
	write(t, st, func(ctx context.Context, _ *store.Tx) error { // reads go on while the writer works
		var n int
		return db.QueryRowContext(ctx, "SELECT COUNT(*) FROM river_job").Scan(&n)
	})
}
