package metrics

import (
	"context"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/metrics/dashboard", Name: "dashboard_metrics", Tags: []string{"metrics"},
		Summary: "Show the dashboard",
		Description: "Counts over the boards of the active organization that the caller may read: what was done, how long it took, what failed, " +
			"what is in progress and what waits for approval, in the range up to now and in the one of the same length before it. Buckets are UTC and have no gaps.",
		Errors:           []httpapi.ErrorDoc{{Status: 403, When: "board_id names a board that is unknown or that the caller may not read"}},
		ResponseExamples: map[string]any{"dashboard": example()},
	}, g.Member(), f.dashboard)
}

type dashboardInput struct {
	Range   mc.RangeKey `query:"range_key" default:"24h" doc:"How far back to look."`
	BoardID *mc.ID      `query:"board_id" doc:"Only this board."`
	GroupID *mc.ID      `query:"group_id" doc:"Only boards of this group."`
}

func (f *Feature) dashboard(ctx context.Context, p access.Person, in *dashboardInput) (DashboardMetrics, error) {
	return f.Dashboard(ctx, p.Member, Filter{Range: in.Range, BoardID: in.BoardID, GroupID: in.GroupID})
}

func example() DashboardMetrics {
	now := mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	primary, comparison := mc.RangeThreeDays.Windows(now)
	d := newDashboard(mc.RangeThreeDays, now, primary, comparison)
	d.KPIs = DashboardKpis{ActiveAgents: 2, InboxTasks: 4, InProgressTasks: 2, TasksInProgress: 2, ReviewTasks: 1, DoneTasks: 9, MedianCycleTimeHours: mc.Ref(1.5)}
	d.Throughput.Primary.Points[3].Value = 9
	d.CycleTime.Primary.Points[3].Value = 1.75
	d.WIP.Primary.Points[3] = DashboardWipPoint{Period: d.WIP.Primary.Points[3].Period, Inbox: 4, InProgress: 2, Review: 1, Done: 9}
	d.PendingApprovals = DashboardPendingApprovals{Total: 1, Items: []DashboardPendingApproval{{
		ApprovalID: mc.MustID("44444444-4444-4444-8444-444444444444"), BoardID: mc.MustID("11111111-1111-4111-8111-111111111111"), BoardName: "Billing",
		ActionType: "deploy", Confidence: 72, CreatedAt: now, TaskTitle: mc.Ref("Ship the invoice export"),
	}}}
	return d
}
