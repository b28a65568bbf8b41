package tasks_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// approve adds an approval about tasks, in this status.
func (r *room) approve(status mc.ApprovalStatus, tasks ...string) mc.Approval {
	ids := make([]mc.ID, len(tasks))
	for i, id := range tasks {
		ids[i] = mc.MustID(id)
	}
	now := mc.SystemClock()
	a := mc.Approval{ID: mc.NewID(), BoardID: r.board.ID, ActionType: "task.complete", Status: status, CreatedAt: now, UpdatedAt: now}
	if len(ids) > 0 {
		a.TaskID = &ids[0]
	}
	r.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertApproval(ctx, a, ids) })
	return a
}

func TestTasksMoveAsTheirApprovalsAllow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		r.Write(func(ctx context.Context, tx *store.Tx) error {
			r.board.RequireApprovalForDone, r.board.BlockStatusChangesWithPendingApproval = true, true
			return tx.UpdateBoard(ctx, r.board)
		})
		gated := func(message string) any { return map[string]any{"message": message, "blocked_by_task_ids": []any{}} }
		pending := gated("Task status cannot be changed while a linked approval is pending.")
		missing := gated("Task can only be marked done when a linked approval has been approved.")
		id, other := r.create(t, `{"title":"A"}`), r.create(t, `{"title":"B"}`)
		move := func(step, body string, status int, detail any) {
			t.Helper()
			got := r.patch(r.owner, id, body)
			if diff := cmp.Diff(detail, got.Detail()); diff != "" || got.Status != status {
				t.Errorf("%s: %d (-want +got):\n%s", step, got.Status, diff)
			}
		}
		move("without any", `{"status":"done"}`, 409, missing)
		r.approve(mc.ApprovalApproved, other)
		r.approve(mc.ApprovalRejected, id)
		r.approve(mc.ApprovalApproved)
		move("with another's and a rejected one", `{"status":"done"}`, 409, missing)

		a := r.approve(mc.ApprovalPending, other, id) // not the first of its tasks
		move("held by a pending one", `{"status":"in_progress"}`, 409, pending)
		move("held before anything else", `{"status":"done"}`, 409, pending)
		move("but not from where it is", `{"status":"inbox","title":"A2"}`, 200, nil)
		move("nor in other fields", `{"priority":"high"}`, 200, nil)

		a.Status = mc.ApprovalApproved
		r.Write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateApproval(ctx, a) })
		move("approved", `{"status":"done"}`, 200, nil)
		move("a done one stays done", `{"status":"done"}`, 200, nil)
	})
}

func TestDeletedTaskAndItsApprovals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		first, second := r.create(t, `{"title":"A"}`), r.create(t, `{"title":"B"}`)
		shared, alone := r.approve(mc.ApprovalPending, first, second), r.approve(mc.ApprovalApproved, first)
		if got := r.Call(r.owner, "DELETE", r.path("/", first), ""); got.Status != 200 {
			t.Fatalf("delete: %d %v", got.Status, got.Body)
		}
		left, err := st.NewestApprovals(t.Context(), r.board.ID, 10)
		if err != nil || len(left) != 1 || left[0].ID != shared.ID || left[0].TaskID == nil || left[0].TaskID.String() != second {
			t.Errorf("left over: %+v, %v; want only %s, about the second task; %s was about the first alone", left, err, shared.ID, alone.ID)
		}
	})
}
