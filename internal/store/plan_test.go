package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// What lists, streams and heartbeats ask must come from an index, in its order.
func TestHotQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	for _, query := range []string{
		"SELECT * FROM activity_events WHERE board_id = ? ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM activity_events WHERE agent_id = ? ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM activity_events WHERE task_id = ? ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM activity_events WHERE task_id = ? AND event_type = 'task.comment' ORDER BY created_at, seq",
		"SELECT * FROM activity_events WHERE event_type = ? ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM activity_events WHERE board_id = ? AND seq > 7 ORDER BY seq LIMIT 50",
		"SELECT * FROM change_log WHERE seq > ? ORDER BY seq LIMIT 50",
		"SELECT * FROM tasks WHERE board_id = ? ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM tasks WHERE board_id = ? AND status = 'inbox' ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM tasks WHERE board_id = ? AND assigned_agent_id = 'a' ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM boards WHERE organization_id = ? ORDER BY lower(name) LIMIT 50",
		"SELECT * FROM tags WHERE organization_id = ? ORDER BY lower(name) LIMIT 50",
		"SELECT f.* FROM board_task_custom_fields b JOIN task_custom_field_definitions f ON f.id = b.task_custom_field_definition_id WHERE b.board_id IN (?1, 'b')",
		"SELECT * FROM task_custom_field_values WHERE task_id IN (?1, 'b')",
		"SELECT * FROM task_custom_field_values WHERE task_custom_field_definition_id = ?",
		"SELECT * FROM task_custom_field_definitions WHERE organization_id = ?",
		"SELECT * FROM board_groups WHERE organization_id = ? ORDER BY lower(name) LIMIT 50",
		"SELECT * FROM deliveries WHERE agent_id = ? AND state = 'queued' ORDER BY seq LIMIT 1",
		"SELECT * FROM approvals WHERE board_id = ? ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM board_memory WHERE board_id = ? AND ltrim(content, ' ') <> '' ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM board_memory WHERE board_id = ? AND is_chat = 1 ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM board_memory WHERE board_id = ? AND is_chat = 1 AND seq > 7 AND created_at >= 'a' ORDER BY seq LIMIT 20",
		"SELECT min(+seq) FROM board_memory WHERE board_id = ? AND created_at >= 'a'",
		"SELECT * FROM board_group_memory WHERE board_group_id = ? ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM board_group_memory WHERE board_group_id = ? AND is_chat = 1 ORDER BY created_at DESC, seq DESC LIMIT 50",
		"SELECT * FROM board_group_memory WHERE board_group_id = ? AND seq > 7 ORDER BY seq LIMIT 20",
		"SELECT a.* FROM agents a JOIN boards b ON b.id = a.board_id WHERE b.board_group_id = ?",
		"SELECT 1 FROM boards b JOIN organization_board_access g ON g.board_id = b.id WHERE b.board_group_id = ? AND g.organization_member_id = 'a' AND g.can_write",
		"SELECT count(*) FROM tasks WHERE board_id IN (?, 'b') AND status = 'done' AND status_changed_at BETWEEN '1' AND '2'",
		"SELECT board_id, status, count(*) FROM tasks WHERE board_id IN (?, 'b') GROUP BY board_id, status",
		"SELECT count(*) FROM tasks WHERE board_id IN (?, 'b') AND status IN ('review', 'done') AND work_ended_at BETWEEN '1' AND '2'",
		"SELECT count(*) FROM activity_events WHERE board_id IN (?, 'b') AND task_id IS NOT NULL AND created_at BETWEEN '1' AND '2' AND event_type LIKE '%failed'",
		"SELECT count(*) FROM agents WHERE board_id IN (?, 'b') AND last_seen_at BETWEEN '1' AND '2'",
		"SELECT * FROM approvals WHERE board_id = ? AND status = 'pending' ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM approvals WHERE board_id = ? AND seq > 7 AND updated_at >= '2026' ORDER BY seq LIMIT 50",
		"SELECT count(*) FROM approvals WHERE board_id = ? AND status = 'pending'",
		"SELECT * FROM approval_task_links WHERE task_id = ? AND status = 'pending'",
		"SELECT * FROM agents WHERE agent_token_sha256 = ?1 OR previous_agent_token_sha256 = ?1",
		"SELECT * FROM agents WHERE board_id = ? AND is_board_lead",
		"SELECT * FROM idempotency_keys WHERE caller = ? AND name = 'k'",
		"SELECT id FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT 50",
		"SELECT * FROM users WHERE clerk_user_id = ?",
		"SELECT * FROM organization_members WHERE user_id = ? ORDER BY created_at LIMIT 1",
		"SELECT * FROM organization_invites WHERE organization_id = ? AND accepted_at IS NULL ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM organization_invites WHERE invited_email = ? AND accepted_at IS NULL AND (expires_at IS NULL OR expires_at > 'a') ORDER BY created_at LIMIT 1",
		"SELECT * FROM organization_invites WHERE (token_sha256 = ?1 OR token = ?1 AND token_sha256 IS NULL) AND accepted_at IS NULL",
		"SELECT * FROM audit_log WHERE organization_id = ? ORDER BY at DESC, id DESC LIMIT 50",
		"SELECT * FROM audit_log WHERE organization_id = ? AND (at, id) < ('a', 'b') ORDER BY at DESC, id DESC LIMIT 50",
		"SELECT * FROM audit_log WHERE organization_id = ? AND action = 'a' ORDER BY at DESC, id DESC LIMIT 50",
		"SELECT * FROM audit_log WHERE organization_id = ? AND area = 'a' ORDER BY at DESC, id DESC LIMIT 50",
		"SELECT * FROM audit_log WHERE organization_id = ? AND actor_id = 'a' ORDER BY at DESC, id DESC LIMIT 50",
		"SELECT * FROM audit_log WHERE organization_id = ? AND target_id = 'a' AND at >= 'b' ORDER BY at DESC, id DESC LIMIT 50",
	} {
		for _, step := range planOf(t, st, query) {
			if strings.Contains(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", query, step)
			}
		}
	}
}

