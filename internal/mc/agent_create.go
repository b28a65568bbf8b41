package mc

import "fmt"

// The refusals of a new agent, in the contract's words.

// NameTakenOnBoard is for a name that an agent of the board has, in any case.
func NameTakenOnBoard() error {
	return Conflict("An agent with this name already exists on this board.")
}

// NameTakenOnGateway is for a name that an agent of another board of the gateway has.
func NameTakenOnGateway() error {
	return Conflict("An agent with this name already exists in this gateway workspace.")
}

// LeadTaken is for a second lead of a board.
func LeadTaken() error { return Conflict("Board already has a lead") }

// MainTaken is for a second main agent of a gateway.
func MainTaken() error { return Conflict("Gateway already has a main agent") }

// CheckWorkerLimit refuses one more worker than a lead may create on the board.
func (b Board) CheckWorkerLimit(workers int) error {
	if workers < b.MaxAgents {
		return nil
	}
	noun := "agents"
	if b.MaxAgents == 1 {
		noun = "agent"
	}
	return Conflict(fmt.Sprintf("Board worker-agent limit reached: max_agents=%d (excluding the lead); cannot create more than %d %s.", b.MaxAgents, b.MaxAgents, noun))
}

// NeverProvisioned reports whether every try to bring the agent to life has
// failed so far, and none is under way. Creating it once more resumes it.
func (a Agent) NeverProvisioned() bool {
	return !a.IsExternal() && a.LastSeenAt == nil && a.ProvisionAction != nil && a.LastProvisionError != nil
}

// Reported is the status that an agent's own word may set. The states of a
// lifecycle run are not for agents to say: nothing would end them.
func Reported(status string) string {
	switch AgentStatus(status) {
	case AgentUpdating, AgentDeleting:
		return ""
	}
	return status
}

// RunEvents are the activity events of a lifecycle run that somebody asked for:
// an update or, otherwise, a provisioning, and how it failed, if it did.
func RunEvents(name string, update bool, failure error) []Event {
	done, failed, verb, past := EventAgentProvisioned, EventAgentProvisionFailed, "Provision", "Provisioned"
	if update {
		done, failed, verb, past = EventAgentUpdated, EventAgentUpdateFailed, "Update", "Updated"
	}
	if failure != nil {
		return []Event{{failed, verb + " message failed: " + DetailText(failure)}}
	}
	return []Event{{done, past + " directly for " + name + "."}, {EventAgentWakeupSent, "Wakeup message sent to " + name + "."}}
}
