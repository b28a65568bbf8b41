package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// The dashboard counts in indexes, and sorts nothing but the work whose median
// it looks for: what it costs depends on what lies in its windows.
func TestDashboardCountsInIndexes(t *testing.T) {
	t.Parallel()
	var asked []string
	st := storetest.New(t, func(cfg *store.Config) {
		cfg.Observe = func(_ context.Context, query string) { asked = append(asked, query) }
	})
	ctx, boards := t.Context(), []mc.ID{mc.NewID(), mc.NewID()}
	window := mc.Window{From: noon, To: noon.Add(time.Hour)}
	asked = nil
	_, tasksErr := st.TaskPoints(ctx, boards, []mc.Window{window, window})
	_, eventsErr := st.EventPoints(ctx, boards, []mc.Window{window})
	_, agentsErr := st.AgentsSeen(ctx, boards, window)
	if tasksErr != nil || eventsErr != nil || agentsErr != nil || len(asked) != 3 {
		t.Fatalf("%d queries, %v %v %v", len(asked), tasksErr, eventsErr, agentsErr)
	}
	counted := 0
	for _, query := range slices.Clone(asked) {
		for _, step := range planOf(t, st, strings.ReplaceAll(query, "?", "''")) {
			if strings.Contains(step, "TEMP B-TREE") || strings.HasPrefix(step, "SCAN") && step != "SCAN b" && !strings.Contains(step, "CONSTANT ROW") {
				t.Errorf("%.60q: %s", query, step)
			}
			if strings.HasPrefix(step, "SEARCH") {
				counted++
				if !strings.Contains(step, "COVERING INDEX") {
					t.Errorf("%.60q reads rows: %s", query, step)
				}
			}
		}
	}
	if counted != 9 {
		t.Errorf("%d counts in an index", counted)
	}
}
