package mc

import "testing"

// What a task remembers of its way: when it got its status, and the last phase
// of work that has ended.
func TestStatusTimes(t *testing.T) {
	t.Parallel()
	old := &earlier
	for name, tc := range map[string]struct {
		from, to       TaskStatus
		changed        Time
		started, ended *Time
	}{
		"an edit":            {StatusInProgress, StatusInProgress, earlier, old, old},
		"begins work":        {StatusInbox, StatusInProgress, now, old, old},
		"hands in":           {StatusInProgress, StatusReview, now, &started, &now},
		"finishes":           {StatusInProgress, StatusDone, now, &started, &now},
		"puts down":          {StatusInProgress, StatusInbox, now, &started, &now},
		"accepted in review": {StatusReview, StatusDone, now, old, old},
		"reopened":           {StatusDone, StatusInbox, now, old, old},
	} {
		task := taskIn(tc.from, nil)
		task.StatusChangedAt, task.WorkStartedAt, task.WorkEndedAt = earlier, old, old
		got, err := patch(t, byUser, BoardRules{}, task, TaskChange{Title: Set("B"), Status: Set(tc.to)}, world{})
		if err != nil {
			t.Fatal(err)
		}
		after := got.After
		if after.StatusChangedAt != tc.changed || !Same(after.WorkStartedAt, tc.started) || !Same(after.WorkEndedAt, tc.ended) {
			t.Errorf("%s: changed at %v, worked from %v to %v", name, after.StatusChangedAt, after.WorkStartedAt, after.WorkEndedAt)
		}
	}
}
