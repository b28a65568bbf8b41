package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"

	"missioncontrol/internal/mc"
)

const (
	writeAttempts = 3                // of a transaction that loses against another one
	commitTimeout = 30 * time.Second // a commit is not cancelled, but neither may it hang
)

// Job is work to be done after the commit.
type Job struct {
	Args river.JobArgs
	Opts *river.InsertOpts
}

// Enqueuer puts jobs into the queue, in the given transaction.
type Enqueuer interface {
	InsertTx(ctx context.Context, tx *sql.Tx, jobs []Job) error
}

// Tx is a transaction of Write. It reads what it has written, and must not be
// used by several goroutines or after its function returned.
type Tx struct {
	Reader // on the transaction

	store   *Store
	ctx     context.Context
	sql     *sqlx.Tx
	now     mc.Time
	ticked  mc.Time
	pending []pending
	audits  []*mc.AuditEntry
	jobs    []Job
	changes []Change // numbered already
	failure error    // of a statement; nothing can follow
	answer  any      // of the request, for a repetition of it

	wroteText bool // that is searched, perhaps
}

// Write runs fn in a transaction and commits what it did: rows, recorded
// events, the audit log, announced changes and jobs. When fn returns an error or panics, or
// ctx ends before the commit, nothing of it remains. On PostgreSQL fn is run
// again when the transaction loses a race against another one, so it must not
// have effects outside of the transaction.
//
// After a statement of it has failed the transaction takes no other one and is
// not committed, whatever fn returns; a row that is not found is no failure.
// Within fn, wait for nothing but the database: on SQLite every other writer
// waits meanwhile. A Write inside of a Write fails.
func (s *Store) Write(ctx context.Context, fn func(tx *Tx) error) error {
	if ctx.Value(insideWrite{}) == s {
		return errors.New("a Write cannot run inside of another one; use its Tx")
	}
	for attempt := 1; ; attempt++ {
		err := s.writeOnce(ctx, fn)
		if attempt == writeAttempts || !worthRetrying(err) {
			return err
		}
		s.log.DebugContext(ctx, "transaction lost a race, running it again", "attempt", attempt, "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(attempt) * (5 + rand.N(20*time.Millisecond))):
		}
	}
}

// insideWrite marks a context as that of a transaction.
type insideWrite struct{}

func (s *Store) writeOnce(ctx context.Context, fn func(tx *Tx) error) error {
	release, err := s.lockWriter(ctx)
	if err != nil {
		return err
	}
	defer release()

	// The transaction ends with ctx only until the commit begins: one that was
	// cancelled half-way would leave open whether it has happened.
	txCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	detach := context.AfterFunc(ctx, cancel)
	defer detach()

	raw, err := s.write.BeginTxx(txCtx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", translate(ctx, err))
	}
	defer raw.Rollback() // nothing after a commit; also when fn panics

	now := s.clock()
	tx := &Tx{store: s, sql: raw, now: now, ticked: now.Add(-time.Microsecond)}
	tx.Reader = Reader{dialect: s.dialect, q: raw, observe: s.observe, failed: &tx.failure, texts: &tx.wroteText}
	tx.ctx = context.WithValue(ctx, insideWrite{}, s)
	if err := fn(tx); err != nil {
		return err
	}
	kept, err := tx.seal(ctx)
	if err != nil {
		return err
	}
	// As much as possible before Flush, which makes others wait; it writes comments.
	if err := tx.indexTexts(ctx); err != nil {
		return err
	}
	if err := tx.Flush(ctx); err != nil {
		return err
	}
	if err := tx.indexTexts(ctx); err != nil {
		return err
	}
	if err := tx.notify(ctx); err != nil {
		return err
	}
	if tx.failure != nil {
		return fmt.Errorf("the transaction cannot be committed: %w", tx.failure)
	}
	if !detach() {
		return fmt.Errorf("before the commit: %w", ctx.Err())
	}
	defer time.AfterFunc(commitTimeout, cancel).Stop()
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(txCtx, err))
	}
	sealed(ctx, kept)
	if s.dialect == SQLite {
		s.handOver(tx.changes) // before the next Write may begin, so in the order of commits
	}
	return nil
}

// Context is the context that Write was given, marked so that a Write which is
// called with it fails at once instead of waiting for itself.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Now is the time of the transaction: the same whenever it is asked for.
func (tx *Tx) Now() mc.Time { return tx.now }

// Tick is a time for rows that are told apart by their order of insertion: Now
// at the first call, and then a microsecond later than the call before.
func (tx *Tx) Tick() mc.Time {
	tx.ticked = tx.ticked.Add(time.Microsecond)
	return tx.ticked
}

// Enqueue adds a job to what is committed.
func (tx *Tx) Enqueue(job Job) { tx.jobs = append(tx.jobs, job) }

// Flush writes what was recorded, audited, announced and enqueued so far. Write
// does it before the commit; call it to read recorded events within the transaction.
// From then on transactions that record or announce wait for this one to end.
func (tx *Tx) Flush(ctx context.Context) error {
	if err := tx.flushAudits(ctx); err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	if err := tx.flushChanges(ctx); err != nil {
		return fmt.Errorf("record changes: %w", err)
	}
	if len(tx.jobs) == 0 {
		return nil
	}
	queue := tx.store.jobs.Load()
	if queue == nil {
		return errors.New("enqueue: the store was given no job queue")
	}
	if err := (*queue).InsertTx(ctx, tx.sql.Tx, tx.jobs); err != nil {
		tx.failure = translate(ctx, err)
		return fmt.Errorf("enqueue: %w", tx.failure)
	}
	tx.jobs = nil
	return nil
}
