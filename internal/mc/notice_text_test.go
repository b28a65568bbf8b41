package mc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoticeMessage(t *testing.T) {
	t.Parallel()
	described := taskIn(StatusInbox, nil)
	described.Description = Ref("  the details  ")
	blank := taskIn(StatusInbox, nil)
	blank.Description = Ref("  \n")
	head := func(first, status string) string {
		return first + "\nBoard: Alpha\nTask: A\nTask ID: " + taskID.String() + "\nStatus: " + status + "\n"
	}
	for name, tc := range map[string]struct {
		kind     NoticeKind
		task     Task
		to       Agent
		feedback string
		want     string // everything before the closing line
	}{
		"N1":                          {NoticeAdded, described, lead, "", head("NEW TASK ADDED", "inbox") + "Description: the details\n\n"},
		"blank description":           {NoticeAdded, blank, lead, "", head("NEW TASK ADDED", "inbox") + "\n"},
		"N2":                          {NoticeAssigned, taskIn(StatusInbox, &wanda), wanda, "", head("TASK ASSIGNED", "inbox") + "\n"},
		"N2, a lead's task in review": {NoticeAssigned, taskIn(StatusReview, &lead), lead, "", head("TASK READY FOR LEAD REVIEW", "review") + "\n"},
		"N2, a worker's in review":    {NoticeAssigned, taskIn(StatusReview, &wanda), wanda, "", head("TASK ASSIGNED", "review") + "\n"},
		"N2, a lead's in the inbox":   {NoticeAssigned, taskIn(StatusInbox, &lead), lead, "", head("TASK ASSIGNED", "inbox") + "\n"},
		"N3":                          {NoticeRework, taskIn(StatusInbox, &wanda), wanda, " Please add tests ", head("CHANGES REQUESTED", "inbox") + "\nRequested changes:\nPlease add tests\n\n"},
		"N3 without a comment": {NoticeRework, taskIn(StatusInbox, &wanda), wanda, "",
			head("CHANGES REQUESTED", "inbox") + "\nRequested changes:\nThe lead asked for changes; the task's comments hold them.\n\n"},
		"N4":      {NoticeBack, taskIn(StatusInbox, nil), lead, "", head("TASK BACK IN INBOX", "inbox") + "\n"},
		"on hold": {NoticeOnHold, taskIn(StatusInbox, nil), wanda, "", head("TASK ON HOLD", "inbox") + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tc.kind.Message("Alpha", tc.task, tc.to, tc.feedback)
			before, action, ok := strings.Cut(got, "Take action: ")
			if diff := cmp.Diff(tc.want, before); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !ok || action == "" || strings.Contains(action, "\n") {
				t.Errorf("closing request %q", action)
			}
		})
	}
	if got := NoticeNone.Message("Alpha", described, wanda, ""); got != "" {
		t.Errorf("a wake says %q", got)
	}
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	long := taskIn(StatusInbox, nil)
	long.Description = Ref(strings.Repeat("ä", 501))
	got := NoticeAdded.Message("Alpha", long, lead, "")
	if !strings.Contains(got, "\nDescription: "+strings.Repeat("ä", 497)+"...\n") {
		t.Error(got)
	}
}

func TestNoticeRecord(t *testing.T) {
	t.Parallel()
	task := taskIn(StatusInbox, &wanda)
	for kind, want := range map[NoticeKind]NoticeRecord{
		NoticeAdded: {"task.lead_notified", "Lead agent notified for task: A.", "task.lead_notify_failed", "Lead notify failed: "},
		NoticeAssigned: {"task.assignee_notified", "Agent notified for assignment: Wanda Worker.",
			"task.assignee_notify_failed", "Assignee notify failed: "},
		NoticeRework: {"task.rework_notified", "Assignee notified about requested changes: Wanda Worker.",
			"task.rework_notify_failed", "Rework notify failed: "},
		NoticeBack: {"task.lead_unassigned_notified", "Lead notified task returned to inbox: A.",
			"task.lead_unassigned_notify_failed", "Lead notify failed: "},
		NoticeOnHold: {},
		NoticeNone:   {},
	} {
		if diff := cmp.Diff(want, kind.Record(task, wanda)); diff != "" {
			t.Errorf("kind %d:\n%s", kind, diff)
		}
	}
}

func TestNoticeLabel(t *testing.T) {
	t.Parallel()
	boss := Agent{Name: "Boss", IsBoardLead: true}
	for kind, want := range map[NoticeKind]string{
		NoticeAdded: "Lead Agent", NoticeBack: "Lead Agent", NoticeAssigned: "Boss", NoticeRework: "Boss",
	} {
		if got := kind.Label(boss); got != want {
			t.Errorf("kind %d: %q, want %q", kind, got, want)
		}
	}
}
