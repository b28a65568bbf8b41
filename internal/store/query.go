package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"missioncontrol/internal/mc"
)

// Reader runs queries: on the read pool when it comes from a Store, inside of
// the transaction when it comes from a Tx. Entity files give it their methods.
type Reader struct {
	dialect Dialect
	q       sqlx.ExtContext
	observe func(ctx context.Context, query string)
	failed  *error // of a transaction: its first failure
	texts   *bool  // of a transaction: whether it may have written what is searched
}

// get runs a query for exactly one row (or value) and returns it; mc.NotFound
// when there is none. T is a struct with db tags or a type that can be scanned.
func get[T any](ctx context.Context, r Reader, query string, args ...any) (T, error) {
	var row T
	err := r.run(ctx, query, args, func(query string, args []any) error {
		found, err := r.q.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer found.Close()
		dest, err := destinations(&row, found)
		if err != nil {
			return err
		}
		if !found.Next() {
			if err := found.Err(); err != nil {
				return err
			}
			return sql.ErrNoRows
		}
		if err := found.Scan(dest...); err != nil {
			return err
		}
		return found.Close()
	})
	return row, err
}

// find is get for a row that may be missing: nil then.
func find[T any](ctx context.Context, r Reader, query string, args ...any) (*T, error) {
	row, err := get[T](ctx, r, query, args...)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row, nil
}

// list runs a query and returns its rows (or values), never nil.
func list[T any](ctx context.Context, r Reader, query string, args ...any) ([]T, error) {
	rows := []T{}
	err := r.run(ctx, query, args, func(query string, args []any) error {
		found, err := r.q.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer found.Close()
		var row T
		dest, err := destinations(&row, found)
		if err != nil {
			return err
		}
		for found.Next() {
			row = *new(T)
			if err := found.Scan(dest...); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return found.Err()
	})
	return rows, err
}

// count runs a SELECT COUNT(*).
func count(ctx context.Context, r Reader, query string, args ...any) (int, error) {
	return get[int](ctx, r, query, args...)
}

// exists reports whether a query has any row.
func exists(ctx context.Context, r Reader, query string, args ...any) (bool, error) {
	return get[bool](ctx, r, "SELECT EXISTS ("+query+")", args...)
}

// exec runs a statement that returns no rows, and tells how many it touched.
func exec(ctx context.Context, tx *Tx, query string, args ...any) (touched int64, err error) {
	err = tx.run(ctx, query, args, func(query string, args []any) error {
		res, err := tx.q.ExecContext(ctx, query, args...)
		if err == nil {
			touched, err = res.RowsAffected()
		}
		return err
	})
	return touched, err
}

// in gives the placeholders and arguments of an IN list: "t.id IN " + list. The
// list is padded to a power of two with its last element, so that lists of all
// lengths share a few prepared statements. Nothing is in an empty list.
func in[T any](values []T) (list string, args []any) {
	if len(values) == 0 {
		return "(NULL)", nil
	}
	n := 1 << bits.Len(uint(len(values)-1))
	args = make([]any, n)
	for i := range args {
		args[i] = values[min(i, len(values)-1)]
	}
	return "(?" + strings.Repeat(",?", n-1) + ")", args
}

// partOfIDs is how many ids go into one statement; the engines take some ten
// thousands of arguments.
const partOfIDs = 1 << 14

// listIn is list for "head IN (ids) tail", for a list of any length: a very long
// one is asked for in parts, and the order of rows holds within a part only.
// args are those of head.
func listIn[T any](ctx context.Context, r Reader, head string, ids []mc.ID, tail string, args ...any) ([]T, error) {
	all := []T{}
	for part := range slices.Chunk(ids, partOfIDs) {
		placeholders, values := in(part)
		rows, err := list[T](ctx, r, head+" IN "+placeholders+tail, append(args[:len(args):len(args)], values...)...)
		if err != nil {
			return nil, err
		}
		if len(ids) <= partOfIDs {
			return rows, nil
		}
		all = append(all, rows...)
	}
	return all, nil
}

// forKeyShare, at the end of a SELECT, keeps others from deleting its rows until
// the transaction ends. of is the alias of their table. Transactions that keep
// the same rows do not wait for each other.
func (r Reader) forKeyShare(of string) string {
	if r.dialect == PostgreSQL {
		return " FOR KEY SHARE OF " + of
	}
	return ""
}

// among is a condition: the column is in the result of a query. As one side of an
// OR, PostgreSQL would answer IN by reading the whole table.
func (r Reader) among(column, query string) string {
	if r.dialect == PostgreSQL {
		return column + " = ANY (ARRAY(" + query + "))"
	}
	return column + " IN (" + query + ")"
}

// forUpdate, at the end of a SELECT, locks its rows until the transaction ends.
// SQLite needs nothing: a transaction has the whole database for itself.
func (r Reader) forUpdate() string {
	if r.dialect == PostgreSQL {
		return " FOR UPDATE"
	}
	return ""
}

// folded is a text column as names are sorted and compared without case, the
// same on both engines, and as the indexes on names have it.
func (r Reader) folded(column string) string {
	if r.dialect == PostgreSQL {
		return "lower(" + column + ") COLLATE \"C\""
	}
	return "lower(" + column + ")"
}

// run executes a statement in the engine's form and translates its error.
//
// A failure ends its transaction for good, as PostgreSQL has it anyway: SQLite
// may have rolled back by itself, because of a full disk for example, and would
// then commit what follows statement by statement.
func (r Reader) run(ctx context.Context, query string, args []any, statement func(query string, args []any) error) error {
	if r.failed != nil && *r.failed != nil {
		return fmt.Errorf("the transaction has failed before: %w", *r.failed)
	}
	if r.texts != nil && writesText(query) {
		*r.texts = true
	}
	if r.observe != nil {
		r.observe(ctx, query)
	}
	query, args, err := r.bind(query, args)
	if err == nil {
		err = statement(query, args)
	}
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return translate(ctx, err)
	}
	err = translate(ctx, err)
	if r.failed != nil {
		*r.failed = err
	}
	return err
}

// bind gives the engine its form of placeholders and plain values. A question
// mark in a literal counts as a placeholder: pass such a text as an argument.
func (r Reader) bind(query string, args []any) (string, []any, error) {
	if r.dialect != PostgreSQL {
		return query, args, nil
	}
	// The driver would ask JSON marshallers before driver.Valuer; database/sql,
	// which does this for SQLite, does not.
	plain := make([]any, len(args))
	for i, arg := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return "", nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		plain[i] = v
	}
	return sqlx.Rebind(sqlx.DOLLAR, query), plain, nil
}
