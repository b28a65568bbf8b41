// Package jobs is the queue: work that outlives a request, written in the
// transaction of what it is about and done by workers, with retries.
//
// It wraps River, which keeps jobs in the same database. What a job does is the
// business of the feature that declares it.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"missioncontrol/internal/store"
)

// Policy says how often and how long a job is tried.
type Policy struct {
	Timeout     time.Duration // of one try
	MaxAttempts int           // then the job is discarded, which keeps it visible
	Base, Max   time.Duration // wait after the first failure, doubled after each one, up to Max; plus up to 10 % of it
}

// Delay returns how long to wait after a number of failed attempts, without jitter.
func (p Policy) Delay(failures int) time.Duration {
	d := p.Base
	for range failures - 1 {
		if d >= p.Max {
			break
		}
		d *= 2
	}
	return min(d, p.Max)
}

// Jittered adds up to a tenth to d, so that what failed together is not tried
// together again.
func Jittered(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d + rand.N(max(d/10, 1))
}

// Snooze puts a job back for d without counting an attempt.
func Snooze(d time.Duration) error { return river.JobSnooze(max(d, 0)) }

// Discard ends a job that can never succeed.
func Discard(err error) error { return river.JobCancel(err) }

// Workers are the jobs that this process knows how to do.
type Workers struct {
	w        *river.Workers
	periodic []*river.PeriodicJob
}

// NewWorkers returns no workers yet.
func NewWorkers() *Workers { return &Workers{w: river.NewWorkers()} }

// Every declares that a job is enqueued at the start and then again and again,
// by one process of all that share the queue.
func Every(ws *Workers, interval time.Duration, args river.JobArgs) {
	ws.periodic = append(ws.periodic, river.NewPeriodicJob(
		river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) { return args, nil },
		&river.PeriodicJobOpts{RunOnStart: true},
	))
}

// Handle declares how a kind of job is done. do must be safe to repeat: a job
// that was under way when the process ended runs again.
func Handle[T river.JobArgs](ws *Workers, p Policy, do func(ctx context.Context, args T) error) {
	if p.Timeout <= 0 || p.Timeout > LongestTimeout {
		panic(fmt.Sprintf("jobs: the timeout of %T is %s", *new(T), p.Timeout))
	}
	river.AddWorker(ws.w, &worker[T]{policy: p, do: do})
}

type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	policy Policy
	do     func(ctx context.Context, args T) error
}

func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error { return w.do(ctx, job.Args) }

func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.policy.Timeout }

func (w *worker[T]) NextRetry(job *river.Job[T]) time.Time {
	return time.Now().Add(Jittered(w.policy.Delay(job.Attempt)))
}

// Options are insert options of a job under a policy: when it runs first (the
// zero time: at once) and how often it is tried.
func (p Policy) Options(at time.Time) *river.InsertOpts {
	return &river.InsertOpts{MaxAttempts: p.MaxAttempts, ScheduledAt: at}
}

// inserter puts jobs into the queue within a transaction of the store.
type inserter struct{ client *river.Client[*sql.Tx] }

// NewEnqueuer returns the queue as the store uses it.
func NewEnqueuer(st *store.Store, log *slog.Logger) (store.Enqueuer, error) {
	cfg := &river.Config{Logger: log}
	var client *river.Client[*sql.Tx]
	var err error
	if st.Dialect() == store.PostgreSQL {
		client, err = river.NewClient(riverdatabasesql.New(st.WriterDB()), cfg)
	} else {
		client, err = river.NewClient(riversqlite.New(st.WriterDB()), cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return inserter{client}, nil
}

// InsertTx writes jobs in the transaction.
func (i inserter) InsertTx(ctx context.Context, tx *sql.Tx, jobs []store.Job) error {
	params := make([]river.InsertManyParams, len(jobs))
	for n, j := range jobs {
		params[n] = river.InsertManyParams{Args: j.Args, InsertOpts: j.Opts}
	}
	_, err := i.client.InsertManyTx(ctx, tx, params)
	return err
}

// LongestTimeout is the greatest timeout a policy may have. A job that was under
// way for longer was cut off with its process and is done again.
const LongestTimeout = 5 * time.Minute

const rescueMargin = 30 * time.Second

// maxWorkers bounds the jobs done at the same time. Most wait for a gateway.
const maxWorkers = 32

// Runner does jobs until it is stopped.
type Runner struct{ stop func(context.Context) error }

// Start begins to do the jobs of the queue.
func Start(ctx context.Context, st *store.Store, ws *Workers, log *slog.Logger, observe func(kind string, took time.Duration, err error)) (*Runner, error) {
	cfg := &river.Config{
		Logger:       log,
		Queues:       map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}},
		Workers:      ws.w,
		ErrorHandler: failures{log},

		RescueStuckJobsAfter: LongestTimeout + rescueMargin,
		PeriodicJobs:         ws.periodic,
		Plugins: []rivertype.Plugin{river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, do func(context.Context) error) error {
			start := time.Now()
			err := do(ctx)
			observe(job.Kind, time.Since(start), err)
			return err
		})},
	}
	if st.Dialect() == store.PostgreSQL {
		client, err := river.NewClient[pgx.Tx](riverpgxv5.New(st.Pool()), cfg)
		return start(ctx, client, err)
	}
	db, err := st.QueueDB()
	if err != nil {
		return nil, err
	}
	client, err := river.NewClient[*sql.Tx](riversqlite.New(db), cfg)
	return start(ctx, client, err)
}

func start[TTx any](ctx context.Context, client *river.Client[TTx], err error) (*Runner, error) {
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	// The queue ends with Stop, which lets jobs finish, not with the context.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start the job queue: %w", err)
	}
	return &Runner{stop: func(ctx context.Context) error {
		err := client.Stop(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			// What is cut off here runs again at the next start.
			return client.StopAndCancel(context.WithoutCancel(ctx))
		}
		return err
	}}, nil
}

// Stop lets jobs under way finish until ctx ends, then cancels them.
func (r *Runner) Stop(ctx context.Context) error { return r.stop(ctx) }

// failures logs one line per failed job.
type failures struct{ log *slog.Logger }

func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.LogAttrs(ctx, slog.LevelWarn, "job_failed", slog.String("kind", job.Kind), slog.Int64("job_id", job.ID), slog.Int("attempt", job.Attempt), slog.String("error", err.Error()))
	return nil
}

func (f failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicVal any, trace string) *river.ErrorHandlerResult {
	f.log.LogAttrs(ctx, slog.LevelError, "job_panicked", slog.String("kind", job.Kind), slog.Int64("job_id", job.ID), slog.Any("panic", panicVal), slog.String("stack", trace))
	return nil
}
