package store

import "context"

// page runs a list's query for one page and counts all its rows. from is the
// query from FROM on, without ORDER BY.
func page[T any](ctx context.Context, r Reader, columns, from, order string, limit, offset int, args ...any) ([]T, int64, error) {
	total, err := get[int64](ctx, r, `SELECT count(*) `+from, args...)
	if err != nil || total == 0 || int64(offset) >= total {
		return []T{}, total, err
	}
	rows, err := list[T](ctx, r, `SELECT `+columns+` `+from+` ORDER BY `+order+` LIMIT ? OFFSET ?`, append(args[:len(args):len(args)], limit, offset)...)
	return rows, total, err
}
