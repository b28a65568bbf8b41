package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

const (
	sqliteBusyTimeout = 5 * time.Second  // how long another process may hold the file
	sqliteWriterWait  = 10 * time.Second // how long a Write waits for the one before it
)

// sqliteFile is what the engine needs besides its pools.
type sqliteFile struct {
	path string

	mu    sync.Mutex
	queue *sql.DB
}

func (s *Store) openSQLite(ctx context.Context, path string, readers int) error {
	if err := prepareFile(path); err != nil {
		return fmt.Errorf("database file %s: %w", path, err)
	}
	if readers <= 0 {
		readers = min(max(4, 2*runtime.NumCPU()), 16)
	}
	var err error
	if s.write, err = openPool(path, 1, "_txlock=immediate"); err != nil {
		return fmt.Errorf("database file %s: %w", path, err)
	}
	if s.read, err = openPool(path, readers, "_query_only=1"); err != nil {
		return errors.Join(fmt.Errorf("database file %s: %w", path, err), s.write.Close())
	}
	s.sqlite = &sqliteFile{path: path}
	s.writing = make(chan struct{}, 1)

	var mode string
	err = s.write.GetContext(ctx, &mode, "PRAGMA journal_mode")
	if err == nil {
		// Reads the file itself, so that one that is no database shows now.
		err = s.read.GetContext(ctx, new(int), "SELECT COUNT(*) FROM sqlite_schema")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("database file %s: %w", path, err), s.read.Close(), s.write.Close())
	}
	if mode != "wal" {
		s.log.WarnContext(ctx, "database file cannot use a write-ahead log; readers will wait for writers", "path", path, "journal_mode", mode)
	}
	return nil
}

// prepareFile makes the file, readable by its owner only as it holds secrets.
// An existing file is not opened here: closing it again would drop the locks
// that this process may hold on it.
func prepareFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("is a directory")
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return plainPathError(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return plainPathError(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err != nil {
		return plainPathError(err)
	}
	return f.Close()
}

// plainPathError drops the operation and path that the message names anyway.
func plainPathError(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}

func openPool(path string, size int, option string) (*sqlx.DB, error) {
	connector, err := sqlite.NewConnector(sqliteDSN(path) + "&" + option)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(keepStatements(connector))
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return sqlx.NewDb(db, "sqlite"), nil
}

// sqliteDSN names the file and the pragmas, in the order in which they have to
// run: the busy timeout first, as switching to the write-ahead log takes a lock.
func sqliteDSN(path string) string {
	pragmas := []string{
		fmt.Sprintf("busy_timeout(%d)", sqliteBusyTimeout.Milliseconds()),
		"journal_mode(wal)",
		"synchronous(full)", // a commit survives the loss of power
		"foreign_keys(on)",
		"journal_size_limit(67108864)",
		"temp_store(memory)",
	}
	return fileURL(path) + "?_error_rc=1&" + url.Values{"_pragma": pragmas}.Encode()
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// lockConnector opens a file that serves as a lock: a transaction holds it.
func lockConnector(path string) (driver.Connector, error) {
	return sqlite.NewConnector(fileURL(path) + "?_error_rc=1&_busy_timeout=1000&_txlock=exclusive")
}

// QueueDB is a pool of one connection of its own on the same file, for the
// workers of a job queue, which would otherwise wait for each Write. Only on
// SQLite; it is opened at the first call and closed with the store.
func (s *Store) QueueDB() (*sql.DB, error) {
	if s.sqlite == nil {
		return nil, errors.New("only SQLite needs a pool for the queue; use Pool")
	}
	s.sqlite.mu.Lock()
	defer s.sqlite.mu.Unlock()
	if s.sqlite.queue == nil {
		db, err := openPool(s.sqlite.path, 1, "_txlock=immediate")
		if err != nil {
			return nil, fmt.Errorf("database file %s: %w", s.sqlite.path, err)
		}
		s.sqlite.queue = db.DB
	}
	return s.sqlite.queue, nil
}

// lockWriter waits for the turn to write. Waiting here instead of in the
// connection pool lets commits be handed over in their order, and turns a Write
// inside of a Write into an error.
func (s *Store) lockWriter(ctx context.Context) (release func(), err error) {
	if s.writing == nil {
		return func() {}, nil
	}
	timer := time.NewTimer(sqliteWriterWait)
	defer timer.Stop()
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the writer: %w", ctx.Err())
	case <-timer.C:
		return nil, unavailable(fmt.Errorf("waited %v for the writer; a Write inside of a Write waits for itself", sqliteWriterWait))
	}
}

func (s *Store) closeSQLite() error {
	s.sqlite.mu.Lock()
	defer s.sqlite.mu.Unlock()
	var errs []error
	if s.sqlite.queue != nil {
		errs = append(errs, s.sqlite.queue.Close())
	}
	errs = append(errs, s.read.Close())
	// Statistics for the planner; losing them costs nothing, so neither do errors.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := s.write.ExecContext(ctx, "PRAGMA optimize"); err != nil {
		s.log.Debug("optimize the database", "error", err)
	}
	return errors.Join(append(errs, s.write.Close())...)
}
