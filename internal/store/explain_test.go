package store

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// Asked is a query with the plan of the engine for it.
type Asked struct {
	Query string
	Plan  []string
}

// Explain runs what asks and returns the plans of its queries.
func Explain(ctx context.Context, t *testing.T, st *Store, ask func(ctx context.Context, r Reader) error) []Asked {
	t.Helper()
	tx, err := st.read.BeginTxx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if st.dialect == PostgreSQL {
		// Tables are empty here: without this every plan would be to read them whole.
		if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
	}
	r := &recorder{ExtContext: tx}
	// That it finds nothing, and stops asking, is no failure.
	if err := ask(ctx, Reader{dialect: st.dialect, q: r}); err != nil && len(r.queries) == 0 {
		t.Fatal(err)
	}
	var asked []Asked
	for _, q := range r.queries {
		asked = append(asked, Asked{q.text, planOf(ctx, t, st.dialect, tx, q)})
	}
	return asked
}

type recorded struct {
	text string
	args []any
}

// recorder notes what is asked. A count is answered with 1, or the page behind
// it would not be asked for.
type recorder struct {
	sqlx.ExtContext
	queries []recorded
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.queries = append(r.queries, recorded{query, args})
	if strings.HasPrefix(query, "SELECT count(*) ") && !strings.Contains(query, "GROUP BY") {
		return r.ExtContext.QueryContext(ctx, "SELECT 1")
	}
	return r.ExtContext.QueryContext(ctx, query, args...)
}

func planOf(ctx context.Context, t *testing.T, d Dialect, tx *sqlx.Tx, q recorded) (steps []string) {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if d == PostgreSQL {
		explain = "EXPLAIN "
	}
	rows, err := tx.QueryContext(ctx, explain+q.text, q.args...)
	if err != nil {
		t.Fatalf("%s: %v", q.text, err)
	}
	defer rows.Close()
	for rows.Next() {
		var step string
		var id, parent, unused int
		if d == PostgreSQL {
			err = rows.Scan(&step)
		} else {
			err = rows.Scan(&id, &parent, &unused, &step)
		}
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
