package approvals

import (
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// What the OpenAPI document says of the operations beyond their declarations.
// The ids of examples are the same throughout the document.
var (
	exampleBoard    = mc.MustID("11111111-1111-4111-8111-111111111111")
	exampleTask     = mc.MustID("22222222-2222-4222-8222-222222222222")
	exampleAgent    = mc.MustID("33333333-3333-4333-8333-333333333333")
	exampleApproval = mc.MustID("44444444-4444-4444-8444-444444444444")
	exampleUser     = mc.MustID("77777777-7777-4777-8777-777777777777")
	exampleTime     = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	examplePage     = httpapi.PageQuery{Limit: 200}
)

var conflictError = httpapi.Refusal(409, mc.ApprovalConflictDetail{
	Message: "Each task can have only one pending approval.", Conflicts: []mc.PendingLink{{TaskID: exampleTask, ApprovalID: exampleApproval}},
}, "a task has a pending approval already; its and the task's id are named")

var createErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(403, nil, "an agent names another agent as the one who asks"),
	httpapi.Refusal(404, nil, "the agent is unknown"),
	httpapi.Refusal(404, mc.MissingTasksDetail{Message: "One or more tasks were not found on this board.", MissingTaskIDs: []mc.ID{exampleTask}}, "task_id or task_ids name something that is no task of the board"),
	conflictError,
}

var changeErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(404, nil, "there is no such approval on the board"),
	conflictError,
}

var inboxErrors = []httpapi.ErrorDoc{httpapi.Refusal(403, nil, "board_id names a board that is unknown or that the caller may not read")}

var createExamples = map[string]any{
	"ask_to_deploy": map[string]any{
		"action_type": "deploy", "task_id": exampleTask, "payload": map[string]any{"target": "production", "reason": "export is reviewed"}, "confidence": 72,
		"rubric_scores": map[string]any{"clarity": 80, "risk": 60}, "lead_reasoning": "Tests are green; rollback is one command.",
	},
}

var changeExamples = map[string]any{
	"approve": map[string]any{"status": mc.ApprovalApproved},
	"reject":  map[string]any{"status": mc.ApprovalRejected},
	"reopen":  map[string]any{"status": mc.ApprovalPending},
}

var examplePending = views.ApprovalRead{
	ActionType: "deploy", TaskID: &exampleTask, TaskIDs: []mc.ID{exampleTask}, Payload: mc.JSON(`{"target":"production","reason":"export is reviewed"}`), Confidence: 72,
	RubricScores: mc.JSON(`{"clarity":80,"risk":60}`), Status: mc.ApprovalPending, ID: exampleApproval, BoardID: exampleBoard, TaskTitles: []string{"Ship the invoice export"},
	AgentID: &exampleAgent, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

var exampleApproved = func() views.ApprovalRead {
	decided := mc.TimeOf(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
	a := examplePending
	a.Status, a.ResolvedAt, a.UpdatedAt, a.DecidedByUserID = mc.ApprovalApproved, &decided, decided, &exampleUser
	return a
}()

const exampleStream = "event: approval\r\nid: 42\r\n" +
	`data: {"approval":{"action_type":"deploy","task_id":"22222222-2222-4222-8222-222222222222","task_ids":["22222222-2222-4222-8222-222222222222"],` +
	`"payload":{"target":"production","reason":"export is reviewed"},"confidence":72.0,"rubric_scores":{"clarity":80,"risk":60},"status":"pending",` +
	`"id":"44444444-4444-4444-8444-444444444444","board_id":"11111111-1111-4111-8111-111111111111","task_titles":["Ship the invoice export"],` +
	`"agent_id":"33333333-3333-4333-8333-333333333333","created_at":"2026-03-01T09:30:00","resolved_at":null,"updated_at":"2026-03-01T09:30:00","decided_by_user_id":null},` +
	`"pending_approvals_count":1,"task_counts":{"task_id":"22222222-2222-4222-8222-222222222222","approvals_count":1,"approvals_pending_count":1}}` + "\r\n\r\n: ping\r\n\r\n"
