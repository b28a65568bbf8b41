package groups_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func TestSnapshotOrdersAndCounts(t *testing.T) {
	each(t, func(w *world) {
		near, self := w.Board("near", nil), w.Board("Self", nil)
		group := w.BoardGroup("Team", &near, &self)
		elsewhere := w.Board("Elsewhere", nil)
		helper, _ := w.Agent("Helper", &elsewhere, nil)
		at := mc.SystemClock()
		is := func(status mc.TaskStatus, priority string, changed, made time.Duration) func(*mc.Task) {
			return func(t *mc.Task) {
				t.Status, t.Priority, t.UpdatedAt, t.CreatedAt = status, priority, at.Add(changed), at.Add(made)
			}
		}
		w.task(near, "8 done", is(mc.StatusDone, "high", 0, 0))
		w.task(near, "7 odd priority", is(mc.StatusInbox, "urgent", 0, 0))
		w.task(near, "6 low", is(mc.StatusInbox, "low", 0, 0))
		w.task(near, "5 older", is(mc.StatusInbox, "medium", 0, 0))
		w.task(near, "4 newer", is(mc.StatusInbox, "medium", 0, time.Second))
		w.task(near, "3 changed last", is(mc.StatusInbox, "medium", time.Second, -time.Second))
		w.task(near, "2 in review", is(mc.StatusReview, "low", 0, 0))
		first := w.task(near, "1 in progress", func(t *mc.Task) {
			is(mc.StatusInProgress, "low", 0, 0)(t)
			t.AssignedAgentID, t.InProgressAt = &helper.ID, &at
		})
		var tags []mc.Tag
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for _, name := range []string{"b", "a"} {
				tag := mc.Tag{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: name, Slug: name, Color: "9e9e9e", CreatedAt: at, UpdatedAt: at}
				tags = append(tags, tag)
				if err := tx.InsertTag(ctx, tag); err != nil {
					return err
				}
			}
			return tx.ReplaceTags(ctx, first.ID, []mc.ID{tags[0].ID, tags[1].ID})
		})
		path := path + "/" + group.ID.String() + "/snapshot"
		for query, want := range map[string]string{
			"":                          "12345",
			"?per_board_task_limit=100": "1234567",
			"?per_board_task_limit=100&include_done=true": "12345678",
			"?per_board_task_limit=0&include_done=true":   "",
			"?per_board_task_limit=1":                     "1",
			"?per_board_task_limit=9223372036854775807":   "1234567",
		} {
			got := w.owner("GET", path+query, "")
			var titles string
			for _, title := range names(got, "title", "boards", 0, "tasks") {
				titles += title.(string)[:1]
			}
			if titles != want || got.Status != 200 {
				w.t.Errorf("%s: %d %s, want %s", query, got.Status, titles, want)
			}
			counts := map[string]any{"inbox": 5.0, "in_progress": 1.0, "review": 1.0, "done": 1.0}
			if diff := cmp.Diff(any(counts), got.At("boards", 0, "task_counts")); diff != "" {
				w.t.Errorf("%s: %s", query, diff)
			}
		}
		got := w.owner("GET", path, "")
		want := map[string]any{
			"id": first.ID.String(), "board_id": near.ID.String(), "board_name": "near", "title": "1 in progress", "status": "in_progress", "priority": "low",
			"assigned_agent_id": helper.ID.String(), "assignee": "Helper", "due_at": nil, "in_progress_at": at.String(), "created_at": at.String(), "updated_at": at.String(),
			"tags": []any{
				map[string]any{"id": tags[0].ID.String(), "name": "b", "slug": "b", "color": "9e9e9e"},
				map[string]any{"id": tags[1].ID.String(), "name": "a", "slug": "a", "color": "9e9e9e"},
			},
		}
		if diff := cmp.Diff(any(want), got.At("boards", 0, "tasks", 0)); diff != "" {
			w.t.Errorf("a task (-want +got):\n%s", diff)
		}
		empty := map[string]any{"board": got.At("boards", 1, "board"), "task_counts": map[string]any{}, "tasks": []any{}}
		if diff := cmp.Diff(any(empty), got.At("boards", 1)); diff != "" || got.At("boards", 1, "board", "name") != "Self" {
			w.t.Errorf("a board without tasks (-want +got):\n%s", diff)
		}
		if got.At("group", "name") != "Team" {
			w.t.Errorf("the group: %v", got.At("group"))
		}
	})
}

