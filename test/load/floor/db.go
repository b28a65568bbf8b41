package floor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// pool reads.
type pool struct {
	*queries
	db *sql.DB
}

func openReads(ctx context.Context, path string) (*pool, error) {
	db, err := open(path, min(max(4, 2*runtime.NumCPU()), 16), "&_query_only=1")
	if err != nil {
		return nil, err
	}
	q, err := prepareQueries(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &pool{queries: q, db: db}, nil
}

func (p *pool) close() error { return p.db.Close() }

// open opens the file as Mission Control does.
func open(path string, size int, options string) (*sql.DB, error) {
	pragmas := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)", "journal_size_limit(67108864)", "temp_store(memory)",
	}}
	connector, err := sqlite.NewConnector("file:" + path + "?_error_rc=1&" + pragmas.Encode() + options)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// writer is the one connection that writes.
type writer struct {
	*queries
	*commands
	hub  *hub
	db   *sql.DB
	conn *sql.Conn
	mu   sync.Mutex
}

func openWriter(ctx context.Context, path string, h *hub) (_ *writer, err error) {
	w := &writer{hub: h}
	if w.db, err = open(path, 1, ""); err != nil {
		return nil, err
	}
	if w.conn, err = w.db.Conn(ctx); err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	if w.queries, err = prepareQueries(ctx, w.conn); err == nil {
		w.commands, err = prepareCommands(ctx, w.conn)
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) close() error { return errors.Join(w.conn.Close(), w.db.Close()) }

// change is a row of the log of changes, and what it announces.
type change struct {
	seq                 int64
	kind, board, entity string
	detail              string
	event               *event // nil: of an agent
}

// event is a row of the activity log.
type event struct {
	id, kind, message        string
	agent, task, board, user *string
	at                       stamp
	seq                      int64
}

// recorded announces an event.
func recorded(e *event) change {
	return change{kind: "activity", board: *e.board, entity: e.id, detail: e.kind, event: e}
}

// transact runs do in a transaction and commits what it did together with the
// changes it returns, numbered.
func (w *writer) transact(do func() ([]change, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.begin.Exec(); err != nil {
		return err
	}
	changes, err := do()
	if err == nil && len(changes) > 0 {
		err = w.flush(changes)
	}
	if err == nil {
		err = w.index()
	}
	if err == nil {
		_, err = w.commit.Exec()
	}
	if err != nil {
		_, rollbackErr := w.rollback.Exec()
		return errors.Join(err, rollbackErr)
	}
	w.hub.publish(changes)
	return nil
}

func (w *writer) flush(changes []change) error {
	var last int64
	if err := w.number.QueryRow(len(changes)).Scan(&last); err != nil {
		return err
	}
	at := now()
	logged := make([]any, 0, 6*len(changes))
	for i := range changes {
		c := &changes[i]
		c.seq = last - int64(len(changes)-1-i)
		if c.event == nil {
			if _, err := w.numberAgent.Exec(c.seq, c.entity); err != nil {
				return err
			}
		} else {
			e := c.event
			if _, err := w.insertEvent.Exec(e.id, e.kind, e.message, e.agent, e.task, e.board, e.user, e.at, c.seq); err != nil {
				return err
			}
		}
		logged = append(logged, c.seq, c.kind, c.board, c.entity, c.detail, at)
	}
	_, err := w.log[len(changes)-1].Exec(logged...)
	return err
}

// stamp is a time as it is stored: naive UTC with six digits.
type stamp string

const stampLayout = "2006-01-02T15:04:05.000000"

func now() stamp { return stamp(time.Now().UTC().Format(stampLayout)) }

// wire is how the contract shows the time: without digits when they are zero.
func (s *stamp) wire() {
	if s != nil && len(*s) == len(stampLayout) && (*s)[len("2006-01-02T15:04:05"):] == ".000000" {
		*s = (*s)[:len("2006-01-02T15:04:05")]
	}
}
