package approvals

import "missioncontrol/internal/httpapi"

var (
	listHints = &httpapi.Hints{
		Intent: "agent_board_approval_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"You want to know whether something was approved, or is waiting already, before you ask or act."},
		WhenNotToUse:  []string{"You were just told of the decision: it is in the message."},
		Prerequisites: []string{"The board is yours."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not poll for a decision; the lead is told of it.", "Do not take a pending approval for a yes."},
		Routing:       []string{"Filter by status=pending before you ask for a new one."},
		Examples:      httpapi.Routing("is my request decided", "any_agent", "agent_board_approval_discovery"),
	}
	createHints = &httpapi.Hints{
		Intent: "agent_board_approval_request", RequiredActor: "any_agent",
		WhenToUse: []string{
			"You are about to do something external or risky.",
			"Your confidence, the sum of the rubric scores, is below 80.",
			"A task cannot be done without an approved approval.",
		},
		WhenNotToUse:  []string{"The action is safe, internal and you are sure.", "The task has a pending approval already."},
		Prerequisites: []string{"The tasks are on your board.", "You can say why: in lead_reasoning or payload.reason."},
		SideEffects:   []string{"People see the request; depending on the board's rules the task does not move until they decide."},
		Negative:      []string{"Do not act before the decision.", "Do not ask twice for the same task.", "Do not speak for another agent."},
		Routing:       []string{"A 409 names the approval that is pending: wait for that one."},
		Examples:      httpapi.Routing("ask a person before a risky step", "any_agent", "agent_board_approval_request"),
	}
)
