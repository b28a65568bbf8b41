package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestRowsComeBackAsWritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		empty := mc.Agent{ID: mc.NewID(), BoardID: &f.board.ID, Name: "empty", Status: "weird", Runtime: mc.RuntimeExternal, CreatedAt: noon, UpdatedAt: noon}
		full := empty
		full.ID, full.Name, full.GatewayID = mc.NewID(), "Zoë 🦊 'quoted' ?", &f.gateway.ID
		full.SessionKey, full.TokenHash = mc.Ref(""), mc.Ref("pbkdf2_sha256$1$a$b")
		full.TokenSHA256 = mc.Ref(strings.Repeat("ab", 32))
		full.PreviousTokenSHA256 = mc.Ref(strings.Repeat("cd", 32))
		full.HeartbeatConfig = mc.JSON(`{"every": "10m",  "z":1.0, "a":123456789012345678901234567890, "every": "5m"}`)
		full.IdentityProfile = mc.JSON(`"\u0000 text"`)
		full.SoulTemplate = mc.Ref("a\nb")
		full.IsBoardLead = true
		full.LastSeenAt = mc.Ref(must(mc.ParseTime("0001-01-01")))
		full.CheckinDeadlineAt = mc.Ref(must(mc.ParseTime("9999-12-31T23:59:59.999999")))
		full.CreatedAt = must(mc.ParseTime("2026-03-29T02:30:00")) // does not exist in many zones
		full.LifecycleGeneration = 7
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			return store.Insert(ctx, tx, "agents", &empty, &full)
		})
		for _, want := range []mc.Agent{empty, full} {
			got, err := store.Get[mc.Agent](t.Context(), st.Reader, "SELECT * FROM agents WHERE id = ?", want.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(mc.Time{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", want.Name, diff)
			}
		}
	})
}

func TestNullIsNull(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		f.board.SuccessMetrics = mc.JSON("null")
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			return store.Update(ctx, tx, "boards", &f.board, "success_metrics", "objective")
		})
		nulls, err := store.Get[int](t.Context(), st.Reader,
			"SELECT COUNT(*) FROM boards WHERE id = ? AND success_metrics IS NULL AND objective IS NULL", f.board.ID)
		if err != nil || nulls != 1 {
			t.Errorf("nulls are stored otherwise: %d, %v", nulls, err)
		}
	})
}

func TestTimesSortAsText(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	f := seed(t, st)
	f.task.DueAt = mc.Ref(must(mc.ParseTime("2026-11-23T12:00:00")))
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		return store.Update(ctx, tx, "tasks", &f.task, "due_at")
	})
	text, err := store.Get[string](t.Context(), st.Reader, "SELECT due_at FROM tasks WHERE id = ?", f.task.ID)
	if err != nil || text != "2026-11-23T12:00:00.000000" {
		t.Errorf("stored as %q, %v", text, err)
	}
}

func TestInLists(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		texts := map[string]bool{}
		for n := range 300 {
			ids := make([]mc.ID, n)
			for i := range ids {
				ids[i] = mc.NewID()
			}
			if n > 0 {
				ids[n/2] = f.task.ID
			}
			list, args := store.In(ids)
			texts[list] = true
			got, err := store.List[mc.ID](t.Context(), st.Reader, "SELECT t.id FROM tasks t WHERE t.id IN "+list, args...)
			if err != nil {
				t.Fatal(err)
			}
			if want := min(n, 1); got == nil || len(got) != want {
				t.Errorf("%d ids: found %v, want %d", n, got, want)
			}
		}
		if len(texts) > 11 {
			t.Errorf("300 lengths of lists make %d different statements", len(texts))
		}
	})
}

// A list of ids may be longer than what an engine takes in one statement.
func TestVeryLongInLists(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		ids := make([]mc.ID, 70_000)
		for i := range ids {
			ids[i] = mc.NewID()
		}
		for _, at := range []int{0, 16_384, 69_999} { // of the first part, of the second, the very last
			task := f.task
			task.ID = ids[at]
			write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.InsertTask(ctx, task) })
		}
		got, err := st.TasksByID(t.Context(), f.board.ID, ids)
		if err != nil || len(got) != 3 {
			t.Errorf("found %d tasks, %v", len(got), err)
		}
		if got, err := st.TasksByID(t.Context(), f.board.ID, nil); err != nil || got == nil || len(got) != 0 {
			t.Errorf("none: found %v, %v", got, err)
		}
	})
}

func TestMissingRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		ctx, nobody := t.Context(), mc.NewID()
		if _, err := store.Get[mc.Task](ctx, st.Reader, "SELECT * FROM tasks WHERE id = ?", nobody); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("get: %v", err)
		}
		if task, err := store.Find[mc.Task](ctx, st.Reader, "SELECT * FROM tasks WHERE id = ?", nobody); task != nil || err != nil {
			t.Errorf("find: %v, %v", task, err)
		}
		if yes, err := store.Exists(ctx, st.Reader, "SELECT 1 FROM tasks WHERE id = ?", nobody); yes || err != nil {
			t.Errorf("exists: %v, %v", yes, err)
		}
		err := st.Write(ctx, func(tx *store.Tx) error {
			return store.Update(ctx, tx, "tasks", &mc.Task{ID: nobody}, "title")
		})
		if mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("update: %v", err)
		}
		err = st.Write(ctx, func(tx *store.Tx) error {
			return store.Update(ctx, tx, "tasks", &mc.Task{ID: nobody}, "titel")
		})
		if err == nil || mc.KindOf(err) == mc.KindNotFound {
			t.Errorf("update of a column that does not exist: %v", err)
		}
	})
}

func TestNamesSortTheSameEverywhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			for _, name := range []string{"b", "_a", "A", "a-b", "B c", "ab", "-", "Z"} {
				o := mc.Organization{ID: mc.NewID(), Name: name, CreatedAt: noon, UpdatedAt: noon}
				if err := store.Insert(ctx, tx, "organizations", &o); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := store.List[string](t.Context(), st.Reader, "SELECT o.name FROM organizations o ORDER BY "+store.Folded(st.Reader, "o.name"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"-", "_a", "A", "a-b", "ab", "b", "B c", "Z"}, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestLargeBatches(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		var tasks []*mc.Task
		for range 77 {
			task := f.task
			task.ID = mc.NewID()
			tasks = append(tasks, &task)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return store.Insert(ctx, tx, "tasks", tasks...) })
		ids, err := store.List[mc.ID](t.Context(), st.Reader, "SELECT id FROM tasks WHERE board_id = ?", f.board.ID)
		if err != nil || len(ids) != 78 || !slices.Contains(ids, tasks[76].ID) {
			t.Errorf("%d rows, %v", len(ids), err)
		}
	})
}

// One statement deletes a tenant, whatever refers to what.
func TestOrganizationGoesWithAllItHas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f, other := seed(t, st), seed(t, st)
		main := f.agent
		main.ID, main.BoardID, main.Name = mc.NewID(), nil, "main"
		delivery := mc.Delivery{ID: mc.NewID(), AgentID: main.ID, GatewayID: f.gateway.ID, State: mc.DeliveryQueued, TaskID: &f.task.ID,
			BoardID: &f.board.ID, CreatedAt: noon, UpdatedAt: noon}
		// A task of another tenant that is assigned here: the row stays, the assignment goes.
		other.task.AssignedAgentID = &f.agent.ID
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			tx.Record(f.event(mc.EventTaskCreated))
			tx.Announce(store.KindDelivery, f.board.ID, delivery.ID)
			for _, err := range []error{
				store.Insert(ctx, tx, "agents", &main),
				store.Insert(ctx, tx, "deliveries", &delivery),
				store.Update(ctx, tx, "tasks", &other.task, "assigned_agent_id"),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(ctx, tx, "DELETE FROM organizations WHERE id = ?", f.org.ID)
			return err
		})
		for table, want := range map[string]int{"organizations": 1, "boards": 1, "gateways": 1, "agents": 1, "tasks": 1, "users": 2,
			"activity_events": 0, "deliveries": 0} {
			if got, err := store.Get[int](t.Context(), st.Reader, "SELECT COUNT(*) FROM "+table); err != nil || got != want {
				t.Errorf("%s: %d rows are left, want %d (%v)", table, got, want, err)
			}
		}
		task, err := store.Get[mc.Task](t.Context(), st.Reader, "SELECT * FROM tasks")
		if err != nil || task.AssignedAgentID != nil {
			t.Errorf("the task of the other tenant: %+v, %v", task, err)
		}
		user, err := store.Get[mc.User](t.Context(), st.Reader, "SELECT * FROM users WHERE id = ?", f.user.ID)
		if err != nil || user.ActiveOrganizationID != nil {
			t.Errorf("the active organization of a user: %v, %v", user.ActiveOrganizationID, err)
		}
	})
}

func TestPostgresPreparesOnce(t *testing.T) {
	t.Parallel()
	st := storetest.NewPostgres(t, func(c *store.Config) { c.MaxReaders = 1 })
	f := seed(t, st)
	for range 5 {
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return store.Update(ctx, tx, "tasks", &f.task, "title") })
	}
	n, err := store.Get[int](t.Context(), st.Reader, "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement = $1",
		"UPDATE tasks SET title = $1 WHERE id = $2")
	if err != nil || n != 1 {
		t.Errorf("prepared %d times (%v), want once", n, err)
	}
}
