package store_test

import (
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
		"SELECT * FROM deliveries WHERE agent_id = ? AND state = 'queued' ORDER BY seq LIMIT 1",
		"SELECT * FROM approvals WHERE board_id = ? ORDER BY created_at DESC LIMIT 50",
		"SELECT * FROM board_memory WHERE board_id = ? AND is_chat = 1 ORDER BY created_at, seq",
		"SELECT * FROM agents WHERE agent_token_sha256 = ?1 OR previous_agent_token_sha256 = ?1",
		"SELECT * FROM agents WHERE board_id = ? AND is_board_lead",
		"SELECT * FROM idempotency_keys WHERE caller = ? AND name = 'k'",
		"SELECT id FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT 50",
		"SELECT * FROM users WHERE clerk_user_id = ?",
		"SELECT * FROM organization_members WHERE user_id = ? ORDER BY created_at LIMIT 1",
	} {
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
			if strings.Contains(step.Detail, "SCAN") || strings.Contains(step.Detail, "TEMP B-TREE") {
				t.Errorf("%s: %s", query, step.Detail)
			}
		}
	}
}
