package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/onboarding"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// fixture is a board on a gateway that runs, with the gateway's main agent.
type fixture struct {
	*apitest.World
	fake    *openclawtest.Gateway
	gateway mc.Gateway
	board   mc.Board
	owner   apitest.Caller
	main    apitest.Caller
	session string // of the main agent
}

func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := &fixture{World: apitest.New(t, st), fake: openclawtest.Start(t)}
		client := apitest.GatewayClient(t)
		lifecycle := provision.New(provision.Config{
			Store: st, Client: client, BaseURL: "http://mc.example", MinVersion: "2026.02.9",
			Retry: jobs.Policy{MaxAttempts: 4, Base: 10 * time.Second, Max: 2 * time.Minute},
		})
		f.Serve(onboarding.New(st, lifecycle, client, "http://mc.example/"))
		f.gateway = f.Gateway(f.fake.URL)
		f.board = f.Board("Launch", &f.gateway)
		_, token := f.MainAgent(f.gateway)
		f.owner, f.main, f.session = apitest.As(f.Owner), apitest.AsAgent(token), mc.MainSessionKey(f.gateway.ID)
		test(t, f)
	})
}

func (f *fixture) path(rest string) string {
	return "/api/v1/boards/" + f.board.ID.String() + "/onboarding" + rest
}
func (f *fixture) agentPath() string {
	return "/api/v1/agent/boards/" + f.board.ID.String() + "/onboarding"
}

func want(t *testing.T, what string, got apitest.Answer, status int, detail any) {
	t.Helper()
	if got.Status != status || detail != nil && got.Detail() != detail {
		t.Errorf("%s: answered %d %v, want %d %v", what, got.Status, got.Detail(), status, detail)
	}
}

const question = `{"question":" What is the goal? ","options":[{"id":" 1 ","label":" Ship "},{"id":"2","label":"Other (I'll type it)"}]}`

