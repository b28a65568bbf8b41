package gateways_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
)

func TestStatus(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		g := f.row(f.connect("Home"))
		board := f.Board("Billing", &g)
		status := func(query string) apitest.Answer { return f.Call(f.owner, "GET", path+"/status?"+query, "") }
		byBoard := "board_id=" + board.ID.String()

		got := status(byBoard)
		if got.At("connected") != true || got.At("gateway_url") != f.fake.URL || got.At("sessions_count") != 1.0 || got.At("error") != nil ||
			got.At("sessions", 0, "label") != "Home Gateway Agent" || got.At("main_session", "label") != "Gateway Agent" {
			t.Errorf("by board: %v", got.Body)
		}
		f.fake.FailWith("sessions.patch", 1, "no patching today")
		if got := status(byBoard); got.At("connected") != true || got.At("main_session") != nil || got.At("main_session_error") != "no patching today" {
			t.Errorf("without the main session: %v", got.Body)
		}
		f.fake.FailWith("sessions.list", 1, "missing scope: operator.read")
		failed := map[string]any{
			"connected": false, "gateway_url": f.fake.URL, "sessions_count": nil, "sessions": nil, "main_session": nil, "main_session_error": nil,
			"error": "Gateway token is missing required scope `operator.read`. Update the gateway token scopes and retry.",
		}
		if diff := cmp.Diff(any(failed), status(byBoard).Body); diff != "" {
			t.Error(diff)
		}
		f.fake.Set(func(o *openclawtest.Options) { o.Version = "2026.1.1" })
		if got := status(byBoard); got.At("error") != "Gateway version 2026.1.1 is not supported. Minimum supported version is 2026.02.9." {
			t.Errorf("too old: %v", got.Body)
		}
	})
}

func TestStatusByURL(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.Set(func(o *openclawtest.Options) { o.Token = "secret" })
		saved := f.Call(f.owner, "POST", path, f.body("Home", `,"token":"secret","disable_device_pairing":true`))
		want(t, "create", saved, 200, nil)
		status := func(more string) apitest.Answer {
			f.fake.ForgetCalls()
			return f.Call(f.owner, "GET", path+"/status?gateway_url="+url.QueryEscape(" "+f.fake.URL+" ")+more, "")
		}
		if got := status("&gateway_token=+secret+"); got.At("connected") != true || got.At("main_session") != nil || got.At("gateway_url") != f.fake.URL {
			t.Errorf("with the token: %v", got.Body)
		}
		if c := f.fake.Connections()[0]; c.Params["device"] != nil {
			t.Error("the saved gateway's flag was not used")
		}
		status("&gateway_token=secret&gateway_disable_device_pairing=false")
		if c := f.fake.Connections()[0]; c.Params["device"] == nil {
			t.Error("the flag given was not used")
		}
		if got := status(""); got.At("connected") != false || got.At("error") != "Gateway authentication failed. Verify gateway token and operator scopes." {
			t.Errorf("the saved token was used: %v", got.Body)
		}
		want(t, "blank", f.Call(f.owner, "GET", path+"/status?gateway_url=+", ""), 422, "board_id or gateway_url is required")
	})
}

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		g := f.row(f.connect("Home"))
		board := f.Board("Billing", &g)
		query := "?board_id=" + board.ID.String()
		main := mc.MainSessionKey(g.ID)
		get := func(rest string) apitest.Answer {
			return f.Call(f.owner, "GET", path+"/sessions"+rest+query, "")
		}
		send := func(key, body string) apitest.Answer {
			return f.Call(f.owner, "POST", path+"/sessions/"+key+"/message"+query, body)
		}

		if got := get(""); got.At("sessions", 0, "label") != "Home Gateway Agent" || got.At("main_session", "label") != "Gateway Agent" {
			t.Errorf("the list: %v", got.Body)
		}
		if got := get("/" + main); got.At("session", "key") != main || got.At("session", "label") != "Gateway Agent" {
			t.Errorf("one: %v", got.Body)
		}
		want(t, "an unknown one", get("/agent:none:main"), 404, "Session not found")
		want(t, "send", send("agent:main:chat", `{"content":"  Hello there "}`), 200, nil)
		f.fake.Say("agent:main:chat", "Hi!")
		if got := get("/agent:main:chat/history"); got.At("history", 0, "content", 0, "text") != "Hello there" || got.At("history", 1, "role") != "assistant" {
			t.Errorf("history: %v", got.Body)
		}
		if got := get("/agent:none/history"); got.At("history") == nil || got.At("history", 0) != nil {
			t.Errorf("history of nothing: %v", got.Body)
		}
		want(t, "blank", send("x", `{"content":" "}`), 422, `["body","content"]`)

		f.fake.FailWith("sessions.patch", 2, "no patching today")
		want(t, "send to a main session that cannot be had", send(main, `{"content":"Ping"}`), 502, "no patching today")
		if got := get(""); got.Status != 200 || got.At("main_session") != nil {
			t.Errorf("the list: %v", got.Body)
		}
		for _, method := range []string{"sessions.list", "sessions.list", "chat.history", "chat.send"} {
			f.fake.FailWith(method, 1, "closed: "+method)
		}
		want(t, "list refused", get(""), 502, "closed: sessions.list")
		want(t, "one refused", get("/"+main), 502, "closed: sessions.list")
		want(t, "history refused", get("/x/history"), 502, "closed: chat.history")
		want(t, "send refused", send("x", `{"content":"Ping"}`), 502, "closed: chat.send")
	})
}

func TestWhoMayLookIntoAGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		g := f.Gateway(f.fake.URL)
		board, bare := f.Board("Billing", &g), f.Board("Bare", nil)
		other, stranger := f.NewOrganization("Other")
		foreign := f.BoardOf(other, "Foreign", &g)
		admin := f.Member(mc.RoleAdmin, false, false)
		reader := f.Member(mc.RoleAdmin, true, false)
		f.Join(f.Owner, other, mc.RoleMember, true, true)
		joined := f.BoardOf(other, "Joined", nil)
		list := func(as mc.User, query string) apitest.Answer {
			return f.Call(apitest.As(as), "GET", path+"/sessions"+query, "")
		}
		of := func(b mc.Board) string { return "?board_id=" + b.ID.String() }

		want(t, "no board", list(f.Owner, ""), 422, "board_id or gateway_url is required")
		want(t, "an unknown board", list(f.Owner, "?board_id="+mc.NewID().String()), 404, "Board not found")
		want(t, "no id", list(f.Owner, "?board_id=nope"), 404, "Board not found")
		want(t, "no member of the organization", list(stranger, of(board)), 403, "No org access")
		want(t, "no access to the board", list(admin, of(board)), 403, "Board access denied")
		want(t, "a board without gateway", list(f.Owner, of(bare)), 422, "Board gateway_id is required")
		want(t, "a gateway of another organization", list(f.Owner, of(foreign)), 422, "Board gateway_id is invalid")
		want(t, "no gateway, in another organization", list(f.Owner, of(joined)), 422, "Board gateway_id is required")
		want(t, "a reader", list(reader, of(board)), 200, nil)
		want(t, "a reader who writes", f.Call(apitest.As(reader), "POST", path+"/sessions/x/message"+of(board), `{"content":"Ping"}`), 403, "Board access denied")
		want(t, "a member", list(f.Member(mc.RoleMember, true, true), of(board)), 403, "Forbidden")
		if len(f.fake.Calls("chat.send")) != 0 {
			t.Error("a message was sent")
		}
	})
}

func TestBoardOfAnInactiveOrganization(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		g := f.Gateway(f.fake.URL)
		board := f.Board("Billing", &g)
		_, elsewhere := f.NewOrganization("Other")
		f.Join(elsewhere, f.Organization, mc.RoleOwner, true, true) // but acts in the other one
		want(t, "list", f.Call(apitest.As(elsewhere), "GET", path+"/sessions?board_id="+board.ID.String(), ""), 403, "Forbidden")
	})
}

func TestCommands(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		got := f.Call(f.owner, "GET", path+"/commands", "")
		methods, _ := got.At("methods").([]any)
		events, _ := got.At("events").([]any)
		if got.At("protocol_version") != 3.0 || len(methods) != 86 || len(events) != 18 || methods[85] != "chat.send" || events[17] != "exec.approval.resolved" {
			t.Errorf("got %d methods and %d events", len(methods), len(events))
		}
		_, token := f.Agent("Wanda", mc.Ref(f.Board("Outside", nil)), nil)
		want(t, "an agent", f.Call(apitest.AsAgent(token), "GET", path+"/commands", ""), 401, "Unauthorized")
	})
}
