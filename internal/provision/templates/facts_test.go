package templates

import (
	"regexp"
	"strings"
	"testing"
)

// gatewayLimit is the length, in characters, from which a gateway cuts a file
// that it shows to an agent.
const gatewayLimit = 20_000

const deliveryStatus = `(?s)Goal:.*State.*Working.*Blocked.*Waiting.*Done.*Last updated.*Europe/Berlin.*Now:.*Constraint:.*Why blocked:.*Next step:.*Changes:.*` +
	`Decisions/assumptions:.*Evidence \(short\):.*Request now:.*Success criteria:.*Stop condition:`

// What the contract wants each file to tell, as patterns.
func TestFacts(t *testing.T) {
	t.Parallel()
	const all, board = "main lead worker", "lead worker"
	tests := []struct {
		kinds, file string
		says        []string
	}{
		{all, "TOOLS.md", []string{
			"(?m)^- `BASE_URL=https://mc\\.example\\.com`$", "(?m)^- `AUTH_TOKEN=" + token + "`$", "(?m)^- `AGENT_NAME=.+`$", "(?m)^- `AGENT_ID=[0-9a-f-]{36}`$",
			"(?m)^- `WORKSPACE_ROOT=~/\\.openclaw/`$", "`curl` and `jq` are required", `https://mc\.example\.com/openapi\.json' -o api/openapi\.json`,
			`"METHOD","PATH","OP_ID","X_LLM_INTENT","X_WHEN_TO_USE","X_ROUTING_POLICY"`, "x-llm-intent.*x-when-to-use", "(?i)don't guess or hardcode paths", "one clarifying question",
		}},
		{"main", "TOOLS.md", []string{`index\("agent-main"\)`, `api/agent-main-operations\.tsv`, "(?s)BASE_URL=.*AUTH_TOKEN=.*AGENT_NAME=.*AGENT_ID=.*WORKSPACE_ROOT="}},
		{"lead", "TOOLS.md", []string{`index\("agent-lead"\)`, `api/agent-lead-operations\.tsv`}},
		{"worker", "TOOLS.md", []string{`index\("agent-worker"\)`, `api/agent-worker-operations\.tsv`}},
		{board, "TOOLS.md", []string{"(?s)BASE_URL=.*AUTH_TOKEN=.*AGENT_NAME=.*AGENT_ID=.*\n- `BOARD_ID=[0-9a-f-]{36}`\n.*WORKSPACE_ROOT=.*\n- `WORKSPACE_PATH=~/\\.openclaw/workspace-"}},

		{"main", "IDENTITY.md", []string{"Name: Home Gateway Agent", "id: 5b8e2d74", "Role: Gateway Agent", "style: direct", "Emoji: :compass:"}},
		{"lead", "IDENTITY.md", []string{"Name: Ava", "Role: Board Lead", "Emoji: :gear:", "Purpose: own the coordination and the delivery"}},
		{"worker", "IDENTITY.md", []string{"Name: Scout", "Role: Researcher", "Personality: curious"}},

		{all, "USER.md", []string{"Name: Ann Lee", "call them: Ann", "Pronouns: she/her", "Timezone: Europe/Berlin", "Notes: prefers mornings", "## Context\n\\(nothing known yet", "(?i)learn.*update this file"}},

		{"lead", "SOUL.md", []string{"coordinator", "decisive", "owner, the artifact and the acceptance criteria", "honest state", "evidence", "No worker implementation by default", "No invented endpoints", "No destructive.*without approval", "No chatter", "(?s)Continuity.*MEMORY\\.md.*USER\\.md"}},
		{"main worker", "SOUL.md", []string{"helpful, not performative", "Have opinions", "resourceful before asking", "Careful outside, bold inside", "privacy", "core is stable", "MEMORY\\.md", "Read order"}},

		{"lead", "MEMORY.md", []string{"Durable facts only", deliveryStatus, "Decisions", "Playbooks"}},
		{"main worker", "MEMORY.md", []string{"(?s)Curated long-term.*Preferences.*Constraints.*Decisions \\(with the reason\\).*Risks.*References.*Last consolidated"}},
		{"worker", "MEMORY.md", []string{"(?s)Name: Launch.*Type: goal.*Objective: Ship version 1.*metrics: \\{\"users\": 100\\}.*Target date: 2031-05-01T00:00:00"}},

		{"lead", "BOOTSTRAP.md", []string{
			"not wait for a human", "curl jq", `GET https://mc\.example\.com/healthz`, "AGENTS\\.md.*USER\\.md must exist", "`memory/`.*`memory/YYYY-MM-DD\\.md`",
			`before any task work: .POST https://mc\.example\.com/api/v1/agent/heartbeat. with header .X-Agent-Token`, "(?s)MEMORY\\.md.*delivery status.*Bootstrapped: YYYY-MM-DD", "(?s)6\\. Delete BOOTSTRAP\\.md",
		}},

		{all, "HEARTBEAT.md", []string{`https://mc\.example\.com`, token, "X-Agent-Token", "(?i)at once", "POST .*/api/v1/agent/heartbeat", "openapi\\.json|index of those tagged", "exactly `HEARTBEAT_OK`", "read no files|Read no files", "no polling|never poll", "(?i)no memory"}},
		{"main", "HEARTBEAT.md", []string{"5xx, network", "LEAD REQUEST: ASK USER", "only through the Mission Control API", "tagged `agent-main`", "light", "no claiming of board tasks", "allowed only if the check-in succeeded, your duties are handled and the rule about failures"}},
		{board, "HEARTBEAT.md", []string{
			"(?s)BASE_URL, AUTH_TOKEN, AGENT_NAME.*AGENT_ID, BOARD_ID", "at once in the first cycle", "pre-flight", "(?s)GET /healthz.*GET /api/v1/agent/boards .*GET \"/api/v1/agent/boards/\\$BOARD_ID/tasks", "It failed: stop",
			`memory\?is_chat=false`, "group-memory", "task comments only", "net-new value", `(?s)\*\*Update\*\*.*\*\*Evidence\*\*.*\*\*Next\*\*.*question for .@lead`,
			"allowed only if the pre-flight passed and the cycle produced something",
		}},
		{"lead", "HEARTBEAT.md", []string{
			"tag `agent-lead`", "Rebuild the context", "Enforce the board's rules", "Resolve approvals first: nothing is closed and nothing external", "Staff", "Unblock", "Keep the delivery status",
			"require_approval_for_done: true\n", "require_review_before_done: false\n", "comment_required_for_review: true\n", "block_status_changes_with_pending_approval: false\n", "only_lead_can_change_status: false\n", "max_agents: 3\n",
		}},
		{"worker", "HEARTBEAT.md", []string{
			"tag `agent-worker`", "Continue your one `in_progress` task", "first `inbox` task", "assist with one concrete comment on an `in_progress` or `review` task", "ask `@lead` with 1-3 proposals", `"status":"review"`, "with evidence",
		}},

		{"main", "AGENTS.md", []string{
			"not tied to a board", "(?s)Read in this order.*SOUL\\.md, USER\\.md, .*today and yesterday, MEMORY\\.md", "BASE_URL: https://mc\\.example\\.com", "AUTH_TOKEN: " + token, "never into OpenClaw chat", "cannot create boards",
			"GET /api/v1/agent/boards`", "POST /api/v1/agent/gateway/boards/<board_id>/lead/message", `"question" \| "handoff"`, "correlation_id", "without a lead gets one", "POST /api/v1/agent/gateway/leads/broadcast",
			"`gateway_main`, `lead_reply`", `memory\?is_chat=false&limit=50`, "(?s)LEAD REQUEST: ASK USER.*channels.*fallback: board chat.*non-chat memory.*\"gateway_main\", \"user_reply\"",
			"Internal actions .*free", "irreversible ones: ask first", "Every few days consolidate",
		}},
		{board, "AGENTS.md", []string{
			"5b8e2d74", "(?s)SOUL\\.md, USER\\.md, `memory/YYYY-MM-DD\\.md` of today and yesterday, MEMORY\\.md, IDENTITY\\.md, TOOLS\\.md, HEARTBEAT\\.md", "Write things down", "rules beat every default", "Definition of done", "## Loop",
			"(?i)status at least every 30 minutes.*at once when blocked", deliveryStatus, "## Safety", "Task comment:", "Board chat", "Board memory", "`@lead`", "`@name`", "`/pause`.*all agents.*`/resume`", "`broadcast` or `@all`",
			"`HEARTBEAT_OK`", "## Heartbeat or cron", "Every few days distill",
		}},
		{"lead", "AGENTS.md", []string{
			"\\*\\*Ava\\*\\*", "BOOTSTRAP\\.md exists, follow it once", "You own delivery", "Create, split, sequence and assign", "depends_on_task_ids", "tag_ids", "custom_field_values", `"name": "...", "identity_profile": \{"role"`,
			"Retire", "Approval before closing \\(this board demands it\\) and before any external", "do not implement yourself", "comment on tasks in review; on others only when mentioned there or when you created them",
		}},
		{"worker", "AGENTS.md", []string{"\\*\\*Scout\\*\\*", "no bootstrap", "You execute", "evidence in a comment", "`@mention`", "ask `@lead`", "No external side effects unless"}},
	}
	for _, test := range tests {
		for kind := range strings.FieldsSeq(test.kinds) {
			content := rendered(t, input(Kind(kind)))[test.file]
			for _, pattern := range test.says {
				if !regexp.MustCompile(pattern).MatchString(content) {
					t.Errorf("%s %s does not say %s", kind, test.file, pattern)
				}
			}
		}
	}
}

