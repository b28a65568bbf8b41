package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"missioncontrol/internal/store"
)

// SQLiteURL names a migrated database file that belongs to the test.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	image, err := sqliteImage()
	if err != nil {
		t.Fatalf("make a SQLite database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// sqliteImage is a migrated, empty database file, made once per process.
var sqliteImage = sync.OnceValues(func() (image []byte, err error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "image.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // closing the store has folded the log into the file
})

func migrate(url string) error {
	ctx := context.Background() // outlives the test that happens to come first
	st, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		return err
	}
	if err := st.Migrate(ctx); err != nil {
		st.Close()
		return err
	}
	return st.Close()
}
