package story_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/openclaw/openclawtest"
)

var (
	tokenLine   = regexp.MustCompile(`AUTH_TOKEN=([A-Za-z0-9_-]+)`)
	baseURLLine = regexp.MustCompile(`BASE_URL=(\S+?)` + "`?\n")
)

// TestTourWithGateway plays the part of the tour about OpenClaw. The gateway is
// a stand-in; what an agent would do there, by its files, the test does.
func TestTourWithGateway(t *testing.T) {
	t.Parallel()
	gateway := openclawtest.Start(t)
	gateway.Set(func(o *openclawtest.Options) { o.Token = "gateway-secret" })
	p := newPlace(t)
	srv := p.serve(t)

	blocks := tour(t, p.base())
	shell := p.terminal(t)
	shell.run(blocks["shorthand"])
	shell.run("api /organizations -d '{\"name\": \"Acme\"}'")
	settings := regexp.MustCompile(`(?m)^GATEWAY_(URL|TOKEN)=.*\n`)
	if n := len(settings.FindAllString(blocks["gateway"], -1)); n != 2 {
		t.Fatalf("the block has %d lines with settings of the gateway, want 2", n)
	}
	shell.run("GATEWAY_URL=" + gateway.URL + "\nGATEWAY_TOKEN=gateway-secret\n" + settings.ReplaceAllString(blocks["gateway"], ""))
	board, worker := shell.value("BOARD"), shell.value("WORKER")

	// The agents are there, with files, tokens and a first message. The lead is
	// made in the background.
	main, lead, session := "mc-gateway-"+shell.value("GATEWAY"), "lead-"+board, "agent:mc-"+worker+":main"
	gateway.Wait("the lead is woken", func() bool { return len(gateway.Messages("agent:"+lead+":main")) > 0 })
	for _, agent := range []string{main, lead, "mc-" + worker} {
		if files := gateway.Files(agent); len(files) < 7 {
			t.Errorf("agent %s has the files %v", agent, files)
		}
		if got := gateway.Messages("agent:" + agent + ":main"); len(got) == 0 || !strings.Contains(got[0].Text, "AGENTS.md") {
			t.Errorf("agent %s was told %v, want a message first that wakes it", agent, got)
		}
	}

	stream := p.watch(t, strings.Replace(blocks["watch"], "$BOARD", board, 1))
	shell.run(blocks["gateway-plan"])
	given := time.Now()
	gateway.Wait("the worker is told of its task", func() bool {
		told := gateway.Messages(session)
		return len(told) > 1 && strings.HasPrefix(told[1].Text, "TASK ASSIGNED\n") && strings.Contains(told[1].Text, "Water the tomatoes")
	})
	gateway.Wait("the lead is told of the task", func() bool {
		told := gateway.Messages("agent:" + lead + ":main")
		return strings.HasPrefix(told[len(told)-1].Text, "NEW TASK ADDED\n")
	})
	if f := stream.next(); f.Type != "task.created" || f.At.Sub(given) > soon {
		t.Errorf("the stream told %q %v after the task was made", f.Type, f.At.Sub(given))
	}

	// The agent comes to life and works by what its files say.
	tools := gateway.File("mc-"+worker, "TOOLS.md")
	token, base := tokenLine.FindStringSubmatch(tools), baseURLLine.FindStringSubmatch(tools)
	if token == nil || base == nil || base[1] != p.base() {
		t.Fatalf("TOOLS.md has no token, or another address than %s:\n%s", p.base(), tools)
	}
	agent := client{base[1], http.Header{"X-Agent-Token": {token[1]}}}
	var me struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	agent.must(t, "POST", "/api/v1/agent/heartbeat", nil, &me)
	if me.ID != worker || me.Status != "online" {
		t.Errorf("after its heartbeat the agent is %+v", me)
	}
	path := "/api/v1/agent/boards/" + board + "/tasks/" + shell.value("TASK")
	agent.must(t, "PATCH", path, map[string]any{"status": "in_progress"}, nil)
	agent.must(t, "POST", path+"/comments", map[string]any{"message": "They were thirsty."}, nil)
	agent.must(t, "PATCH", path, map[string]any{"status": "review"}, nil)
	var types []string
	for range 3 {
		types = append(types, stream.next().Type)
	}
	if got := strings.Join(types, " "); got != "task.status_changed task.comment task.status_changed" {
		t.Errorf("the stream told %s", got)
	}

	if got := p.signedIn(t).tasks(t, board)[shell.value("TASK")]; got.Status != "review" || got.Assignee == nil || *got.Assignee == worker {
		t.Errorf("the task is %+v, want it with the lead for review", got)
	}

	survivesGatewayAndServer(t, p, srv, gateway, shell)
}

// survivesGatewayAndServer assigns a task while the gateway is away, ends the
// server before the message was sent, and expects that it arrives, once.
func survivesGatewayAndServer(t *testing.T, p *place, srv *server, gateway *openclawtest.Gateway, shell *terminal) {
	t.Helper()
	session := "agent:mc-" + shell.value("WORKER") + ":main"
	gateway.Stop()
	shell.run(`api "/boards/$BOARD/tasks" -d '{"title": "Weed the beds", "assigned_agent_id": "'$WORKER'"}'`)
	srv.stop()
	gateway.Resume()
	again := p.serve(t)
	count := func() (n int) {
		for _, m := range gateway.Messages(session) {
			if strings.Contains(m.Text, "Weed the beds") {
				n++
			}
		}
		return n
	}
	gateway.Wait("the worker is told of the task that it was given meanwhile", func() bool { return count() > 0 })
	again.stop()
	if n := count(); n != 1 {
		t.Errorf("the worker was told %d times", n)
	}
}