func TestTokenIsOnlyWhereItMustBe(t *testing.T) {
	t.Parallel()
	found := regexp.MustCompile(`AUTH_TOKEN=([A-Za-z0-9_-]+)`)
	for _, kind := range kinds() {
		for name, content := range rendered(t, input(kind)) {
			wanted := name == "TOOLS.md" || name == "HEARTBEAT.md" || kind == Main && name == "AGENTS.md"
			if got := strings.Contains(content, token); got != wanted {
				t.Errorf("%s %s holds the token: %t", kind, name, got)
			}
			if name == "TOOLS.md" {
				if m := found.FindStringSubmatch(content); len(m) != 2 || m[1] != token {
					t.Errorf("%s: the token is not found in TOOLS.md", kind)
				}
			}
		}
	}
}

func TestMainAgentHasNoBoard(t *testing.T) {
	t.Parallel()
	for name, content := range rendered(t, input(Main)) {
		if strings.Contains(content, "BOARD_ID") || strings.Contains(content, "WORKSPACE_PATH") || strings.Contains(content, "## Board\n") {
			t.Errorf("%s speaks of a board", name)
		}
	}
}

func TestIdentityShowsOnlyWhatIsGiven(t *testing.T) {
	t.Parallel()
	in := input(Worker)
	if got := rendered(t, in)["IDENTITY.md"]; regexp.MustCompile("Purpose|Autonomy|Custom").MatchString(got) {
		t.Errorf("got %q", got)
	}
	in.Agent.IdentityProfile = []byte(`{"purpose":"find out","custom_instructions":"be kind","autonomy_level":"balanced","verbosity":"concise","output_format":"bullets","update_cadence":"daily"}`)
	got := rendered(t, in)["IDENTITY.md"]
	for _, want := range []string{"Role: Generalist", "Purpose: find out", "be kind", "Autonomy: balanced", "Verbosity: concise", "format: bullets", "cadence: daily"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if strings.Contains(got, "Personality") {
		t.Errorf("got %q", got)
	}
}

func TestWorkerIsToldOfTheRulesInForce(t *testing.T) {
	t.Parallel()
	in := input(Worker)
	for _, isOn := range []bool{false, true} {
		in.Board.OnlyLeadCanChangeStatus = isOn
		for _, name := range []string{"AGENTS.md", "HEARTBEAT.md"} {
			if told := strings.Contains(rendered(t, in)[name], "only the lead changes status"); told != isOn {
				t.Errorf("%s tells of the rule: %t, want %t", name, told, isOn)
			}
		}
	}
}

func TestWithoutUser(t *testing.T) {
	t.Parallel()
	in := input(Lead)
	in.User = nil
	files := rendered(t, in)
	if !strings.Contains(files["USER.md"], "- Name:") || !strings.Contains(files["MEMORY.md"], "UTC") || !strings.Contains(files["AGENTS.md"], "HH:MM UTC\n") {
		t.Errorf("got %q, %q", files["USER.md"], files["MEMORY.md"])
	}
}

func TestUserContextIsShown(t *testing.T) {
	t.Parallel()
	in := input(Worker)
	in.User.Context = new(string)
	*in.User.Context = "Builds a shop."
	if got := rendered(t, in)["USER.md"]; !strings.Contains(got, "## Context\nBuilds a shop.") || strings.Contains(got, "nothing known") {
		t.Errorf("got %q", got)
	}
}

// Every byte is paid for again in each turn of each agent.
func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		total := 0
		for name, content := range rendered(t, input(kind)) {
			if len(content) > gatewayLimit/4 {
				t.Errorf("%s %s: %d bytes", kind, name, len(content))
			}
			total += len(content)
		}
		if total > gatewayLimit*3/4 {
			t.Errorf("%s: %d bytes in all", kind, total)
		}
	}
}