// What approvals are about is asked of a union, which must be searched from both
// ends and never read as a whole.
func TestTasksOfApprovalsAreSearched(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	for _, query := range []string{store.TasksOfApprovals + "(?1, ?1)", store.ApprovalCounts + " IN (?1, ?1) GROUP BY p.task_id"} {
		for _, step := range planOf(t, st, query) {
			if strings.HasPrefix(step, "SCAN") && step != "SCAN p" { // p is what was found
				t.Errorf("%s: %s", query, step)
			}
		}
	}
}

// What groups and lists of boards show comes from the boards that are asked for,
// and is never looked for in those of everybody.
func TestQueriesOverBoardsAreSearched(t *testing.T) {
	t.Parallel()
	var asked []string
	st := storetest.New(t, func(cfg *store.Config) {
		cfg.Observe = func(_ context.Context, query string) { asked = append(asked, query) }
	})
	f := seed(t, st)
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertBoardGroup(ctx, mc.BoardGroup{ID: mc.NewID(), OrganizationID: f.org.ID, Name: "Team", Slug: "team", CreatedAt: noon, UpdatedAt: noon})
	})
	ctx, id, boards := t.Context(), f.board.ID, []mc.ID{f.board.ID, mc.NewID()}
	reader := mc.Member{ID: mc.NewID(), OrganizationID: f.org.ID}
	var queries []string
	err := st.Write(ctx, func(tx *store.Tx) error {
		asked = nil
		defer func() { queries = slices.Clone(asked) }()
		for _, ask := range []func() error{
			func() error { _, _, err := tx.BoardGroups(ctx, reader, 200, 0); return err },
			func() error {
				_, _, err := tx.BoardGroups(ctx, mc.Member{OrganizationID: f.org.ID, AllBoardsRead: true}, 200, 0)
				return err
			},
			func() error { _, err := tx.GroupUse(ctx, id, id); return err },
			func() error {
				_, err := tx.BoardsOfGroup(ctx, store.GroupBoards{Group: id, Reader: &reader, Except: &id})
				return err
			},
			func() error { _, err := tx.TaskCounts(ctx, boards); return err },
			func() error { _, err := tx.TopTasks(ctx, boards, false, 5); return err },
			func() error { _, err := tx.TagsOfTopTasks(ctx, boards, true, 5); return err },
			func() error { _, err := tx.PendingApprovalsOf(ctx, boards); return err },
			func() error { _, err := tx.LeadsOf(ctx, boards); return err },
			func() error { _, err := tx.LastActivityOf(ctx, boards); return err },
			func() error { _, err := tx.AllTasks(ctx, id); return err },
			func() error { _, err := tx.AgentsOfBoards(ctx, boards); return err },
			func() error { _, err := tx.LockAgentsOfGroup(ctx, id, false); return err },
		} {
			if err := ask(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(queries) != 14 {
		t.Fatalf("%d queries, %v", len(queries), err)
	}
	for _, query := range queries {
		for _, step := range planOf(t, st, strings.ReplaceAll(query, "?", "''")) {
			// What was found already is gone through.
			switch step, isScan := strings.CutPrefix(step, "SCAN "); {
			case !isScan, step == "CONSTANT ROW", step == "ranked", step == "top", strings.HasPrefix(step, "(subquery"):
			default:
				t.Errorf("%s: scans %s", query, step)
			}
		}
	}
}

func planOf(t *testing.T, st *store.Store, query string) (steps []string) {
	t.Helper()
	plan, err := store.List[struct {
		ID     int    `db:"id"`
		Parent int    `db:"parent"`
		Unused int    `db:"notused"`
		Detail string `db:"detail"`
	}](t.Context(), st.Reader, "EXPLAIN QUERY PLAN "+query, mc.NewID())
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, step := range plan {
		steps = append(steps, step.Detail)
	}
	return steps
}
