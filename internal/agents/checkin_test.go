package agents_test

import (
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
)

func TestCheckIn(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		long := mc.SystemClock().Add(-time.Hour)
		wanda, token := f.Agent("Wanda", &f.board, func(a *mc.Agent) {
			a.Status, a.LastSeenAt, a.WakeAttempts, a.CheckinDeadlineAt, a.LastProvisionError = mc.AgentOffline, &long, 2, &long, mc.Ref("x")
		})
		fresh, _ := f.Agent("Fay", &f.board, func(a *mc.Agent) { a.Status = mc.AgentProvisioning })
		_, other := f.Agent("Olaf", &f.board, nil)
		main, mainToken := f.MainAgent(f.gateway)
		beat := func(as apitest.Caller, id mc.ID, body string) apitest.Answer {
			return f.Call(as, "POST", "/api/v1/agents/"+id.String()+"/heartbeat", body)
		}
		for _, step := range []struct {
			body, status string
		}{{`{}`, "online"}, {`{"status":"busy"}`, "busy"}, {`{"status":""}`, "busy"}, {`{"status":null}`, "busy"}, {`{"status":"updating"}`, "busy"}} {
			if got := beat(apitest.AsAgent(token), wanda.ID, step.body); got.Status != 200 || got.At("status") != step.status {
				t.Errorf("%s: %d %v, want %s", step.body, got.Status, got.At("status"), step.status)
			}
		}
		if row := f.row(t, wanda.ID.String()); row.WakeAttempts != 0 || row.CheckinDeadlineAt != nil || row.LastProvisionError != nil {
			t.Errorf("still waited for: %+v", row)
		}
		if feed := f.feed(t, wanda.ID); len(feed) != 5 || feed[0] != "agent.heartbeat: Heartbeat received from Wanda." {
			t.Errorf("events %v", feed)
		}
		if got := beat(f.owner, fresh.ID, `{}`); got.At("status") != "online" {
			t.Errorf("by an admin: %v", got.Body)
		}
		if got := beat(f.owner, main.ID, `{"status":"idle"}`); got.At("status") != "idle" {
			t.Errorf("the main agent: %v", got.Body)
		}
		_, others := f.NewOrganization("Other")
		want(t, "another agent", beat(apitest.AsAgent(other), wanda.ID, `{}`), 403, "Forbidden")
		want(t, "the main agent", beat(apitest.AsAgent(mainToken), wanda.ID, `{}`), 403, "Forbidden")
		want(t, "unknown", beat(f.owner, mc.NewID(), `{}`), 404, "Not Found")
		want(t, "unknown, by an agent", beat(apitest.AsAgent(other), mc.NewID(), `{}`), 404, "Not Found")
		want(t, "no id", f.Call(apitest.AsAgent(other), "POST", "/api/v1/agents/xyz/heartbeat", `{}`), 404, "Not Found")
		want(t, "others", beat(apitest.As(others), wanda.ID, `{}`), 404, "Not Found")
		want(t, "a member", beat(apitest.As(f.Member(mc.RoleMember, true, true)), wanda.ID, `{}`), 403, "Forbidden")
		want(t, "nobody", beat(apitest.AsNobody, wanda.ID, `{}`), 401, nil)
		want(t, "a type", beat(f.owner, wanda.ID, `{"status":1}`), 422, `["body","status"]`)
	})
}

func TestCheckInByName(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		wanda, token := f.Agent("Wanda", &f.board, func(a *mc.Agent) { a.SessionKey = mc.Ref("stale") })
		otherOrg, _ := f.NewOrganization("Other")
		foreign := f.BoardOf(otherOrg, "Foreign", nil)
		spy, _ := f.Agent("Nora", &foreign, nil)
		beat := func(as apitest.Caller, body string) apitest.Answer {
			return f.Call(as, "POST", "/api/v1/agents/heartbeat", body)
		}
		on := `","board_id":"` + f.board.ID.String() + `"`

		known := beat(f.owner, `{"name":"Wanda","status":"busy"}`)
		if known.At("id") != wanda.ID.String() || known.At("status") != "busy" || known.At("openclaw_session_id") != mc.SessionKeyOf(wanda) {
			t.Errorf("known: %d %v", known.Status, known.Body)
		}
		nora := beat(f.owner, `{"name":" Nora `+on+`}`)
		if nora.Status != 200 || nora.At("name") != "Nora" || nora.At("status") != "online" || nora.At("id") == spy.ID.String() || !f.fake.HasAgent("mc-"+nora.At("id").(string)) {
			t.Errorf("new: %d %v", nora.Status, nora.Body)
		}
		if again := beat(f.owner, `{"name":"Nora"`+on[1:]+`,"status":"reviewing"}`); again.At("id") != nora.At("id") || again.At("status") != "reviewing" {
			t.Errorf("again: %d %v", again.Status, again.Body)
		}
		itself := beat(apitest.AsAgent(token), `{"name":"Nobody","board_id":"`+mc.NewID().String()+`","status":"waiting"}`)
		if itself.At("id") != wanda.ID.String() || itself.At("status") != "waiting" {
			t.Errorf("an agent: %d %v", itself.Status, itself.Body)
		}
		bare := f.Board("Bare", nil)
		if bot := beat(f.owner, `{"name":"Bot","board_id":"`+bare.ID.String()+`"}`); bot.At("runtime") != "external" || bot.At("status") != "online" {
			t.Errorf("on a board without gateway: %d %v", bot.Status, bot.Body)
		}
		half := f.Member(mc.RoleAdmin, true, false)
		want(t, "without board", beat(f.owner, `{"name":"Nobody"}`), 422, "board_id is required")
		want(t, "unknown board", beat(f.owner, `{"name":"Nobody","board_id":"`+mc.NewID().String()+`"}`), 404, "Board not found")
		want(t, "no name", beat(f.owner, `{}`), 422, `["body","name"]`)
		want(t, "no name, by an agent", beat(apitest.AsAgent(token), `{}`), 422, `["body","name"]`)
		want(t, "a member", beat(apitest.As(f.Member(mc.RoleMember, true, true)), `{"name":"Wanda"}`), 403, "Forbidden")
		want(t, "reading only", beat(apitest.As(half), `{"name":"Wanda"}`), 403, "Forbidden")
		want(t, "reading only, new", beat(apitest.As(half), `{"name":"Nobody`+on+`}`), 403, "Board access denied")
		want(t, "nobody", beat(apitest.AsNobody, `{"name":"Wanda"}`), 401, nil)
	})
}

func TestCheckInByNameGivesATokenToAnAgentWithout(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		wanda, _ := f.Agent("Wanda", &f.board, func(a *mc.Agent) { a.TokenHash, a.TokenSHA256 = nil, nil })
		got := f.Call(f.owner, "POST", "/api/v1/agents/heartbeat", `{"name":"Wanda"}`)
		if got.Status != 200 || got.At("id") != wanda.ID.String() {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		token := f.tokenOf(t, "mc-"+wanda.ID.String())
		want(t, "its token", f.Call(apitest.AsAgent(token), "POST", "/api/v1/agents/"+wanda.ID.String()+"/heartbeat", `{}`), 200, nil)
	})
}
