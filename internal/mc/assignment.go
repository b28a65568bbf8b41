package mc

// CheckAssignee says whether the actor may give work of the board to the agent.
// The candidate is nil when there is no such agent; a main agent of another
// organization counts as none.
func CheckAssignee(actor TaskActor, board ID, candidate *Agent) error {
	switch {
	case candidate == nil:
		return NotFound()
	case actor.Kind() == ActorLead && candidate.IsBoardLead:
		return Forbidden("Board leads cannot assign tasks to themselves.")
	case candidate.BoardID != nil && *candidate.BoardID != board:
		return Conflict()
	}
	return nil
}
