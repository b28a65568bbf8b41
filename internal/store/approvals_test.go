package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func (f fixture) approval(status mc.ApprovalStatus, tasks ...mc.ID) mc.Approval {
	a := mc.Approval{
		ID: mc.NewID(), BoardID: f.board.ID, AgentID: &f.agent.ID, ActionType: "deploy", Confidence: 50, Status: status, CreatedAt: noon, UpdatedAt: noon,
	}
	if len(tasks) > 0 {
		a.TaskID = &tasks[0]
	}
	return a
}

// another adds a task to the board.
func (f fixture) another(t *testing.T, st *store.Store, title string) mc.ID {
	t.Helper()
	task := f.task
	task.ID, task.Title = mc.NewID(), title
	write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.InsertTask(ctx, task) })
	return task.ID
}

// ask adds an approval about tasks.
func (f fixture) ask(t *testing.T, st *store.Store, status mc.ApprovalStatus, tasks ...mc.ID) mc.Approval {
	t.Helper()
	a := f.approval(status, tasks...)
	write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.InsertApproval(ctx, a, tasks) })
	return a
}

func TestDatabaseHoldsOnePendingApprovalPerTask(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		other := f.another(t, st, "Other")
		first := f.ask(t, st, mc.ApprovalPending, f.task.ID)
		decided := f.ask(t, st, mc.ApprovalRejected, f.task.ID, other)

		second := f.approval(mc.ApprovalPending, other, f.task.ID)
		err := st.Write(t.Context(), func(tx *store.Tx) error { return tx.InsertApproval(t.Context(), second, []mc.ID{other, f.task.ID}) })
		if !store.IsPendingTwice(err) {
			t.Errorf("a second pending approval: %v", err)
		}
		reopen := func(a mc.Approval) error {
			a.Status = mc.ApprovalPending
			return st.Write(t.Context(), func(tx *store.Tx) error { return tx.UpdateApproval(t.Context(), a) })
		}
		// The links follow their approval by themselves.
		if err := reopen(decided); !store.IsPendingTwice(err) {
			t.Errorf("reopened beside a pending one: %v", err)
		}
		first.Status = mc.ApprovalApproved
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateApproval(ctx, first) })
		if err := reopen(decided); err != nil {
			t.Errorf("reopened alone: %v", err)
		}
		if err := reopen(first); !store.IsPendingTwice(err) {
			t.Errorf("the place is taken now: %v", err)
		}
	})
}

func TestOfSeveralPendingApprovalsAtOnceOneIsKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		tasks := []mc.ID{f.task.ID, f.another(t, st, "B"), f.another(t, st, "C")}
		const rivals = 8
		errs := make([]error, rivals)
		var wg sync.WaitGroup
		for i := range rivals {
			wg.Go(func() {
				mine := slices.Clone(tasks)
				if i%2 == 1 {
					slices.Reverse(mine) // in another order: they must not wait for each other for ever
				}
				errs[i] = st.Write(t.Context(), func(tx *store.Tx) error {
					return tx.InsertApproval(t.Context(), f.approval(mc.ApprovalPending, mine...), mine)
				})
			})
		}
		wg.Wait()
		kept := 0
		for _, err := range errs {
			switch {
			case err == nil:
				kept++
			case !store.IsPendingTwice(err):
				t.Errorf("refused with %v", err)
			}
		}
		if n, err := st.PendingApprovals(t.Context(), f.board.ID); kept != 1 || n != 1 || err != nil {
			t.Errorf("%d were kept, %d are there, %v; want one", kept, n, err)
		}
	})
}

func TestApprovalsAreCountedPerTask(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		other, lonely := f.another(t, st, "Other"), f.another(t, st, "Lonely")
		f.ask(t, st, mc.ApprovalPending, f.task.ID, other)
		f.ask(t, st, mc.ApprovalRejected, f.task.ID)
		f.ask(t, st, mc.ApprovalPending)
		// A row from before there were links: its own task counts.
		old := f.approval(mc.ApprovalApproved, f.task.ID)
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.InsertApproval(ctx, old, nil) })

		got, err := st.ApprovalCounts(t.Context(), []mc.ID{f.task.ID, other, lonely})
		want := map[mc.ID]store.ApprovalCount{
			f.task.ID: {TaskID: f.task.ID, Total: 3, Pending: 1},
			other:     {TaskID: other, Total: 1, Pending: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("counts (-want +got):\n%s%v", diff, err)
		}
		if n, err := st.PendingApprovals(t.Context(), f.board.ID); n != 2 || err != nil {
			t.Errorf("%d pending, %v; want 2", n, err)
		}
		about, err := st.TasksOfApprovals(t.Context(), []mc.Approval{old})
		if len(about[old.ID]) != 1 || about[old.ID][0].TaskID != f.task.ID || *about[old.ID][0].Title != "Write" || err != nil {
			t.Errorf("the old row is about %+v, %v", about, err)
		}
		for status, want := range map[mc.ApprovalStatus]bool{mc.ApprovalApproved: true, mc.ApprovalPending: true} {
			if linked, err := st.ApprovalLinked(t.Context(), f.board.ID, f.task.ID, status); linked != want || err != nil {
				t.Errorf("%s linked: %v, %v", status, linked, err)
			}
		}
		if linked, err := st.ApprovalLinked(t.Context(), f.board.ID, lonely, mc.ApprovalPending); linked || err != nil {
			t.Errorf("nothing is linked to this one: %v, %v", linked, err)
		}
	})
}