func TestNeighbours(t *testing.T) {
	each(t, func(w *world) {
		alpha, beta, gamma := w.Board("Alpha", nil), w.Board("beta", nil), w.Board("Gamma", nil)
		w.BoardGroup("Team", &alpha, &beta, &gamma)
		alone := w.Board("Alone", nil)
		_, worker := w.Agent("Will", &alpha, nil)
		_, elsewhere := w.Agent("Else", &beta, nil)
		reader := w.Member(mc.RoleMember, false, false)
		w.Grant(reader, alpha, false)
		w.Grant(reader, gamma, true)
		_, stranger := w.NewOrganization("Elsewhere")
		at := "/api/v1/boards/" + alpha.ID.String() + "/group-snapshot"
		for _, tc := range []struct {
			about  string
			as     apitest.Caller
			at     string
			status int
			sees   []any
		}{
			{"the owner", apitest.As(w.Owner), at, 200, []any{"beta", "Gamma"}},
			{"the board too", apitest.As(w.Owner), at + "?include_self=true", 200, []any{"Alpha", "beta", "Gamma"}},
			{"who may read some", apitest.As(reader), at + "?include_self=yes", 200, []any{"Alpha", "Gamma"}},
			{"an agent sees all", apitest.AsAgent(worker), at, 200, []any{"beta", "Gamma"}},
			{"an agent of another board", apitest.AsAgent(elsewhere), at, 403, nil},
			{"another organization", apitest.As(stranger), at, 403, nil},
			{"a limit too high", apitest.As(w.Owner), at + "?per_board_task_limit=101", 422, nil},
			{"a limit below 0", apitest.As(w.Owner), at + "?per_board_task_limit=-1", 422, nil},
		} {
			got := w.Call(tc.as, "GET", tc.at, "")
			var boards []any
			for _, b := range names(got, "board", "boards") {
				boards = append(boards, b.(map[string]any)["name"])
			}
			if diff := cmp.Diff(tc.sees, boards); diff != "" || got.Status != tc.status {
				w.t.Errorf("%s: %d\n%s", tc.about, got.Status, diff)
			}
		}
		got := w.owner("GET", "/api/v1/boards/"+alone.ID.String()+"/group-snapshot", "")
		if diff := cmp.Diff(any(map[string]any{"group": nil, "boards": []any{}}), got.Body); diff != "" {
			w.t.Errorf("a board without group: %s", diff)
		}
		// Somebody whose active organization is another one sees by the grants of this one.
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			org, member := access.NewOrganization("Second", reader.ID, tx.Now())
			reader.ActiveOrganizationID = &org.ID
			if err := tx.InsertOrganization(ctx, org, member); err != nil {
				return err
			}
			return tx.UpdateUser(ctx, reader)
		})
		if got := w.Call(apitest.As(reader), "GET", at, ""); len(names(got, "board", "boards")) != 1 || got.Status != 200 {
			w.t.Errorf("from another organization: %d %v", got.Status, got.Body)
		}
	})
}

// The number of queries does not depend on what there is to show.
func TestSnapshotTakesTheSameQueries(t *testing.T) {
	each(t, func(w *world) {
		first := w.Board("First", nil)
		group := w.BoardGroup("Team", &first)
		w.task(first, "only", nil)
		paths := []string{path + "/" + group.ID.String() + "/snapshot", "/api/v1/boards/" + first.ID.String() + "/group-snapshot?include_self=true"}
		count := func() string {
			var counts []string
			for _, at := range paths {
				counts = append(counts, fmt.Sprint(w.asked.During(func() {
					if got := w.owner("GET", at, ""); got.Status != 200 {
						w.t.Fatalf("%s: %d %v", at, got.Status, got.Body)
					}
				})))
			}
			return strings.Join(counts, " ")
		}
		one := count()
		var boards []*mc.Board
		for i := range 49 {
			b := w.Board(fmt.Sprintf("Board %d", i), nil)
			boards = append(boards, &b)
		}
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for _, b := range boards {
				b.BoardGroupID = &group.ID
				if err := tx.UpdateBoard(ctx, *b); err != nil {
					return err
				}
				for i := range 3 {
					task := mc.Task{ID: mc.NewID(), BoardID: b.ID, Title: fmt.Sprint(i), Status: mc.StatusReview, Priority: "low", CreatedAt: tx.Tick(), UpdatedAt: tx.Now()}
					if err := tx.InsertTask(ctx, task); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if fifty := count(); one != fifty {
			w.t.Errorf("%s queries for one board, %s for fifty", one, fifty)
		}
	})
}