func TestWholeDialogue(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		want(t, "nothing yet", f.Call(f.owner, "GET", f.path(""), ""), 404, "Not Found")
		started := f.Call(f.owner, "POST", f.path("/start"), `{"anything":1}`)
		want(t, "start", started, 200, nil)
		if started.At("status") != "active" || started.At("session_key") != f.session || started.At("draft_goal") != nil || started.At("messages", 0, "role") != "user" {
			t.Errorf("started: %v", started.Body)
		}
		prompt := started.At("messages", 0, "content").(string)
		for _, fact := range []string{
			"BOARD ONBOARDING REQUEST", "Launch", "About Launch", "I'll type it", "Additional context", "X-Agent-Token", "http://mc.example/api/v1/agent/boards/" + f.board.ID.String() + "/onboarding",
			`"question"`, `"status":"complete"`, "ask_first", "autonomous", "narrative", "weekly", "user_profile", "lead_agent",
		} {
			if !strings.Contains(prompt, fact) {
				t.Errorf("the prompt does not say %q", fact)
			}
		}
		if sent := f.fake.Messages(f.session); len(sent) != 1 || sent[0].Text != prompt || f.fake.Calls("chat.send")[0].Params["deliver"] != false {
			t.Errorf("the agent was sent %v", sent)
		}
		if label := f.fake.Calls("sessions.patch")[0].Params["label"]; label != "Gateway Agent" {
			t.Errorf("the session is labelled %v", label)
		}

		asked := f.Call(f.main, "POST", f.agentPath(), question)
		if got := asked.At("messages", 1, "content"); got != `{"question":"What is the goal?","options":[{"id":"1","label":"Ship"},{"id":"2","label":"Other (I'll type it)"}]}` {
			t.Errorf("asked: %v", got)
		}
		answered := f.Call(f.owner, "POST", f.path("/answer"), `{"answer":" Other ","other_text":"paying users"}`)
		if answered.At("messages", 2, "content") != "Other: paying users" || answered.At("status") != "active" {
			t.Errorf("answered: %d %v", answered.Status, answered.Body)
		}
		plain := f.Call(f.owner, "POST", f.path("/answer"), `{"answer":"Yes","other_text":""}`)
		if plain.At("messages", 3, "content") != "Yes" {
			t.Errorf("answered: %d %v", plain.Status, plain.Body)
		}
		if sent := f.fake.Messages(f.session); len(sent) != 3 || sent[1].Text != "Other: paying users" || sent[2].Text != "Yes" {
			t.Errorf("the agent was sent %v", sent)
		}
		draft := `{"status":"complete","board_type":"goal","objective":" Ship it ","success_metrics":{"n":1.0,"none":null},"target_date":"2031-05-01T10:00:00+02:00",
			"user_profile":{"preferred_name":" Jo ","pronouns":" ","notes":7},
			"lead_agent":{"name":" Ava ","identity_profile":{"role":"Captain","communication_style":"calm","blank":" ","n":3},"autonomy_level":"balanced","verbosity":" ","custom_instructions":"be kind"},"extra":1}`
		proposed := f.Call(f.main, "POST", f.path("/agent"), draft)
		want(t, "draft", proposed, 200, nil)
		content := `{"board_type":"goal","objective":" Ship it ","success_metrics":{"n":1.0,"none":null},"target_date":"2031-05-01T10:00:00+02:00","status":"complete",` +
			`"user_profile":{"preferred_name":"Jo","notes":"7"},` +
			`"lead_agent":{"name":"Ava","identity_profile":{"role":"Captain","communication_style":"calm","n":"3"},"autonomy_level":"balanced","custom_instructions":"be kind"}}`
		if got := proposed.At("messages", 4, "content"); got != content {
			t.Errorf("draft\ngot  %v\nwant %s", got, content)
		}
		goal := map[string]any{
			"board_type": "goal", "objective": " Ship it ", "success_metrics": map[string]any{"n": 1.0, "none": nil}, "target_date": "2031-05-01T10:00:00+02:00", "status": "complete",
			"user_profile": map[string]any{"preferred_name": "Jo", "pronouns": nil, "timezone": nil, "notes": "7", "context": nil},
			"lead_agent": map[string]any{
				"name": "Ava", "identity_profile": map[string]any{"role": "Captain", "communication_style": "calm", "n": "3"}, "autonomy_level": "balanced", "verbosity": nil,
				"output_format": nil, "update_cadence": nil, "custom_instructions": "be kind",
			},
		}
		if diff := cmp.Diff(any(goal), proposed.At("draft_goal")); diff != "" || proposed.At("status") != "completed" {
			t.Errorf("draft_goal (-want +got):\n%s", diff)
		}
		later := f.Call(f.main, "POST", f.path("/agent"), question)
		if later.At("status") != "completed" || later.At("draft_goal") == nil {
			t.Errorf("a question after the draft: %v", later.Body)
		}

		confirmed := f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"goal","objective":"Ship soon","success_metrics":{"n":2},"target_date":"2031-06-01T02:00:00+02:00"}`)
		want(t, "confirm", confirmed, 200, nil)
		for key, value := range map[string]any{
			"objective": "Ship soon", "target_date": "2031-06-01T00:00:00", "goal_confirmed": true, "goal_source": "lead_agent_onboarding", "require_approval_for_done": true,
		} {
			if confirmed.At(key) != value {
				t.Errorf("confirmed: %s is %v, want %v", key, confirmed.At(key), value)
			}
		}
		if at, _ := confirmed.At("updated_at").(string); at <= f.board.UpdatedAt.String() {
			t.Errorf("confirmed: updated_at is still %s", at)
		}
		lead, err := f.Store.Lead(t.Context(), f.board.ID)
		if err != nil || lead.Name != "Ava" || lead.TokenHash == nil || lead.Status != mc.AgentOnline {
			t.Fatalf("the lead is %+v, %v", lead, err)
		}
		profile := `{"role":"Captain","communication_style":"calm","emoji":":gear:","n":"3","autonomy_level":"balanced","custom_instructions":"be kind"}`
		if string(lead.IdentityProfile) != profile {
			t.Errorf("its profile is %s", lead.IdentityProfile)
		}
		if runs := f.Jobs("agent_lifecycle_reconcile"); len(runs) != 2 { // one finishes the run should it be cut off, one waits for the check-in
			t.Errorf("%d jobs bring it to life", len(runs))
		}
		user, err := f.Store.User(t.Context(), f.Owner.ID)
		if err != nil || *user.PreferredName != "Jo" || user.Pronouns != nil || *user.Notes != "7" {
			t.Errorf("the user is %+v, %v", user, err)
		}
		want(t, "too late for a question", f.Call(f.main, "POST", f.agentPath(), question), 409, "Conflict")
		want(t, "too late for a draft", f.Call(f.main, "POST", f.path("/agent"), `{"status":"complete","board_type":"general"}`), 409, "Conflict")
		if read := f.Call(f.owner, "GET", f.path(""), ""); read.At("status") != "confirmed" {
			t.Errorf("read: %v", read.At("status"))
		}

		again := f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`)
		if again.Status != 200 || again.At("board_type") != "general" || again.At("objective") != nil || len(f.Jobs("agent_lifecycle_reconcile")) != 2 {
			t.Errorf("confirmed again: %d %v", again.Status, again.Body)
		}
	})
}

