package groups

import (
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// The ids of examples are the same throughout the document.
var (
	exampleOrganization = mc.MustID("88888888-8888-4888-8888-888888888888")
	exampleBoard        = mc.MustID("11111111-1111-4111-8111-111111111111")
	exampleAgent        = mc.MustID("33333333-3333-4333-8333-333333333333")
	exampleTime         = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
)

var exampleGroup = BoardGroupRead{
	Name: "Revenue", Slug: "revenue", Description: mc.Ref("Everything that customers pay for."), ID: mc.MustID("55555555-5555-4555-8555-555555555555"),
	OrganizationID: exampleOrganization, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

var groupExamples = map[string]any{"group": exampleGroup}

var createExamples = map[string]any{
	"slug_of_the_name": map[string]any{"name": "Revenue", "slug": ""},
	"described":        map[string]any{"name": "Revenue", "slug": "revenue", "description": "Everything that customers pay for."},
}

var changeExamples = map[string]any{
	"rename":            map[string]any{"name": "Income"},
	"rename_with_slug":  map[string]any{"name": "Income", "slug": ""},
	"clear_description": map[string]any{"description": nil},
}

var snapshotExamples = map[string]any{
	"group": BoardGroupSnapshot{Group: &exampleGroup, Boards: []BoardGroupBoardSnapshot{{
		Board: views.BoardRead{
			Name: "Billing", Slug: "billing", Description: "Invoices and everything around them.", BoardGroupID: &exampleGroup.ID, BoardType: mc.BoardTypeGoal,
			RequireApprovalForDone: true, MaxAgents: 3, ID: exampleBoard, OrganizationID: exampleOrganization,
			CreatedAt: exampleTime, UpdatedAt: exampleTime, Runtime: mc.RuntimeOpenClaw,
		},
		TaskCounts: map[mc.TaskStatus]int{mc.StatusInProgress: 1, mc.StatusDone: 12},
		Tasks: []BoardGroupTaskSummary{{
			ID: mc.MustID("22222222-2222-4222-8222-222222222222"), BoardID: exampleBoard, BoardName: "Billing", Title: "Export invoices", Status: string(mc.StatusInProgress),
			Priority: "high", AssignedAgentID: &exampleAgent, Assignee: mc.Ref("Ada"), InProgressAt: &exampleTime, Tags: []views.TagRef{}, CreatedAt: exampleTime, UpdatedAt: exampleTime,
		}},
	}}},
	"no_group": BoardGroupSnapshot{Boards: []BoardGroupBoardSnapshot{}},
}

var beatExamples = map[string]any{
	"workers":  map[string]any{"every": "2m"},
	"everyone": map[string]any{"every": "30m", "include_board_leads": true},
}

var beatenExamples = map[string]any{"told": BoardGroupHeartbeatApplyResult{
	BoardGroupID: exampleGroup.ID, Requested: mc.JSON(`{"every":"2m","include_board_leads":false}`), UpdatedAgentIDs: []mc.ID{exampleAgent}, FailedAgentIDs: []mc.ID{},
}}
