package boards

import (
	"slices"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

var createErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(422, "gateway_id is invalid", "the organization has no such gateway"),
	httpapi.Refusal(422, "gateway must have a gateway main agent before boards can be created or updated", "the gateway has no main agent"),
	httpapi.Refusal(422, "board_group_id is invalid", "the organization has no such board group"),
}

var changeErrors = slices.Concat(createErrors, []httpapi.ErrorDoc{
	httpapi.Refusal(422, "Goal boards require objective and success_metrics", "board_type goal is sent, and the board would lack a goal"),
	httpapi.Refusal(422, "gateway_id is required", "the board would be without a gateway, and its agents run on one"),
})

var deleteErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(422, "Board gateway_id is invalid", "the board's gateway is none of its organization"),
	httpapi.Refusal(422, "Gateway workspace_root is required", "the board's gateway has no folder for its agents"),
	httpapi.Refusal(422, "Gateway url is required", "the board's gateway has no address"),
	httpapi.Refusal(502, "Gateway cleanup failed: {error}", "the gateway is away, or refuses to remove an agent"),
}

// The ids of examples are the same throughout the document.
const (
	exampleID      = "11111111-1111-4111-8111-111111111111"
	exampleGateway = "99999999-9999-4999-8999-999999999999"
)

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var exampleBoard = views.BoardRead{
	Name: "Billing", Slug: "billing", Description: "Invoices and everything around them.", GatewayID: mc.Ref(mc.MustID(exampleGateway)), BoardType: mc.BoardTypeGoal,
	Objective: mc.Ref("Ship the invoice export"), SuccessMetrics: mc.JSON(`{"exports_per_day":200}`), TargetDate: mc.Ref(mc.TimeOf(time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC))),
	GoalConfirmed: true, RequireApprovalForDone: true, MaxAgents: 3, ID: mc.MustID(exampleID), OrganizationID: mc.MustID("88888888-8888-4888-8888-888888888888"),
	CreatedAt: exampleTime, UpdatedAt: exampleTime, Runtime: mc.RuntimeOpenClaw,
}

var summaryExamples = map[string]any{"boards": httpapi.NewPage([]BoardSummaryRead{{
	BoardID: exampleBoard.ID, Name: exampleBoard.Name, TaskCounts: map[mc.TaskStatus]int{mc.StatusInbox: 4, mc.StatusInProgress: 1}, PendingApprovalsCount: 2,
	Lead: &BoardLeadRead{ID: mc.MustID("33333333-3333-4333-8333-333333333333"), Name: mc.DefaultLeadName, Status: string(mc.AgentOnline)}, LastActivityAt: &exampleTime,
}}, 1, httpapi.PageQuery{Limit: 200})}

var boardExamples = map[string]any{"board": exampleBoard}

var createExamples = map[string]any{
	"on_a_gateway": map[string]any{"name": "Billing", "slug": "billing", "description": "Invoices and everything around them.", "gateway_id": exampleGateway, "max_agents": 3},
	"for_external_agents": map[string]any{
		"name": "Chores", "slug": "chores", "description": "Small jobs for scripts.", "board_type": "general", "runtime": "external", "require_approval_for_done": false,
	},
}

var changeExamples = map[string]any{
	"set_the_goal":        map[string]any{"board_type": "goal", "objective": "Ship the invoice export", "success_metrics": map[string]any{"exports_per_day": 200}, "target_date": "2026-03-31"},
	"review_before_done":  map[string]any{"require_review_before_done": true, "comment_required_for_review": true},
	"clear_the_objective": map[string]any{"objective": nil},
}
