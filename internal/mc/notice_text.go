package mc

import "strings"

// Message is what the notice says to the agent about the task on the named
// board. Feedback is the lead's newest comment on the task, empty for none; only
// a notice about rework shows it. A notice of no kind has no message.
func (k NoticeKind) Message(board string, task Task, to Agent, feedback string) string {
	if k == NoticeNone {
		return ""
	}
	first, action := k.words(task, to)
	lines := append([]string{first}, taskLines(board, task)...)
	if k == NoticeRework {
		feedback = Snippet(feedback, SnippetLimit)
		if feedback == "" {
			feedback = "The lead asked for changes; the task's comments hold them."
		}
		lines = append(lines, "", "Requested changes:", feedback)
	}
	return strings.Join(append(lines, "", "Take action: "+action), "\n")
}

func taskLines(board string, task Task) []string {
	lines := []string{
		"Board: " + board,
		"Task: " + task.Title,
		"Task ID: " + task.ID.String(),
		"Status: " + string(task.Status),
	}
	if task.Description != nil {
		if text := Snippet(*task.Description, SnippetLimit); text != "" {
			lines = append(lines, "Description: "+text)
		}
	}
	return lines
}

// words returns the first line and the closing request.
func (k NoticeKind) words(task Task, to Agent) (first, action string) {
	switch k {
	case NoticeAdded:
		return "NEW TASK ADDED", "triage it, then assign it to an agent or plan how it is to be done."
	case NoticeRework:
		return "CHANGES REQUESTED", "address the requested changes, then move the task back to review."
	case NoticeBack:
		return "TASK BACK IN INBOX", "assign a new owner or adjust the plan."
	case NoticeOnHold:
		return "TASK ON HOLD", "stop working on it. A task that it depends on was reopened, and this one waits in the inbox without an owner."
	}
	if task.Status == StatusReview && to.IsBoardLead {
		return "TASK READY FOR LEAD REVIEW", "review it now: move it to done, or back to the inbox with clear feedback in a comment."
	}
	return "TASK ASSIGNED", "open the task, begin, and report your progress in its comments."
}

// Label is the name that the recipient's session carries in the message.
func (k NoticeKind) Label(to Agent) string {
	if k.ToLead() {
		return DefaultLeadName
	}
	return to.Name
}

// NoticeRecord is what the activity log says of a notice once it was delivered,
// or failed for the first time. Empty types: nothing is recorded.
type NoticeRecord struct {
	SentType      EventType
	SentMessage   string
	FailedType    EventType
	FailedMessage string // the error is appended
}

// Record returns the activity rows of the notice.
func (k NoticeKind) Record(task Task, to Agent) NoticeRecord {
	switch k {
	case NoticeAdded:
		return NoticeRecord{
			EventLeadNotified, "Lead agent notified for task: " + task.Title + ".",
			EventLeadNotifyFailed, "Lead notify failed: ",
		}
	case NoticeAssigned:
		return NoticeRecord{
			EventAssigneeNotified, "Agent notified for assignment: " + to.Name + ".",
			EventAssigneeNotifyFailed, "Assignee notify failed: ",
		}
	case NoticeRework:
		return NoticeRecord{
			EventReworkNotified, "Assignee notified about requested changes: " + to.Name + ".",
			EventReworkNotifyFailed, "Rework notify failed: ",
		}
	case NoticeBack:
		return NoticeRecord{
			EventLeadUnassignedNotified, "Lead notified task returned to inbox: " + task.Title + ".",
			EventLeadUnassignedFailed, "Lead notify failed: ",
		}
	}
	return NoticeRecord{}
}
