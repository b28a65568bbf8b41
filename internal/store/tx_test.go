package store_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

var errRefused = errors.New("refused")

func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		st.UseJobs(newQueue(t, st))
		st.OnCommit(func(c []store.Change) { t.Errorf("told of %v", c) })
		work := func(ctx context.Context, tx *store.Tx) {
			tx.Record(f.event(mc.EventTaskCreated))
			tx.Announce(store.KindAgent, f.board.ID, f.agent.ID)
			tx.Enqueue(store.Job{Args: pingArgs{}})
			if err := tx.Flush(ctx); err != nil {
				t.Error(err)
			}
			tx.Record(f.event(mc.EventTaskUpdated))
		}
		endings := map[string]func(ctx context.Context, cancel func()) error{
			"error":  func(context.Context, func()) error { return errRefused },
			"panic":  func(context.Context, func()) error { panic(errRefused) },
			"cancel": func(_ context.Context, cancel func()) error { cancel(); return nil },
		}
		for name, end := range endings {
			ctx, cancel := context.WithCancel(t.Context())
			err := recovered(func() error {
				return st.Write(ctx, func(tx *store.Tx) error {
					work(ctx, tx)
					return end(ctx, cancel)
				})
			})
			cancel()
			if !errors.Is(err, errRefused) && !errors.Is(err, context.Canceled) {
				t.Errorf("%s: Write returned %v", name, err)
			}
			for _, table := range []string{"activity_events", "change_log", "river_job"} {
				if n, err := store.Get[int](t.Context(), st.Reader, "SELECT COUNT(*) FROM "+table); err != nil || n != 0 {
					t.Errorf("%s: %d rows are left in %s (%v)", name, n, table, err)
				}
			}
			if seq, err := st.LastSeq(t.Context()); err != nil || seq != 0 {
				t.Errorf("%s: the counter stands at %d (%v)", name, seq, err)
			}
		}
		// And the next one works.
		write(t, st, func(context.Context, *store.Tx) error { return nil })
	})
}

// recovered turns a panic into the error it was called with.
func recovered(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = v.(error)
		}
	}()
	return f()
}

type pingArgs struct{}

func (pingArgs) Kind() string { return "ping" }

// queue is an insert-only client, as the jobs package has it.
type queue struct{ client *river.Client[*sql.Tx] }

func newQueue(t *testing.T, st *store.Store) queue {
	t.Helper()
	var client *river.Client[*sql.Tx]
	var err error
	if st.Dialect() == store.PostgreSQL {
		client, err = river.NewClient(riverdatabasesql.New(st.WriterDB()), &river.Config{})
	} else {
		client, err = river.NewClient(riversqlite.New(st.WriterDB()), &river.Config{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return queue{client}
}

func (q queue) InsertTx(ctx context.Context, tx *sql.Tx, jobs []store.Job) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: j.Args, InsertOpts: j.Opts}
	}
	_, err := q.client.InsertManyTx(ctx, tx, params)
	return err
}

func TestJobsAreCommittedWithTheRest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		enqueue := func(ctx context.Context, tx *store.Tx) error {
			tx.Enqueue(store.Job{Args: pingArgs{}, Opts: &river.InsertOpts{Queue: "bells"}})
			tx.Enqueue(store.Job{Args: pingArgs{}})
			return nil
		}
		if err := st.Write(t.Context(), func(tx *store.Tx) error { return enqueue(t.Context(), tx) }); err == nil {
			t.Error("a job was enqueued without a queue")
		}
		st.UseJobs(newQueue(t, st))
		write(t, st, enqueue)
		got, err := store.List[string](t.Context(), st.Reader, "SELECT queue FROM river_job ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"bells", "default"}, got); diff != "" {
			t.Errorf("queues of jobs (-want +got):\n%s", diff)
		}
	})
}

