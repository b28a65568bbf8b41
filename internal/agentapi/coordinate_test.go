package agentapi_test

import (
	"strings"
	"testing"

	"missioncontrol/internal/mc"
)

func TestNudge(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		path := f.on(f.worker.ID, "/nudge")
		want(t, "nudged", f.Call(f.asLead, "POST", path, `{"message":"  look at it "}`), 200, nil)
		if said := f.fake.Messages(*f.worker.SessionKey); len(said) != 1 || said[0].Text != "look at it" || !said[0].Deliver {
			t.Errorf("the worker was told %+v", said)
		}
		if got := f.newest(t, f.lead.ID); got != "agent.nudge.sent: Nudge sent to Wanda." {
			t.Errorf("the log says %q", got)
		}
		want(t, "the main agent of the gateway", f.Call(f.asLead, "POST", f.on(f.main.ID, "/nudge"), `{"message":"x"}`), 200, nil)
		f.fake.FailWith("chat.send", 1, "not today")
		want(t, "refused", f.Call(f.asLead, "POST", path, `{"message":"x"}`), 502, "Gateway nudge failed: not today")
		if got := f.newest(t, f.lead.ID); got != "agent.nudge.failed: Nudge failed for Wanda: not today" {
			t.Errorf("the log says %q", got)
		}
		mute, _ := f.Agent("Mute", &f.board, func(a *mc.Agent) { a.SessionKey = mc.Ref(" ") })
		want(t, "out of reach", f.Call(f.asLead, "POST", f.on(mute.ID, "/nudge"), `{"message":"x"}`), 422, "Target agent has no session key")
		want(t, "another gateway's main agent", f.Call(f.asLead, "POST", f.on(f.foreign().ID, "/nudge"), `{"message":"x"}`), 404, "Not Found")
		want(t, "no id", f.Call(f.asLead, "POST", f.path+"/agents/xyz/nudge", `{"message":"x"}`), 404, "Not Found")
		want(t, "blank", f.Call(f.asLead, "POST", path, `{"message":" "}`), 422, `["body","message"]`)
		want(t, "a worker", f.Call(f.asWorker, "POST", path, `{"message":"x"}`), 403, "Only board leads can perform this action")
	})
}

func TestSoul(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		path, id := f.on(f.worker.ID, "/soul"), mc.GatewayAgentID(f.worker)
		if err := f.client.Gateway(f.fake.Endpoint()).AgentsCreate(t.Context(), id, "/srv/wanda"); err != nil {
			t.Fatal(err)
		}
		f.fake.SetFile(id, "SOUL.md", "old")
		if got := f.Call(f.asWorker, "GET", path, ""); got.Status != 200 || got.Body != "old" {
			t.Errorf("its own soul: %d %v", got.Status, got.Body)
		}
		want(t, "a lead's", f.Call(f.asWorker, "GET", f.on(f.lead.ID, "/soul"), ""), 403, "Forbidden")
		want(t, "written", f.Call(f.asLead, "PUT", path, `{"content":"\n# Brief\n","reason":" short ","source_url":" "}`), 200, nil)
		if got := f.fake.File(id, "SOUL.md"); got != "# Brief" {
			t.Errorf("the gateway has %q", got)
		}
		if got := f.newest(t, f.lead.ID); got != "agent.soul.updated: SOUL.md updated for Wanda. Reason: short" {
			t.Errorf("the log says %q", got)
		}
		if told := f.Audited(); len(told) != 1 || told[0] != "agent.changed Wanda by agent" {
			t.Errorf("audited %q", told)
		}
		f.fake.FailWith("agents.files.set", 1, "full")
		want(t, "refused", f.Call(f.asLead, "PUT", path, `{"content":"kept"}`), 502, "Gateway SOUL update failed: full")
		if row, err := f.Store.Agent(t.Context(), f.worker.ID); err != nil || row.SoulTemplate == nil || *row.SoulTemplate != "kept" {
			t.Errorf("the template is %v, %v", row.SoulTemplate, err)
		}
		f.fake.FailWith("agents.files.get", 1, "secret words")
		want(t, "unread", f.Call(f.asLead, "GET", path, ""), 502, "Gateway SOUL read failed")
		want(t, "blank", f.Call(f.asLead, "PUT", path, `{"content":" \n"}`), 422, "content is required")
		want(t, "no template", f.Call(f.asLead, "PUT", path, `{"content":"{{ nonsense"}`), 422, `["body","content"]`)
		want(t, "another gateway's main agent", f.Call(f.asLead, "PUT", f.on(f.foreign().ID, "/soul"), `{"content":" "}`), 404, "Not Found")
		want(t, "by a worker", f.Call(f.asWorker, "PUT", path, `{"content":"x"}`), 403, "Only board leads can perform this action")
	})
}

