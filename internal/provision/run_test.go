package provision_test

import (
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
)

const standardFiles = "AGENTS BOOTSTRAP HEARTBEAT IDENTITY MEMORY SOUL TOOLS USER" // gateways seed a BOOTSTRAP.md that is replaced

func sets(files string) string {
	var out []string
	for name := range strings.FieldsSeq(files) {
		out = append(out, "set:"+name+".md")
	}
	return strings.Join(out, " ")
}

func TestMainAgentComesToLife(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		got := f.run(provision.Run{AgentID: main.ID, Action: provision.Provision, UserID: &f.Owner.ID, Wake: true, Deliver: true})
		want := "agents.create agents.update config.get config.patch agents.files.list " + sets(standardFiles) + " sessions.patch chat.send"
		if diff := cmp.Diff(want, f.calls()); diff != "" {
			t.Error(diff)
		}
		if got.Status != mc.AgentOnline || got.ProvisionAction != nil || got.LifecycleGeneration != 1 || got.WakeAttempts != 1 || got.LastProvisionError != nil {
			t.Errorf("the row is %+v", got)
		}
		if tok := f.fileToken(main); !f.accepts(main, tok) || tok == "" {
			t.Errorf("the token in TOOLS.md, %q, is not the agent's", tok)
		}
		if !strings.Contains(f.fake.File(mc.GatewayAgentID(main), "USER.md"), "Acme owner") {
			t.Error("USER.md does not speak of the user")
		}
		messages := f.fake.Messages(*got.SessionKey)
		if len(messages) != 1 || !strings.Contains(messages[0].Text, "provisioned") {
			t.Errorf("it was told %v", messages)
		}
		if call := f.fake.Calls("chat.send")[0]; call.Params["deliver"] != true {
			t.Errorf("the wake was sent as %v", call.Params)
		}
		job, in := f.lastIn(reconcile)
		if in != mc.CheckinDeadline {
			t.Errorf("the job for the check-in is due in %s", in)
		}
		if text := stored(t, job); strings.Contains(text, f.fileToken(main)) {
			t.Errorf("the job holds the token: %s", text)
		}
	})
}

func TestWorkerAndLeadComeToLife(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.run(waking(worker, tok))
		if !strings.HasSuffix(f.calls(), "set:USER.md sessions.reset sessions.patch chat.send") {
			t.Errorf("the gateway was asked %s", f.calls())
		}
		if got := f.fileToken(worker); got != tok || !f.accepts(worker, tok) {
			t.Errorf("the files hold %q, the token is %q", got, tok)
		}
		before := len(f.fake.Calls())
		lead, tok := f.Agent("Ava", &board, func(a *mc.Agent) { a.IsBoardLead = true })
		f.run(waking(lead, tok))
		if got := f.files(before); got != standardFiles {
			t.Errorf("a lead gets %s", got)
		}
		if !f.fake.HasAgent("lead-" + board.ID.String()) {
			t.Error("the lead is not on the gateway")
		}
	})
}

func TestUpdateKeepsWhatTheAgentWrote(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, nil)
		f.run(waking(worker, tok))
		id := mc.GatewayAgentID(worker)
		f.fake.SetFile(id, "MEMORY.md", "mine")
		before := len(f.fake.Calls())
		f.run(provision.Run{AgentID: worker.ID, Action: provision.Update, Reset: true, Wake: true, Deliver: true})
		if f.fake.File(id, "MEMORY.md") != "mine" || strings.Contains(f.files(before), "USER") {
			t.Errorf("written were %s", f.files(before))
		}
		for _, c := range f.fake.Calls()[before:] {
			if c.Method == "config.patch" {
				t.Error("the configuration was written though nothing had changed: the gateway would restart")
			}
		}
		f.run(provision.Run{AgentID: worker.ID, Action: provision.Update, Overwrite: true})
		if f.fake.File(id, "MEMORY.md") == "mine" {
			t.Error("overwrite leaves MEMORY.md")
		}
	})
}

func TestNewTokenAndTheOneBefore(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, first := f.newWorker(board, nil)
		f.run(waking(worker, first))
		update := provision.Run{AgentID: worker.ID, Action: provision.Update}

		f.fake.FailWith("agents.update", 1, "no")
		if _, err := f.service.Run(t.Context(), update); err == nil {
			t.Fatal("the run succeeded")
		}
		if row := f.row(worker); row.PreviousTokenSHA256 != nil || !f.accepts(worker, first) {
			t.Error("a token was issued before the gateway had shown that it is there")
		}

		f.fake.FailWith("agents.files.set", 1, "disk is full")
		if _, err := f.service.Run(t.Context(), update); err == nil {
			t.Fatal("the run succeeded")
		}
		if !f.accepts(worker, first) || f.fileToken(worker) != first {
			t.Error("the token that the agent has is not accepted any more")
		}
		f.run(update)
		third := f.fileToken(worker)
		if third == first || !f.accepts(worker, third) || !f.accepts(worker, first) {
			t.Error("after a failed run the new token or the one the agent still has is not accepted")
		}
		f.change(worker, func(a *mc.Agent) { a.PreviousTokenSHA256 = nil }) // the new one was used
		if f.accepts(worker, first) {
			t.Error("the old token is still accepted")
		}
	})
}

