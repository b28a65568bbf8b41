package provision_test

import (
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
)

// crew is a gateway with a main agent, two boards and three agents on them.
type crew struct {
	*fixture
	board, quiet            mc.Board
	main, lead, ann, bob    mc.Agent
	leadToken, ann1, bobTok string
}

func newCrew(f *fixture) *crew {
	c := &crew{fixture: f, board: f.Board("Billing", &f.gateway), quiet: f.Board("Quiet", &f.gateway)}
	c.main = f.newMain()
	f.run(provision.Run{AgentID: c.main.ID, Action: provision.Provision, Wake: true})
	c.lead, c.leadToken = f.Agent("Ava", &c.board, func(a *mc.Agent) { a.IsBoardLead = true })
	c.ann, c.ann1 = f.Agent("Ann", &c.board, nil)
	c.bob, c.bobTok = f.Agent("Bob", &c.quiet, nil)
	f.run(waking(c.lead, c.leadToken))
	f.run(waking(c.ann, c.ann1))
	f.run(waking(c.bob, c.bobTok))
	f.fake.ForgetCalls()
	return c
}

func (c *crew) sync(o provision.SyncOptions) provision.SyncResult {
	c.t.Helper()
	result, err := c.service.SyncTemplates(c.t.Context(), c.gateway, c.Owner.ID, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

func counts(updated, skipped int, main bool) provision.SyncResult {
	return provision.SyncResult{AgentsUpdated: updated, AgentsSkipped: skipped, MainUpdated: main}
}

func TestSyncGoesOnWithTheTokensThereAre(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := newCrew(f)
		mainToken := f.fileToken(c.main)
		f.fake.SetFile(mc.GatewayAgentID(c.ann), "MEMORY.md", "mine")
		if diff := cmp.Diff(counts(3, 0, true), c.sync(provision.SyncOptions{IncludeMain: true})); diff != "" {
			t.Error(diff)
		}
		if !strings.HasPrefix(f.calls(), "agents.files.list health get:TOOLS.md agents.create agents.update config.get agents.files.list") {
			t.Errorf("the gateway was asked %s", f.calls())
		}
		if f.fileToken(c.ann) != c.ann1 || !f.accepts(c.ann, c.ann1) || f.fileToken(c.main) != mainToken {
			t.Error("the tokens are other ones")
		}
		if len(f.fake.Calls("chat.send", "sessions.reset")) != 0 || f.fake.File(mc.GatewayAgentID(c.ann), "MEMORY.md") != "mine" {
			t.Error("agents were woken, reset or lost their memory")
		}
		if got := c.sync(provision.SyncOptions{LeadOnly: true, ResetSessions: true, Overwrite: true}); got.AgentsUpdated != 1 || len(f.fake.Calls("sessions.reset")) != 1 {
			t.Errorf("leads only: %+v", got)
		}
		c.sync(provision.SyncOptions{BoardID: &c.board.ID, Overwrite: true})
		if f.fake.File(mc.GatewayAgentID(c.ann), "MEMORY.md") == "mine" {
			t.Error("overwrite leaves the memory")
		}
	})
}

func TestSyncRotatesTokens(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := newCrew(f)
		if diff := cmp.Diff(counts(3, 0, false), c.sync(provision.SyncOptions{RotateTokens: true})); diff != "" {
			t.Error(diff)
		}
		if tok := f.fileToken(c.ann); tok == c.ann1 || !f.accepts(c.ann, tok) || !f.accepts(c.ann, c.ann1) {
			t.Error("the new token is not in place, or the one in use is not accepted any more")
		}
	})
}

func TestSyncReports(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := newCrew(f)
		f.fake.RemoveFile(mc.GatewayAgentID(c.lead), "TOOLS.md")
		f.fake.SetFile(mc.GatewayAgentID(c.ann), "TOOLS.md", "AUTH_TOKEN=somebody-elses")
		f.fake.SetFile(mc.GatewayAgentID(c.main), "TOOLS.md", "nothing")
		f.change(c.bob, func(a *mc.Agent) { a.SoulTemplate = mc.Ref("{{ what }}") })
		got := c.sync(provision.SyncOptions{IncludeMain: true})
		want := counts(1, 3, false)
		want.Errors = []provision.SyncError{
			{Agent: &c.lead, Message: "Skipping agent: unable to read AUTH_TOKEN from TOOLS.md (run with rotate_tokens=true to re-key)."},
			{Agent: &c.ann, Message: "Warning: AUTH_TOKEN in TOOLS.md does not match backend token hash (agent auth may be broken)."},
			{Agent: &c.bob, Message: "Failed to sync templates: Unexpected error updateing gateway provisioning."},
			{Agent: &c.main, Message: "Skipping agent: unable to read AUTH_TOKEN from TOOLS.md (run with rotate_tokens=true to re-key)."},
			{Agent: &c.main, Message: "Skipping gateway agent: unable to read AUTH_TOKEN from TOOLS.md."},
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *mc.Agent) bool { return a.ID == b.ID })); diff != "" {
			t.Error(diff)
		}
		if f.accepts(c.ann, "somebody-elses") {
			t.Error("a token from a file became valid")
		}
		unknown := mc.NewID()
		got = c.sync(provision.SyncOptions{IncludeMain: true, BoardID: &unknown})
		if len(got.Errors) != 1 || got.Errors[0].Message != "Board does not belong to this gateway." || got.MainUpdated {
			t.Errorf("an unknown board: %+v", got)
		}
	})
}

