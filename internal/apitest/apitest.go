// Package apitest gives the tests of features a small world: a real database
// with an organization, people, boards and agents in it, and the operations of
// the feature under test served over HTTP.
//
// It knows no feature; a test hangs in those it is about.
package apitest

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
)

// World is an organization with its owner, and what a feature needs to serve it.
type World struct {
	Store        *store.Store
	Broker       *live.Broker
	Organization mc.Organization
	Owner        mc.User // may do everything

	t      testing.TB
	router *httpapi.Router
	queue  *queue
}

// Feature is what can be served.
type Feature interface {
	Register(r *httpapi.Router, g *access.Guards)
}

// New makes a world in a database.
func New(t testing.TB, st *store.Store) *World {
	t.Helper()
	w := &World{t: t, Store: st, Broker: live.NewBroker(), router: httpapi.NewRouter(slog.New(slog.DiscardHandler)), queue: &queue{}}
	w.router.KeepAnswers(st)
	st.OnCommit(w.Broker.Publish)
	w.router.WatchAccess(w.Broker)
	st.UseJobs(w.queue)
	if err := st.Listen(t.Context()); err != nil {
		t.Fatalf("listen for changes: %v", err)
	}
	w.Organization, w.Owner = w.NewOrganization("Acme")
	return w
}

// Serve hangs features in.
func (w *World) Serve(features ...Feature) {
	limits := access.Limits{AgentAuth: ratelimit.Policy{Scope: "agent_auth", Limit: 100_000, Window: time.Minute}}
	guards := access.New(w.Store, bySubject{}, ratelimit.NewMemory(time.Now), limits, mc.SystemClock)
	for _, f := range features {
		f.Register(w.router, guards)
	}
}

// Router is where the features hang.
func (w *World) Router() *httpapi.Router { return w.router }

// bySubject takes the bearer token user:SUBJECT for the credentials of SUBJECT,
// and what AsNewcomer adds for what is known of them.
type bySubject struct{}

func (bySubject) Authenticate(r *http.Request) (auth.Identity, bool) {
	subject, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer user:")
	id := auth.Identity{Subject: subject, EmailVerified: r.Header.Get(verifiedHeader) != ""}
	if email := r.Header.Get(emailHeader); email != "" {
		id.Email = &email
	}
	return id, ok
}

// Write runs a transaction that has to succeed.
func (w *World) Write(do func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.Store.Write(w.t.Context(), func(tx *store.Tx) error { return do(tx.Context(), tx) }); err != nil {
		w.t.Fatal(err)
	}
}

// Changes lists the changes of a kind that were announced, without their numbers.
func (w *World) Changes(kind string) (told []store.Change) {
	w.t.Helper()
	all, err := w.Store.ChangesAfter(w.t.Context(), 0, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range all {
		if c.Seq = 0; c.Kind == kind {
			told = append(told, c)
		}
	}
	return told
}

// Heard waits until a subscription has received a number of changes, and returns
// those that it has.
func (w *World) Heard(s *live.Subscription, atLeast int) (changes []store.Change) {
	w.t.Helper()
	for late := time.After(patience); len(changes) < atLeast; {
		select {
		case <-s.Ready():
		case <-late:
			w.t.Fatalf("of %d changes %v were announced", atLeast, changes)
		}
		items, complete := s.Take()
		if s.Done(); !complete {
			w.t.Fatal("changes were lost")
		}
		for _, it := range items {
			changes = append(changes, it.Change)
		}
	}
	return changes
}

// NewOrganization adds an organization with an owner who may use all boards and
// acts in it.
func (w *World) NewOrganization(name string) (mc.Organization, mc.User) {
	w.t.Helper()
	owner := w.user(name + " owner")
	org, member := access.NewOrganization(name, owner.ID, mc.SystemClock())
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertOrganization(ctx, org, member); err != nil {
			return err
		}
		owner.ActiveOrganizationID = &org.ID
		return tx.UpdateUser(ctx, owner)
	})
	return org, owner
}

func (w *World) user(name string) mc.User {
	w.t.Helper()
	u := mc.User{ID: mc.NewID(), ClerkUserID: mc.NewID().String(), Name: &name, Email: mc.Ref(mc.NewID().String() + "@example.com")}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.EnsureUser(ctx, u) })
	return u
}

// Gateway adds a gateway of the organization without its main agent.
func (w *World) Gateway(url string) mc.Gateway {
	w.t.Helper()
	now := mc.SystemClock()
	g := mc.Gateway{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: "Home", URL: url, WorkspaceRoot: "/srv", CreatedAt: now, UpdatedAt: now}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertGateway(ctx, g) })
	return g
}

// Board adds a board of the organization, on a gateway or, with nil, for
// external agents.
func (w *World) Board(name string, gateway *mc.Gateway) mc.Board {
	w.t.Helper()
	return w.BoardOf(w.Organization, name, gateway)
}

// BoardOf is Board for another organization.
func (w *World) BoardOf(org mc.Organization, name string, gateway *mc.Gateway) mc.Board {
	w.t.Helper()
	now := mc.SystemClock()
	b := mc.Board{
		ID: mc.NewID(), OrganizationID: org.ID, Name: name, Slug: mc.Slug(name), Description: "About " + name, BoardType: mc.BoardTypeGoal,
		MaxAgents: 1, Runtime: mc.RuntimeExternal, CreatedAt: now, UpdatedAt: now,
	}
	if gateway != nil {
		b.GatewayID, b.Runtime = &gateway.ID, mc.RuntimeOpenClaw
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertBoard(ctx, b) })
	return b
}

// Task adds a task.
func (w *World) Task(board mc.Board, title string) mc.Task {
	w.t.Helper()
	now := mc.SystemClock()
	task := mc.Task{ID: mc.NewID(), BoardID: board.ID, Title: title, Status: mc.StatusInbox, Priority: mc.DefaultPriority, CreatedAt: now, UpdatedAt: now}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertTask(ctx, task) })
	return task
}

// Agent adds an agent that is online and returns it with its token. change, if
// any, is applied before it is written.
func (w *World) Agent(name string, board *mc.Board, change func(a *mc.Agent)) (mc.Agent, string) {
	w.t.Helper()
	now := mc.SystemClock()
	tok := token.Mint()
	a := mc.Agent{
		ID: mc.NewID(), Name: name, Status: mc.AgentOnline, Runtime: mc.RuntimeOpenClaw, TokenSHA256: mc.Ref(token.SHA256Hex(tok)), TokenHash: mc.Ref("slow hash"),
		HeartbeatConfig: mc.DefaultHeartbeatConfig(), CreatedAt: now, UpdatedAt: now,
	}
	if board != nil {
		a.BoardID, a.GatewayID, a.Runtime = &board.ID, board.GatewayID, board.Runtime
	}
	if change != nil {
		change(&a)
	}
	if !a.IsExternal() && a.SessionKey == nil {
		a.SessionKey = mc.Ref(mc.SessionKeyOf(a))
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertAgent(ctx, a) })
	return a, tok
}

// MainAgent adds the main agent of a gateway and returns it with its token.
func (w *World) MainAgent(gateway mc.Gateway) (mc.Agent, string) {
	w.t.Helper()
	return w.Agent(gateway.Name+" Gateway Agent", nil, func(a *mc.Agent) { a.GatewayID = &gateway.ID })
}
