package mc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func ids(n int) []ID {
	list := make([]ID, n)
	for i := range list {
		list[i] = ID{15: byte(i + 1)}
	}
	return list
}

func TestDedupeIDs(t *testing.T) {
	t.Parallel()
	n := ids(3)
	for name, tc := range map[string]struct{ in, want []ID }{
		"nothing":                  {nil, []ID{}},
		"the first position stays": {[]ID{n[1], n[0], n[1], n[2], n[0]}, []ID{n[1], n[0], n[2]}},
	} {
		if diff := cmp.Diff(tc.want, DedupeIDs(tc.in)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestValidateDependencies(t *testing.T) {
	t.Parallel()
	n := ids(5)
	a, b, c, d, foreign := n[0], n[1], n[2], n[3], n[4]
	onBoard := func(id ID) bool { return id != foreign && id != ID{} }
	for name, tc := range map[string]struct {
		wanted []ID
		edges  map[ID][]ID
		kind   Kind
		detail string
	}{
		"empty list, no checks":    {wanted: nil},
		"fine":                     {wanted: []ID{b, c}},
		"on itself":                {wanted: []ID{a}, kind: KindInvalid, detail: `"Task cannot depend on itself."`},
		"on itself before missing": {wanted: []ID{foreign, a}, kind: KindInvalid, detail: `"Task cannot depend on itself."`},
		"missing ones in order": {wanted: []ID{foreign, b, {}}, kind: KindNotFound,
			detail: `{"message":"One or more dependency tasks were not found on this board.","missing_task_ids":["` + foreign.String() + `","00000000-0000-0000-0000-000000000000"]}`},
		"missing before a cycle": {wanted: []ID{b, foreign}, edges: map[ID][]ID{b: {a}}, kind: KindNotFound,
			detail: `{"message":"One or more dependency tasks were not found on this board.","missing_task_ids":["` + foreign.String() + `"]}`},
		"direct cycle": {wanted: []ID{b}, edges: map[ID][]ID{b: {a}}, kind: KindConflict,
			detail: `"Dependency cycle detected. Remove the cycle before saving."`},
		"long way round": {wanted: []ID{d}, edges: map[ID][]ID{d: {c}, c: {b}, b: {a}}, kind: KindConflict,
			detail: `"Dependency cycle detected. Remove the cycle before saving."`},
		"the old edges are replaced": {wanted: []ID{c}, edges: map[ID][]ID{a: {b}, c: {d}}},
		"a diamond is no cycle":      {wanted: []ID{b, c}, edges: map[ID][]ID{b: {d}, c: {d}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ValidateDependencies(a, tc.wanted, onBoard, tc.edges)
			if tc.detail == "" {
				checkErr(t, err, nil)
				return
			}
			checkDetail(t, err, tc.kind, tc.detail)
		})
	}
}

func TestLongChainsAreSearchedWithoutRecursion(t *testing.T) {
	t.Parallel()
	const length = 200_000
	id := func(i int) ID { return ID{0: byte(i), 1: byte(i >> 8), 2: byte(i >> 16), 15: 1} }
	edges := make(map[ID][]ID, length)
	for i := range length - 1 {
		edges[id(i)] = []ID{id(i + 1)}
	}
	err := ValidateDependencies(id(length-1), []ID{id(0)}, func(ID) bool { return true }, edges)
	checkErr(t, err, Conflict("Dependency cycle detected. Remove the cycle before saving."))
}

// Whatever edges are accepted one after the other, the graph stays without
// cycles, and a refused list would have made one.
func TestAcceptedDependenciesNeverCloseACycle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tasks := ids(6)
		edges := map[ID][]ID{}
		for range rapid.IntRange(1, 15).Draw(t, "edits") {
			task := rapid.SampledFrom(tasks).Draw(t, "task")
			wanted := DedupeIDs(rapid.SliceOfN(rapid.SampledFrom(tasks), 0, 4).Draw(t, "wanted"))
			wanted = slices.DeleteFunc(wanted, func(id ID) bool { return id == task })
			err := ValidateDependencies(task, wanted, func(ID) bool { return true }, edges)
			old := edges[task]
			edges[task] = wanted
			if cyclic := hasCycle(tasks, edges); cyclic != (err != nil) {
				t.Fatalf("cycle %v, but error %v", cyclic, err)
			}
			if err != nil {
				edges[task] = old
			}
		}
	})
}