func TestStartAgainRepeatsWhatWasNotAnswered(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		first := f.Call(f.owner, "POST", f.path("/start"), `{}`)
		again := f.Call(f.owner, "POST", f.path("/start"), `{}`)
		if again.At("id") != first.At("id") || len(f.fake.Messages(f.session)) != 2 || again.At("updated_at") == first.At("updated_at") {
			t.Errorf("nobody has asked yet: %v, %d messages", again.Body, len(f.fake.Messages(f.session)))
		}
		f.Call(f.main, "POST", f.agentPath(), question)
		idle := f.Call(f.owner, "POST", f.path("/start"), `{}`)
		if idle.At("id") != first.At("id") || len(f.fake.Messages(f.session)) != 2 {
			t.Errorf("it is the user's turn: %d messages", len(f.fake.Messages(f.session)))
		}
		f.Call(f.owner, "POST", f.path("/answer"), `{"answer":"Yes"}`)
		f.fake.FailWith("chat.send", 1, "no room")
		want(t, "the gateway refuses", f.Call(f.owner, "POST", f.path("/start"), `{}`), 502, "Gateway onboarding answer dispatch failed: no room")
		f.Call(f.owner, "POST", f.path("/start"), `{}`)
		if sent := f.fake.Messages(f.session); sent[len(sent)-1].Text != "Yes" || sent[len(sent)-2].Text != "Yes" {
			t.Errorf("the answer was not repeated: %v", sent)
		}
		f.Call(f.main, "POST", f.agentPath(), `{"status":"complete","board_type":"general"}`)
		if fresh := f.Call(f.owner, "POST", f.path("/start"), `{}`); fresh.At("id") == first.At("id") || fresh.At("status") != "active" {
			t.Errorf("after a draft a new dialogue begins: %v", fresh.Body)
		}
	})
}

func TestNothingIsKeptWhenTheGatewayRefuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.FailWith("chat.send", 1, "no room")
		want(t, "start", f.Call(f.owner, "POST", f.path("/start"), `{}`), 502, "Gateway onboarding start dispatch failed: no room")
		want(t, "no dialogue", f.Call(f.owner, "GET", f.path(""), ""), 404, nil)
		f.Call(f.owner, "POST", f.path("/start"), `{}`)
		f.fake.FailWith("sessions.patch", 1, "no session")
		want(t, "answer", f.Call(f.owner, "POST", f.path("/answer"), `{"answer":"x"}`), 502, "Gateway onboarding answer dispatch failed: no session")
		if read := f.Call(f.owner, "GET", f.path(""), ""); len(read.At("messages").([]any)) != 1 {
			t.Errorf("kept: %v", read.At("messages"))
		}
		f.fake.CloseAll(1012, "service restart") // the next call dials anew and goes through
		want(t, "after a restart", f.Call(f.owner, "POST", f.path("/answer"), `{"answer":"x"}`), 200, nil)
	})
}

