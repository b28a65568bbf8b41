// Package metrics is the dashboard: what is done, how long it takes, what goes
// wrong and what waits, over the boards that a member may read.
//
// It only reads; the database counts, and this package lays the numbers out
// along the time. What operators watch a process by is telemetry's business.
package metrics

import (
	"context"
	"slices"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store *store.Store
	clock mc.Clock
}

// New returns the feature.
func New(st *store.Store, clock mc.Clock) *Feature { return &Feature{store: st, clock: clock} }

// pendingShown is how many of the approvals that wait are shown.
const pendingShown = 10

// Dashboard counts over the boards that a member may read in their organization,
// or those of them that the filter leaves.
func (f *Feature) Dashboard(ctx context.Context, m mc.Member, filter Filter) (DashboardMetrics, error) {
	now := f.clock()
	primary, comparison := filter.Range.Windows(now)
	shown := newDashboard(filter.Range, now, primary, comparison)
	boards, err := f.boards(ctx, m, filter)
	if err != nil || len(boards) == 0 {
		return shown, err
	}
	err = f.fill(ctx, &shown, boards, primary, comparison)
	return shown, err
}

// Filter chooses what the dashboard shows.
type Filter struct {
	Range   mc.RangeKey
	BoardID *mc.ID
	GroupID *mc.ID
}

// boards are those that are counted. A member who may read none at all sees
// nothing, whatever the filter says; else the board of the filter has to be one
// that they may read.
func (f *Feature) boards(ctx context.Context, m mc.Member, filter Filter) ([]mc.ID, error) {
	readable, err := f.store.ReadableBoardPlaces(ctx, m)
	if err != nil || len(readable) == 0 {
		return nil, err
	}
	if filter.BoardID != nil && !slices.ContainsFunc(readable, func(b store.BoardPlace) bool { return b.ID == *filter.BoardID }) {
		return nil, mc.Forbidden()
	}
	var counted []mc.ID
	for _, b := range readable {
		if (filter.BoardID == nil || b.ID == *filter.BoardID) && (filter.GroupID == nil || mc.Same(b.GroupID, filter.GroupID)) {
			counted = append(counted, b.ID)
		}
	}
	return counted, nil
}

// fill asks the database and puts its numbers in their places.
func (f *Feature) fill(ctx context.Context, shown *DashboardMetrics, boards []mc.ID, primary, comparison mc.Window) error {
	bucket := shown.Range.Bucket()
	buckets := append(primary.Buckets(bucket), comparison.Buckets(bucket)...)
	counts, err := f.store.TaskCounts(ctx, boards)
	if err != nil {
		return err
	}
	tasks, err := f.store.TaskPoints(ctx, boards, buckets)
	if err != nil {
		return err
	}
	events, err := f.store.EventPoints(ctx, boards, buckets)
	if err != nil {
		return err
	}
	agents, err := f.store.AgentsSeen(ctx, boards, primary)
	if err != nil {
		return err
	}
	pending, err := f.store.NewestPending(ctx, boards, pendingShown)
	if err != nil {
		return err
	}
	shown.countTasks(counts)
	worked := shown.plotTasks(tasks)
	shown.plotErrors(events)
	shown.KPIs.ActiveAgents = agents
	shown.listPending(pending)
	if worked > 0 {
		shown.KPIs.MedianCycleTimeHours, err = f.store.MedianHours(ctx, boards, primary, worked)
	}
	return err
}
