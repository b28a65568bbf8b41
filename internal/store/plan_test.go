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
