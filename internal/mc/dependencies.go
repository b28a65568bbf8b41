package mc

import "slices"

// DedupeIDs drops repeated ids; the first position counts. The result is never nil.
func DedupeIDs(ids []ID) []ID {
	seen := make(map[ID]bool, len(ids))
	kept := make([]ID, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// ValidateDependencies says whether the task may depend on wanted, a list
// without duplicates: not itself (422), tasks of its board only (404), no cycle
// (409). Edges are those of the whole board, as they are stored; the task's own
// are taken as replaced.
func ValidateDependencies(task ID, wanted []ID, onBoard func(ID) bool, edges map[ID][]ID) error {
	if slices.Contains(wanted, task) {
		return Unprocessable("Task cannot depend on itself.")
	}
	var missing []ID
	for _, id := range wanted {
		if !onBoard(id) {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		return NotFound(MissingTasksDetail{"One or more dependency tasks were not found on this board.", missing})
	}
	if reaches(task, wanted, edges) {
		return Conflict("Dependency cycle detected. Remove the cycle before saving.")
	}
	return nil
}

// reaches reports whether task can be reached from one of the tasks in start.
// Without the edited task's edges the graph has no cycle, so one that appears
// runs through it. The stack is our own: chains may be long.
func reaches(task ID, start []ID, edges map[ID][]ID) bool {
	stack := slices.Clone(start)
	seen := map[ID]bool{}
	for len(stack) > 0 {
		id := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if id == task {
			return true
		}
		if !seen[id] {
			seen[id] = true
			stack = append(stack, edges[id]...)
		}
	}
	return false
}

// OpenDependencies returns the dependencies that are not done, in their order.
// One that vanished, of which statusOf knows nothing, counts as open. The
// result is never nil.
func OpenDependencies(deps []ID, statusOf func(ID) (TaskStatus, bool)) []ID {
	open := make([]ID, 0, len(deps))
	for _, id := range deps {
		if status, ok := statusOf(id); !ok || status != StatusDone {
			open = append(open, id)
		}
	}
	return open
}

// BlockedBy returns what a task in the given status waits for, as others see
// it: a done task waits for nothing.
func BlockedBy(status TaskStatus, deps []ID, statusOf func(ID) (TaskStatus, bool)) []ID {
	if status == StatusDone {
		return []ID{}
	}
	return OpenDependencies(deps, statusOf)
}