func TestGatewayRestarts(t *testing.T) {
	t.Parallel()
	for name, misbehave := range map[string]func(f *fixture){
		"after it took the configuration": restarts(openclawtest.RestartAfter),
		"before it says so":               restarts(openclawtest.RestartBefore),
		"and loses the configuration":     restarts(openclawtest.RestartLosing),
		"before it answers":               func(f *fixture) { f.fake.Close("config.patch", 1, websocket.StatusServiceRestart, "service restart") },
		"twice among the files": func(f *fixture) {
			f.fake.Close("agents.files.set", 2, websocket.StatusServiceRestart, "service restart")
		},
		"with the wake":               func(f *fixture) { f.fake.Close("chat.send", 1, websocket.StatusServiceRestart, "service restart") },
		"and does not know the agent": func(f *fixture) { f.fake.FailWith("agents.update", 2, `agent "x" not found`) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, f *fixture) {
				main := f.newMain()
				misbehave(f)
				got := f.run(provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true})
				if got.Status != mc.AgentOnline || !f.accepts(main, f.fileToken(main)) || len(f.fake.Messages(*got.SessionKey)) != 1 {
					t.Errorf("the agent is %s and was told %v", got.Status, f.fake.Messages(*got.SessionKey))
				}
			})
		})
	}
}

func restarts(how openclawtest.Restart) func(f *fixture) {
	return func(f *fixture) {
		f.fake.Set(func(o *openclawtest.Options) { o.Restart, o.Down = how, 50*time.Millisecond })
	}
}

func TestGatewayIsSilent(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		f.fake.Silence("agents.update", openclawtest.Forever)
		f.service = f.newService(newClient(t, openclaw.Options{CallTimeout: 100 * time.Millisecond}))
		_, err := f.service.Run(t.Context(), provision.Run{AgentID: main.ID, Action: provision.Provision, Wake: true})
		if mc.KindOf(err) != mc.KindUpstream || !strings.HasPrefix(mc.DetailText(err), "Gateway provision failed: ") {
			t.Fatalf("got %v", err)
		}
		if _, in := f.lastIn(reconcile); in < 9*time.Second || in > 11*time.Second {
			t.Errorf("the retry is due in %s", in)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		main := f.newMain()
		if _, err := f.service.Run(t.Context(), provision.Run{AgentID: mc.NewID(), Action: provision.Update}); mc.DetailText(err) != "Agent not found" {
			t.Errorf("an unknown agent: %v", err)
		}
		f.fake.FailWith("agents.files.set", 1, "disk is full")
		_, err := f.service.Run(t.Context(), provision.Run{AgentID: main.ID, Action: provision.Update})
		if mc.KindOf(err) != mc.KindUpstream || mc.DetailText(err) != "Gateway update failed: disk is full" || provision.Reason(err) != "disk is full" {
			t.Errorf("a full disk: %v", err)
		}
		board := f.Board("Billing", &f.gateway)
		lead, tok := f.Agent("Ava", &board, func(a *mc.Agent) { a.IsBoardLead = true })
		f.fake.FailWith("agents.files.set", 2, "unsupported file")
		_, err = f.service.Run(t.Context(), waking(lead, tok))
		if got := mc.DetailText(err); got != "Gateway provision failed: Gateway rejected required lead workspace files as unsupported: AGENTS.md, BOOTSTRAP.md" {
			t.Errorf("a lead without files: %s", got)
		}
	})
}

func TestUnexpectedErrorIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		worker, tok := f.newWorker(board, func(a *mc.Agent) { a.SoulTemplate = mc.Ref("{{ what }}") })
		_, err := f.service.Run(t.Context(), waking(worker, tok))
		if mc.KindOf(err) != mc.KindInternalSaid || mc.DetailText(err) != "Unexpected error provisioning gateway provisioning." {
			t.Errorf("got %v", err)
		}
		row := f.row(worker)
		if row.Status != mc.AgentOffline || row.LastProvisionError == nil {
			t.Errorf("the row is %+v", row)
		}
		for _, job := range f.Jobs(reconcile) {
			f.clock.pass(time.Hour)
			f.do(job)
		}
		if got := f.row(worker); got.LifecycleGeneration != row.LifecycleGeneration {
			t.Error("it was tried again")
		}
	})
}

func TestExternalAgentsAreLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Outside", nil)
		agent, _ := f.newWorker(board, nil)
		got := f.run(waking(agent, ""))
		if err := f.service.Remove(t.Context(), agent, f.gateway); err != nil {
			t.Error(err)
		}
		if got.LifecycleGeneration != 0 || len(f.Jobs(reconcile)) != 0 || len(f.fake.Connections()) != 0 {
			t.Errorf("the row is %+v", got)
		}
	})
}
