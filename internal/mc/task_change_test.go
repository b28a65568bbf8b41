package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTaskChangeValidate(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change TaskChange
		want   error
	}{
		"empty": {TaskChange{}, nil},
		"nulls that mean something": {TaskChange{
			Description: Null[string](), DueAt: Null[Time](), AssignedAgentID: Null[ID](), DependsOnTaskIDs: Null[[]ID](),
			TagIDs: Null[[]ID](), CustomFieldValues: Null[JSON](), Comment: Null[string](),
		}, nil},
		"status": {TaskChange{Status: Null[TaskStatus]()}, Invalid("status is required", "body")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkErr(t, tc.change.Validate(), tc.want)
		})
	}
}

func TestTaskOutcomeEvent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		outcome TaskOutcome
		want    Event
	}{
		"moved": {TaskOutcome{Before: Task{Title: "A", Status: StatusInbox}, After: Task{Title: "B", Status: StatusReview}},
			Event{EventTaskStatusChanged, MovedToReview + " B."}},
		"updated": {TaskOutcome{Before: Task{Title: "A", Status: StatusInbox}, After: Task{Title: "B", Status: StatusInbox}},
			Event{EventTaskUpdated, "Task updated: B."}},
	} {
		if diff := cmp.Diff(tc.want, tc.outcome.Event()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestTagsAreLookedUpInTheOrderOfTheActor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		actor TaskActor
		want  bool
	}{{byUser, true}, {byLead, false}} {
		tr, err := BeginTransition(tc.actor, BoardRules{}, taskIn(StatusInbox, nil), TaskChange{}, now)
		checkErr(t, err, nil)
		if tr.TagsFirst() != tc.want {
			t.Errorf("actor of kind %d: tags first %v", tc.actor.Kind(), !tc.want)
		}
	}
}

func TestMissingTags(t *testing.T) {
	t.Parallel()
	checkErr(t, MissingTags(nil), nil)
	checkDetail(t, MissingTags([]ID{depID}), KindNotFound,
		`{"message":"One or more tags do not exist in this organization.","missing_tag_ids":["`+depID.String()+`"]}`)
}

func TestParseStatusFilter(t *testing.T) {
	t.Parallel()
	refused := Unprocessable("Unsupported task status filter.")
	for _, tc := range []struct {
		list string
		want []TaskStatus
		err  error
	}{
		{"", nil, nil},
		{",", nil, nil},
		{" , ,", nil, nil},
		{"inbox, done", []TaskStatus{StatusInbox, StatusDone}, nil},
		{" in_progress ,,review", []TaskStatus{StatusInProgress, StatusReview}, nil},
		{"Inbox", nil, refused},
		{"inbox,blocked", nil, refused},
		{"inbox;done", nil, refused},
	} {
		got, err := ParseStatusFilter(tc.list)
		checkErr(t, err, tc.err)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%q:\n%s", tc.list, diff)
		}
	}
}
