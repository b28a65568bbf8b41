package provision_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestProcessEndsDuringARun(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		f.begin(provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true, Deliver: true}) // and nothing more
		if row := f.row(main); row.Status != mc.AgentProvisioning {
			t.Errorf("the row is %+v", row)
		}
		job, in := f.lastIn(reconcile)
		if in != f.service.LeaseTime() {
			t.Errorf("the job is due in %s", in)
		}
		if wait := f.do(job); wait != in || len(f.fake.Connections()) != 0 {
			t.Errorf("before its time the job is put back for %s", wait)
		}
		f.clock.pass(in)
		if wait := f.do(job); wait != 0 {
			t.Errorf("it was put back for %s", wait)
		}
		row := f.row(main)
		if row.Status != mc.AgentOnline || row.WakeAttempts != 1 || !f.accepts(main, f.fileToken(main)) {
			t.Errorf("the row is %+v", row)
		}
		if again := f.do(job); again != 0 || f.row(main).LifecycleGeneration != row.LifecycleGeneration {
			t.Error("the same job again does something")
		}
	})
}

func TestFailedRunIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.fake.FailWith("agents.create", 3, "not now")
		if _, err := f.service.Run(t.Context(), waking(worker, tok)); err == nil {
			t.Fatal("the run succeeded")
		}
		for _, want := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second} {
			job, in := f.lastIn(reconcile)
			if in < want || in > want+want/10+time.Second {
				t.Errorf("the retry is due in %s, want %s", in, want)
			}
			if row := f.row(worker); row.Status != mc.AgentProvisioning || *row.LastProvisionError != "not now" {
				t.Errorf("the row is %+v", row)
			}
			f.clock.pass(in + time.Second)
			f.do(job)
		}
		row := f.row(worker)
		if row.Status != mc.AgentOnline || row.LastProvisionError != nil || row.WakeAttempts != 1 || len(f.fake.Messages(*row.SessionKey)) != 1 {
			t.Errorf("the row is %+v", row)
		}
		if _, in := f.lastIn(reconcile); in != mc.CheckinDeadline {
			t.Errorf("the job for the check-in is due in %s", in)
		}
	})
}

func TestFailingRunIsGivenUpAndLaterDoneInFull(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.fake.FailWith("sessions.reset", 4, "never")
		if _, err := f.service.Run(t.Context(), waking(worker, tok)); err == nil {
			t.Fatal("the run succeeded")
		}
		for range 3 {
			job, in := f.lastIn(reconcile)
			f.clock.pass(in + time.Second)
			f.do(job)
		}
		row := f.row(worker)
		if row.Status != mc.AgentOffline || *row.LastProvisionError != "never" {
			t.Errorf("the row is %+v", row)
		}
		calls := len(f.fake.Calls())
		for _, job := range f.Jobs(reconcile) {
			f.clock.pass(time.Hour)
			f.do(job)
		}
		if len(f.fake.Calls()) != calls {
			t.Error("it was tried again")
		}
		f.run(provision.Run{AgentID: worker.ID, Action: provision.Update, Reset: true, Wake: true, Deliver: true})
		if got := f.files(calls); got != standardFiles {
			t.Errorf("the update of an agent that was never made wrote %s", got)
		}
		if row := f.row(worker); row.Status != mc.AgentOnline || row.WakeAttempts != 1 {
			t.Errorf("the row is %+v", row)
		}
	})
}

func TestNewerRunTakesOver(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		run := provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true}
		older := f.begin(run)
		newer := f.run(run)
		calls := len(f.fake.Calls())
		got, err := f.service.Finish(t.Context(), older)
		if err != nil || got.LifecycleGeneration != newer.LifecycleGeneration || len(f.fake.Calls()) != calls {
			t.Errorf("the older run got %v and asked the gateway %d times", err, len(f.fake.Calls())-calls)
		}
	})
}

func TestNewerRunTakesOverInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		run := provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true}
		older := f.begin(run)
		f.fake.Delay("agents.files.list", 1, 300*time.Millisecond)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := f.service.Finish(t.Context(), older); err != nil {
				t.Errorf("the older run: %v", err)
			}
		})
		f.fake.WaitCalls("agents.files.list", 1)
		newer := f.begin(run)
		wg.Wait()
		if row := f.row(main); len(f.fake.Calls("agents.files.set")) != 0 || row.TokenSHA256 != nil || row.LifecycleGeneration != newer.Agent().LifecycleGeneration {
			t.Error("the older run went on")
		}
	})
}

func TestAgentIsDeletedDuringARun(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		l := f.begin(waking(worker, tok))
		f.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteAgent(ctx, worker.ID) })
		if _, err := f.service.Finish(t.Context(), l); mc.DetailText(err) != "Agent not found" {
			t.Errorf("got %v", err)
		}
		deleted := f.fake.Calls("agents.delete")
		if len(deleted) != 1 || deleted[0].Params["agentId"] != mc.GatewayAgentID(worker) {
			t.Errorf("deleted were %v", deleted)
		}
		job, in := f.lastIn(reconcile)
		f.clock.pass(in + time.Hour)
		f.do(job)
	})
}

