package agents_test

import (
	"testing"
	"time"

	"missioncontrol/internal/agents"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// fixture is an organization with a gateway that runs, and a board on it.
type fixture struct {
	*apitest.World
	fake    *openclawtest.Gateway
	gateway mc.Gateway
	board   mc.Board
	owner   apitest.Caller
}

// each runs a test in a fixture on every engine.
func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := &fixture{World: apitest.New(t, st), fake: openclawtest.Start(t)}
		lifecycle := provision.New(provision.Config{
			Store: st, Client: apitest.GatewayClient(t), BaseURL: "http://mc.example", MinVersion: "2026.02.9",
			Retry: jobs.Policy{MaxAttempts: 4, Base: 10 * time.Second, Max: 2 * time.Minute},
		})
		f.Serve(agents.New(st, f.Broker, lifecycle, mc.SystemClock))
		f.gateway = f.Gateway(f.fake.URL)
		f.board = f.Board("Launch", &f.gateway)
		f.owner = apitest.As(f.Owner)
		test(t, f)
	})
}

func (f *fixture) create(t *testing.T, body string) apitest.Answer {
	t.Helper()
	got := f.Call(f.owner, "POST", "/api/v1/agents", body)
	if got.Status != 200 {
		t.Fatalf("POST /agents %s answered %d %v", body, got.Status, got.Detail())
	}
	return got
}

// feed lists the types of all activity events, oldest first, with their messages.
func (f *fixture) feed(t *testing.T, agent mc.ID) (events []string) {
	t.Helper()
	rows, _, err := f.Store.FeedOfAgent(t.Context(), agent, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(rows) - 1; i >= 0; i-- {
		events = append(events, string(rows[i].Type)+": "+*rows[i].Message)
	}
	return events
}

func (f *fixture) row(t *testing.T, id any) mc.Agent {
	t.Helper()
	text, _ := id.(string)
	a, err := f.Store.Agent(t.Context(), mc.MustID(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// want fails the test unless an answer is as expected.
func want(t *testing.T, what string, got apitest.Answer, status int, detail any) {
	t.Helper()
	if got.Status != status || detail != nil && got.Detail() != detail {
		t.Errorf("%s: answered %d %v, want %d %v", what, got.Status, got.Detail(), status, detail)
	}
}
