package metrics_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/metrics"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

const path = "/api/v1/metrics/dashboard"

// A Wednesday, not at the beginning of anything.
var now = mc.TimeOf(time.Date(2026, 11, 25, 10, 30, 0, 7000, time.UTC))

func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	w.Serve(metrics.New(st, func() mc.Time { return now }))
	return w
}

func ago(d time.Duration) *mc.Time { return mc.Ref(now.Add(-d)) }

// task adds a task in a status since some time, made long ago unless it is in the inbox.
func task(w *apitest.World, board mc.Board, status mc.TaskStatus, since time.Duration, started, ended *mc.Time) mc.Task {
	t := mc.Task{
		ID: mc.NewID(), BoardID: board.ID, Title: string(status), Status: status, Priority: mc.DefaultPriority,
		CreatedAt: *ago(5 * 365 * day), UpdatedAt: now, StatusChangedAt: *ago(since), WorkStartedAt: started, WorkEndedAt: ended,
	}
	if status == mc.StatusInbox {
		t.CreatedAt = t.StatusChangedAt
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertTask(ctx, t) })
	return t
}

const day = 24 * time.Hour

// points are the values of a series that are not zero, by their period.
func points(a apitest.Answer, series, window string) map[string]any {
	found := map[string]any{}
	list, _ := a.At(series, window, "points").([]any)
	for i := range list {
		at, _ := a.At(series, window, "points", i, "period").(string)
		point, _ := a.At(series, window, "points", i).(map[string]any)
		delete(point, "period")
		if value, plain := point["value"]; plain && value != 0.0 {
			found[at] = value
		} else if !plain && !cmp.Equal(point, map[string]any{"inbox": 0.0, "in_progress": 0.0, "review": 0.0, "done": 0.0}) {
			found[at] = point
		}
	}
	return found
}

func wip(inbox, progress, review, done float64) map[string]any {
	return map[string]any{"inbox": inbox, "in_progress": progress, "review": review, "done": done}
}

func TestTasksOfTheDay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		task(w, board, mc.StatusInbox, time.Hour, nil, nil)
		task(w, board, mc.StatusInbox, 100*day, nil, nil)
		task(w, board, mc.StatusInProgress, 30*time.Minute, nil, nil)
		task(w, board, mc.StatusReview, 2*time.Hour, ago(4*time.Hour), ago(2*time.Hour))
		task(w, board, mc.StatusDone, time.Hour, ago(5*time.Hour), ago(2*time.Hour))
		task(w, board, mc.StatusDone, time.Hour, nil, nil)
		task(w, board, mc.StatusDone, 30*time.Hour, ago(31*time.Hour), ago(30*time.Hour))
		task(w, board, mc.StatusInbox, 40*time.Hour, ago(9*time.Hour), ago(2*time.Hour)) // given back: its work does not count

		got := w.Call(apitest.As(w.Owner), "GET", path, "")
		want := map[string]any{
			"active_agents": 0.0, "inbox_tasks": 3.0, "in_progress_tasks": 1.0, "tasks_in_progress": 1.0, "review_tasks": 1.0, "done_tasks": 3.0,
			"error_rate_pct": 0.0, "median_cycle_time_hours_7d": 2.5,
		}
		if diff := cmp.Diff(any(want), got.At("kpis")); diff != "" {
			t.Errorf("kpis (-want +got):\n%s", diff)
		}
		for _, tc := range []struct {
			series, window string
			want           map[string]any
		}{
			{"throughput", "primary", map[string]any{"2026-11-25T09:00:00": 2.0}},
			{"throughput", "comparison", map[string]any{"2026-11-24T04:00:00": 1.0}},
			{"cycle_time", "primary", map[string]any{"2026-11-25T08:00:00": 2.5}},
			{"cycle_time", "comparison", map[string]any{"2026-11-24T04:00:00": 1.0}},
			{"error_rate", "primary", map[string]any{}},
			{"wip", "primary", map[string]any{
				"2026-11-25T10:00:00": wip(0, 1, 0, 0), "2026-11-25T09:00:00": wip(1, 0, 0, 2), "2026-11-25T08:00:00": wip(0, 0, 1, 0),
			}},
			{"wip", "comparison", map[string]any{"2026-11-24T04:00:00": wip(0, 0, 0, 1), "2026-11-23T18:00:00": wip(1, 0, 0, 0)}},
		} {
			if diff := cmp.Diff(tc.want, points(got, tc.series, tc.window)); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", tc.series, tc.window, diff)
			}
		}
		if got.At("range") != "24h" || got.At("generated_at") != now.String() || got.At("wip", "primary", "bucket") != "hour" || got.At("wip", "primary", "range") != "24h" {
			t.Errorf("%v %v", got.At("range"), got.At("generated_at"))
		}
		if all, _ := got.At("throughput", "primary", "points").([]any); len(all) != 25 {
			t.Errorf("%d points in 24 hours", len(all))
		}
	})
}

