package agents_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
)

func TestCreateBringsAnAgentToLife(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		got := f.create(t, `{"name":"  Wanda ","board_id":"`+f.board.ID.String()+`","status":"busy","heartbeat_config":{"every":"5m"},
			"identity_profile":{" role ":" Scout ","skills":["a"," b ",""],"gone":null},"identity_template":"  ","soul_template":" You are {{ agent_name }}. ","colour":"red"}`)
		id := got.At("id").(string)
		read := map[string]any{
			"board_id": f.board.ID.String(), "name": "Wanda", "status": "provisioning", "heartbeat_config": map[string]any{"every": "5m"},
			"identity_profile": map[string]any{"role": "Scout", "skills": "a, b"}, "identity_template": nil, "soul_template": "You are {{ agent_name }}.", "id": id,
			"gateway_id": f.gateway.ID.String(), "is_board_lead": false, "is_gateway_main": false, "openclaw_session_id": "agent:mc-" + id + ":main", "last_seen_at": nil,
			"created_at": got.At("created_at"), "updated_at": got.At("updated_at"), "runtime": "openclaw",
		}
		if diff := cmp.Diff(any(read), got.Body); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !f.fake.HasAgent("mc-"+id) || f.fake.File("mc-"+id, "SOUL.md") != "You are Wanda." {
			t.Errorf("the gateway has %v, soul %q", f.fake.Agents(), f.fake.File("mc-"+id, "SOUL.md"))
		}
		if resets := f.fake.Calls("sessions.reset"); len(resets) != 1 || len(f.fake.Messages("agent:mc-"+id+":main")) != 1 {
			t.Errorf("session emptied %d times, %d messages", len(resets), len(f.fake.Messages("agent:mc-"+id+":main")))
		}
		events := []string{"agent.provision.direct: Provisioned directly for Wanda.", "agent.wakeup.sent: Wakeup message sent to Wanda."}
		if diff := cmp.Diff(events, f.feed(t, mc.MustID(id))); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestCreateRefuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		elsewhere := f.Board("Elsewhere", &f.gateway)
		bare := f.Board("Bare", nil)
		f.Agent("Wanda", &f.board, nil)
		_, lead := f.Agent("Lea", &f.board, func(a *mc.Agent) { a.IsBoardLead = true })
		_, worker := f.Agent("Willy", &elsewhere, nil)
		_, main := f.MainAgent(f.gateway)
		otherOrg, otherOwner := f.NewOrganization("Other")
		foreign := f.BoardOf(otherOrg, "Foreign", nil)
		member, powerless := f.Member(mc.RoleMember, true, true), f.Member(mc.RoleAdmin, false, false)
		guest := f.Member(mc.RoleAdmin, true, true)
		f.Join(guest, otherOrg, mc.RoleMember, true, true)
		org := f.board.ID.String()
		for _, tc := range []struct {
			name   string
			as     apitest.Caller
			body   string
			status int
			detail any
		}{
			{"empty", f.owner, `{}`, 422, `["body","name"]`},
			{"types", f.owner, `{"name":" ","board_id":"x","status":1,"heartbeat_config":[],"soul_template":{}}`, 422,
				`["body","board_id"] ["body","name"] ["body","status"] ["body","heartbeat_config"] ["body","soul_template"]`},
			{"unknown key of the heartbeat", f.owner, `{"name":"x","board_id":"` + org + `","heartbeat_config":{"evry":"5m"}}`, 422, `["body","heartbeat_config"]`},
			{"unknown variable", f.owner, `{"name":"x","board_id":"` + org + `","soul_template":"{{ agent_nam }}"}`, 422, `["body","soul_template"]`},
			{"broken template", f.owner, `{"name":"x","board_id":"` + org + `","identity_template":"{% for x in y %}"}`, 422, `["body","identity_template"]`},
			{"no credentials", apitest.AsNobody, `{"name":"x"}`, 401, nil},
			{"no admin", apitest.As(member), `{"name":"x"}`, 403, "Forbidden"},
			{"no board", f.owner, `{"name":"x"}`, 422, "board_id is required"},
			{"unknown board", f.owner, `{"name":"x","board_id":"` + mc.NewID().String() + `"}`, 404, "Board not found"},
			{"board of others", f.owner, `{"name":"x","board_id":"` + foreign.ID.String() + `"}`, 403, "No org access"},
			{"by others", apitest.As(otherOwner), `{"name":"x","board_id":"` + org + `"}`, 403, "No org access"},
			{"a plain member there", apitest.As(guest), `{"name":"x","board_id":"` + foreign.ID.String() + `"}`, 403, "Forbidden"},
			{"no access", apitest.As(powerless), `{"name":"x","board_id":"` + org + `"}`, 403, "Board access denied"},
			{"a worker", apitest.AsAgent(worker), `{"name":"x","board_id":"` + org + `"}`, 403, "Only board leads can create agents"},
			{"the main agent", apitest.AsAgent(main), `{"name":"x"}`, 403, "Only board leads can create agents"},
			{"a lead elsewhere", apitest.AsAgent(lead), `{"name":"x","board_id":"` + elsewhere.ID.String() + `"}`, 403, "Board leads can only create agents in their own board"},
			{"a lead beyond the limit", apitest.AsAgent(lead), `{"name":"x"}`, 409, "Board worker-agent limit reached: max_agents=1 (excluding the lead); cannot create more than 1 agent."},
			{"name taken", f.owner, `{"name":" wANDA ","board_id":"` + org + `"}`, 409, "An agent with this name already exists on this board."},
			{"name taken on the gateway", f.owner, `{"name":"wanda","board_id":"` + elsewhere.ID.String() + `"}`, 409, "An agent with this name already exists in this gateway workspace."},
			{"no gateway", f.owner, `{"name":"x","board_id":"` + bare.ID.String() + `","runtime":"openclaw"}`, 422, "Board gateway_id is required"},
			{"no such runtime", f.owner, `{"name":"x","board_id":"` + org + `","runtime":"docker"}`, 422, `["body","runtime"]`},
			{"a lead on the gateway", f.owner, `{"name":"x","board_id":"` + org + `","is_board_lead":true}`, 422, `["body","is_board_lead"]`},
			{"a second lead", f.owner, `{"name":"x","board_id":"` + org + `","is_board_lead":true,"runtime":"external"}`, 409, "Board already has a lead"},
		} {
			want(t, tc.name, f.Call(tc.as, "POST", "/api/v1/agents", tc.body), tc.status, tc.detail)
		}
		if calls := f.fake.Calls(); len(calls) > 0 {
			t.Errorf("the gateway was asked for %v", calls)
		}
	})
}