func TestAgentThatNeverChecksIn(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.run(waking(worker, tok))
		for wakes := 1; wakes <= mc.MaxWakes; wakes++ {
			row := f.row(worker)
			if row.Status != mc.AgentOnline || row.WakeAttempts != wakes || len(f.fake.Calls("chat.send")) != wakes {
				t.Fatalf("after %d wakes the row is %+v", wakes, row)
			}
			job, in := f.lastIn(reconcile)
			if wait := f.do(job); wait != in {
				t.Errorf("before the deadline the job is put back for %s, want %s", wait, in)
			}
			f.clock.pass(in + time.Second)
			f.do(job)
		}
		row := f.row(worker)
		if row.Status != mc.AgentOffline || row.CheckinDeadlineAt != nil || len(f.fake.Calls("chat.send")) != mc.MaxWakes {
			t.Errorf("the row is %+v", row)
		}
		if *row.LastProvisionError != "Agent did not check in after wake; max wake attempts reached" {
			t.Errorf("the reason is %q", *row.LastProvisionError)
		}
		generation := row.LifecycleGeneration
		for _, job := range f.Jobs(reconcile) {
			f.clock.pass(time.Hour)
			f.do(job)
		}
		if f.row(worker).LifecycleGeneration != generation {
			t.Error("it was tried again")
		}
	})
}

func TestAgentChecksIn(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		l := f.begin(provision.Run{AgentID: main.ID, Action: provision.Update, Wake: true})
		f.change(main, func(a *mc.Agent) { *a = a.CheckIn("busy", f.clock.Now()) }) // faster than the run ends
		got, err := f.service.Finish(t.Context(), l)
		if err != nil || got.Status != "busy" || got.CheckinDeadlineAt != nil {
			t.Errorf("the row is %+v, %v", got, err)
		}
		calls := len(f.fake.Calls())
		for _, job := range f.Jobs(reconcile) {
			f.clock.pass(time.Hour)
			f.do(job)
		}
		if len(f.fake.Calls()) != calls {
			t.Error("it was woken again")
		}
	})
}

func TestRunWithoutWakeKeepsTheWait(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		woken := f.run(provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true})
		got := f.run(provision.Run{AgentID: main.ID, Action: provision.Update})
		if got.CheckinDeadlineAt == nil || !got.CheckinDeadlineAt.Equal(*woken.CheckinDeadlineAt) || got.WakeAttempts != 1 || len(f.fake.Calls("chat.send")) != 1 {
			t.Errorf("the row is %+v", got)
		}
		job, in := f.lastIn(reconcile)
		f.clock.pass(in + time.Second)
		f.do(job)
		if row := f.row(main); row.WakeAttempts != 2 || len(f.fake.Calls("chat.send")) != 2 {
			t.Errorf("it was not woken again: %+v", row)
		}
	})
}

func TestRunWithoutWakeSendsTheOneThatIsOwed(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		f.fake.FailWith("agents.files.set", 1, "disk is full")
		if _, err := f.service.Run(t.Context(), provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true}); err == nil {
			t.Fatal("the run succeeded")
		}
		got := f.run(provision.Run{AgentID: main.ID, Action: provision.Update})
		if got.WakeAttempts != 1 || len(f.fake.Calls("chat.send")) != 1 {
			t.Errorf("the row is %+v", got)
		}
	})
}

func TestFailedRewriteLeavesTheAgentAlive(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		f.run(provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true})
		f.change(main, func(a *mc.Agent) { *a = a.CheckIn("", f.clock.Now()) })
		f.fake.FailWith("agents.files.set", openclawtest.Forever, "disk is full")
		if _, err := f.service.Run(t.Context(), provision.Run{AgentID: main.ID, Action: provision.Update}); err == nil {
			t.Fatal("the run succeeded")
		}
		for range 3 {
			job, in := f.lastIn(reconcile)
			f.clock.pass(in + time.Second)
			f.do(job)
		}
		if row := f.row(main); row.Status != mc.AgentOnline || row.CheckinDeadlineAt != nil || len(f.fake.Calls("chat.send")) != 1 {
			t.Errorf("the row is %+v", row)
		}
	})
}

func TestBoardHasMovedToAnotherGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		former := f.Gateway("ws://former.example")
		board := f.Board("Billing", &former)
		worker, tok := f.newWorker(board, nil)
		board.GatewayID = &f.gateway.ID
		f.Write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateBoard(ctx, board) })
		got := f.run(waking(worker, tok))
		if *got.GatewayID != f.gateway.ID || !f.fake.HasAgent(mc.GatewayAgentID(worker)) || len(f.Jobs("agent_removal")) != 1 {
			t.Errorf("the agent is on %s", got.GatewayID)
		}
	})
}

// The real queue does what nobody waits for.
func TestInBackground(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st, &clock{now: mc.SystemClock()})
		enqueuer, err := jobs.NewEnqueuer(st, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		st.UseJobs(enqueuer)
		workers := jobs.NewWorkers()
		f.service.RegisterJobs(workers)
		done := make(chan string, 16)
		runner, err := jobs.Start(t.Context(), st, workers, slog.New(slog.DiscardHandler), func(kind string, _ time.Duration, err error) {
			if err != nil {
				t.Errorf("job %s: %v", kind, err)
			}
			done <- kind
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := runner.Stop(context.Background()); err != nil { // the test's own context has ended
				t.Error(err)
			}
		})
		main := f.newMain()
		board := f.Board("Billing", &f.gateway)
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			f.service.AskCleanup(tx, mc.Agent{ID: mc.NewID(), Name: "Gone", BoardID: &board.ID}, f.gateway)
			return f.service.BeginInBackground(ctx, tx, provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true})
		})
		kinds := []string{<-done, <-done}
		slices.Sort(kinds)
		if !slices.Equal(kinds, []string{"agent_cleanup_request", reconcile}) {
			t.Errorf("done were %v", kinds)
		}
		if row := f.row(main); row.Status != mc.AgentOnline || row.WakeAttempts != 1 || len(f.fake.Messages(*row.SessionKey)) != 2 {
			t.Errorf("the row is %+v", row)
		}
	})
}
