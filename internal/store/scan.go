package store

import (
	"database/sql"
	"fmt"
	"reflect"
	"sync"
)

// Rows are read into structs by their db tags. Where a column goes is worked out
// once per query and not per row, which is what made lists expensive.

var scannerType = reflect.TypeFor[sql.Scanner]()

// fieldIndexes remembers where the columns of a type go. It is a cache of what
// the types say, so it may be shared.
var fieldIndexes sync.Map // reflect.Type -> map[string][]int

// destinations returns what Scan writes to for each column of the result: the
// fields of row, or row itself when it is a plain value.
func destinations[T any](row *T, found *sql.Rows) ([]any, error) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(scannerType) {
		return []any{row}, nil
	}
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	indexes := indexesOf(t)
	v := reflect.ValueOf(row).Elem()
	dest := make([]any, len(columns))
	for i, c := range columns {
		index, ok := indexes[c]
		if !ok {
			return nil, fmt.Errorf("%s has no field for the column %s", t, c)
		}
		dest[i] = v.FieldByIndex(index).Addr().Interface()
	}
	return dest, nil
}

// indexesOf maps columns to fields; of several for one column the outermost counts.
func indexesOf(t reflect.Type) map[string][]int {
	if known, ok := fieldIndexes.Load(t); ok {
		return known.(map[string][]int)
	}
	indexes := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		column := f.Tag.Get("db")
		if old, taken := indexes[column]; column != "" && (!taken || len(f.Index) < len(old)) {
			indexes[column] = f.Index
		}
	}
	known, _ := fieldIndexes.LoadOrStore(t, indexes)
	return known.(map[string][]int)
}
