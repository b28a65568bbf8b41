package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	notifyChannel   = "mission_control_changes"
	listenCheck     = 15 * time.Second // of silence, before the connection is tried
	listenRetryMin  = 100 * time.Millisecond
	listenRetryMax  = 5 * time.Second
	catchUpPageSize = 500
)

// listener follows the changes that PostgreSQL announces, on a connection of
// its own.
type listener struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

// Listen makes OnCommit hear the changes of every process, this one included,
// from now on until ctx ends or the store is closed. It returns as soon as it
// listens, and keeps listening through lost connections: what was missed
// meanwhile is read from the log. On SQLite there is nothing to do.
func (s *Store) Listen(ctx context.Context) error {
	if s.dialect != PostgreSQL {
		return nil
	}
	conn, err := s.dialListener(ctx)
	if err != nil {
		return err
	}
	f := &follower{store: s}
	if f.last, err = s.LastSeq(ctx); err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), conn.Close(ctx))
	}
	ctx, done, err := s.listen.start(ctx)
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	go func() {
		defer done()
		f.run(ctx, conn)
	}()
	return nil
}

func (l *listener) start(ctx context.Context) (context.Context, func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		return ctx, nil, errors.New("the store listens already")
	}
	ctx, l.cancel = context.WithCancel(ctx)
	l.done = make(chan struct{})
	return ctx, sync.OnceFunc(func() { close(l.done) }), nil
}

func (l *listener) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
		<-l.done
	}
}

func (s *Store) dialListener(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", translate(ctx, err))
	}
	if _, err := conn.Exec(ctx, "LISTEN "+notifyChannel); err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", translate(ctx, err)), conn.Close(ctx))
	}
	return conn, nil
}

// follower hands over changes in their order, each once.
type follower struct {
	store *Store
	last  int64 // number of the last change handed over
}

func (f *follower) run(ctx context.Context, conn *pgx.Conn) {
	retry := listenRetryMin
	for {
		if conn != nil {
			err := f.follow(ctx, conn)
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			conn.Close(closing) // broken, or not needed any more
			cancel()
			if ctx.Err() == nil {
				f.store.log.WarnContext(ctx, "lost the connection that listens for changes", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retry):
		}
		var err error
		if conn, err = f.store.dialListener(ctx); err != nil {
			retry = min(2*retry, listenRetryMax)
			continue
		}
		retry = listenRetryMin
	}
}

// follow catches up with the log and then hands over what is announced, until
// the connection fails.
func (f *follower) follow(ctx context.Context, conn *pgx.Conn) error {
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	for {
		waiting, cancel := context.WithTimeout(ctx, listenCheck)
		n, err := conn.WaitForNotification(waiting)
		silent := waiting.Err() != nil
		cancel()
		switch {
		case err == nil:
			err = f.receive(ctx, n.Payload)
		case silent && ctx.Err() == nil:
			pinging, cancel := context.WithTimeout(ctx, listenCheck)
			err = conn.Ping(pinging)
			cancel()
		}
		if err != nil {
			return err
		}
	}
}

// receive hands over the changes of a notification. Numbers have no gaps: one
// that is missing was announced while nobody listened, and is in the log.
func (f *follower) receive(ctx context.Context, payload string) error {
	var changes []Change
	if err := json.Unmarshal([]byte(payload), &changes); err != nil {
		return fmt.Errorf("notification: %w", err)
	}
	for len(changes) > 0 && changes[0].Seq <= f.last {
		changes = changes[1:]
	}
	if len(changes) == 0 {
		return nil
	}
	if changes[0].Seq > f.last+1 {
		return f.catchUp(ctx)
	}
	f.handOver(changes)
	return nil
}

func (f *follower) catchUp(ctx context.Context) error {
	reaches, err := f.store.LogReaches(ctx, f.last)
	if err != nil {
		return err
	}
	for reaches {
		changes, err := f.store.ChangesAfter(ctx, f.last, catchUpPageSize)
		if err != nil || len(changes) == 0 {
			return err
		}
		// The log may have been trimmed since it was asked how far it reaches.
		if reaches = changes[0].Seq == f.last+1; reaches {
			f.handOver(changes)
		}
	}
	return f.reset(ctx)
}

// reset hands over that changes are lost, up to the last one there is.
func (f *follower) reset(ctx context.Context) error {
	last, err := f.store.LastSeq(ctx)
	if err != nil {
		return err
	}
	f.store.log.WarnContext(ctx, "changes were missed that the log no longer holds", "after", f.last, "up_to", last)
	f.handOver([]Change{{Seq: last, Kind: KindReset}})
	return nil
}

func (f *follower) handOver(changes []Change) {
	f.last = changes[len(changes)-1].Seq
	f.store.handOver(changes)
}
