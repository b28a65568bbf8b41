package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"missioncontrol/internal/mc"
)

// table ties an entity to its table: the columns are the db tags of T, those
// of embedded structs included, so that statements cannot drift from the type.
// Each is made once, as a package variable:
//
//	var taskTable = tableOf[mc.Task]("tasks")
//	var selectTask = "SELECT " + taskTable.cols("t") + " FROM tasks t"
type table[T any] struct {
	name    string
	columns []string
	index   map[string][]int // of the field of a column
	head    string           // INSERT INTO … VALUES
	row     string           // (?,?,…)
}

func tableOf[T any](name string) *table[T] {
	t := &table[T]{name: name, index: map[string][]int{}}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if column := f.Tag.Get("db"); column != "" {
			t.columns = append(t.columns, column)
			t.index[column] = f.Index
		}
	}
	t.head = "INSERT INTO " + name + " (" + strings.Join(t.columns, ", ") + ") VALUES "
	t.row = "(?" + strings.Repeat(",?", len(t.columns)-1) + ")"
	return t
}

// cols lists the columns for a SELECT from the table under this alias.
func (t *table[T]) cols(alias string) string {
	return alias + "." + strings.Join(t.columns, ", "+alias+".")
}

// insert writes new rows, all columns of each.
func (t *table[T]) insert(ctx context.Context, tx *Tx, rows ...*T) error {
	return t.write(ctx, tx, "", rows)
}

// upsert is insert for rows of which others with the same key may exist: of
// these the named columns are overwritten. key are the columns of a unique
// index; no two of the rows may have the same.
func (t *table[T]) upsert(ctx context.Context, tx *Tx, key string, overwrite []string, rows ...*T) error {
	var set []string
	for _, c := range overwrite {
		set = append(set, c+" = excluded."+c)
	}
	return t.write(ctx, tx, " ON CONFLICT ("+key+") DO UPDATE SET "+strings.Join(set, ", "), rows)
}

func (t *table[T]) write(ctx context.Context, tx *Tx, onConflict string, rows []*T) error {
	// Batches of powers of two share a few prepared statements.
	for size := 32; len(rows) > 0; size /= 2 {
		for len(rows) >= size {
			if _, err := exec(ctx, tx, t.head+t.row+strings.Repeat(","+t.row, size-1)+onConflict, t.values(rows[:size])...); err != nil {
				return fmt.Errorf("insert into %s: %w", t.name, err)
			}
			rows = rows[size:]
		}
	}
	return nil
}

func (t *table[T]) values(rows []*T) []any {
	values := make([]any, 0, len(rows)*len(t.columns))
	for _, row := range rows {
		v := reflect.ValueOf(row).Elem()
		for _, c := range t.columns {
			values = append(values, v.FieldByIndex(t.index[c]).Interface())
		}
	}
	return values
}

var errNoSuchColumn = errors.New("no such column")

// update writes the named columns of the row with row's id; mc.NotFound when
// there is none. Without columns it does nothing.
func (t *table[T]) update(ctx context.Context, tx *Tx, row *T, columns ...string) error {
	if len(columns) == 0 {
		return nil
	}
	v := reflect.ValueOf(row).Elem()
	values := make([]any, 0, len(columns)+1)
	for _, c := range append(columns[:len(columns):len(columns)], "id") {
		index, ok := t.index[c]
		if !ok {
			return fmt.Errorf("update %s.%s: %w", t.name, c, errNoSuchColumn)
		}
		values = append(values, v.FieldByIndex(index).Interface())
	}
	n, err := exec(ctx, tx, "UPDATE "+t.name+" SET "+strings.Join(columns, " = ?, ")+" = ? WHERE id = ?", values...)
	if err != nil {
		return fmt.Errorf("update %s: %w", t.name, err)
	}
	if n == 0 {
		return mc.NotFound()
	}
	return nil
}

// nextVersion is the time of a change of all rows of a table for which the
// condition holds: later than each of them was changed before. They stay locked.
func (tx *Tx) nextVersion(ctx context.Context, table, condition string, args ...any) (mc.Time, error) {
	next := tx.Now()
	before, err := list[mc.Time](ctx, tx.Reader, "SELECT updated_at FROM "+table+" WHERE "+condition+tx.forUpdate(), args...)
	for _, t := range before {
		next = mc.NextVersion(t, next)
	}
	return next, err
}