func TestSyncMakesTheMainAgent(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := &crew{fixture: f}
		if diff := cmp.Diff(counts(0, 0, true), c.sync(provision.SyncOptions{IncludeMain: true})); diff != "" {
			t.Error(diff)
		}
		main, err := f.Store.MainAgent(t.Context(), f.gateway.ID)
		if err != nil || !f.accepts(main, f.fileToken(main)) || len(f.fake.Calls("chat.send")) != 0 {
			t.Errorf("the main agent is %+v, %v", main, err)
		}
		f.fake.SetFile(mc.GatewayAgentID(main), "MEMORY.md", "mine")
		f.change(main, func(a *mc.Agent) { a.Name = "Bob" })
		c.sync(provision.SyncOptions{})
		if name := f.row(main).Name; name != "Home Gateway Agent" || f.fake.Agents()[1].Name != name || f.fake.File(mc.GatewayAgentID(main), "MEMORY.md") != "mine" {
			t.Errorf("a renamed one is %s, and %s on the gateway", name, f.fake.Agents()[1].Name)
		}
		f.fake.FailWith("agents.files.list", 1, "unknown agent id")
		f.fake.FailWith("agents.create", 1, "no")
		_, err = f.service.SyncTemplates(t.Context(), f.gateway, f.Owner.ID, provision.SyncOptions{})
		if mc.DetailText(err) != "Gateway provision failed: no" {
			t.Errorf("one that the gateway does not know: %v", err)
		}
	})
}

func TestSyncStopsWhenTheGatewayStaysAway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := newCrew(f)
		f.fake.Close("health", 1, websocket.StatusServiceRestart, "service restart")
		f.fake.Close("agents.files.set", 3, websocket.StatusServiceRestart, "service restart")
		f.service.SyncPolicy().Total = 10 * time.Second
		if got := c.sync(provision.SyncOptions{BoardID: &c.quiet.ID}); got.AgentsUpdated != 1 || len(got.Errors) != 0 {
			t.Errorf("a gateway that restarts: %+v", got)
		}
		f.fake.Close("agents.update", openclawtest.Forever, websocket.StatusServiceRestart, "service restart")
		f.service.Hurry()
		got := c.sync(provision.SyncOptions{IncludeMain: true})
		if got.AgentsUpdated != 0 || got.MainUpdated || len(got.Errors) != 1 || !strings.HasPrefix(got.Errors[0].Message, "Gateway unreachable after ") {
			t.Errorf("one that stays away: %+v", got)
		}
		if row := f.row(c.lead); row.LastProvisionError == nil {
			t.Errorf("the row is %+v", row)
		}
	})
}

func TestSyncLeavesPausedBoardsOut(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := newCrew(f)
		f.remember(c.quiet, "  /PAUSE\n", true)
		f.remember(c.quiet, "/resume is what I say later", true)
		f.remember(c.quiet, "/resume", false) // a note, not chat
		if diff := cmp.Diff(counts(2, 1, false), c.sync(provision.SyncOptions{RotateTokens: true})); diff != "" {
			t.Error(diff)
		}
		f.remember(c.quiet, "/Resume", true)
		if diff := cmp.Diff(counts(3, 0, false), c.sync(provision.SyncOptions{RotateTokens: true})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTokenInFiles(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		c := newCrew(f)
		shows := func(want string) {
			t.Helper()
			if got := f.service.TokenInFiles(t.Context(), c.ann, f.gateway); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		shows(c.ann1)
		f.fake.SetFile(mc.GatewayAgentID(c.ann), "TOOLS.md", "AUTH_TOKEN=somebody-elses")
		shows("")
		f.fake.Stop()
		shows("")
	})
}