func TestDeletedTaskLeavesItsApprovalsToTheNextOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		second, third := f.another(t, st, "Second"), f.another(t, st, "Third")
		shared := f.ask(t, st, mc.ApprovalPending, f.task.ID, second, third)
		alone := f.ask(t, st, mc.ApprovalApproved, f.task.ID)
		elsewhere := f.ask(t, st, mc.ApprovalRejected, third)
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteTask(ctx, f.task.ID) })

		if a, err := st.Approval(t.Context(), f.board.ID, shared.ID); err != nil || a.TaskID == nil || *a.TaskID != second || !a.UpdatedAt.After(shared.UpdatedAt) {
			t.Errorf("the shared one: %+v, %v; want the second task first, and changed", a, err)
		}
		if _, err := st.Approval(t.Context(), f.board.ID, alone.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("the one about this task alone: %v", err)
		}
		if a, err := st.Approval(t.Context(), f.board.ID, elsewhere.ID); err != nil || a.UpdatedAt != elsewhere.UpdatedAt {
			t.Errorf("the one about another task: %+v, %v", a, err)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.DeleteTask(ctx, third), tx.DeleteTask(ctx, second))
		})
		if rows, total, err := st.Approvals(t.Context(), f.board.ID, nil, 10, 0); total != 0 || err != nil {
			t.Errorf("without tasks there are %v, %v", rows, err)
		}
	})
}

func TestTasksDeletedAtOnceTakeTheirApproval(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		tasks := []mc.ID{f.task.ID, f.another(t, st, "B"), f.another(t, st, "C")}
		shared := f.ask(t, st, mc.ApprovalPending, tasks...)
		errs := make([]error, len(tasks))
		var wg sync.WaitGroup
		for i, id := range tasks {
			wg.Go(func() {
				errs[i] = st.Write(t.Context(), func(tx *store.Tx) error {
					if _, err := tx.LockTask(t.Context(), f.board.ID, id); err != nil {
						return err
					}
					return tx.DeleteTask(t.Context(), id)
				})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if a, err := st.Approval(t.Context(), f.board.ID, shared.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("an approval about nothing stayed: %+v, %v", a, err)
		}
	})
}

func TestDeletedBoardAndAgentAndTheirApprovals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		asked := f.ask(t, st, mc.ApprovalPending, f.task.ID)
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteAgent(ctx, f.agent.ID) })
		if a, err := st.Approval(t.Context(), f.board.ID, asked.ID); err != nil || a.AgentID != nil || !a.UpdatedAt.After(asked.UpdatedAt) {
			t.Errorf("without its agent: %+v, %v", a, err)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, f.board.ID) })
		for _, table := range []string{"approvals", "approval_task_links"} {
			if n, err := store.Get[int](t.Context(), st.Reader, "SELECT count(*) FROM "+table); n != 0 || err != nil {
				t.Errorf("%s: %d left, %v", table, n, err)
			}
		}
	})
}

func TestLinksThatWereThereGetTheStatusOfTheirApprovals(t *testing.T) {
	t.Parallel()
	emptyURLs(t, func(t *testing.T, url string) {
		st := open(t, url)
		if err := st.MigrateTo(t.Context(), 11); err != nil {
			t.Fatal(err)
		}
		type row = map[string]any
		want := map[mc.ID]mc.ApprovalStatus{}
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			r := rows{t, tx, ctx}
			org := r.add("organizations", row{"name": "Acme", "created_at": noon, "updated_at": noon})
			board := r.add("boards", row{
				"organization_id": org, "name": "Launch", "slug": "launch", "description": "", "board_type": "goal", "goal_confirmed": false, "max_agents": 1,
				"require_approval_for_done": true, "require_review_before_done": false, "comment_required_for_review": false,
				"block_status_changes_with_pending_approval": false, "only_lead_can_change_status": false, "created_at": noon, "updated_at": noon,
			})
			task := r.add("tasks", row{"board_id": board, "title": "Write", "status": "inbox", "priority": "medium", "auto_created": false, "created_at": noon, "updated_at": noon})
			for _, status := range []mc.ApprovalStatus{mc.ApprovalRejected, mc.ApprovalPending, mc.ApprovalApproved} {
				approval := r.add("approvals", row{"board_id": board, "task_id": task, "action_type": "x", "confidence": 1.0, "status": status, "created_at": noon, "updated_at": noon})
				want[r.add("approval_task_links", row{"approval_id": approval, "task_id": task, "created_at": noon})] = status
			}
			return nil
		})
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		links, err := store.List[mc.ApprovalLink](t.Context(), st.Reader, "SELECT * FROM approval_task_links")
		got := map[mc.ID]mc.ApprovalStatus{}
		for _, l := range links {
			got[l.ID] = l.Status
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("links (-want +got):\n%s%v", diff, err)
		}
	})
}
