package store_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestUniqueIndexes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		member := mc.Member{ID: mc.NewID(), OrganizationID: f.org.ID, UserID: f.user.ID, Role: mc.RoleOwner, CreatedAt: noon, UpdatedAt: noon}
		lead := f.agent
		lead.ID, lead.IsBoardLead = mc.NewID(), true
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(store.Insert(ctx, tx, "organization_members", &member), store.Insert(ctx, tx, "agents", &lead))
		})
		again, second, sameID := member, lead, f.agent
		again.ID, second.ID = mc.NewID(), mc.NewID()
		for name, c := range map[string]struct {
			insert  func(ctx context.Context, tx *store.Tx) error
			table   string
			columns []string
		}{
			"constraint": {func(ctx context.Context, tx *store.Tx) error {
				return store.Insert(ctx, tx, "organization_members", &again)
			}, "organization_members", []string{"organization_id", "user_id"}},
			"partial index": {func(ctx context.Context, tx *store.Tx) error { return store.Insert(ctx, tx, "agents", &second) }, "agents", []string{"board_id"}},
			"primary key":   {func(ctx context.Context, tx *store.Tx) error { return store.Insert(ctx, tx, "agents", &sameID) }, "agents", []string{"id"}},
		} {
			err := st.Write(t.Context(), func(tx *store.Tx) error { return c.insert(t.Context(), tx) })
			if !errors.Is(err, store.ErrDuplicate) || !store.IsDuplicate(err, c.table, c.columns...) {
				t.Errorf("%s: got %v", name, err)
			}
			if store.IsDuplicate(err, c.table, "name") || store.IsDuplicate(err, "tags", c.columns...) {
				t.Errorf("%s: taken for another index: %v", name, err)
			}
		}
	})
}

func TestForeignKeysAreEnforced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		f.task.ID, f.task.BoardID = mc.NewID(), mc.NewID()
		err := st.Write(t.Context(), func(tx *store.Tx) error { return store.Insert(t.Context(), tx, "tasks", &f.task) })
		if !errors.Is(err, store.ErrReference) {
			t.Errorf("a task on no board: %v", err)
		}
		err = st.Write(t.Context(), func(tx *store.Tx) error {
			_, err := store.Exec(t.Context(), tx, "DELETE FROM gateways WHERE id = ?", f.gateway.ID)
			return err
		})
		if !errors.Is(err, store.ErrReference) {
			t.Errorf("a gateway taken from its board: %v", err)
		}
	})
}

func TestChecksAreEnforced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		for _, statement := range []string{
			"UPDATE tasks SET status = 'later' WHERE id = ?",
			"UPDATE boards SET max_agents = -1 WHERE id = ?",
			"UPDATE boards SET success_metrics = '{' WHERE id = ?",
			"UPDATE boards SET id = 'short' WHERE id = ?",
		} {
			id := f.board.ID
			if strings.Contains(statement, "tasks") {
				id = f.task.ID
			}
			err := st.Write(t.Context(), func(tx *store.Tx) error {
				_, err := store.Exec(t.Context(), tx, statement, id)
				return err
			})
			if err == nil || mc.KindOf(err) != mc.KindInternal {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

func TestFullDiskIsUnavailable(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	f := seed(t, st)
	if _, err := st.WriterDB().ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // rounded up to what is there
		t.Fatal(err)
	}
	var err error
	written := 0
	for err == nil && written < 10_000 {
		err = st.Write(t.Context(), func(tx *store.Tx) error {
			e := f.event(mc.EventTaskComment)
			e.Message = mc.Ref(strings.Repeat("x", 3000))
			tx.Record(e)
			return nil
		})
		if err == nil {
			written++
		}
	}
	if mc.KindOf(err) != mc.KindUnavailable {
		t.Fatalf("after %d events: %v", written, err)
	}
	for _, table := range []string{"activity_events", "change_log"} {
		if n, err := store.Get[int](t.Context(), st.Reader, "SELECT COUNT(*) FROM "+table); n != written || err != nil {
			t.Errorf("%s has %d rows (%v), want %d: something is half-written", table, n, err, written)
		}
	}
	if _, err := st.WriterDB().ExecContext(t.Context(), "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	write(t, st, func(_ context.Context, tx *store.Tx) error { tx.Record(f.event(mc.EventTaskUpdated)); return nil })
}

// Whoever passes over a failed statement must not get half of the rest.
func TestAFailedTransactionStaysFailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			if err := store.Insert(t.Context(), tx, "boards", &f.board); !errors.Is(err, store.ErrDuplicate) {
				t.Errorf("insert: %v", err)
			}
			if _, err := tx.LastSeq(t.Context()); !errors.Is(err, store.ErrDuplicate) {
				t.Errorf("a query after it: %v", err)
			}
			return nil
		})
		if !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("commit: %v", err)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			if _, err := store.Get[mc.Task](ctx, tx.Reader, "SELECT * FROM tasks WHERE id = ?", mc.NewID()); mc.KindOf(err) != mc.KindNotFound {
				t.Errorf("got %v", err)
			}
			return nil
		})
	})
}

