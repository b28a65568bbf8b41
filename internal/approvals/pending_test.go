package approvals_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// conflicts is the detail of a refusal, given pairs of task and approval.
func conflicts(pairs ...string) any {
	list := []any{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, map[string]any{"task_id": pairs[i], "approval_id": pairs[i+1]})
	}
	return map[string]any{"message": "Each task can have only one pending approval.", "conflicts": list}
}

func TestOnePendingApprovalPerTask(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		const head = `{"action_type":"x","confidence":1,"lead_reasoning":"r"`
		first, second := r.ask(about(r.alpha)), r.ask(about(r.beta))
		a, b := r.alpha.ID.String(), r.beta.ID.String()
		both := conflicts(a, first, b, second)
		if b < a {
			both = conflicts(b, second, a, first)
		}
		if got := r.Call(r.asWorker, "POST", r.agentPath, head+about(r.beta, r.alpha)+`}`); got.Status != 409 || cmp.Diff(both, got.Detail()) != "" {
			t.Errorf("a third about both: %d %v", got.Status, got.Body)
		}
		// Without tasks, or decided, there is nothing to conflict with.
		r.ask("")
		r.ask("")
		decided := r.ask(about(r.alpha, r.beta) + `,"status":"rejected"`)
		if got := r.decide(decided, "pending"); got.Status != 409 || cmp.Diff(both, got.Detail()) != "" {
			t.Errorf("reopened beside them: %d %v", got.Status, got.Body)
		}
		r.decide(first, "approved")
		r.decide(second, "rejected")
		if got := r.decide(decided, "pending"); got.Status != 200 || got.At("status") != "pending" {
			t.Errorf("reopened alone: %d %v", got.Status, got.Body)
		}
		if got := r.decide(decided, "pending"); got.Status != 200 {
			t.Errorf("it is in its own way: %d %v", got.Status, got.Body)
		}
		if got := r.decide(first, "pending"); got.Status != 409 || cmp.Diff(conflicts(a, decided), got.Detail()) != "" {
			t.Errorf("and takes the place: %d %v", got.Status, got.Body)
		}
	})
}

func TestOfRivalsAtTheSameMomentOneIsHeard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		const rivals = 8
		answers := make([]apitest.Answer, rivals)
		var wg sync.WaitGroup
		for i := range rivals {
			tasks := about(r.alpha, r.beta)
			if i%2 == 1 {
				tasks = about(r.beta)
			}
			wg.Go(func() {
				answers[i] = r.Call(r.asWorker, "POST", r.path, `{"action_type":"x","confidence":1,"lead_reasoning":"r"`+tasks+`}`)
			})
		}
		wg.Wait()
		var winner string
		for _, a := range answers {
			if a.Status != 200 {
				continue
			}
			if winner != "" {
				t.Error("two were taken")
			}
			winner = a.At("id").(string)
		}
		for _, a := range answers {
			if a.Status == 200 {
				continue
			}
			if a.Status != 409 || a.At("detail", "conflicts", 0, "approval_id") != winner {
				t.Errorf("a loser was told %d %v; the winner is %s", a.Status, a.Body, winner)
			}
		}
	})
}

func TestRivalsThatReopenAtTheSameMoment(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		ids := make([]string, 6)
		for i := range ids {
			ids[i] = r.ask(about(r.alpha) + `,"status":"rejected"`)
		}
		statuses := make([]int, len(ids))
		var wg sync.WaitGroup
		for i, id := range ids {
			wg.Go(func() { statuses[i] = r.decide(id, "pending").Status })
		}
		wg.Wait()
		count := map[int]int{}
		for _, s := range statuses {
			count[s]++
		}
		if diff := cmp.Diff(map[int]int{200: 1, 409: len(ids) - 1}, count); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

func TestTaskThatIsDeletedWhileSomebodyAsks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		for i := range 5 {
			task := r.Task(r.board, fmt.Sprintf("Task %d", i))
			var answer apitest.Answer
			var wg sync.WaitGroup
			wg.Go(func() {
				answer = r.Call(r.owner, "POST", r.path, `{"action_type":"x","confidence":1,"lead_reasoning":"r"`+about(task)+`}`)
			})
			err := st.Write(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.LockTask(t.Context(), r.board.ID, task.ID); err != nil {
					return err
				}
				return tx.DeleteTask(t.Context(), task.ID)
			})
			wg.Wait()
			if err != nil || answer.Status != 200 && answer.Status != 404 {
				t.Errorf("%v, the asker was told %d %v", err, answer.Status, answer.Body)
			}
		}
		if rows, total, err := st.Approvals(t.Context(), r.board.ID, nil, 10, 0); total != 0 || err != nil {
			t.Errorf("approvals about deleted tasks: %+v, %v", rows, err)
		}
	})
}

func TestGatesSeeApprovals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		linked := func(task mc.Task, status mc.ApprovalStatus) bool {
			found, err := st.ApprovalLinked(t.Context(), r.board.ID, task.ID, status)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		id := r.ask(about(r.alpha, r.beta))
		if !linked(r.beta, mc.ApprovalPending) || linked(r.beta, mc.ApprovalApproved) {
			t.Error("the pending one is not seen from its second task")
		}
		r.decide(id, "approved")
		if linked(r.beta, mc.ApprovalPending) || !linked(r.beta, mc.ApprovalApproved) || !linked(r.alpha, mc.ApprovalApproved) {
			t.Error("the approved one is not seen from its tasks")
		}
	})
}