// The database and the rules must cut time into the same buckets, whatever the range.
func TestBucketsOfTheDatabase(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		for _, key := range mc.RangeKey("").Values() {
			length := mc.RangeKey(key).Length()
			for _, d := range []time.Duration{0, length / 3, length/2 + 13*time.Microsecond, length, length + time.Microsecond, length * 3 / 2, 2 * length, 2*length + time.Microsecond} {
				task(w, board, mc.StatusDone, d, nil, nil)
			}
		}
		tasks, _, err := st.Tasks(t.Context(), board.ID, store.TaskFilter{}, 200, 0)
		if err != nil || len(tasks) != 64 {
			t.Fatalf("%d tasks, %v", len(tasks), err)
		}
		for _, key := range mc.RangeKey("").Values() {
			primary, comparison := mc.RangeKey(key).Windows(now)
			got := w.Call(apitest.As(w.Owner), "GET", path+"?range_key="+key, "")
			for window, span := range map[string]mc.Window{"primary": primary, "comparison": comparison} {
				want := map[string]any{}
				for _, task := range tasks {
					if span.Contains(task.StatusChangedAt) {
						period := mc.RangeKey(key).Bucket().Start(task.StatusChangedAt).String()
						n, _ := want[period].(float64)
						want[period] = n + 1
					}
				}
				if diff := cmp.Diff(want, points(got, "throughput", window)); diff != "" {
					t.Errorf("%s %s (-want +got):\n%s", key, window, diff)
				}
			}
		}
	})
}

func TestMedianIsContinuousAndExact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		median := func() any {
			return w.Call(apitest.As(w.Owner), "GET", path, "").At("kpis", "median_cycle_time_hours_7d")
		}
		if got := median(); got != nil {
			t.Errorf("without any work: %v", got)
		}
		for _, step := range []struct {
			took time.Duration
			want float64
		}{{8 * time.Hour, 8}, {2 * time.Hour, 5}, {3 * time.Hour, 3}, {360 * time.Microsecond, 2.5}, {360 * time.Microsecond, 2}, {360 * time.Microsecond, 1.00000005}} {
			task(w, board, mc.StatusDone, time.Hour, ago(time.Hour+step.took), ago(time.Hour))
			got, _ := median().(float64)
			if d := got - step.want; d > 1e-12 || d < -1e-12 {
				t.Errorf("after %v: median %.10f, not %.10f", step.took, got, step.want)
			}
		}
	})
}

func TestErrorRate(t *testing.T) {
	t.Parallel()
	clock := now
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		subject := w.Task(board, "Alpha")
		record := func(kind mc.EventType, about *mc.ID) {
			w.Write(func(_ context.Context, tx *store.Tx) error {
				tx.Record(mc.ActivityEvent{Type: kind, BoardID: &board.ID, TaskID: about})
				return nil
			})
		}
		record(mc.EventTaskUpdated, &subject.ID)
		record(mc.EventTaskUpdated, &subject.ID)
		record(mc.EventAssigneeNotifyFailed, &subject.ID)
		record(mc.EventLeadNotifyFailed, &subject.ID)
		record(mc.EventAssigneeNotified, &subject.ID)
		record(mc.EventBoardLeadNotifyFailed, nil) // about no task
		got := w.Call(apitest.As(w.Owner), "GET", path, "")
		if got.At("kpis", "error_rate_pct") != 40.0 {
			t.Errorf("error rate %v", got.At("kpis", "error_rate_pct"))
		}
		if diff := cmp.Diff(map[string]any{"2026-11-25T10:00:00": 40.0}, points(got, "error_rate", "primary")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteTask(ctx, subject.ID) })
		if gone := w.Call(apitest.As(w.Owner), "GET", path, ""); gone.At("kpis", "error_rate_pct") != 0.0 {
			t.Errorf("with the task gone: %v", gone.At("kpis", "error_rate_pct"))
		}
	}, func(c *store.Config) { c.Clock = func() mc.Time { return clock } })
}

func TestAgentsSeen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board, other := w.Board("Alpha", nil), w.Board("Beta", nil)
		for _, seen := range []*mc.Time{ago(time.Hour), ago(23 * time.Hour), ago(2 * day), nil} {
			w.Agent("Worker", &board, func(a *mc.Agent) { a.LastSeenAt = seen })
		}
		w.Agent("Elsewhere", &other, func(a *mc.Agent) { a.LastSeenAt = ago(time.Hour) })
		for query, want := range map[string]float64{"": 3, "?range_key=7d": 4, "?board_id=" + board.ID.String(): 2} {
			if got := w.Call(apitest.As(w.Owner), "GET", path+query, ""); got.At("kpis", "active_agents") != want {
				t.Errorf("%q: %v agents", query, got.At("kpis", "active_agents"))
			}
		}
	})
}
