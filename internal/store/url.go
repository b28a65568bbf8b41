package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// target is where a database URL points.
type target struct {
	dialect Dialect
	path    string // SQLite: the absolute file name
	url     string // PostgreSQL: without the name of a driver in its scheme
}

func parseURL(raw string) (target, error) {
	scheme, rest, ok := strings.Cut(raw, ":")
	if !ok {
		return target{}, errors.New("the database URL must be sqlite:PATH, file:PATH or postgres://…")
	}
	// Other tools name a driver in the scheme, as in postgresql+psycopg://.
	scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+")
	switch scheme {
	case "postgres", "postgresql":
		return target{dialect: PostgreSQL, url: "postgres:" + rest}, nil
	case "sqlite", "file":
		rest = strings.TrimPrefix(rest, "//")
		if rest == "" || strings.ContainsAny(rest, "?\x00") || strings.HasPrefix(rest, ":memory:") {
			return target{}, fmt.Errorf("%s: needs the path of a file, without options", scheme)
		}
		path, err := filepath.Abs(rest)
		if err != nil {
			return target{}, fmt.Errorf("database file %s: %w", rest, err)
		}
		return target{dialect: SQLite, path: path}, nil
	}
	return target{}, fmt.Errorf("a database URL cannot start with %q; use sqlite:PATH, file:PATH or postgres://…", scheme+":")
}
