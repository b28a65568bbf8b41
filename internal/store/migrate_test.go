package store_test

import (
	"errors"
	"sync"
	"testing"

	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// emptyURLs names a database without tables for each engine there is.
func emptyURLs(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+t.TempDir()+"/empty.db")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.EmptyPostgresURL(t))
	})
}

func TestProcessesMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	emptyURLs(t, func(t *testing.T, url string) {
		var group sync.WaitGroup
		for range 4 {
			st := open(t, url)
			group.Go(func() {
				if err := st.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
				if _, err := st.LastSeq(t.Context()); err != nil {
					t.Errorf("after migrating: %v", err)
				}
			})
		}
		group.Wait()
	})
}

func TestMigrateTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := store.Get[int](t.Context(), st.Reader, "SELECT COUNT(*) FROM boards WHERE id = ?", f.board.ID); n != 1 || err != nil {
			t.Errorf("the board is gone: %d, %v", n, err)
		}
	})
}

func TestMigrationStatus(t *testing.T) {
	t.Parallel()
	emptyURLs(t, func(t *testing.T, url string) {
		st := open(t, url)
		if err := st.MigrateTo(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		steps, err := st.MigrationStatus(t.Context())
		if err != nil || len(steps) < 6 {
			t.Fatalf("%d steps, %v", len(steps), err)
		}
		for i, step := range steps {
			if i > 0 && step.Version <= steps[i-1].Version || step.Name == "" || (step.AppliedAt != nil) != (i < 2) {
				t.Errorf("step %d: %+v", i+1, step)
			}
		}
	})
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	emptyURLs(t, func(t *testing.T, url string) {
		st := open(t, url)
		if _, err := st.WriterDB().ExecContext(t.Context(), "CREATE TABLE alembic_version (version_num text NOT NULL)"); err != nil {
			t.Fatal(err)
		}
		if err := st.Migrate(t.Context()); !errors.Is(err, store.ErrAdoption) {
			t.Errorf("got %v", err)
		}
		if n, err := store.List[string](t.Context(), st.Reader, "SELECT version_num FROM alembic_version"); len(n) != 0 || err != nil {
			t.Errorf("touched: %v, %v", n, err)
		}
	})
}
