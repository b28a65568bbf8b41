package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"

	"missioncontrol/internal/mc"
)

// Dialect is the engine behind a store.
type Dialect string

// The engines.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Config says which database to open, and how.
type Config struct {
	// URL is sqlite:PATH, file:PATH or postgres://…
	URL string
	// MaxReaders bounds the connections: readers besides the one writer on
	// SQLite, all of them on PostgreSQL. 0 chooses.
	MaxReaders int
	// Clock gives transactions their time; nil is the system's.
	Clock mc.Clock
	// Log receives what no caller can be told, such as a lost listener; nil drops it.
	Log *slog.Logger
	// Observe is called with the text of every statement that is about to run,
	// without its arguments, by several goroutines; nil does nothing.
	Observe func(ctx context.Context, query string)
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	Reader // on the read pool

	clock    mc.Clock
	log      *slog.Logger
	write    *sqlx.DB
	read     *sqlx.DB
	writing  chan struct{} // SQLite: holds a token while a Write runs, until its changes are handed over
	onCommit atomic.Pointer[func([]Change)]
	jobs     atomic.Pointer[Enqueuer]
	observer atomic.Pointer[Observer]

	sqlite *sqliteFile // nil on PostgreSQL
	pool   *pgxpool.Pool
	listen listener
}

// Open connects to the database that cfg names; for SQLite it makes the file
// and its folder if need be. The schema is Migrate's business. Errors are one
// line, fit for an operator, and never contain a password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Clock == nil {
		cfg.Clock = mc.SystemClock
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	target, err := parseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	s := &Store{clock: cfg.Clock, log: cfg.Log}
	if target.dialect == PostgreSQL {
		err = s.openPostgres(ctx, target.url, cfg.MaxReaders)
	} else {
		err = s.openSQLite(ctx, target.path, cfg.MaxReaders)
	}
	if err != nil {
		return nil, err
	}
	s.Reader = Reader{dialect: target.dialect, q: s.read, observe: cfg.Observe}
	return s, nil
}

// Dialect tells which engine the store runs on.
func (s *Store) Dialect() Dialect { return s.dialect }

// Ping checks that the database answers reads and would take writes.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := get[int](ctx, s.Reader, "SELECT 1"); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if s.dialect == PostgreSQL {
		return nil
	}
	release, err := s.lockWriter(ctx)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	defer release()
	tx, err := s.write.BeginTxx(ctx, nil) // BEGIN IMMEDIATE: fails on a locked or read-only file
	if err != nil {
		return fmt.Errorf("write: %w", translate(ctx, err))
	}
	return tx.Rollback()
}

// Close stops the listener and closes every connection. Transactions in flight
// are waited for.
func (s *Store) Close() error {
	s.listen.stop()
	if s.dialect == PostgreSQL {
		return s.closePostgres()
	}
	return s.closeSQLite()
}

// OnCommit sets what is told of committed changes, in the order of their
// numbers. f must return quickly and must not write. On SQLite it hears the
// changes of this process, on PostgreSQL those of every process, once Listen
// was called.
func (s *Store) OnCommit(f func([]Change)) { s.onCommit.Store(&f) }

// UseJobs sets the queue that takes the jobs of transactions.
func (s *Store) UseJobs(e Enqueuer) { s.jobs.Store(&e) }

// Observer is told of the changes of a transaction, numbered, while it can still
// add jobs to what is committed. It must neither record nor announce anything,
// and an error of it fails the transaction.
type Observer func(ctx context.Context, tx *Tx, changes []Change) error

// Observe sets who is told of the changes of every transaction before its
// commit. Nothing that changes a row can pass it by.
func (s *Store) Observe(o Observer) { s.observer.Store(&o) }

// WriterDB is the pool that transactions run on, for a queue client that only
// inserts, in the transactions it is given. On SQLite it has one connection:
// using it for anything else waits for the Write in progress, and inside of a
// Write for ever.
func (s *Store) WriterDB() *sql.DB { return s.write.DB }

// Pool is the connection pool of PostgreSQL, for what speaks to it natively;
// nil on SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

func (s *Store) handOver(changes []Change) {
	if f := s.onCommit.Load(); f != nil && len(changes) > 0 {
		(*f)(changes)
	}
}
