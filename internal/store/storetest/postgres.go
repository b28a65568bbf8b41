package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store/migrations"
)

// PostgresURL names a migrated database that belongs to the test, which is
// skipped when there is no server.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, true)
}

// EmptyPostgresURL names a database without any tables that belongs to the
// test, which is skipped when there is no server.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, false)
}

func newDatabase(t testing.TB, migrated bool) string {
	t.Helper()
	server := os.Getenv(URLVariable)
	if server == "" {
		t.Skipf("%s is not set", URLVariable)
	}
	create := "CREATE DATABASE %s"
	if migrated {
		template, err := postgresTemplate()
		if err != nil {
			t.Fatalf("make a PostgreSQL database: %v", err)
		}
		create += " TEMPLATE " + template
	}
	name := "mission_control_test_" + fmt.Sprintf("%x", mc.NewID())
	if err := onServer(server, fmt.Sprintf(create, name)); err != nil {
		t.Fatalf("make a PostgreSQL database: %v", err)
	}
	t.Cleanup(func() {
		if err := onServer(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return withDatabase(server, name)
}

// postgresTemplate names a migrated, empty database, made when no process has
// done so before. Its name depends on the schema; it is left for the next run.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	server := os.Getenv(URLVariable)
	hash, err := schemaHash()
	if err != nil {
		return "", err
	}
	name := "mission_control_template_" + hash
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) // also lets go of the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext('mission_control_template'))"); err != nil {
		return "", err
	}
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return name, err
	}
	draft := name + "_draft" // one that was left half-made must not be taken for the template
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + draft, "CREATE DATABASE " + draft} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	if err := migrate(withDatabase(server, draft)); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name)
	return name, err
})

// schemaHash identifies the schema, the queue's included.
func schemaHash() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.Files, "postgres", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := migrations.Files.ReadFile(path)
		sum.Write(text)
		return err
	})
	queue, queueErr := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err := errors.Join(err, queueErr); err != nil {
		return "", err
	}
	for _, m := range queue.AllVersions() {
		sum.Write([]byte(m.SQLUp))
	}
	return fmt.Sprintf("%x", sum.Sum(nil)[:6]), nil
}

func onServer(server, statement string) error {
	ctx := context.Background() // a test's own is over when it cleans up
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // the connection will say what is wrong
	}
	u.Path = "/" + name
	return u.String()
}
