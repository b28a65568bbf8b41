package store_test

import (
	"strings"
	"testing"

	"missioncontrol/internal/store"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"sqlite:/var/lib/x.db", "file:/var/lib/x.db", "sqlite:///var/lib/x.db", "FILE:/var/lib/../lib/x.db",
		"sqlite:relative.db", "postgres://h/d", "postgresql+psycopg://u:p@h/d?sslmode=disable"} {
		if _, err := store.ParseURL(raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{"", "x.db", "mysql://h/d", "sqlite:", "sqlite::memory:", "file:x.db?mode=ro", "sqlite:a\x00b"} {
		if got, err := store.ParseURL(raw); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %+v, %v", raw, got, err)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("sqlite:x")
	f.Add("postgresql+psycopg://u:p@h/d")
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := store.ParseURL(raw); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
