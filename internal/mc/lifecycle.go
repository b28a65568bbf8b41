package mc

import "time"

// CheckIn returns the agent after a heartbeat. A reported status is kept as it
// is, whatever it says; without one an agent that was provisioning is online.
func (a Agent) CheckIn(reported string, now Time) Agent {
	if reported != "" {
		a.Status = AgentStatus(reported)
	} else if a.Status == AgentProvisioning {
		a.Status = AgentOnline
	}
	return a.seen(now)
}

// Wake returns the agent after it was given work. The contract counts that as a
// sign of life.
func (a Agent) Wake(now Time) Agent {
	a.Status = AgentOnline
	return a.seen(now)
}

func (a Agent) seen(now Time) Agent {
	a.LastSeenAt = &now
	a.UpdatedAt = NextVersion(a.UpdatedAt, now)
	a.WakeAttempts = 0
	a.CheckinDeadlineAt = nil
	a.LastProvisionError = nil
	return a
}

// Touch returns the agent after an authenticated call, and whether that is to be
// written down: presence is kept at most every PresenceEvery. Only a check-in
// ends the wait for one.
func (a Agent) Touch(now Time) (Agent, bool) {
	if a.LastSeenAt != nil && now.Sub(*a.LastSeenAt) <= PresenceEvery {
		return a, false
	}
	a.LastSeenAt = &now
	a.UpdatedAt = NextVersion(a.UpdatedAt, now)
	if a.Status != AgentUpdating && a.Status != AgentDeleting {
		a.Status = AgentOnline
	}
	return a, true
}

// HeartbeatEvent is the activity event of a check-in or wake.
func HeartbeatEvent(a Agent) Event {
	return Event{EventAgentHeartbeat, "Heartbeat received from " + a.Name + "."}
}

// WokenEvent is the activity event that follows HeartbeatEvent after a wake.
func WokenEvent(a Agent, reason WakeReason) Event {
	return Event{EventAssigneeWoken, "Assignee heartbeat set online (" + string(reason) + "): " + a.Name + "."}
}

// ReconcileStep is what the job that waits for a woken agent is to do.
type ReconcileStep int

// The steps of a reconcile.
const (
	ReconcileDone   ReconcileStep = iota // nothing to do, ever
	ReconcileSnooze                      // come back at the given time
	ReconcileGiveUp                      // too many wakes without an answer: write GiveUp
	ReconcileRun                         // run the lifecycle once more, if gateway and board are still there
)

// DecideReconcile says what to do about an agent, nil if it is gone, after a
// wake of the given generation. Deadline is the job's own, for a row that has
// none. The time is set for ReconcileSnooze only.
func DecideReconcile(a *Agent, generation int, deadline, now Time) (ReconcileStep, Time) {
	switch {
	case a == nil, a.LifecycleGeneration != generation, a.answered(), a.Status == AgentDeleting:
		return ReconcileDone, Time{}
	}
	if a.CheckinDeadlineAt != nil {
		deadline = *a.CheckinDeadlineAt
	}
	switch {
	case now.Before(deadline):
		return ReconcileSnooze, deadline
	case a.WakeAttempts >= MaxWakes:
		return ReconcileGiveUp, Time{}
	}
	return ReconcileRun, Time{}
}

// answered reports whether the agent was seen since it was last woken.
func (a Agent) answered() bool {
	return a.LastSeenAt != nil && (a.LastWakeSentAt == nil || !a.LastSeenAt.Before(*a.LastWakeSentAt))
}

// GiveUp returns the agent after MaxWakes wakes without a check-in.
func (a Agent) GiveUp(now Time) Agent {
	a.Status = AgentOffline
	a.CheckinDeadlineAt = nil
	a.LastProvisionError = Ref("Agent did not check in after wake; max wake attempts reached")
	a.UpdatedAt = NextVersion(a.UpdatedAt, now)
	return a
}

// ReconcileDelay is how long a reconcile for the deadline waits.
func ReconcileDelay(deadline, now Time) time.Duration { return max(0, deadline.Sub(now)) }
