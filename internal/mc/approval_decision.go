package mc

import (
	"slices"
	"strings"
)

// Decide returns the approval after a person has set its status, and whether
// the decision is news for the board's lead. A decision that is repeated counts
// as made now; one that is taken back keeps the time at which it was made.
func (a Approval) Decide(status ApprovalStatus, by ID, now Time) (after Approval, news bool) {
	after = a
	if status == ApprovalPending && a.Status == ApprovalPending {
		return after, false
	}
	at := NextVersion(a.UpdatedAt, now)
	after.Status, after.UpdatedAt = status, at
	if status == ApprovalPending {
		return after, false
	}
	after.ResolvedAt, after.DecidedByUserID = &at, &by
	return after, status != a.Status
}

// PendingLink is a pending approval in the way of another one for the task.
type PendingLink struct {
	TaskID     ID `json:"task_id"`
	ApprovalID ID `json:"approval_id"`
}

// ApprovalConflictDetail names the approvals that are in the way of a new one.
type ApprovalConflictDetail struct {
	Message   string        `json:"message"`
	Conflicts []PendingLink `json:"conflicts"`
}

// PendingConflict is the 409 for tasks that have a pending approval already, nil
// when none has. Found comes with the oldest approval first; of each task it is
// that one which is named.
func PendingConflict(found []PendingLink) error {
	if len(found) == 0 {
		return nil
	}
	oldest := make([]PendingLink, 0, len(found))
	for _, link := range found {
		if !slices.ContainsFunc(oldest, func(l PendingLink) bool { return l.TaskID == link.TaskID }) {
			oldest = append(oldest, link)
		}
	}
	slices.SortFunc(oldest, func(a, b PendingLink) int { return strings.Compare(a.TaskID.String(), b.TaskID.String()) })
	return Conflict(ApprovalConflictDetail{"Each task can have only one pending approval.", oldest})
}

// ResolvedMessage tells a board's lead how an approval was decided.
func (a Approval) ResolvedMessage(board string, tasks []ID) string {
	lines := []string{
		"APPROVAL RESOLVED",
		"Board: " + board,
		"Approval ID: " + a.ID.String(),
		"Action: " + a.ActionType,
		"Decision: " + string(a.Status),
		"Confidence: " + a.Confidence.String(),
	}
	ids := make([]string, len(tasks))
	for i, id := range tasks {
		ids[i] = id.String()
	}
	switch len(ids) {
	case 0:
	case 1:
		lines = append(lines, "Task ID: "+ids[0])
	default:
		lines = append(lines, "Task IDs: "+strings.Join(ids, ", "))
	}
	action := "go on with what was approved, and close the loop on its tasks."
	if a.Status == ApprovalRejected {
		action = "do not do what was rejected; change the plan, or ask again with what was missing."
	}
	return strings.Join(append(lines, "", "Take action: "+action), "\n")
}

// ResolvedRecord is what the activity log says of that message.
func (a Approval) ResolvedRecord() NoticeRecord {
	return NoticeRecord{
		EventApprovalLeadNotified, "Lead agent notified for " + string(a.Status) + " approval " + a.ID.String() + ".",
		EventApprovalLeadNotifyFailed, "Lead notify failed for approval " + a.ID.String() + ": ",
	}
}
