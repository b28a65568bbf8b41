package views_test

import (
	"encoding/json"
	"testing"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

func at(t *testing.T, s string) mc.Time {
	t.Helper()
	moment, err := mc.ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func wire(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAgentOnTheWire(t *testing.T) {
	t.Parallel()
	made := at(t, "2026-03-01T09:30:00")
	gateway := mc.MustID("44444444-4444-4444-8444-444444444444")
	main := mc.Agent{
		ID: mc.MustID("33333333-3333-4333-8333-333333333333"), GatewayID: &gateway, Name: "GW Gateway Agent", Status: mc.AgentOnline, Runtime: mc.RuntimeOpenClaw,
		HeartbeatConfig: mc.JSON(`{"every":"10m"}`), IdentityProfile: mc.JSON(`{"role":"x"}`), SessionKey: mc.Ref(mc.MainSessionKey(gateway)), LastSeenAt: &made,
		CreatedAt: made, UpdatedAt: made,
	}
	want := `{"board_id":null,"name":"GW Gateway Agent","status":"online","heartbeat_config":{"every":"10m"},"identity_profile":{"role":"x"},"identity_template":null,` +
		`"soul_template":null,"id":"33333333-3333-4333-8333-333333333333","gateway_id":"44444444-4444-4444-8444-444444444444","is_board_lead":false,"is_gateway_main":true,` +
		`"openclaw_session_id":"agent:mc-gateway-44444444-4444-4444-8444-444444444444:main","last_seen_at":"2026-03-01T09:30:00","created_at":"2026-03-01T09:30:00",` +
		`"updated_at":"2026-03-01T09:30:00","runtime":"openclaw"}`
	if got := wire(t, views.Agent(main, made)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := views.Agent(main, made.Add(11*time.Minute)).Status; got != "offline" {
		t.Errorf("after eleven silent minutes the status is %q", got)
	}
}

func TestExternalAgentHasNoGatewayButTheNilID(t *testing.T) {
	t.Parallel()
	board := mc.NewID()
	shown := views.Agents([]mc.Agent{{ID: mc.NewID(), BoardID: &board, Name: "Ext", Status: "busy", Runtime: mc.RuntimeExternal}}, mc.SystemClock())[0]
	if shown.GatewayID != (mc.ID{}) || shown.IsGatewayMain || shown.Status != "provisioning" || shown.Runtime != mc.RuntimeExternal {
		t.Errorf("got %+v", shown)
	}
	var plain map[string]any
	if err := json.Unmarshal([]byte(wire(t, shown)), &plain); err != nil {
		t.Fatal(err)
	}
	if plain["gateway_id"] != "00000000-0000-0000-0000-000000000000" || plain["heartbeat_config"] != nil {
		t.Errorf("got %v", plain)
	}
}

func TestBoardOnTheWire(t *testing.T) {
	t.Parallel()
	made := at(t, "2026-03-01T09:30:00.000001")
	board := mc.Board{
		ID: mc.MustID("11111111-1111-4111-8111-111111111111"), OrganizationID: mc.MustID("22222222-2222-4222-8222-222222222222"), Name: "B", Slug: "b", Description: "d",
		BoardType: "goal", SuccessMetrics: mc.JSON(`{"n":1.0}`), MaxAgents: 2, Runtime: mc.RuntimeExternal, BoardRules: mc.BoardRules{RequireApprovalForDone: true},
		CreatedAt: made, UpdatedAt: made,
	}
	want := `{"name":"B","slug":"b","description":"d","gateway_id":null,"board_group_id":null,"board_type":"goal","objective":null,"success_metrics":{"n":1.0},"target_date":null,` +
		`"goal_confirmed":false,"goal_source":null,"require_approval_for_done":true,"require_review_before_done":false,"comment_required_for_review":false,` +
		`"block_status_changes_with_pending_approval":false,"only_lead_can_change_status":false,"max_agents":2,"id":"11111111-1111-4111-8111-111111111111",` +
		`"organization_id":"22222222-2222-4222-8222-222222222222","created_at":"2026-03-01T09:30:00.000001","updated_at":"2026-03-01T09:30:00.000001","runtime":"external"}`
	if got := wire(t, views.Boards([]mc.Board{board})[0]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMemoryOnTheWire(t *testing.T) {
	t.Parallel()
	entry := mc.MemoryEntry{ID: mc.MustID("55555555-5555-4555-8555-555555555555"), Content: "a <b>\n", CreatedAt: at(t, "2026-03-01T09:30:00.000001")}
	chat := entry
	chat.Tags, chat.Source, chat.IsChat = mc.JSON(`["chat","x"]`), mc.Ref("Ann"), true
	empty := entry
	empty.Tags = mc.JSON(`[]`)
	board := mc.MustID("11111111-1111-4111-8111-111111111111")
	got := wire(t, views.BoardMemories([]mc.BoardMemory{{BoardID: board, MemoryEntry: entry}, {BoardID: board, MemoryEntry: empty}}))
	head := `{"id":"55555555-5555-4555-8555-555555555555","board_id":"11111111-1111-4111-8111-111111111111","content":"a \u003cb\u003e\n",`
	tail := `"source":null,"is_chat":false,"created_at":"2026-03-01T09:30:00.000001"}`
	if want := `[` + head + `"tags":null,` + tail + `,` + head + `"tags":[],` + tail + `]`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got = wire(t, views.GroupMemories([]mc.GroupMemory{{GroupID: board, MemoryEntry: chat}})[0])
	want := `{"id":"55555555-5555-4555-8555-555555555555","board_group_id":"11111111-1111-4111-8111-111111111111","content":"a \u003cb\u003e\n",` +
		`"tags":["chat","x"],"source":"Ann","is_chat":true,"created_at":"2026-03-01T09:30:00.000001"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