func TestRecord(t *testing.T) {
	t.Parallel()
	clock := func(c *store.Config) { c.Clock = func() mc.Time { return noon } }
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		var first, second, third mc.ActivityEvent
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			if !tx.Now().Equal(noon) {
				t.Errorf("now is %v, want %v", tx.Now(), noon)
			}
			first = tx.Record(f.event(mc.EventAgentHeartbeat))
			second = tx.Record(f.event(mc.EventAssigneeWoken))
			if err := tx.Flush(ctx); err != nil {
				return err
			}
			seen, err := store.Get[mc.ActivityEvent](ctx, tx.Reader, "SELECT * FROM activity_events WHERE id = ?", second.ID)
			if err != nil || seen.Seq != 2 {
				t.Errorf("after a flush the transaction reads %+v, %v", seen, err)
			}
			third = tx.Record(mc.ActivityEvent{Type: mc.EventTaskComment, Message: mc.Ref("hello"), ActorUserID: &f.user.ID})
			return nil
		})
		first.Seq, second.Seq, third.Seq = 1, 2, 3
		if !first.CreatedAt.Equal(noon) || second.CreatedAt.Sub(first.CreatedAt) != time.Microsecond || third.CreatedAt.Sub(second.CreatedAt) != time.Microsecond {
			t.Errorf("times: %v %v %v", first.CreatedAt, second.CreatedAt, third.CreatedAt)
		}
		got, err := store.List[mc.ActivityEvent](t.Context(), st.Reader, "SELECT * FROM activity_events ORDER BY seq")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]mc.ActivityEvent{first, second, third}, got, cmp.AllowUnexported(mc.Time{})); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	}, clock)
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		gone := mc.NewID()
		var event mc.ActivityEvent
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			tx.Announce(store.KindAgent, f.board.ID, f.agent.ID)
			event = tx.Record(f.event(mc.EventAgentHeartbeat))
			tx.Announce(store.KindAgent, f.board.ID, f.agent.ID)
			tx.Announce("task.deleted", f.board.ID, gone, "by a user")
			return nil
		})
		want := []store.Change{
			{Seq: 1, Kind: store.KindActivity, Scope: f.board.ID, Entity: event.ID, Detail: "agent.heartbeat"},
			{Seq: 2, Kind: store.KindAgent, Scope: f.board.ID, Entity: f.agent.ID},
			{Seq: 3, Kind: "task.deleted", Scope: f.board.ID, Entity: gone, Detail: "by a user"},
		}
		got, err := st.ChangesAfter(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		if seq, err := store.Get[int64](t.Context(), st.Reader, "SELECT seq FROM agents WHERE id = ?", f.agent.ID); err != nil || seq != 2 {
			t.Errorf("the agent's seq is %d (%v), want 2", seq, err)
		}
		// A transaction that tells nothing leaves the counter alone.
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return store.Update(ctx, tx, "tasks", &f.task, "title") })
		if seq, err := st.LastSeq(t.Context()); err != nil || seq != 3 {
			t.Errorf("the last number is %d (%v), want 3", seq, err)
		}
	})
}

func TestChangeLogIsTrimmedByAge(t *testing.T) {
	t.Parallel()
	now := noon
	clock := func(c *store.Config) { c.Clock = func() mc.Time { return now } }
	st := storetest.New(t, clock)
	for range 3 {
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			tx.Announce("x", mc.ID{}, mc.NewID())
			return nil
		})
		now = now.Add(time.Minute)
	}
	if n, err := st.TrimChangeLog(t.Context(), store.LogKeep{Since: noon.Add(30 * time.Second), Rows: 100}); n != 1 || err != nil {
		t.Errorf("trimmed %d (%v), want 1", n, err)
	}
	for seq, want := range map[int64]bool{-1: false, 0: false, 1: true, 2: true, 3: true, 4: false} {
		if got, err := st.LogReaches(t.Context(), seq); got != want || err != nil {
			t.Errorf("the log reaches %d: %v (%v), want %v", seq, got, err, want)
		}
	}
	if n, err := st.TrimChangeLog(t.Context(), store.LogKeep{Since: now, Rows: 100}); n != 1 || err != nil {
		t.Errorf("trimmed %d (%v), want 1: the newest stays", n, err)
	}
	if got, err := st.LogReaches(t.Context(), 3); !got || err != nil {
		t.Errorf("the log reaches the last number: %v (%v)", got, err)
	}
}

