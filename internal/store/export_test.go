package store

import (
	"context"
	"database/sql"
	"reflect"
	"strings"

	"missioncontrol/internal/mc"
)

// What the tests of this package look at besides its exported surface.

func Get[T any](ctx context.Context, r Reader, query string, args ...any) (T, error) {
	return get[T](ctx, r, query, args...)
}

func Find[T any](ctx context.Context, r Reader, query string, args ...any) (*T, error) {
	return find[T](ctx, r, query, args...)
}

func List[T any](ctx context.Context, r Reader, query string, args ...any) ([]T, error) {
	return list[T](ctx, r, query, args...)
}

func Exists(ctx context.Context, r Reader, query string, args ...any) (bool, error) {
	return exists(ctx, r, query, args...)
}

func Exec(ctx context.Context, tx *Tx, query string, args ...any) (int64, error) {
	return exec(ctx, tx, query, args...)
}

func In[T any](values []T) (string, []any) { return in(values) }

func Insert[T any](ctx context.Context, tx *Tx, name string, rows ...*T) error {
	return tableOf[T](name).insert(ctx, tx, rows...)
}

func Update[T any](ctx context.Context, tx *Tx, name string, row *T, columns ...string) error {
	return tableOf[T](name).update(ctx, tx, row, columns...)
}

// Columns lists the columns of an entity.
func Columns(entity any) []string {
	var columns []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(entity)) {
		if c := f.Tag.Get("db"); c != "" {
			columns = append(columns, c)
		}
	}
	return columns
}

// Folded is Reader.folded.
func Folded(r Reader, column string) string { return r.folded(column) }

// ReaderDB is the pool for reading.
func (s *Store) ReaderDB() *sql.DB { return s.read.DB }

// MigrateTo stops at a version.
func (s *Store) MigrateTo(ctx context.Context, version int64) error { return s.migrateTo(ctx, version) }

// KeptStatements lists the texts of the statements that a connection of SQLite keeps.
func KeptStatements(driverConn any) []string {
	var texts []string
	for e := driverConn.(*keepingConn).recent.Front(); e != nil; e = e.Next() {
		texts = append(texts, e.Value.(*statement).text)
	}
	return texts
}

// LookUp is Reader.lookUp in titles and in everything.
func LookUp(ctx context.Context, r Reader, l Lookup, limit int) (entries []mc.ID, err error) {
	for _, titleOnly := range []bool{true, false} {
		found, err := r.lookUp(ctx, l, titleOnly, limit)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			entries = append(entries, e.Entity)
		}
	}
	return entries, nil
}

// ExplainLookUp is the engine's plan for Reader.lookUp.
func ExplainLookUp(ctx context.Context, r Reader, l Lookup) (string, error) {
	if r.dialect == PostgreSQL {
		lines, err := list[string](ctx, r, "EXPLAIN "+lookUpPostgreSQL, l.tsquery(false), 100)
		return strings.Join(lines, "\n"), err
	}
	steps, err := list[struct {
		ID     int    `db:"id"`
		Parent int    `db:"parent"`
		Unused int    `db:"notused"`
		Detail string `db:"detail"`
	}](ctx, r, "EXPLAIN QUERY PLAN "+lookUpSQLite, l.match(false), 100)
	var lines []string
	for _, s := range steps {
		lines = append(lines, s.Detail)
	}
	return strings.Join(lines, "\n"), err
}

var (
	PackChanges = packChanges
	ParseURL    = parseURL
)

// StatementsPerConn is the bound on KeptStatements.
const StatementsPerConn = statementsPerConn

// Queries about approvals, up to their IN lists.
const (
	TasksOfApprovals = tasksOfApprovals
	ApprovalCounts   = approvalCounts
)