func TestLockedFileIsUnavailable(t *testing.T) {
	t.Parallel()
	url := storetest.SQLiteURL(t)
	st, other := open(t, url), open(t, url)
	if _, err := st.WriterDB().ExecContext(t.Context(), "PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	write(t, other, func(context.Context, *store.Tx) error {
		err := st.Write(t.Context(), func(*store.Tx) error { return nil })
		if mc.KindOf(err) != mc.KindUnavailable {
			t.Errorf("write: %v", err)
		}
		if err := st.Ping(t.Context()); mc.KindOf(err) != mc.KindUnavailable {
			t.Errorf("ping: %v", err)
		}
		if _, err := st.LastSeq(t.Context()); err != nil {
			t.Errorf("read: %v", err)
		}
		return nil
	})
	if err := st.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyFileIsUnavailable(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	if _, err := st.WriterDB().ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	err := st.Write(t.Context(), func(tx *store.Tx) error { tx.Announce("x", mc.ID{}, mc.NewID()); return nil })
	if mc.KindOf(err) != mc.KindUnavailable {
		t.Errorf("got %v", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	if _, err := st.ReaderDB().ExecContext(t.Context(), "DELETE FROM users"); err == nil {
		t.Error("the read pool has written")
	}
}

// relay stands between the store and its server, and can cut the line.
type relay struct {
	net.Listener
	target string
	cut    chan struct{}
}

func newRelay(t *testing.T, server string) (*relay, string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l, target: u.Host, cut: make(chan struct{})}
	go r.run()
	t.Cleanup(func() { l.Close() })
	u.Host = l.Addr().String()
	return r, u.String()
}

func (r *relay) run() {
	for {
		client, err := r.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", r.target)
		if err != nil {
			client.Close()
			continue
		}
		go func() { _, _ = io.Copy(server, client) }()
		go func() { _, _ = io.Copy(client, server) }()
		go func() {
			<-r.cut
			client.Close()
			server.Close()
		}()
	}
}

func TestLostServerIsUnavailable(t *testing.T) {
	t.Parallel()
	r, url := newRelay(t, storetest.PostgresURL(t))
	st := open(t, url)
	f := seed(t, st)
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		tx.Record(f.event(mc.EventTaskCreated))
		close(r.cut) // in the middle of a transaction
		return nil
	})
	if mc.KindOf(err) != mc.KindUnavailable {
		t.Errorf("write: %v", err)
	}
	r.Close() // nobody answers any more
	if _, err := st.LastSeq(t.Context()); mc.KindOf(err) != mc.KindUnavailable {
		t.Errorf("read: %v", err)
	}
	if err := st.Ping(t.Context()); mc.KindOf(err) != mc.KindUnavailable {
		t.Errorf("ping: %v", err)
	}
}

func TestServerShutsOurSessionDown(t *testing.T) {
	t.Parallel()
	st := storetest.NewPostgres(t)
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		_, err := store.Exec(t.Context(), tx, "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if mc.KindOf(err) != mc.KindUnavailable {
		t.Errorf("got %v", err)
	}
	write(t, st, func(context.Context, *store.Tx) error { return nil })
}
