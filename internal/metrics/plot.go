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
			k.InboxTasks = c.Count
		case mc.StatusInProgress:
			k.InProgressTasks, k.TasksInProgress = c.Count, c.Count
		case mc.StatusReview:
			k.ReviewTasks = c.Count
		case mc.StatusDone:
			k.DoneTasks = c.Count
		}
	}
}

// share is a sum over a count, which both may come in several parts.
type share struct {
	sum   float64
	count int
}

// shares collects parts of the buckets of a series set, and then writes each
// share times a factor.
type shares map[*DashboardSeriesPoint]*share

func (s shares) add(set *DashboardSeriesSet, part store.Part, period mc.Time, sum float64, count int) {
	for _, point := range set.at(part, period) {
		if s[point] == nil {
			s[point] = &share{}
		}
		s[point].sum += sum
		s[point].count += count
	}
}

func (s shares) write(factor float64) {
	for point, of := range s {
		point.Value = factor * of.sum / float64(of.count)
	}
}

func (m *DashboardMetrics) plotTasks(points []store.TaskPoint) {
	hours := shares{}
	for _, p := range points {
		if p.Series == store.SeriesWork {
			hours.add(&m.CycleTime, p.Part, p.Period, p.Hours, p.Count)
			continue
		}
		status := mc.TaskStatus(p.Series)
		if status == mc.StatusDone {
			for _, point := range m.Throughput.at(p.Part, p.Period) {
				point.Value += float64(p.Count)
			}
		}
		for _, point := range m.WIP.at(p.Part, p.Period) {
			*point.of(status) += p.Count
		}
	}
	hours.write(1)
}

func (m *DashboardMetrics) plotErrors(points []store.EventPoint) {
	failed, count := 0, 0
	rates := shares{}
	for _, p := range points {
		if p.Part.InPrimary() {
			failed, count = failed+p.Failed, count+p.Count
		}
		rates.add(&m.ErrorRate, p.Part, p.Period, float64(p.Failed), p.Count)
	}
	const percent = 100
	rates.write(percent)
	if count > 0 {
		m.KPIs.ErrorRatePct = percent * float64(failed) / float64(count)
	}
}

// at are the points of a bucket in the windows that a part belongs to.
func (s *DashboardSeriesSet) at(part store.Part, period mc.Time) []*DashboardSeriesPoint {
	return pick(part, s.Primary.Points, s.Comparison.Points, func(p *DashboardSeriesPoint) bool { return p.Period.Equal(period) })
}

func (s *DashboardWipSeriesSet) at(part store.Part, period mc.Time) []*DashboardWipPoint {
	return pick(part, s.Primary.Points, s.Comparison.Points, func(p *DashboardWipPoint) bool { return p.Period.Equal(period) })
}

func pick[P any](part store.Part, primary, comparison []P, wanted func(p *P) bool) (points []*P) {
	for _, window := range []struct {
		belongs bool
		points  []P
	}{{part.InPrimary(), primary}, {part.InComparison(), comparison}} {
		for i := range window.points {
			if window.belongs && wanted(&window.points[i]) {
				points = append(points, &window.points[i])
			}
		}
	}
	return points
}

// of is the number of a status.
func (p *DashboardWipPoint) of(status mc.TaskStatus) *int {
	switch status {
	case mc.StatusInProgress:
		return &p.InProgress
	case mc.StatusReview:
		return &p.Review
	case mc.StatusDone:
		return &p.Done
	}
	return &p.Inbox
}