func TestLeadCreatesOnItsBoard(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		_, lead := f.Agent("Lea", &f.board, func(a *mc.Agent) { a.IsBoardLead = true })
		got := f.Call(apitest.AsAgent(lead), "POST", "/api/v1/agents", `{"name":"Ivy"}`)
		if got.Status != 200 || got.At("board_id") != f.board.ID.String() {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if user := f.fake.File("mc-"+got.At("id").(string), "USER.md"); !strings.Contains(user, *f.Owner.Name) {
			t.Errorf("the new agent works for nobody:\n%s", user)
		}
	})
}

func TestNamesMayDifferByWildcards(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.Agent("Wanda", &f.board, nil)
		f.create(t, `{"name":"W_nd%","board_id":"`+f.board.ID.String()+`"}`)
	})
}

func TestFailedCreationIsResumed(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.FailWith("agents.files.set", 1, "disk is full")
		body := func(role string) string {
			return fmt.Sprintf(`{"name":"Wanda","board_id":%q,"identity_profile":{"role":%q}}`, f.board.ID, role)
		}
		failed := f.Call(f.owner, "POST", "/api/v1/agents", body("Scout"))
		want(t, "the gateway refuses", failed, 502, "Gateway provision failed: disk is full")
		list := f.Call(f.owner, "GET", "/api/v1/agents", "")
		id := list.At("items", 0, "id").(string)
		if list.At("total") != 1.0 || list.At("items", 0, "status") != "provisioning" || f.row(t, id).LastProvisionError == nil {
			t.Errorf("left behind: %v", list.Body)
		}
		again := f.create(t, body("Builder"))
		if again.At("id") != id || again.At("identity_profile", "role") != "Builder" || !strings.Contains(f.fake.File("mc-"+id, "IDENTITY.md"), "Builder") {
			t.Errorf("not the same agent: %v", again.Body)
		}
		events := []string{
			"agent.provision.failed: Provision message failed: Gateway provision failed: disk is full",
			"agent.provision.direct: Provisioned directly for Wanda.", "agent.wakeup.sent: Wakeup message sent to Wanda.",
		}
		if diff := cmp.Diff(events, f.feed(t, mc.MustID(id))); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		want(t, "once more", f.Call(f.owner, "POST", "/api/v1/agents", body("Scout")), 409, "An agent with this name already exists on this board.")
	})
}

