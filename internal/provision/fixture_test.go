package provision_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// fixture is an organization with a running gateway.
type fixture struct {
	*apitest.World
	t       *testing.T
	fake    *openclawtest.Gateway
	client  *openclaw.Client
	service *provision.Service
	clock   *clock
	gateway mc.Gateway
}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.New, "postgres": storetest.NewPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{now: mc.SystemClock()}
			test(t, newFixture(t, open(t, func(cfg *store.Config) { cfg.Clock = c.Now }), c))
		})
	}
}

func newFixture(t *testing.T, st *store.Store, c *clock) *fixture {
	t.Helper()
	f := &fixture{World: apitest.New(t, st), t: t, fake: openclawtest.Start(t), clock: c}
	f.client = newClient(t, openclaw.Options{})
	f.service = f.newService(f.client)
	f.gateway = f.Gateway(f.fake.URL)
	return f
}

func (f *fixture) newService(client *openclaw.Client) *provision.Service {
	s := provision.New(provision.Config{
		Store: f.Store, Client: client, BaseURL: "http://mc.example", MinVersion: "2026.02.9",
		Retry: jobs.Policy{MaxAttempts: 4, Base: 10 * time.Second, Max: 2 * time.Minute},
	})
	s.Hurry()
	return s
}

// clock is the time of transactions.
type clock struct {
	mu  sync.Mutex
	now mc.Time
}

func (c *clock) Now() mc.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Microsecond)
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const reconcile = "agent_lifecycle_reconcile"

// lastIn returns the newest job of a kind and in how long it is due.
func (f *fixture) lastIn(kind string) (store.Job, time.Duration) {
	f.t.Helper()
	all := f.Jobs(kind)
	if len(all) == 0 {
		f.t.Fatalf("no job of kind %s", kind)
	}
	job := all[len(all)-1]
	return job, job.Opts.ScheduledAt.Sub(f.clock.Now().Std()).Round(time.Second)
}

// do does a job and tells for how long it was put back.
func (f *fixture) do(job store.Job) time.Duration {
	f.t.Helper()
	err := f.service.Do(f.t.Context(), job)
	if snooze, ok := errors.AsType[*river.JobSnoozeError](err); ok {
		return snooze.Duration.Round(time.Second)
	}
	if err != nil {
		f.t.Fatalf("do job %s: %v", job.Args.Kind(), err)
	}
	return 0
}

// row loads an agent as it is now.
func (f *fixture) row(a mc.Agent) mc.Agent {
	f.t.Helper()
	now, err := f.Store.Agent(f.t.Context(), a.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return now
}

// newMain adds the main agent as EnsureMain makes it.
func (f *fixture) newMain() mc.Agent {
	f.t.Helper()
	var main mc.Agent
	f.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		main, _, err = f.service.EnsureMain(ctx, tx, f.gateway)
		return err
	})
	return main
}

// newWorker adds an agent of a board that the gateway does not know yet, with a token.
func (f *fixture) newWorker(board mc.Board, change func(a *mc.Agent)) (mc.Agent, string) {
	f.t.Helper()
	return f.Agent("Wanda", &board, func(a *mc.Agent) {
		a.Status = mc.AgentProvisioning
		if change != nil {
			change(a)
		}
	})
}

func (f *fixture) run(r provision.Run) mc.Agent {
	f.t.Helper()
	a, err := f.service.Run(f.t.Context(), r)
	if err != nil {
		f.t.Fatalf("run: %v", err)
	}
	return a
}

func (f *fixture) begin(r provision.Run) provision.Lease {
	f.t.Helper()
	var l provision.Lease
	f.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = f.service.Begin(ctx, tx, r)
		return err
	})
	return l
}

// waking is a run as those who create an agent ask for it.
func waking(a mc.Agent, tok string) provision.Run {
	return provision.Run{AgentID: a.ID, Action: provision.Provision, Token: tok, Reset: !a.IsMain(), Wake: true, Deliver: true}
}

// calls names what the gateway was asked, files with their names.
func (f *fixture) calls() string {
	var names []string
	for _, c := range f.fake.Calls() {
		name := c.Method
		if file, ok := c.Params["name"].(string); ok && strings.HasPrefix(name, "agents.files.") {
			name = strings.TrimPrefix(name, "agents.files.") + ":" + file
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// files names the files that were written, since a number of calls.
func (f *fixture) files(since int) string {
	var names []string
	for _, c := range f.fake.Calls()[since:] {
		if c.Method == "agents.files.set" {
			names = append(names, strings.TrimSuffix(c.Params["name"].(string), ".md"))
		}
	}
	return strings.Join(names, " ")
}

// fileToken is the token that the agent finds in its TOOLS.md.
func (f *fixture) fileToken(a mc.Agent) string {
	return provision.ParseSettings(f.fake.File(mc.GatewayAgentID(a), "TOOLS.md"))["AUTH_TOKEN"]
}

// accepts reports whether a token is the agent's.
func (f *fixture) accepts(a mc.Agent, tok string) bool {
	f.t.Helper()
	found, err := f.Store.AgentByToken(f.t.Context(), token.SHA256Hex(tok))
	if mc.KindOf(err) == mc.KindNotFound {
		return false
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return found.ID == a.ID
}

func (f *fixture) change(a mc.Agent, change func(a *mc.Agent)) {
	f.t.Helper()
	f.Write(func(ctx context.Context, tx *store.Tx) error {
		row, err := tx.LockAgent(ctx, a.ID)
		if err != nil {
			return err
		}
		change(&row)
		return tx.UpdateAgent(ctx, row)
	})
}

// stored is a job as it comes out of the queue.
func stored(t *testing.T, job store.Job) string {
	t.Helper()
	b, err := json.Marshal(job.Args)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// remember adds an entry to a board's memory, which belongs to no package that
// this one knows.
func (f *fixture) remember(board mc.Board, content string, isChat bool) {
	f.t.Helper()
	statement := fmt.Sprintf(`INSERT INTO board_memory (id, board_id, content, is_chat, created_at) VALUES ('%s', '%s', '%s', %t, '%s')`,
		mc.NewID(), board.ID, content, isChat, f.clock.Now().Std().Format("2006-01-02T15:04:05.000000"))
	if _, err := f.Store.WriterDB().ExecContext(f.t.Context(), statement); err != nil {
		f.t.Fatal(err)
	}
}

// newClient returns a client with an identity of its own that ends with the test.
func newClient(t *testing.T, o openclaw.Options) *openclaw.Client {
	t.Helper()
	var err error
	if o.Identity, err = openclaw.LoadIdentity(filepath.Join(t.TempDir(), "device.json")); err != nil {
		t.Fatal(err)
	}
	client := openclaw.NewClient(o)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}
