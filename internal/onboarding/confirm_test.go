package onboarding_test

import (
	"strings"
	"testing"

	"missioncontrol/internal/mc"
)

func TestConfirmBringsTheLeadToLife(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.Call(f.owner, "POST", f.path("/start"), `{}`)
		draft := `{"status":"complete","board_type":"general","user_profile":{"preferred_name":"Jo"},"lead_agent":{"name":"Ava","identity_profile":{"role":"Captain"}}}`
		want(t, "draft", f.Call(f.main, "POST", f.agentPath(), draft), 200, nil)
		want(t, "confirm", f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`), 200, nil)
		lead := "lead-" + f.board.ID.String()
		for file, fact := range map[string]string{"BOOTSTRAP.md": "heartbeat", "IDENTITY.md": "Captain", "USER.md": "Jo", "TOOLS.md": "AUTH_TOKEN="} {
			if content := f.fake.File(lead, file); !strings.Contains(content, fact) {
				t.Errorf("%s does not say %q:\n%s", file, fact, content)
			}
		}
		if messages := f.fake.Messages("agent:" + lead + ":main"); len(messages) != 1 || len(f.fake.Calls("sessions.reset")) != 0 {
			t.Errorf("it was woken by %v, its session emptied %d times", messages, len(f.fake.Calls("sessions.reset")))
		}
		f.fake.ForgetCalls()
		want(t, "again", f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`), 200, nil)
		if calls := f.fake.Calls(); len(calls) > 0 {
			t.Errorf("the lead that is there was not left alone: %v", calls)
		}
	})
}

func TestFailedLeadDoesNotLoseTheConfirmation(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.Call(f.owner, "POST", f.path("/start"), `{}`)
		f.fake.FailWith("agents.create", 1, "no room")
		want(t, "the gateway refuses", f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`), 502, "Gateway provision failed: no room")
		board, err := f.Store.Board(t.Context(), f.board.ID)
		if err != nil || !board.GoalConfirmed {
			t.Errorf("the board is %+v, %v", board, err)
		}
		if read := f.Call(f.owner, "GET", f.path(""), ""); read.At("status") != "confirmed" {
			t.Errorf("the dialogue is %v", read.At("status"))
		}
		want(t, "again", f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`), 200, nil)
		if !f.fake.HasAgent("lead-" + f.board.ID.String()) {
			t.Error("the lead was not brought to life")
		}
	})
}

func TestExternalLeadStaysExternal(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		boss, _ := f.Agent("Boss", &f.board, func(a *mc.Agent) { a.Runtime, a.GatewayID, a.IsBoardLead = mc.RuntimeExternal, nil, true })
		f.Call(f.owner, "POST", f.path("/start"), `{}`)
		want(t, "confirm", f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`), 200, nil)
		lead, err := f.Store.Lead(t.Context(), f.board.ID)
		if err != nil || lead.ID != boss.ID || lead.Name != "Boss" || !lead.IsExternal() || lead.GatewayID != nil || lead.SessionKey != nil {
			t.Errorf("the lead is %+v, %v", lead, err)
		}
	})
}
