package store_test

import (
	"context"
	"testing"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

var noon = mc.TimeOf(must(mc.ParseTime("2026-11-23T12:00:00.000001")).Std())

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// fixture is a board with a worker and a task, in an organization of its own.
type fixture struct {
	user    mc.User
	org     mc.Organization
	gateway mc.Gateway
	board   mc.Board
	agent   mc.Agent
	task    mc.Task
}

func seed(t *testing.T, st *store.Store) fixture {
	t.Helper()
	var f fixture
	f.org = mc.Organization{ID: mc.NewID(), Name: "Acme", CreatedAt: noon, UpdatedAt: noon}
	f.user = mc.User{ID: mc.NewID(), ClerkUserID: mc.NewID().String(), ActiveOrganizationID: &f.org.ID}
	f.gateway = mc.Gateway{ID: mc.NewID(), OrganizationID: f.org.ID, Name: "Home", URL: "ws://127.0.0.1:1", WorkspaceRoot: "~", CreatedAt: noon, UpdatedAt: noon}
	f.board = mc.Board{ID: mc.NewID(), OrganizationID: f.org.ID, Name: "Launch", Slug: "launch", GatewayID: &f.gateway.ID,
		BoardType: "goal", Runtime: mc.RuntimeOpenClaw, CreatedAt: noon, UpdatedAt: noon}
	f.agent = mc.Agent{ID: mc.NewID(), BoardID: &f.board.ID, GatewayID: &f.gateway.ID, Name: "Ada", Status: mc.AgentOnline,
		Runtime: mc.RuntimeOpenClaw, CreatedAt: noon, UpdatedAt: noon}
	f.task = mc.Task{ID: mc.NewID(), BoardID: f.board.ID, Title: "Write", Status: mc.StatusInbox, Priority: mc.DefaultPriority,
		CreatedByUserID: &f.user.ID, AssignedAgentID: &f.agent.ID, CreatedAt: noon, UpdatedAt: noon}
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		for _, err := range []error{
			store.Insert(ctx, tx, "organizations", &f.org),
			store.Insert(ctx, tx, "users", &f.user),
			store.Insert(ctx, tx, "gateways", &f.gateway),
			store.Insert(ctx, tx, "boards", &f.board),
			store.Insert(ctx, tx, "agents", &f.agent),
			store.Insert(ctx, tx, "tasks", &f.task),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return f
}

func (f fixture) event(kind mc.EventType) mc.ActivityEvent {
	return mc.ActivityEvent{Type: kind, BoardID: &f.board.ID, TaskID: &f.task.ID, AgentID: &f.agent.ID}
}

func write(t *testing.T, st *store.Store, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := st.Write(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}
