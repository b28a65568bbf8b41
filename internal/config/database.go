package config

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

var postgresScheme = regexp.MustCompile(`^postgres(ql)?(\+[a-z0-9_]+)?://`)

func completeDatabase(s *Settings, src sources, o Options) error {
	db := &s.Database
	db.URL = trimmed(db.URL)
	given := db.URL.Reveal()
	if scheme := postgresScheme.FindString(given); scheme != "" {
		plain := "postgresql://" + given[len(scheme):]
		if _, err := url.Parse(plain); err != nil {
			return wrong("DATABASE_URL", "is not a valid URL (special characters in the password must be percent-encoded).")
		}
		db.Dialect, db.URL = Postgres, Secret(plain)
	} else {
		path, err := sqlitePath(given)
		if err != nil {
			return err
		}
		db.Dialect = SQLite
		if db.Path = filepath.Join(s.Server.DataDir, "mission-control.db"); path != "" {
			db.Path = o.path(path)
		}
	}
	if _, ok := src.lookupFilled("DB_AUTO_MIGRATE"); !ok {
		// Nobody else can migrate an embedded database.
		db.AutoMigrate = db.Dialect == SQLite || s.Server.Environment == "dev"
	}
	return nil
}

// sqlitePath returns the file that a DATABASE_URL names, "" for the default one.
func sqlitePath(given string) (string, error) {
	if given == "" {
		return "", nil
	}
	path, ok := strings.CutPrefix(given, "sqlite:")
	if !ok {
		path, ok = strings.CutPrefix(given, "file:")
	}
	// Parameters and hosts have no meaning here: taking them for part of a
	// file's name would only hide the mistake.
	hasHost := strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///")
	if !ok || path == "" || hasHost || strings.ContainsAny(path, "?#\x00") || strings.Contains(path, ":memory:") {
		return "", wrong("DATABASE_URL", "must be sqlite:PATH, file:PATH, postgres://... or postgresql://...")
	}
	return path, nil
}