func TestWhoMayCall(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		second := f.Gateway(f.fake.URL + "/two")
		_, mainTwo := f.MainAgent(second)
		_, worker := f.Agent("Wanda", &f.board, nil)
		elsewhere := f.Board("Elsewhere", &f.gateway)
		_, stranger := f.Agent("Olaf", &elsewhere, nil)
		_, others := f.NewOrganization("Other")
		reader := f.Member(mc.RoleMember, true, false)
		unknown := "/api/v1/boards/" + mc.NewID().String() + "/onboarding"
		for _, path := range []string{f.path("/agent"), f.agentPath()} {
			want(t, "no dialogue yet", f.Call(f.main, "POST", path, question), 404, "Not Found")
			want(t, "a user", f.Call(f.owner, "POST", path, question), 401, nil)
			want(t, "nobody", f.Call(apitest.AsNobody, "POST", path, question), 401, nil)
			want(t, "a worker", f.Call(apitest.AsAgent(worker), "POST", path, question), 403, "Forbidden")
			want(t, "a worker elsewhere", f.Call(apitest.AsAgent(stranger), "POST", path, question), 403, "Forbidden")
			want(t, "another main agent", f.Call(apitest.AsAgent(mainTwo), "POST", path, question), 403, "Only the dedicated gateway agent may call this endpoint.")
			want(t, "fields first", f.Call(apitest.AsAgent(worker), "POST", path, `{}`), 422, nil)
		}
		want(t, "unknown board", f.Call(f.main, "POST", unknown+"/agent", question), 404, "Not Found")
		want(t, "no id", f.Call(f.main, "POST", "/api/v1/agent/boards/xyz/onboarding", question), 404, "Not Found")
		for _, op := range []struct{ method, path, body string }{
			{"GET", "", ""}, {"POST", "/start", `{}`}, {"POST", "/answer", `{"answer":"x"}`}, {"POST", "/confirm", `{"board_type":"general"}`},
		} {
			want(t, "nobody"+op.path, f.Call(apitest.AsNobody, op.method, f.path(op.path), op.body), 401, nil)
			want(t, "an agent"+op.path, f.Call(f.main, op.method, f.path(op.path), op.body), 401, nil)
			want(t, "others"+op.path, f.Call(apitest.As(others), op.method, f.path(op.path), op.body), 403, "No org access")
			want(t, "unknown"+op.path, f.Call(f.owner, op.method, unknown+op.path, op.body), 404, "Not Found")
			if op.method == "POST" {
				want(t, "reading only"+op.path, f.Call(apitest.As(reader), op.method, f.path(op.path), op.body), 403, "Board access denied")
			}
		}
	})
}

