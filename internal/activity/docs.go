package activity

import (
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// What the OpenAPI document shows as examples. The ids are the same throughout
// the document.
var (
	exampleTime  = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	exampleBoard = mc.MustID("11111111-1111-4111-8111-111111111111")
	exampleTask  = mc.MustID("22222222-2222-4222-8222-222222222222")
	exampleAgent = mc.MustID("33333333-3333-4333-8333-333333333333")
	exampleID    = mc.MustID("66666666-6666-4666-8666-666666666666")
	examplePage  = httpapi.PageQuery{Limit: 200}
)

var exampleEvent = ActivityEventRead{
	ID: exampleID, EventType: mc.EventTaskComment, Message: mc.Ref("Totals match the ledger for January."), AgentID: &exampleAgent, TaskID: &exampleTask, BoardID: &exampleBoard,
	RouteName: mc.Ref("board"), RouteParams: &map[string]string{"boardId": exampleBoard.String(), "taskId": exampleTask.String(), "commentId": exampleID.String()}, CreatedAt: exampleTime,
}

var exampleComment = ActivityTaskCommentFeedItemRead{
	ID: exampleID, CreatedAt: exampleTime, Message: mc.Ref("Totals match the ledger for January."), AgentID: &exampleAgent, AgentName: mc.Ref("Ada"), AgentRole: mc.Ref("Analyst"),
	TaskID: exampleTask, TaskTitle: "Ship the invoice export", BoardID: exampleBoard, BoardName: "Billing",
}

const exampleStream = "event: comment\r\nid: 42\r\n" +
	`data: {"comment":{"id":"66666666-6666-4666-8666-666666666666","created_at":"2026-03-01T09:30:00","message":"Totals match the ledger for January.",` +
	`"agent_id":null,"agent_name":null,"agent_role":null,"user_id":"77777777-7777-4777-8777-777777777777","user_name":"Grace","task_id":"22222222-2222-4222-8222-222222222222","task_title":"Ship the invoice export",` +
	`"board_id":"11111111-1111-4111-8111-111111111111","board_name":"Billing"}}` + "\r\n\r\n"
