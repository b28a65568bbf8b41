package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"missioncontrol/internal/mc"
)

// What a write may run into. Test with errors.Is.
var (
	// ErrDuplicate: a unique index holds the value already; see DuplicateError.
	ErrDuplicate = errors.New("the row exists already")
	// ErrReference: the row refers to one that does not exist, or is referred to.
	ErrReference = errors.New("a reference is broken")
)

// DuplicateError is an ErrDuplicate with the index that refused.
type DuplicateError struct {
	Table   string
	Columns []string
	cause   error
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%s(%s): %v", e.Table, strings.Join(e.Columns, ", "), ErrDuplicate)
}

// Is makes every DuplicateError an ErrDuplicate.
func (e *DuplicateError) Is(target error) bool { return target == ErrDuplicate }

// Unwrap gives the engine's own error.
func (e *DuplicateError) Unwrap() error { return e.cause }

// IsDuplicate reports whether err says that the unique index over these columns
// of the table, in their order, holds the values already.
func IsDuplicate(err error, table string, columns ...string) bool {
	dup, ok := errors.AsType[*DuplicateError](err)
	return ok && dup.Table == table && slices.Equal(dup.Columns, columns)
}

// translate is the only place that knows the errors of the engines. It gives
// mc.NotFound for no rows, mc.Unavailable for what may pass (a locked file, a
// full disk, a lost connection), ErrDuplicate and ErrReference, the context's
// error when that has ended, and everything else as it is.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%w: %w", ended, err)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return mc.NotFound()
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return translateSQLite(e)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return translatePostgres(e)
	}
	if lostConnection(err) {
		return unavailable(err)
	}
	return err
}

func unavailable(err error) error { return mc.Unavailable(err) }

func translateSQLite(err *sqlite.Error) error {
	switch err.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return sqliteDuplicate(err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", ErrReference, err)
	}
	switch err.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT:
		return unavailable(err)
	}
	return err
}

// isLocked reports whether SQLite gave up waiting for a lock.
func isLocked(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// sqliteDuplicate reads "UNIQUE constraint failed: tags.organization_id, tags.slug (2067)".
func sqliteDuplicate(err *sqlite.Error) error {
	dup := &DuplicateError{cause: err}
	_, list, _ := strings.Cut(err.Error(), "constraint failed: ")
	// The driver puts its own "constraint failed: " in front of the engine's.
	if _, rest, ok := strings.Cut(list, "constraint failed: "); ok {
		list = rest
	}
	list, _, _ = strings.Cut(list, " (")
	for name := range strings.SplitSeq(list, ", ") {
		table, column, _ := strings.Cut(name, ".")
		dup.Table = table
		dup.Columns = append(dup.Columns, column)
	}
	return dup
}

// The columns of a broken unique index, in the one part of the detail that is
// the same in every language of the server: (a, b)=(1, 2).
var postgresKey = regexp.MustCompile(`\(([^()]*)\)=\(`)

func translatePostgres(err *pgconn.PgError) error {
	switch err.Code {
	case "23505": // unique_violation
		dup := &DuplicateError{Table: err.TableName, cause: err}
		if m := postgresKey.FindStringSubmatch(err.Detail); m != nil {
			dup.Columns = strings.Split(m[1], ", ")
		}
		return dup
	case "23503", "23001": // foreign_key_violation, restrict_violation
		return fmt.Errorf("%w: %w", ErrReference, err)
	case "40001", "40P01", // serialization_failure, deadlock_detected
		"55P03",                            // lock_not_available
		"25006",                            // read_only_sql_transaction: the server became a standby
		"57014",                            // query_canceled, and not by our context: a statement timeout
		"57P01", "57P02", "57P03", "57P05": // the server is shutting down, or starting, or dropped us
		return unavailable(err)
	}
	switch err.Code[:min(2, len(err.Code))] {
	case "08", "53", "58": // connection, resources (full disk, too many connections), system
		return unavailable(err)
	}
	return err
}

func lostConnection(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// worthRetrying reports whether the transaction lost against another one and
// may win when it is run again.
func worthRetrying(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}
