package metrics

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func (m *DashboardMetrics) countTasks(counts []store.StatusCount) {
	k := &m.KPIs
	for _, c := range counts {
		switch c.Status {
		case mc.StatusInbox:
			k.InboxTasks += c.Count
		case mc.StatusInProgress:
			k.InProgressTasks += c.Count
		case mc.StatusReview:
			k.ReviewTasks += c.Count
		case mc.StatusDone:
			k.DoneTasks += c.Count
		}
	}
	k.TasksInProgress = k.InProgressTasks
}

// plotTasks puts numbers of tasks into the series, and tells of how many in the
// primary window it is known how long the work on them took.
func (m *DashboardMetrics) plotTasks(points []store.TaskPoint) (worked int) {
	for _, p := range points {
		m.Throughput.at(p.Bucket).Value = float64(p.Done)
		if p.Worked > 0 {
			m.CycleTime.at(p.Bucket).Value = p.Hours / float64(p.Worked)
		}
		if p.Bucket < len(m.CycleTime.Primary.Points) {
			worked += p.Worked
		}
		w := m.WIP.at(p.Bucket)
		w.Inbox, w.InProgress, w.Review, w.Done = p.Inbox, p.InProgress, p.Review, p.Done
	}
	return worked
}

func (m *DashboardMetrics) plotErrors(points []store.EventPoint) {
	const percent = 100.0
	failed, count := 0, 0
	for _, p := range points {
		if p.Count == 0 {
			continue
		}
		m.ErrorRate.at(p.Bucket).Value = percent * float64(p.Failed) / float64(p.Count)
		if p.Bucket < len(m.ErrorRate.Primary.Points) {
			failed, count = failed+p.Failed, count+p.Count
		}
	}
	if count > 0 {
		m.KPIs.ErrorRatePct = percent * float64(failed) / float64(count)
	}
}

// at is the point of a bucket: those of the primary window come first.
func (s *DashboardSeriesSet) at(bucket int) *DashboardSeriesPoint {
	if n := len(s.Primary.Points); bucket >= n {
		return &s.Comparison.Points[bucket-n]
	}
	return &s.Primary.Points[bucket]
}

func (s *DashboardWipSeriesSet) at(bucket int) *DashboardWipPoint {
	if n := len(s.Primary.Points); bucket >= n {
		return &s.Comparison.Points[bucket-n]
	}
	return &s.Primary.Points[bucket]
}
