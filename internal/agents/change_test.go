package agents_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
)

// worker makes an agent on the gateway and returns its id and token.
func (f *fixture) worker(t *testing.T, name string) (id, tok string) {
	t.Helper()
	id = f.create(t, `{"name":"`+name+`","board_id":"`+f.board.ID.String()+`"}`).At("id").(string)
	return id, f.tokenOf(t, "mc-"+id)
}

// tokenOf reads a token out of an agent's files.
func (f *fixture) tokenOf(t *testing.T, agent string) string {
	t.Helper()
	_, rest, found := strings.Cut(f.fake.File(agent, "TOOLS.md"), "AUTH_TOKEN=")
	if !found {
		t.Fatalf("%s has no token in its files", agent)
	}
	return rest[:43]
}

func TestChangeReachesTheGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id, tok := f.worker(t, "Wanda")
		patch := func(body string) apitest.Answer { return f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, body) }

		for _, idle := range []string{`{}`, `{"colour":"red"}`, `{"is_gateway_main":null}`} {
			want(t, idle, patch(idle), 200, nil)
		}
		if sent := f.fake.Calls("chat.send"); len(sent) != 1 {
			t.Errorf("nothing changed and yet %d messages were sent", len(sent))
		}
		named := patch(`{"name":" Wilma "}`)
		if named.At("name") != "Wilma" || len(f.fake.Calls("chat.send")) != 2 || len(f.fake.Calls("sessions.reset")) != 2 {
			t.Errorf("renamed: %v, %d messages, %d resets", named.Body, len(f.fake.Calls("chat.send")), len(f.fake.Calls("sessions.reset")))
		}
		if got := f.tokenOf(t, "mc-"+id); got != tok {
			t.Error("a new name changed the token")
		}
		if got := patch(`{"heartbeat_config":{"every":"30m"}}`); !cmp.Equal(got.At("heartbeat_config"), any(map[string]any{"every": "30m"})) || len(f.fake.Calls("sessions.reset")) != 2 {
			t.Errorf("heartbeat: %v, %d resets", got.Body, len(f.fake.Calls("sessions.reset")))
		}
		got := patch(`{"identity_profile":{"role":"Builder","tools":["x","y"]},"identity_template":"I am {{ agent_name }} ","soul_template":"Soul of {{ agent_id }}"}`)
		if !cmp.Equal(got.At("identity_profile"), any(map[string]any{"role": "Builder", "tools": "x, y"})) || got.At("identity_template") != "I am {{ agent_name }}" {
			t.Errorf("profile: %v", got.Body)
		}
		if f.fake.File("mc-"+id, "IDENTITY.md") != "I am Wilma" || f.fake.File("mc-"+id, "SOUL.md") != "Soul of "+id {
			t.Errorf("files: %q, %q", f.fake.File("mc-"+id, "IDENTITY.md"), f.fake.File("mc-"+id, "SOUL.md"))
		}
		cleared := patch(`{"identity_profile":"x","identity_template":null,"soul_template":"  ","heartbeat_config":null}`)
		if cleared.At("identity_profile") != nil || cleared.At("identity_template") != nil || cleared.At("soul_template") != nil || cleared.At("heartbeat_config", "every") != "10m" {
			t.Errorf("cleared: %v", cleared.Body)
		}
		feed := f.feed(t, mc.MustID(id))
		if diff := cmp.Diff([]string{"agent.update.direct: Updated directly for Wilma.", "agent.wakeup.sent: Wakeup message sent to Wilma."}, feed[len(feed)-2:]); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestForceMakesANewToken(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id, old := f.worker(t, "Wanda")
		want(t, "forced", f.Call(f.owner, "PATCH", "/api/v1/agents/"+id+"?force=true", `{}`), 200, nil)
		fresh := f.tokenOf(t, "mc-"+id)
		if fresh == old {
			t.Fatal("the token is the same")
		}
		beat := "/api/v1/agents/" + id + "/heartbeat"
		want(t, "the old token until then", f.Call(apitest.AsAgent(old), "POST", beat, `{}`), 200, nil)
		want(t, "the new token", f.Call(apitest.AsAgent(fresh), "POST", beat, `{}`), 200, nil)
		want(t, "the old token", f.Call(apitest.AsAgent(old), "POST", beat, `{}`), 401, nil)
	})
}

func TestLostTokenIsReplaced(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id, _ := f.worker(t, "Wanda")
		f.fake.SetFile("mc-"+id, "TOOLS.md", "- `AUTH_TOKEN="+token.Mint()+"`")
		want(t, "changed", f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"name":"Wilma"}`), 200, nil)
		want(t, "its token", f.Call(apitest.AsAgent(f.tokenOf(t, "mc-"+id)), "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`), 200, nil)
	})
}

func TestChangeRefuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		wanda, _ := f.Agent("Wanda", &f.board, nil)
		main, _ := f.MainAgent(f.gateway)
		f.Agent("Lea", &f.board, func(a *mc.Agent) { a.IsBoardLead = true })
		bare := f.Board("Bare", nil)
		boss, _ := f.Agent("Boss", &bare, func(a *mc.Agent) { a.IsBoardLead = true })
		otherOrg, others := f.NewOrganization("Other")
		foreign := f.BoardOf(otherOrg, "Foreign", nil)
		reader := f.Member(mc.RoleAdmin, true, false)
		half := f.Member(mc.RoleAdmin, false, false)
		f.Grant(half, f.board, true)
		for _, tc := range []struct {
			name   string
			as     apitest.Caller
			agent  mc.ID
			body   string
			status int
			detail any
		}{
			{"unknown", f.owner, mc.NewID(), `{"name":"x"}`, 404, "Not Found"},
			{"by others", apitest.As(others), wanda.ID, `{"name":"x"}`, 404, "Not Found"},
			{"reading only", apitest.As(reader), wanda.ID, `{"name":"x"}`, 403, "Forbidden"},
			{"status", f.owner, wanda.ID, `{"status":"online"}`, 403, "status is controlled by agent heartbeat"},
			{"status null", f.owner, wanda.ID, `{"status":null}`, 403, "status is controlled by agent heartbeat"},
			{"blank name", f.owner, wanda.ID, `{"name":" "}`, 422, `["body","name"]`},
			{"no name", f.owner, wanda.ID, `{"name":null}`, 422, `["body","name"]`},
			{"types", f.owner, wanda.ID, `{"board_id":"x","heartbeat_config":"5m","is_gateway_main":"perhaps"}`, 422, `["body","board_id"] ["body","is_gateway_main"] ["body","heartbeat_config"]`},
			{"unknown key of the heartbeat", f.owner, wanda.ID, `{"heartbeat_config":{"evry":1}}`, 422, `["body","heartbeat_config"]`},
			{"unknown variable", f.owner, wanda.ID, `{"soul_template":"{{ nonsense }}"}`, 422, `["body","soul_template"]`},
			{"a variable that main agents do not have", f.owner, main.ID, `{"soul_template":"{{ board_name }}"}`, 422, `["body","soul_template"]`},
			{"unknown board", f.owner, wanda.ID, `{"board_id":"` + mc.NewID().String() + `"}`, 404, "Not Found"},
			{"board of others", f.owner, wanda.ID, `{"board_id":"` + foreign.ID.String() + `"}`, 404, "Not Found"},
			{"board without access", apitest.As(half), wanda.ID, `{"board_id":"` + bare.ID.String() + `"}`, 403, "Forbidden"},
			{"no board", f.owner, wanda.ID, `{"board_id":null}`, 422, "board_id is required"},
			{"board without gateway", f.owner, wanda.ID, `{"board_id":"` + bare.ID.String() + `"}`, 422, "Board gateway_id is required"},
			{"a second main agent", f.owner, wanda.ID, `{"is_gateway_main":true}`, 409, "Gateway already has a main agent"},
			{"an external main agent", f.owner, boss.ID, `{"is_gateway_main":true}`, 409, "External agents have no gateway"},
			{"main of nothing", f.owner, main.ID, `{"is_gateway_main":true}`, 422, "board_id is required"},
			{"to a board unnamed", f.owner, main.ID, `{"is_gateway_main":false}`, 422, "board_id is required when converting a gateway-main agent to board scope"},
			{"a second lead", f.owner, boss.ID, `{"board_id":"` + f.board.ID.String() + `"}`, 409, "Board already has a lead"},
		} {
			want(t, tc.name, f.Call(tc.as, "PATCH", "/api/v1/agents/"+tc.agent.String(), tc.body), tc.status, tc.detail)
		}
		if calls := f.fake.Calls("agents.update"); len(calls) > 0 {
			t.Errorf("the gateway was told %v", calls)
		}
		if got := f.row(t, wanda.ID.String()); got.Name != "Wanda" || *got.BoardID != f.board.ID || !got.UpdatedAt.Equal(wanda.UpdatedAt) {
			t.Errorf("changed all the same: %+v", got)
		}
	})
}

func TestFailedChangeStays(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id, tok := f.worker(t, "Wanda")
		f.fake.FailWith("agents.update", 1, "no disk")
		want(t, "refused", f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"name":"Wilma"}`), 502, "Gateway update failed: no disk")
		if f.row(t, id).Name != "Wilma" {
			t.Error("the change is lost")
		}
		want(t, "its token", f.Call(apitest.AsAgent(tok), "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`), 200, nil)
		feed := f.feed(t, mc.MustID(id))
		if last := feed[len(feed)-2]; last != "agent.update.failed: Update message failed: Gateway update failed: no disk" {
			t.Errorf("the log says %q", last)
		}
	})
}

func TestMoves(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		second := f.Gateway(f.fake.URL + "/two")
		elsewhere := f.Board("Elsewhere", &second)
		id, _ := f.worker(t, "Wanda")
		moved := f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"board_id":"`+elsewhere.ID.String()+`"}`)
		if moved.Status != 200 || moved.At("board_id") != elsewhere.ID.String() || moved.At("gateway_id") != second.ID.String() {
			t.Fatalf("moved: %d %v", moved.Status, moved.Body)
		}
		main := f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"is_gateway_main":true}`)
		if main.At("is_gateway_main") != true || main.At("board_id") != nil || main.At("openclaw_session_id") != mc.MainSessionKey(second.ID) || !f.fake.HasAgent("mc-gateway-"+second.ID.String()) {
			t.Errorf("as main agent: %d %v", main.Status, main.Body)
		}
		same := f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"board_id":"`+f.board.ID.String()+`","name":"Max"}`)
		if same.At("is_gateway_main") != true || same.At("name") != "Max" || same.At("gateway_id") != second.ID.String() {
			t.Errorf("a main agent stays main: %v", same.Body)
		}
		back := f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"is_gateway_main":false,"board_id":"`+f.board.ID.String()+`"}`)
		if back.At("is_gateway_main") != false || back.At("openclaw_session_id") != "agent:mc-"+id+":main" || back.At("gateway_id") != f.gateway.ID.String() {
			t.Errorf("back on a board: %d %v", back.Status, back.Body)
		}
		if jobs := f.Jobs("agent_removal"); len(jobs) != 3 {
			t.Errorf("%d removals of what was left behind, want 3", len(jobs))
		}
	})
}