// hasCycle removes tasks that depend on nothing that is left, until none is.
func hasCycle(tasks []ID, edges map[ID][]ID) bool {
	left := slices.Clone(tasks)
	for {
		rest := slices.DeleteFunc(slices.Clone(left), func(id ID) bool {
			return !slices.ContainsFunc(edges[id], func(dep ID) bool { return slices.Contains(left, dep) })
		})
		if len(rest) == len(left) {
			return len(left) > 0
		}
		left = rest
	}
}

func TestBlockedBy(t *testing.T) {
	t.Parallel()
	n := ids(4)
	statuses := map[ID]TaskStatus{n[0]: StatusDone, n[1]: StatusReview, n[2]: StatusInbox}
	statusOf := func(id ID) (TaskStatus, bool) { s, ok := statuses[id]; return s, ok }
	for name, tc := range map[string]struct {
		status TaskStatus
		deps   []ID
		want   []ID
	}{
		"none":                              {StatusInbox, nil, []ID{}},
		"done ones do not block":            {StatusInbox, []ID{n[0]}, []ID{}},
		"open ones, in order":               {StatusInProgress, []ID{n[2], n[0], n[1]}, []ID{n[2], n[1]}},
		"a vanished one is open":            {StatusInbox, []ID{n[3]}, []ID{n[3]}},
		"a done task is blocked by nothing": {StatusDone, []ID{n[1]}, []ID{}},
	} {
		if diff := cmp.Diff(tc.want, BlockedBy(tc.status, tc.deps, statusOf)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestOnDependencyChange(t *testing.T) {
	t.Parallel()
	moved := func(from, to TaskStatus) TaskOutcome {
		return TaskOutcome{Before: Task{Title: "Old", Status: from}, After: Task{Title: "Dep", Status: to}}
	}
	completion := Event{EventTaskUpdated, "Dependency completion changed: Dep."}
	reset := Event{EventTaskStatusChanged, "Task returned to inbox: dependency reopened (Dep)."}
	reopened := moved(StatusDone, StatusInProgress)
	for name, tc := range map[string]struct {
		dependency TaskOutcome
		dependent  Task
		want       *DependentChange // Before is filled in
	}{
		"neither entered nor left done": {moved(StatusInbox, StatusReview), Task{Status: StatusReview}, nil},
		"done stays done":               {moved(StatusDone, StatusDone), Task{Status: StatusInbox}, nil},
		"a done dependent stays done":   {reopened, Task{Status: StatusDone, AssignedAgentID: &wanda.ID}, nil},
		"entering done moves nothing": {moved(StatusReview, StatusDone), Task{Status: StatusInProgress, AssignedAgentID: &wanda.ID},
			&DependentChange{After: Task{Status: StatusInProgress, AssignedAgentID: &wanda.ID}, Event: completion}},
		"leaving done, idle in the inbox": {reopened, Task{Status: StatusInbox},
			&DependentChange{After: Task{Status: StatusInbox}, Event: completion}},
		"leaving done, in progress": {reopened, Task{Status: StatusInProgress, AssignedAgentID: &wanda.ID, InProgressAt: &started},
			&DependentChange{After: Task{Status: StatusInbox, PreviousInProgressAt: &started, UpdatedAt: now}, Event: reset, Reset: true}},
		"leaving done, assigned in the inbox": {reopened, Task{Status: StatusInbox, AssignedAgentID: &wanda.ID},
			&DependentChange{After: Task{Status: StatusInbox, UpdatedAt: now}, Event: reset, Reset: true}},
		"leaving done, started in the inbox": {reopened, Task{Status: StatusInbox, InProgressAt: &started},
			&DependentChange{After: Task{Status: StatusInbox, PreviousInProgressAt: &started, UpdatedAt: now}, Event: reset, Reset: true}},
		"leaving done, in review": {reopened, Task{Status: StatusReview, PreviousInProgressAt: &earlier},
			&DependentChange{After: Task{Status: StatusInbox, PreviousInProgressAt: &earlier, UpdatedAt: now}, Event: reset, Reset: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := OnDependencyChange(tc.dependency, tc.dependent, now)
			if ok != (tc.want != nil) {
				t.Fatalf("told %v, want %v", ok, tc.want)
			}
			if !ok {
				return
			}
			tc.want.Before, tc.want.After = tc.dependent, tc.want.After.since(tc.dependent, now)
			if diff := cmp.Diff(*tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
