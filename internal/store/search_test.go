package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func find(t *testing.T, st *store.Store, scope store.SearchScope, query string) []store.Found {
	t.Helper()
	found, err := st.Find(t.Context(), store.Lookup{Scope: scope, Terms: mc.ParseSearch(query).Terms()}, 100)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	return found
}

// However a text gets into the database, the next commit has it in the index;
// nothing is left behind.
func TestIndexNoticesEverything(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		scope := store.SearchScope{Boards: []mc.ID{f.board.ID}}
		for _, query := range []string{"launch", "write"} {
			if found := find(t, st, scope, query); len(found) != 1 {
				t.Errorf("%q finds %d", query, len(found))
			}
		}
		if other := find(t, st, store.SearchScope{Boards: []mc.ID{mc.NewID()}}, "write"); len(other) != 0 {
			t.Errorf("found on another board: %+v", other)
		}
		// By hand, past the program; the next transaction makes up for it.
		if _, err := st.WriterDB().ExecContext(t.Context(), `UPDATE tasks SET title = 'Quokka'`); err != nil {
			t.Fatal(err)
		}
		if found := find(t, st, scope, "quokka"); len(found) != 0 {
			t.Errorf("indexed without a transaction of the program: %+v", found)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(ctx, tx, `UPDATE tasks SET description = ? WHERE id = ?`, "of Rottnest", f.task.ID)
			return err
		})
		if found := find(t, st, scope, "quokka rottnest"); len(found) != 1 || found[0].ID != f.task.ID || found[0].Kind != mc.FindTask {
			t.Errorf("found %+v", found)
		}
		// Far more than is taken at once, and then everything goes by the foreign keys.
		write(t, st, func(_ context.Context, tx *store.Tx) error {
			for range 600 {
				e := f.event(mc.EventTaskComment)
				e.Message = mc.Ref("wombat")
				tx.Record(e)
			}
			return nil
		})
		rows := func() [3]int {
			var n [3]int
			for i, table := range []string{"search_pending", "search_documents", "search_words"} {
				count, err := store.Get[int](t.Context(), st.Reader, "SELECT count(*) FROM "+table)
				if err != nil {
					t.Fatal(err)
				}
				n[i] = count
			}
			return n
		}
		if diff := cmp.Diff([3]int{0, 602, 602}, rows()); diff != "" {
			t.Errorf("notes, documents, words (-want +got):\n%s", diff)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, f.board.ID) })
		if diff := cmp.Diff([3]int{}, rows()); diff != "" {
			t.Errorf("with the board gone: notes, documents, words (-want +got):\n%s", diff)
		}
	})
}

// What was there before the index is read when the schema is brought up to date.
func TestMigrationFillsTheIndex(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			for _, statement := range []string{`DELETE FROM search_documents`, `INSERT INTO search_pending (kind, entity_id) SELECT 'task', id FROM tasks`} {
				if _, err := store.Exec(ctx, tx, statement); err != nil {
					return err
				}
			}
			return nil
		})
		scope := store.SearchScope{Organization: &f.org.ID}
		if found := find(t, st, scope, "write"); len(found) != 0 {
			t.Errorf("found %+v without an index", found)
		}
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if found := find(t, st, scope, "write"); len(found) != 1 {
			t.Errorf("found %+v", found)
		}
	})
}

