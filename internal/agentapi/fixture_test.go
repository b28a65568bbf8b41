package agentapi_test

import (
	"log/slog"
	"testing"
	"time"

	"missioncontrol/internal/agentapi"
	"missioncontrol/internal/agents"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/approvals"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/memory"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/tasks"
)

// fixture is a board on a gateway that runs, with its lead, a worker and the
// gateway's main agent.
type fixture struct {
	*apitest.World
	fake                     *openclawtest.Gateway
	client                   *openclaw.Client
	gateway                  mc.Gateway
	board                    mc.Board
	lead, worker, main       mc.Agent
	asLead, asWorker, asMain apitest.Caller
	path                     string // of the board
}

func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := &fixture{World: apitest.New(t, st), fake: openclawtest.Start(t), client: apitest.GatewayClient(t)}
		log := slog.New(slog.DiscardHandler)
		lifecycle := provision.New(provision.Config{
			Store: st, Client: f.client, BaseURL: "http://mc.example", MinVersion: "2026.02.9",
			Retry: jobs.Policy{MaxAttempts: 4, Base: 10 * time.Second, Max: 2 * time.Minute},
		})
		sender := notify.New(st, f.client, log)
		f.Serve(agentapi.New(st, agents.New(st, f.Broker, lifecycle, mc.SystemClock), tasks.New(st, f.Broker, sender),
			memory.New(st, f.Broker, sender, "http://mc.example"), approvals.New(st, f.Broker, sender), lifecycle, f.client, "http://mc.example", mc.SystemClock, log))
		f.gateway = f.Gateway(f.fake.URL)
		f.board = f.Board("Launch", &f.gateway)
		var lead, worker, main string
		f.lead, lead = f.Agent("Lena", &f.board, func(a *mc.Agent) { a.IsBoardLead = true })
		f.worker, worker = f.Agent("Wanda", &f.board, nil)
		f.main, main = f.MainAgent(f.gateway)
		f.asLead, f.asWorker, f.asMain = apitest.AsAgent(lead), apitest.AsAgent(worker), apitest.AsAgent(main)
		f.path = "/api/v1/agent/boards/" + f.board.ID.String()
		test(t, f)
	})
}

// on is the path of an operation on an agent of the board.
func (f *fixture) on(agent mc.ID, operation string) string {
	return f.path + "/agents/" + agent.String() + operation
}

// foreign is the main agent of another gateway of the same organization.
func (f *fixture) foreign() mc.Agent {
	a, _ := f.MainAgent(f.Gateway("ws://elsewhere.example"))
	return a
}

// newest is the last event that an agent caused.
func (f *fixture) newest(t *testing.T, agent mc.ID) string {
	t.Helper()
	rows, _, err := f.Store.FeedOfAgent(t.Context(), agent, 1, 0)
	if err != nil || len(rows) == 0 {
		t.Fatalf("no event of the agent: %v", err)
	}
	return string(rows[0].Type) + ": " + *rows[0].Message
}

// want fails the test unless an answer is as expected.
func want(t *testing.T, what string, got apitest.Answer, status int, detail any) {
	t.Helper()
	if got.Status != status || detail != nil && got.Detail() != detail {
		t.Errorf("%s: answered %d %v, want %d %v", what, got.Status, got.Detail(), status, detail)
	}
}
