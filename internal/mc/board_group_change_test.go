package mc

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBoardGroupDraft(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ name, sent, want string }{
		"kept as it is":      {"x", " Keep Me ", " Keep Me "},
		"made of the name":   {"Growth & Ops!", " \t", "growth-ops"},
		"letters elsewhere":  {"Équipe Ünö", "", "quipe-n"},
		"kept though no one": {"x", "!", "!"},
	} {
		got := BoardGroupDraft{Name: tc.name, Slug: tc.sent, Description: Ref(" d ")}.Group(boardID, taskID, now)
		want := BoardGroup{ID: boardID, OrganizationID: taskID, Name: tc.name, Slug: tc.want, Description: Ref(" d "), CreatedAt: now, UpdatedAt: now}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	one, other := BoardGroupDraft{Name: "???"}.Group(boardID, taskID, now).Slug, BoardGroupDraft{Name: "???"}.Group(boardID, taskID, now).Slug
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(one) || one == other {
		t.Errorf("nothing to make a slug of: %q, then %q", one, other)
	}
}

func TestBoardGroupChange(t *testing.T) {
	t.Parallel()
	stored := BoardGroup{ID: boardID, Name: "Old Name", Slug: "slug", Description: Ref("d")}
	for name, tc := range map[string]struct {
		change BoardGroupChange
		want   BoardGroup
	}{
		"empty":                       {BoardGroupChange{}, BoardGroup{Name: "Old Name", Slug: "slug", Description: Ref("d")}},
		"a name leaves the slug":      {BoardGroupChange{Name: Set("New")}, BoardGroup{Name: "New", Slug: "slug", Description: Ref("d")}},
		"blank slug, new name":        {BoardGroupChange{Name: Set("New -- Name"), Slug: Set(" ")}, BoardGroup{Name: "New -- Name", Slug: "new-name", Description: Ref("d")}},
		"blank slug, stored name":     {BoardGroupChange{Slug: Set("")}, BoardGroup{Name: "Old Name", Slug: "old-name", Description: Ref("d")}},
		"blank slug, empty name":      {BoardGroupChange{Name: Set(""), Slug: Set("")}, BoardGroup{Slug: "old-name", Description: Ref("d")}},
		"slug and cleared text":       {BoardGroupChange{Slug: Set(" S "), Description: Null[string]()}, BoardGroup{Name: "Old Name", Slug: " S "}},
		"the description is as given": {BoardGroupChange{Description: Set(" ")}, BoardGroup{Name: "Old Name", Slug: "slug", Description: Ref(" ")}},
	} {
		tc.want.ID, tc.want.UpdatedAt = boardID, now
		if diff := cmp.Diff(tc.want, tc.change.Apply(stored, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
