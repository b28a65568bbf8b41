package templates

import "missioncontrol/internal/mc"

// Kind is what an agent is to Mission Control. It decides which files the agent
// gets and which variables its templates may name.
type Kind string

// The kinds of agents.
const (
	Main   Kind = "main"   // the one agent of a gateway that has no board
	Lead   Kind = "lead"   // the lead of a board
	Worker Kind = "worker" // any other agent of a board
)

// KindOf returns the kind of an agent.
func KindOf(a mc.Agent) Kind {
	switch {
	case a.IsMain():
		return Main
	case a.IsBoardLead:
		return Lead
	}
	return Worker
}
