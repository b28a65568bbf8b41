package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store/migrations"
)

// Migration is a step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt *mc.Time // nil while it is pending
}

// ErrAdoption means that the database was made by another implementation of
// the contract.
var ErrAdoption = errors.New("the database belongs to another program: it has a table alembic_version. " +
	"Adopting such a database is not supported; use an empty one")

// Migrate brings the schema, the tables of the job queue included, up to date.
// Several processes may do so at once: one works, the others wait for it.
// There is no way back but a backup.
func (s *Store) Migrate(ctx context.Context) error {
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("wait for the migration lock: %w", err)
	}
	defer unlock()
	if err := s.migrateTo(ctx, 0); err != nil {
		return err
	}
	return s.IndexPending(ctx)
}

// migrateTo applies our migrations up to a version, 0 for all, and then those
// of the queue.
func (s *Store) migrateTo(ctx context.Context, version int64) error {
	if foreign, err := s.isForeign(ctx); err != nil || foreign {
		return errors.Join(err, foreignError(foreign))
	}
	p, err := s.provider()
	if err != nil {
		return err
	}
	var done []*goose.MigrationResult
	if version == 0 {
		done, err = p.Up(ctx)
	} else {
		done, err = p.UpTo(ctx, version)
	}
	if err != nil {
		return fmt.Errorf("migrate the schema: %w", translate(ctx, err))
	}
	for _, m := range done {
		s.log.InfoContext(ctx, "migrated the schema", "version", m.Source.Version, "duration", m.Duration)
	}
	if err := s.migrateQueue(ctx); err != nil {
		return fmt.Errorf("migrate the schema of the job queue: %w", translate(ctx, err))
	}
	return nil
}

func foreignError(foreign bool) error {
	if foreign {
		return ErrAdoption
	}
	return nil
}

// MigrationStatus lists the steps of the schema in their order, and when each
// was applied.
func (s *Store) MigrationStatus(ctx context.Context) ([]Migration, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the state of the schema: %w", translate(ctx, err))
	}
	steps := make([]Migration, len(status))
	for i, st := range status {
		steps[i] = Migration{Version: st.Source.Version, Name: st.Source.Path}
		if st.State == goose.StateApplied {
			steps[i].AppliedAt = mc.Ref(mc.TimeOf(st.AppliedAt))
		}
	}
	return steps, nil
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations.Files, string(s.dialect))
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if s.dialect == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, s.write.DB, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

func (s *Store) migrateQueue(ctx context.Context) error {
	config := &rivermigrate.Config{Logger: s.log}
	if s.dialect == PostgreSQL {
		m, err := rivermigrate.New(riverpgxv5.New(s.pool), config)
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}
	m, err := rivermigrate.New(riversqlite.New(s.write.DB), config)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// isForeign reports whether the database was made by another implementation.
func (s *Store) isForeign(ctx context.Context) (bool, error) {
	if s.dialect == PostgreSQL {
		return get[bool](ctx, s.Reader, "SELECT to_regclass('alembic_version') IS NOT NULL")
	}
	return exists(ctx, s.Reader, "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'")
}

const migrationLockPoll = 50 * time.Millisecond

// lockMigrations waits until no other process migrates this database.
func (s *Store) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if s.dialect == PostgreSQL {
		return s.lockAdvisory(ctx)
	}
	return s.lockFile(ctx)
}

// migrationLockID is the number of our advisory lock.
const migrationLockID = 4017219583

// lockAdvisory asks again and again instead of waiting in the server: a waiting
// session would hold up an index that is built concurrently.
func (s *Store) lockAdvisory(ctx context.Context) (unlock func(), err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, translate(ctx, err)
	}
	for {
		var locked bool
		err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", int64(migrationLockID)).Scan(&locked)
		if err != nil {
			return nil, errors.Join(translate(ctx, err), conn.Close())
		}
		if locked {
			break
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), conn.Close())
		case <-time.After(migrationLockPoll):
		}
	}
	return func() {
		free := context.WithoutCancel(ctx)
		if _, err := conn.ExecContext(free, "SELECT pg_advisory_unlock($1)", int64(migrationLockID)); err != nil {
			s.log.WarnContext(free, "release the migration lock", "error", err)
		}
		conn.Close()
	}, nil
}

// lockFile locks a file beside the database, by the engine's own means, which
// work on every system and let go when a process dies. The database itself
// cannot be locked across several transactions. The file stays: removing it
// could take the lock away from somebody who waits for it.
func (s *Store) lockFile(ctx context.Context) (unlock func(), err error) {
	connector, err := lockConnector(s.sqlite.path + ".lock")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	for {
		tx, err := db.BeginTx(ctx, nil)
		if err == nil {
			return func() {
				tx.Rollback()
				db.Close()
			}, nil
		}
		if !isLocked(err) || ctx.Err() != nil {
			return nil, errors.Join(translate(ctx, err), db.Close())
		}
	}
}