// Numbers are seen in their order: whoever sees one sees all before it.
func TestNumbersFollowCommits(t *testing.T) {
	t.Parallel()
	const writers, each = 16, 20
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		told := make(chan []store.Change, writers*each)
		st.OnCommit(func(c []store.Change) { told <- c })
		if err := st.Listen(t.Context()); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		var watcher, group sync.WaitGroup
		watcher.Go(func() { watchForGaps(t, st, done) })
		for w := range writers {
			group.Go(func() {
				for i := range each {
					err := st.Write(t.Context(), func(tx *store.Tx) error {
						tx.Record(f.event(mc.EventTaskUpdated))
						if (w+i)%3 == 0 {
							tx.Announce(store.KindAgent, f.board.ID, f.agent.ID)
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		close(done)
		watcher.Wait()
		last, err := st.LastSeq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for next := int64(1); next <= last; {
			select {
			case changes := <-told:
				for _, c := range changes {
					if c.Seq != next {
						t.Fatalf("told of %d, want %d", c.Seq, next)
					}
					next++
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("not told of %d to %d", next, last)
			}
		}
	})
}

func watchForGaps(t *testing.T, st *store.Store, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		row, err := store.Get[struct {
			Rows int64 `db:"n"`
			Max  int64 `db:"top"`
		}](t.Context(), st.Reader, "SELECT COUNT(*) AS n, COALESCE(MAX(seq), 0) AS top FROM change_log")
		if err != nil || row.Rows != row.Max {
			t.Errorf("sees %d rows up to number %d (%v)", row.Rows, row.Max, err)
		}
	}
}

func TestWriteInsideOfWriteFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		write(t, st, func(_ context.Context, tx *store.Tx) error {
			err := st.Write(tx.Context(), func(*store.Tx) error { return nil })
			if err == nil || !strings.Contains(err.Error(), "inside of another") {
				t.Errorf("got %v", err)
			}
			return nil
		})
	})
}

func TestWaitingForTheWriterEndsWithTheContext(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	write(t, st, func(context.Context, *store.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		// Not marked as ours: it waits in line, as another request would.
		err := st.Write(ctx, func(*store.Tx) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		return nil
	})
}

func TestLosersOfADeadlockRunAgain(t *testing.T) {
	t.Parallel()
	st := storetest.NewPostgres(t)
	one, two := seed(t, st), seed(t, st)
	var group sync.WaitGroup
	var both sync.WaitGroup
	both.Add(2)
	runs := make(chan struct{}, 10)
	lockBoth := func(first, second mc.ID) {
		met := false
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			runs <- struct{}{}
			for i, id := range []mc.ID{first, second} {
				if _, err := store.Exec(t.Context(), tx, "UPDATE boards SET slug = slug || 'x' WHERE id = ?", id); err != nil {
					return err
				}
				if i == 0 && !met {
					met = true
					both.Done()
					both.Wait() // now each holds what the other wants
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	group.Go(func() { lockBoth(one.board.ID, two.board.ID) })
	group.Go(func() { lockBoth(two.board.ID, one.board.ID) })
	group.Wait()
	if len(runs) != 3 {
		t.Errorf("the functions ran %d times, want 3", len(runs))
	}
	slug, err := store.Get[string](t.Context(), st.Reader, "SELECT slug FROM boards WHERE id = ?", one.board.ID)
	if err != nil || slug != "launchxx" {
		t.Errorf("slug is %q (%v): each must have happened once", slug, err)
	}
}