func TestRemove(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		path := f.on(f.worker.ID, "")
		other := f.Board("Other", &f.gateway)
		stranger, _ := f.Agent("Stranger", &other, nil)
		want(t, "a worker", f.Call(f.asWorker, "DELETE", path, ""), 403, "Only board leads can perform this action")
		want(t, "a main agent", f.Call(f.asLead, "DELETE", f.on(f.main.ID, ""), ""), 403, "Board leads cannot delete gateway main agents")
		want(t, "itself", f.Call(f.asLead, "DELETE", f.on(f.lead.ID, ""), ""), 403, "Board leads cannot delete lead agents")
		want(t, "of another board", f.Call(f.asLead, "DELETE", f.on(stranger.ID, ""), ""), 404, "Not Found")
		f.fake.FailWith("agents.delete", 1, "busy")
		want(t, "refused", f.Call(f.asLead, "DELETE", path, ""), 502, "Gateway cleanup failed: busy")
		want(t, "deleted", f.Call(f.asLead, "DELETE", path, ""), 200, nil)
		want(t, "its token", f.Call(f.asWorker, "GET", "/api/v1/agent/healthz", ""), 401, nil)
		want(t, "again", f.Call(f.asLead, "DELETE", path, ""), 200, nil)
		want(t, "no id", f.Call(f.asLead, "DELETE", f.path+"/agents/xyz", ""), 200, nil)
		if told := f.Audited(); len(told) != 1 || told[0] != "agent.deleted Wanda by agent" {
			t.Errorf("audited %q", told)
		}
	})
}

func TestAskUser(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		path := f.path + "/gateway/main/ask-user"
		got := f.Call(f.asLead, "POST", path, `{"content":" May we? ","preferred_channel":" slack ","correlation_id":" ","reply_tags":["a\"b"],"reply_source":null}`)
		if got.Status != 200 || got.At("main_agent_id") != f.main.ID.String() || got.At("main_agent_name") != f.main.Name {
			t.Errorf("answered %d %v", got.Status, got.Body)
		}
		said := f.fake.Messages(mc.MainSessionKey(f.gateway.ID))
		if len(said) != 1 || !said[0].Deliver {
			t.Fatalf("the main agent was told %+v", said)
		}
		rest := said[0].Text
		for _, fact := range []string{"LEAD REQUEST: ASK USER\n", "Launch", f.board.ID.String(), "Lena", "slack", "May we?", "http://mc.example" + f.path + "/memory", `["a\"b"]`, "user_via_gateway_main"} {
			_, after, found := strings.Cut(rest, fact)
			if !found {
				t.Fatalf("%q is not told in its place of:\n%s", fact, said[0].Text)
			}
			rest = after
		}
		if strings.Contains(said[0].Text, "Correlation") {
			t.Error("a blank correlation id is told")
		}
		f.fake.FailWith("chat.send", 1, "not today")
		want(t, "refused", f.Call(f.asLead, "POST", path, `{"content":"x"}`), 502, "Gateway ask-user dispatch failed: not today")
		if got := f.newest(t, f.lead.ID); got != "gateway.lead.ask_user.failed: Lead user question failed for Launch: not today" {
			t.Errorf("the log says %q", got)
		}
		want(t, "a main agent", f.Call(f.asMain, "POST", path, `{"content":"x"}`), 403, "Only board leads can perform this action")
	})
}