func TestConcurrentCreationsShareNoName(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		elsewhere := f.Board("Elsewhere", &f.gateway)
		const tries = 6
		statuses := make([]int, tries)
		var wg sync.WaitGroup
		for i := range tries {
			board := f.board
			if i%2 == 1 {
				board = elsewhere
			}
			wg.Go(func() {
				statuses[i] = f.Call(f.owner, "POST", "/api/v1/agents", fmt.Sprintf(`{"name":"Wanda","board_id":%q}`, board.ID)).Status
			})
		}
		wg.Wait()
		made := 0
		for _, s := range statuses {
			if s == 200 {
				made++
			} else if s != 409 {
				t.Errorf("answered %d", s)
			}
		}
		if made != 1 {
			t.Errorf("%d agents of one name were made: %v", made, statuses)
		}
	})
}

func TestExternalAgents(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		bare := f.Board("Bare", nil)
		made := f.create(t, `{"name":"Bot","board_id":"`+bare.ID.String()+`"}`)
		id := made.At("id").(string)
		if made.At("runtime") != "external" || made.At("gateway_id") != "00000000-0000-0000-0000-000000000000" || made.At("status") != "provisioning" || made.At("openclaw_session_id") != nil {
			t.Errorf("got %v", made.Body)
		}
		lead := f.create(t, `{"name":"Boss","board_id":"`+bare.ID.String()+`","is_board_lead":true}`)
		beside := f.create(t, `{"name":"Boss","board_id":"`+f.board.ID.String()+`","runtime":"external"}`)
		if lead.At("is_board_lead") != true || beside.At("runtime") != "external" {
			t.Errorf("got %v and %v", lead.Body, beside.Body)
		}
		f.create(t, `{"name":"Boss two","board_id":"`+f.board.ID.String()+`"}`) // on the gateway, next to the external one

		token := f.Call(f.owner, "POST", "/api/v1/agents/"+id+"/token", "")
		if token.Status != 200 || token.At("agent_id") != id {
			t.Fatalf("token: %d %v", token.Status, token.Body)
		}
		first := apitest.AsAgent(token.At("token").(string))
		if got := f.Call(first, "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`); got.At("status") != "online" {
			t.Errorf("after its first check-in: %v", got.Body)
		}
		second := apitest.AsAgent(f.Call(f.owner, "POST", "/api/v1/agents/"+id+"/token", "").At("token").(string))
		want(t, "the old token", f.Call(first, "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`), 401, nil)
		want(t, "the new token", f.Call(second, "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`), 200, nil)
		if renamed := f.Call(f.owner, "PATCH", "/api/v1/agents/"+id, `{"name":"Robot"}`); renamed.At("name") != "Robot" || renamed.At("status") != "online" {
			t.Errorf("renamed: %v", renamed.Body)
		}
		want(t, "removed", f.Call(f.owner, "DELETE", "/api/v1/agents/"+id, ""), 200, nil)
		want(t, "its token", f.Call(second, "POST", "/api/v1/agents/"+id+"/heartbeat", `{}`), 401, nil)
		for _, call := range f.fake.Calls("agents.create") {
			if call.Params["name"] == "mc-"+id {
				t.Error("an external agent was made on the gateway")
			}
		}
	})
}

func TestTokenIsForExternalAgents(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		inside, _ := f.Agent("Wanda", &f.board, nil)
		bare := f.Board("Bare", nil)
		bot, token := f.Agent("Bot", &bare, nil)
		_, others := f.NewOrganization("Other")
		path := func(id mc.ID) string { return "/api/v1/agents/" + id.String() + "/token" }
		want(t, "on a gateway", f.Call(f.owner, "POST", path(inside.ID), ""), 409, "Only external agents are given their token here")
		want(t, "unknown", f.Call(f.owner, "POST", path(mc.NewID()), ""), 404, nil)
		want(t, "no id", f.Call(f.owner, "POST", "/api/v1/agents/x/token", ""), 404, nil)
		want(t, "of others", f.Call(apitest.As(others), "POST", path(bot.ID), ""), 404, nil)
		want(t, "by itself", f.Call(apitest.AsAgent(token), "POST", path(bot.ID), ""), 401, nil)
		want(t, "no admin", f.Call(apitest.As(f.Member(mc.RoleMember, true, true)), "POST", path(bot.ID), ""), 403, nil)
		want(t, "without write access", f.Call(apitest.As(f.Member(mc.RoleAdmin, true, false)), "POST", path(bot.ID), ""), 403, "Forbidden")
	})
}
