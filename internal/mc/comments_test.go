package mc

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommentRecipients(t *testing.T) {
	t.Parallel()
	board := []Agent{lead, wanda, walt}
	mentioned := func(agents ...Agent) (list []CommentRecipient) {
		for _, a := range agents {
			list = append(list, CommentRecipient{a, true})
		}
		return list
	}
	for name, tc := range map[string]struct {
		text     string
		author   TaskActor
		assignee *Agent
		want     []CommentRecipient
	}{
		"no handle: the assignee":             {"How far are you?", byUser, &wanda, []CommentRecipient{{wanda, false}}},
		"the assignee of no board":            {"hm", byUser, &main, []CommentRecipient{{main, false}}},
		"no handle, no assignee":              {"hm", byUser, nil, nil},
		"not its own words":                   {"on it", byWanda, &wanda, nil},
		"mentioned, and not the assignee":     {"@WALT can you help?", byUser, &wanda, mentioned(walt)},
		"the lead and the assignee":           {"@lead @wanda", byUser, &wanda, mentioned(lead, wanda)},
		"handles that reach nobody":           {"nobody called @xyz", byUser, &wanda, nil},
		"mail addresses count":                {"x@walt.com", byUser, &wanda, mentioned(walt)},
		"the author mentions itself":          {"@wanda @walt", byWanda, &wanda, mentioned(walt)},
		"only itself: not the assignee":       {"@walt", byWalt, &wanda, nil},
		"agents of other boards: not reached": {"@alien", byUser, &wanda, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, CommentRecipients(tc.text, tc.author, board, tc.assignee)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckLeadComment(t *testing.T) {
	t.Parallel()
	own := taskIn(StatusInbox, nil)
	own.AutoCreated, own.AutoReason = true, Ref(AutoReasonOfLead(lead.ID))
	others := taskIn(StatusInbox, nil)
	others.AutoCreated, others.AutoReason = true, Ref(AutoReasonOfLead(walt.ID))
	refused := Forbidden("Board leads can only comment during review, when mentioned, or on tasks they created.")
	for name, tc := range map[string]struct {
		task      Task
		mentioned bool
		asked     bool
		want      error
	}{
		"in review":         {taskIn(StatusReview, nil), false, false, nil},
		"its own task":      {own, false, false, nil},
		"mentioned":         {taskIn(StatusInProgress, nil), true, true, nil},
		"none of them":      {taskIn(StatusInProgress, nil), false, true, refused},
		"another's task":    {others, false, true, refused},
		"done is no review": {taskIn(StatusDone, nil), false, true, refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked bool
			err := CheckLeadComment(tc.task, lead, func() (bool, error) { asked = true; return tc.mentioned, nil })
			checkErr(t, err, tc.want)
			if asked != tc.asked {
				t.Errorf("looked at the thread: %v", asked)
			}
		})
	}
	err := CheckLeadComment(taskIn(StatusInbox, nil), lead, func() (bool, error) { return false, errStore })
	if !errors.Is(err, errStore) {
		t.Error(err)
	}
}

func TestCommentMessage(t *testing.T) {
	t.Parallel()
	lines := "Board: Alpha\nTask: A\nTask ID: " + taskID.String() + "\n"
	for name, tc := range map[string]struct {
		author TaskActor
		to     CommentRecipient
		want   string
	}{
		"a user to the assignee": {byUser, CommentRecipient{wanda, false},
			"NEW TASK COMMENT\n" + lines + "From: User\n\nThere is a new comment on a task of yours.\n\nComment:\nplease look\n\n"},
		"an agent mentions": {byWanda, CommentRecipient{walt, true},
			"TASK MENTION\n" + lines + "From: Wanda Worker\n\nYou are mentioned in this comment.\n\nComment:\nplease look\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := CommentMessage("Alpha", taskIn(StatusInbox, &wanda), tc.author, " please look ", tc.to)
			reminder, ok := strings.CutPrefix(got, tc.want)
			if !ok {
				t.Errorf("(-want +got):\n%s", cmp.Diff(tc.want, got))
			}
			if reminder == "" || strings.Contains(reminder, "\n") {
				t.Errorf("reminder %q", reminder)
			}
		})
	}
}