func TestBodies(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		want(t, "start without a body", f.Call(f.owner, "POST", f.path("/start"), ""), 422, `["body"]`)
		want(t, "start with a list", f.Call(f.owner, "POST", f.path("/start"), `[]`), 422, `["body"]`)
		f.Call(f.owner, "POST", f.path("/start"), `{}`)
		for body, places := range map[string]string{`{"answer":"  "}`: `["body","answer"]`, `{"other_text":"x"}`: `["body","answer"]`} {
			want(t, body, f.Call(f.owner, "POST", f.path("/answer"), body), 422, places)
		}
		for body, places := range map[string]string{
			`{}`: `["body","board_type"]`, `{"board_type":1,"success_metrics":"x","target_date":"soon"}`: `["body","board_type"] ["body","success_metrics"] ["body","target_date"]`,
			`{"board_type":"goal","success_metrics":{"a":1}}`: `["body"]`, `{"board_type":"goal","objective":"x","success_metrics":{}}`: `["body"]`,
		} {
			want(t, body, f.Call(f.owner, "POST", f.path("/confirm"), body), 422, places)
		}
		const complete, asks = `["body","BoardOnboardingAgentComplete"`, `["body","BoardOnboardingAgentQuestion"`
		for body, places := range map[string]string{
			`{}`:                            complete + `,"board_type"] ` + complete + `,"status"] ` + asks + `,"question"] ` + asks + `,"options"]`,
			`{"question":"Q","options":[]}`: complete + `,"board_type"] ` + complete + `,"status"] ` + asks + `,"options"]`,
			`{"question":"Q","options":[{"id":"1","label":" "}]}`:                                                              complete + `,"board_type"] ` + complete + `,"status"] ` + asks + `,"options",0,"label"]`,
			`{"status":"done","board_type":"general"}`:                                                                         complete + `,"status"] ` + asks + `,"question"] ` + asks + `,"options"]`,
			`{"status":"complete","board_type":"goal","objective":"x"}`:                                                        complete + `] ` + asks + `,"question"] ` + asks + `,"options"]`,
			`{"status":"complete","board_type":"general","target_date":"soon"}`:                                                complete + `,"target_date"] ` + asks + `,"question"] ` + asks + `,"options"]`,
			`{"status":"complete","board_type":"general","lead_agent":{"autonomy_level":"full","name":" "},"user_profile":[]}`: complete + `,"user_profile"] ` + complete + `,"lead_agent","name"] ` + complete + `,"lead_agent","autonomy_level"] ` + asks + `,"question"] ` + asks + `,"options"]`,
		} {
			want(t, body, f.Call(f.main, "POST", f.agentPath(), body), 422, places)
		}
		if read := f.Call(f.owner, "GET", f.path(""), ""); len(read.At("messages").([]any)) != 1 || read.At("status") != "active" {
			t.Errorf("something of it was kept: %v", read.Body)
		}
	})
}

func TestConfirmDecidesAboutApprovals(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for name, tc := range map[string]struct {
			lead string
			want bool
		}{
			"no draft": {"", true}, "balanced": {`{"autonomy_level":"balanced"}`, true}, "autonomous": {`{"autonomy_level":"autonomous"}`, false},
			"by profile": {`{"identity_profile":{"mode":"Fully_Autonomous"}}`, false}, "other words": {`{"identity_profile":{"autonomy":"semi"}}`, true},
		} {
			f.board = f.Board(name, &f.gateway)
			f.Call(f.owner, "POST", f.path("/start"), `{}`)
			if tc.lead != "" {
				want(t, name, f.Call(f.main, "POST", f.agentPath(), `{"status":"complete","board_type":"general","lead_agent":`+tc.lead+`}`), 200, nil)
			}
			got := f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`)
			if got.Status != 200 || got.At("require_approval_for_done") != tc.want {
				t.Errorf("%s: %d, approval required: %v", name, got.Status, got.At("require_approval_for_done"))
			}
			if lead, err := f.Store.Lead(t.Context(), f.board.ID); err != nil || lead.Name != "Lead Agent" {
				t.Errorf("%s: the lead is %q, %v", name, lead.Name, err)
			}
		}
	})
}

func TestConfirmNeedsAGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		bare := f.Board("Bare", nil)
		f.board = bare
		want(t, "start", f.Call(f.owner, "POST", f.path("/start"), `{}`), 422, "Board gateway_id is required")
		want(t, "answer without a dialogue", f.Call(f.owner, "POST", f.path("/answer"), `{"answer":"x"}`), 404, nil)
		want(t, "confirm without a dialogue", f.Call(f.owner, "POST", f.path("/confirm"), `{"board_type":"general"}`), 404, nil)
	})
}
