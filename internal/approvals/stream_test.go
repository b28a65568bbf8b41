package approvals_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// what is the essence of an event: which approval, where it stands.
func what(f apitest.Frame) string {
	a, _ := f.Data["approval"].(map[string]any)
	id, _ := a["id"].(string)
	status, _ := a["status"].(string)
	return id + " " + status
}

func TestStreamSendsEachChangeOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		before := r.ask("")
		live := r.Open(r.asWorker, r.path+"/stream", nil)
		begun := mc.SystemClock()
		one := r.ask(about(r.alpha))
		frame := live.Next()
		if what(frame) != one+" pending" || frame.Event != "approval" || frame.Data["pending_approvals_count"] != 2.0 {
			t.Errorf("one about a task: %+v", frame)
		}
		counts := func(task mc.Task, all, pending float64) any {
			return map[string]any{"task_id": task.ID.String(), "approvals_count": all, "approvals_pending_count": pending}
		}
		if diff := cmp.Diff(counts(r.alpha, 1, 1), frame.Data["task_counts"]); diff != "" {
			t.Errorf("counts of a task (-want +got):\n%s", diff)
		}
		both := r.ask(about(r.beta, r.alpha) + `,"status":"approved"`)
		frame = live.Next()
		if diff := cmp.Diff(any([]any{counts(r.beta, 1, 0), counts(r.alpha, 2, 1)}), frame.Data["task_counts"]); diff != "" || what(frame) != both+" approved" {
			t.Errorf("%s (-want +got):\n%s", what(frame), diff)
		}
		none := r.ask("")
		frame = live.Next()
		if _, there := frame.Data["task_counts"]; there || what(frame) != none+" pending" || frame.Data["pending_approvals_count"] != 3.0 {
			t.Errorf("one about nothing: %+v", frame)
		}
		r.decide(one, "rejected")
		rejected := live.Next()
		r.decide(one, "rejected") // decided again, at another time
		again := live.Next()
		r.Call(r.owner, "PATCH", r.path+"/"+one, `{}`) // no change
		r.decide(none, "pending")                      // no change
		r.decide(one, "pending")
		reopened := live.Next()
		for i, f := range []apitest.Frame{rejected, again} {
			if what(f) != one+" rejected" {
				t.Errorf("decision %d: %+v", i, f)
			}
		}
		if what(reopened) != one+" pending" || reopened.Data["pending_approvals_count"] != 3.0 {
			t.Errorf("reopened: %+v", reopened)
		}
		if rest := live.Close(); len(rest) > 0 {
			t.Errorf("too much was sent: %+v", rest)
		}

		// Catching up, each comes once, as it is now: by id, and by the time of its last change.
		for name, tc := range map[string]struct {
			query  string
			header map[string][]string
			want   []string
		}{
			"all":      {"?since=2020-01-01T00:00:00Z", nil, []string{before + " pending", both + " approved", none + " pending", one + " pending"}},
			"since":    {"?since=" + begun.String() + "Z", nil, []string{both + " approved", none + " pending", one + " pending"}},
			"reopened": {"?since=" + again.Data["approval"].(map[string]any)["resolved_at"].(string) + "Z", nil, []string{one + " pending"}},
			"by id":    {"?since=2020-01-01T00:00:00Z", map[string][]string{"Last-Event-Id": {frame.ID}}, []string{one + " pending"}},
			"future":   {"?since=" + mc.SystemClock().Add(time.Hour).String(), nil, nil},
		} {
			s := r.Open(r.owner, r.path+"/stream"+tc.query, tc.header)
			var got []string
			for range tc.want {
				got = append(got, what(s.Next()))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("%s: too much was sent: %+v", name, rest)
			}
		}
	})
}

func TestReopenedApprovalIsSentToThoseWhoCameSince(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		id := r.ask(`,"status":"rejected"`)
		s := r.Open(r.owner, r.path+"/stream?since="+mc.SystemClock().String(), nil)
		r.decide(id, "pending")
		if f := s.Next(); what(f) != id+" pending" {
			t.Errorf("got %+v", f)
		}
	})
}

func TestStreamIsGuarded(t *testing.T) {
	t.Parallel()
	r := newRoom(t, storetest.New(t))
	for name, tc := range map[string]struct {
		as     apitest.Caller
		board  string
		status int
	}{
		"nobody": {apitest.AsNobody, r.board.ID.String(), 401}, "no access": {apitest.As(r.Member(mc.RoleMember, false, false)), r.board.ID.String(), 403},
		"unknown board": {r.owner, mc.NewID().String(), 404}, "no id": {r.owner, "x", 404},
	} {
		if got := r.Call(tc.as, "GET", "/api/v1/boards/"+tc.board+"/approvals/stream", ""); got.Status != tc.status {
			t.Errorf("%s: %d %v", name, got.Status, got.Body)
		}
	}
}
