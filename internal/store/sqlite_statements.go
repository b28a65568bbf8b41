package store

import (
	lru "container/list"
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
)

// statementsPerConn bounds the prepared statements that a connection keeps.
const statementsPerConn = 128

// keepStatements makes the connections of c keep their prepared statements, as
// those of PostgreSQL's driver do: the code above just runs SQL text, inside
// and outside of transactions, and pays for parsing it once.
func keepStatements(c driver.Connector) driver.Connector { return statementKeeper{c} }

type statementKeeper struct{ driver.Connector }

func (k statementKeeper) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(fullConn)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver lacks an interface that statements are kept with"), conn.Close())
	}
	return &keepingConn{fullConn: full, kept: map[string]*lru.Element{}, recent: lru.New()}, nil
}

// fullConn is all that database/sql may ask of a connection.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keepingConn is used by one goroutine at a time, as every driver.Conn.
type keepingConn struct {
	fullConn
	kept   map[string]*lru.Element
	recent *lru.List // of *statement, the most recently used first
}

type statement struct {
	driver.Stmt
	text  string
	inUse bool // rows of it are still being read
}

// Unwrap gives the driver's own connection.
func (c *keepingConn) Unwrap() driver.Conn { return c.fullConn }

func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	st, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.fullConn.ExecContext(ctx, query, args)
	}
	res, err := st.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		c.drop(st)
	}
	return res, err
}

func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	st, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.fullConn.QueryContext(ctx, query, args)
	}
	rows, err := st.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		c.drop(st)
		return nil, err
	}
	st.inUse = true
	return &keptRows{Rows: rows, conn: c, st: st}, nil
}

func (c *keepingConn) Close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		e.Value.(*statement).Close() // the connection's own close reports what matters
	}
	return c.fullConn.Close()
}

// statement returns the kept statement for query, preparing it if need be, or
// nil when the query should run by itself: its statement is in use, or it is
// nothing that runs again and again.
func (c *keepingConn) statement(ctx context.Context, query string) (*statement, error) {
	if e, ok := c.kept[query]; ok {
		st := e.Value.(*statement)
		if st.inUse {
			return nil, nil
		}
		c.recent.MoveToFront(e)
		return st, nil
	}
	if !worthKeeping(query) {
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st := &statement{Stmt: prepared, text: query}
	c.kept[query] = c.recent.PushFront(st)
	if c.recent.Len() > statementsPerConn {
		if oldest := c.recent.Back().Value.(*statement); !oldest.inUse {
			c.drop(oldest)
		}
	}
	return st, nil
}

// drop forgets a statement. One that failed is not used again, whatever state
// an error or an interruption has left it in.
func (c *keepingConn) drop(st *statement) {
	if e, ok := c.kept[st.text]; ok && e.Value == st {
		c.recent.Remove(e)
		delete(c.kept, st.text)
	}
	st.Close()
}

func worthKeeping(query string) bool {
	verb, _, _ := strings.Cut(strings.TrimLeft(query, " \t\n"), " ")
	switch strings.ToUpper(verb) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// keptRows gives its statement back when it is closed.
type keptRows struct {
	driver.Rows
	conn   *keepingConn
	st     *statement
	failed bool
}

func (r *keptRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err != nil && err != io.EOF { //nolint:errorlint // database/sql compares by identity as well
		r.failed = true
	}
	return err
}

func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.st.inUse = false
	if err != nil || r.failed {
		r.conn.drop(r.st)
	}
	return err
}
