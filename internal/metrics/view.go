package metrics

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// DashboardMetrics is all that the dashboard shows.
type DashboardMetrics struct {
	Range            mc.RangeKey               `json:"range"`
	GeneratedAt      mc.Time                   `json:"generated_at"`
	KPIs             DashboardKpis             `json:"kpis"`
	Throughput       DashboardSeriesSet        `json:"throughput" doc:"Tasks that are done, by when they became it."`
	CycleTime        DashboardSeriesSet        `json:"cycle_time" doc:"Mean hours from the last start of work until the task left in_progress, of tasks in review or done, by the latter."`
	ErrorRate        DashboardSeriesSet        `json:"error_rate" doc:"Percent of the events about tasks that tell of a failure."`
	WIP              DashboardWipSeriesSet     `json:"wip" doc:"Tasks by the status they have, by when they got it; those in the inbox by when they were made."`
	PendingApprovals DashboardPendingApprovals `json:"pending_approvals"`
}

// DashboardKpis are the numbers of the dashboard. Those of tasks have no window.
type DashboardKpis struct {
	ActiveAgents         int      `json:"active_agents" doc:"Agents seen within the range."`
	TasksInProgress      int      `json:"tasks_in_progress"`
	InboxTasks           int      `json:"inbox_tasks"`
	InProgressTasks      int      `json:"in_progress_tasks"`
	ReviewTasks          int      `json:"review_tasks"`
	DoneTasks            int      `json:"done_tasks"`
	ErrorRatePct         float64  `json:"error_rate_pct" doc:"Over the whole range."`
	MedianCycleTimeHours *float64 `json:"median_cycle_time_hours_7d" doc:"Median of the cycle times within the range, whatever the name says; null without any."`
}

// DashboardSeriesSet is a series in the range and in the one before it.
type DashboardSeriesSet struct {
	Primary    DashboardRangeSeries `json:"primary"`
	Comparison DashboardRangeSeries `json:"comparison"`
}

// DashboardRangeSeries is a series of numbers without gaps.
type DashboardRangeSeries struct {
	Range  mc.RangeKey            `json:"range"`
	Bucket mc.Bucket              `json:"bucket"`
	Points []DashboardSeriesPoint `json:"points"`
}

// DashboardSeriesPoint is a number in a bucket.
type DashboardSeriesPoint struct {
	Period mc.Time `json:"period" doc:"Beginning of the bucket."`
	Value  float64 `json:"value"`
}

// DashboardWipSeriesSet is work in progress in the range and in the one before it.
type DashboardWipSeriesSet struct {
	Primary    DashboardWipRangeSeries `json:"primary"`
	Comparison DashboardWipRangeSeries `json:"comparison"`
}

// DashboardWipRangeSeries is work in progress without gaps.
type DashboardWipRangeSeries struct {
	Range  mc.RangeKey         `json:"range"`
	Bucket mc.Bucket           `json:"bucket"`
	Points []DashboardWipPoint `json:"points"`
}

// DashboardWipPoint is work in progress in a bucket.
type DashboardWipPoint struct {
	Period     mc.Time `json:"period" doc:"Beginning of the bucket."`
	Inbox      int     `json:"inbox"`
	InProgress int     `json:"in_progress"`
	Review     int     `json:"review"`
	Done       int     `json:"done"`
}

// DashboardPendingApprovals are the newest approvals that wait, of how many.
type DashboardPendingApprovals struct {
	Total int                        `json:"total"`
	Items []DashboardPendingApproval `json:"items"`
}

// DashboardPendingApproval is an approval that waits for a decision.
type DashboardPendingApproval struct {
	ApprovalID mc.ID   `json:"approval_id"`
	BoardID    mc.ID   `json:"board_id"`
	BoardName  string  `json:"board_name"`
	ActionType string  `json:"action_type"`
	Confidence float64 `json:"confidence"`
	CreatedAt  mc.Time `json:"created_at"`
	TaskTitle  *string `json:"task_title" doc:"Of the task it is about, or of the first of several; null for none."`
}

// newDashboard is the dashboard of nothing: every point is there, with zero.
func newDashboard(key mc.RangeKey, now mc.Time, primary, comparison mc.Window) DashboardMetrics {
	bucket := key.Bucket()
	inPrimary, inComparison := primary.Periods(bucket), comparison.Periods(bucket)
	series := func(periods []mc.Time) DashboardRangeSeries {
		s := DashboardRangeSeries{Range: key, Bucket: bucket, Points: make([]DashboardSeriesPoint, len(periods))}
		for i, at := range periods {
			s.Points[i].Period = at
		}
		return s
	}
	wip := func(periods []mc.Time) DashboardWipRangeSeries {
		s := DashboardWipRangeSeries{Range: key, Bucket: bucket, Points: make([]DashboardWipPoint, len(periods))}
		for i, at := range periods {
			s.Points[i].Period = at
		}
		return s
	}
	set := func() DashboardSeriesSet { return DashboardSeriesSet{series(inPrimary), series(inComparison)} }
	return DashboardMetrics{
		Range: key, GeneratedAt: now, Throughput: set(), CycleTime: set(), ErrorRate: set(),
		WIP:              DashboardWipSeriesSet{wip(inPrimary), wip(inComparison)},
		PendingApprovals: DashboardPendingApprovals{Items: []DashboardPendingApproval{}},
	}
}

func (m *DashboardMetrics) listPending(pending []store.PendingApproval) {
	for _, a := range pending {
		m.PendingApprovals.Total = a.Total
		m.PendingApprovals.Items = append(m.PendingApprovals.Items, DashboardPendingApproval{
			ApprovalID: a.ID, BoardID: a.BoardID, BoardName: a.BoardName, ActionType: a.ActionType, Confidence: a.Confidence,
			CreatedAt: a.CreatedAt, TaskTitle: a.TaskTitle,
		})
	}
}
