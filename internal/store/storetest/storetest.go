// Package storetest gives tests real databases: a SQLite file or a PostgreSQL
// database of their own, migrated and empty, gone when the test ends.
//
// PostgreSQL is used when TEST_DATABASE_URL names a server on which databases
// may be created.
package storetest

import (
	"os"
	"testing"

	"missioncontrol/internal/store"
)

// URLVariable names the PostgreSQL server that tests may use.
const URLVariable = "TEST_DATABASE_URL"

// Option changes how the store of a test is opened, such as its clock.
type Option func(*store.Config)

// Each runs a test on every engine, as parallel subtests. Without a PostgreSQL
// server it makes do with SQLite, but not where CI is set.
func Each(t *testing.T, test func(t *testing.T, st *store.Store), options ...Option) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, New(t, options...))
	})
	if os.Getenv(URLVariable) == "" {
		if os.Getenv("CI") != "" {
			t.Errorf("%s is not set: this test must run on PostgreSQL too", URLVariable)
		}
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, NewPostgres(t, options...))
	})
}

// New opens a fresh SQLite store.
func New(t testing.TB, options ...Option) *store.Store {
	t.Helper()
	return open(t, SQLiteURL(t), options)
}

// NewPostgres opens a store on a fresh PostgreSQL database, and skips the test
// when there is no server.
func NewPostgres(t testing.TB, options ...Option) *store.Store {
	t.Helper()
	return open(t, PostgresURL(t), options)
}

func open(t testing.TB, url string, options []Option) *store.Store {
	t.Helper()
	cfg := store.Config{URL: url, MaxReaders: 4}
	for _, option := range options {
		option(&cfg)
	}
	st, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return st
}