// fillIndex makes 100,000 documents of which each has a common word and one of a
// thousand others, on a hundred boards; they are in the index only.
func fillIndex(t *testing.T, st *store.Store, org mc.ID) (boards []mc.ID) {
	t.Helper()
	for range 100 {
		boards = append(boards, mc.NewID())
	}
	hex := func(id mc.ID) string { return strings.ReplaceAll(id.String(), "-", "") }
	// The boards are told apart by the last two digits of a number.
	prefix := "b" + strings.Repeat("0", 30)
	for i := range boards {
		boards[i] = mc.MustID(strings.Repeat("0", 30) + string("0123456789"[i/10]) + string("0123456789"[i%10]))
	}
	documents := `INSERT INTO search_documents (id, kind, entity_id) SELECT n, 'task', printf('%08d-0000-4000-8000-000000000000', n) FROM numbers`
	words := `INSERT INTO search_words (rowid, scope, title, body)
		SELECT n, 'ktask o` + hex(org) + ` ` + prefix + `' || printf('%02d', n % 100), 'title' || (n % 1000), 'common words of number' || (n / 97) FROM numbers`
	numbers := `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000) `
	if st.Dialect() == store.PostgreSQL {
		numbers = ""
		documents = `INSERT INTO search_documents (id, kind, entity_id) SELECT n, 'task', (lpad(n::text, 8, '0') || '-0000-4000-8000-000000000000')::uuid FROM generate_series(1, 100000) n`
		words = `INSERT INTO search_words (id, words)
			SELECT n, (''':ktask'' '':o` + hex(org) + `'' '':` + prefix + `' || lpad((n % 100)::text, 2, '0') || ''' ''.title' || (n % 1000) || ''' title' || (n % 1000) || ' common words of number' || (n / 97))::tsvector
			FROM generate_series(1, 100000) n`
	}
	for _, statement := range []string{`DELETE FROM search_documents`, numbers + documents, numbers + words} {
		if _, err := st.WriterDB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if st.Dialect() == store.PostgreSQL {
		if _, err := st.WriterDB().ExecContext(t.Context(), "ANALYZE search_words, search_documents"); err != nil {
			t.Fatal(err)
		}
	}
	return boards
}

// A search costs what it finds and not what there is: the plan never reads the
// whole index, and it stays quick for rare and for common words.
func TestSearchIsBounded(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("fills an index")
	}
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		boards := fillIndex(t, st, f.org.ID)
		all, some := store.SearchScope{Organization: &f.org.ID}, store.SearchScope{Boards: boards[:3]}
		for name, tc := range map[string]struct {
			scope store.SearchScope
			query string
			found int // in the index
		}{
			"a rare word": {all, "number7", 100}, "rare words": {all, "title700 common number100", 2}, "a common word": {all, "common", 100}, "a short beginning": {all, "n", 100},
			"on three boards of a hundred": {some, "common", 100}, "rare, on three boards": {some, "title102", 100}, "a word of the title": {all, "title1", 200}, "none": {all, "nonsense common", 0},
		} {
			l := store.Lookup{Scope: tc.scope, Terms: mc.ParseSearch(tc.query).Terms()}
			best := time.Hour
			for range 3 {
				begin := time.Now()
				if _, err := st.Find(t.Context(), l, 100); err != nil {
					t.Fatal(err)
				}
				best = min(best, time.Since(begin))
			}
			// Milliseconds on a quiet machine; the bound is for a busy one with the race
			// detector, and still far below what going through all texts takes there.
			if best > 10*time.Second {
				t.Errorf("%s took %v", name, best)
			}
			t.Logf("%s: %v", name, best)
			entries, err := store.LookUp(t.Context(), st.Reader, l, 100)
			if err != nil || len(entries) > 200 || tc.found < 100 && len(entries) != tc.found || tc.found >= 100 && len(entries) < 100 {
				t.Errorf("%s: %d entries, %v", name, len(entries), err)
			}
		}
	})
}

func TestSearchPlan(t *testing.T) {
	t.Parallel()
	lite := storetest.New(t)
	l := store.Lookup{Scope: store.SearchScope{Boards: []mc.ID{mc.NewID()}}, Terms: mc.ParseSearch("word").Terms()}
	plan, err := store.ExplainLookUp(t.Context(), lite.Reader, l)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan, "VIRTUAL TABLE INDEX") || !strings.Contains(plan, "USING INTEGER PRIMARY KEY") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("SQLite:\n%s", plan)
	}
	pg := storetest.NewPostgres(t)
	f := seed(t, pg)
	fillIndex(t, pg, f.org.ID)
	l.Terms = mc.ParseSearch("number7").Terms()
	if plan, err = store.ExplainLookUp(t.Context(), pg.Reader, l); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan, "ix_search_words_words") || strings.Contains(plan, "Seq Scan") {
		t.Errorf("PostgreSQL:\n%s", plan)
	}
}
