package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var gatewayID = MustID("77777777-7777-4777-8777-777777777777")

// draft is a board to be made that nothing is wrong with.
func draft(change func(*BoardDraft)) BoardDraft {
	d := BoardDraft{Name: "Alpha", Slug: "alpha", Description: "d", GatewayID: &gatewayID, BoardType: "goal",
		RequireApprovalForDone: true, MaxAgents: 1, Runtime: RuntimeOpenClaw}
	if change != nil {
		change(&d)
	}
	return d
}

// sound is a board that nothing is wrong with.
func sound(change func(*Board)) Board {
	b := draft(nil).Board(boardID, ID{}, Time{})
	if change != nil {
		change(&b)
	}
	return b
}

func TestBoardDraft(t *testing.T) {
	t.Parallel()
	d := BoardDraft{Name: " n ", Slug: " s ", Description: " d ", GatewayID: &gatewayID, BoardGroupID: &depID, BoardType: "general",
		Objective: Ref("o"), SuccessMetrics: JSON(`{"a":1}`), TargetDate: &started, GoalConfirmed: true, GoalSource: Ref("x"),
		RequireReviewBeforeDone: true, BlockStatusChangesWithPendingApproval: true, MaxAgents: 3, Runtime: RuntimeExternal}
	want := Board{ID: boardID, OrganizationID: taskID, Name: " n ", Slug: " s ", Description: "d", GatewayID: &gatewayID, BoardGroupID: &depID,
		BoardType: "general", Objective: Ref("o"), SuccessMetrics: JSON(`{"a":1}`), TargetDate: &started, GoalConfirmed: true, GoalSource: Ref("x"),
		BoardRules: BoardRules{false, true, false, true, false}, MaxAgents: 3, Runtime: RuntimeExternal, CreatedAt: now, UpdatedAt: now}
	if diff := cmp.Diff(want, d.Board(boardID, taskID, now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBoardDraftValidate(t *testing.T) {
	t.Parallel()
	description := Invalid("description is required", "body")
	gateway := Invalid("gateway_id is required", "body")
	goal := Invalid("Confirmed goal boards require objective and success_metrics", "body")
	for name, tc := range map[string]struct {
		draft BoardDraft
		want  error
	}{
		"sound":                      {draft(nil), nil},
		"blank description":          {draft(func(d *BoardDraft) { d.Description = " \t" }), description},
		"no gateway":                 {draft(func(d *BoardDraft) { d.GatewayID = nil }), gateway},
		"none needed":                {draft(func(d *BoardDraft) { d.GatewayID, d.Runtime = nil, RuntimeExternal }), nil},
		"confirmed without a goal":   {draft(func(d *BoardDraft) { d.GoalConfirmed = true }), goal},
		"confirmed without metrics":  {draft(func(d *BoardDraft) { d.GoalConfirmed, d.Objective, d.SuccessMetrics = true, Ref("o"), JSON(`{}`) }), goal},
		"confirmed, empty objective": {draft(func(d *BoardDraft) { d.GoalConfirmed, d.Objective, d.SuccessMetrics = true, Ref(""), JSON(`{"a":1}`) }), goal},
		"confirmed, blanks will do":  {draft(func(d *BoardDraft) { d.GoalConfirmed, d.Objective, d.SuccessMetrics = true, Ref(" "), JSON(`{"a":1}`) }), nil},
		"confirmed, no goal board":   {draft(func(d *BoardDraft) { d.GoalConfirmed, d.BoardType = true, "general" }), nil},
		"description before gateway": {draft(func(d *BoardDraft) { d.Description, d.GatewayID = "", nil }), description},
		"gateway before goal":        {draft(func(d *BoardDraft) { d.GatewayID, d.GoalConfirmed = nil, true }), gateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkErr(t, tc.draft.Validate(), tc.want)
		})
	}
}

func TestBoardChangeValidate(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change BoardChange
		want   error
	}{
		"empty": {BoardChange{}, nil},
		"nulls that clear": {BoardChange{BoardGroupID: Null[ID](), Objective: Null[string](), SuccessMetrics: Null[JSON](),
			TargetDate: Null[Time](), GoalSource: Null[string]()}, nil},
		"gateway null":               {BoardChange{GatewayID: Null[ID]()}, Invalid("gateway_id is required", "body")},
		"gateway null, external":     {BoardChange{GatewayID: Null[ID](), Runtime: Set(RuntimeExternal)}, nil},
		"description null":           {BoardChange{Description: Null[string]()}, Invalid("description is required", "body")},
		"description blank":          {BoardChange{Description: Set("  ")}, Invalid("description is required", "body")},
		"gateway before description": {BoardChange{GatewayID: Null[ID](), Description: Set("")}, Invalid("gateway_id is required", "body")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkErr(t, tc.change.Validate(), tc.want)
		})
	}
}

func TestBoardChangeApply(t *testing.T) {
	t.Parallel()
	full := sound(func(b *Board) {
		b.BoardGroupID, b.Objective, b.SuccessMetrics, b.TargetDate, b.GoalSource = &depID, Ref("o"), JSON(`{"a":1}`), &started, Ref("s")
	})
	all := BoardChange{
		Name: Set("Beta"), Slug: Set(" s "), Description: Set("  new text "), GatewayID: Set(depID), BoardGroupID: Set(taskID), BoardType: Set("general"),
		Objective: Set("Win"), SuccessMetrics: Set(JSON(`{"z":1}`)), TargetDate: Set(now), GoalConfirmed: Set(true), GoalSource: Set("x"),
		RequireApprovalForDone: Set(false), RequireReviewBeforeDone: Set(true), CommentRequiredForReview: Set(true),
		BlockStatusChangesWithPendingApproval: Set(true), OnlyLeadCanChangeStatus: Set(true), MaxAgents: Set(7), Runtime: Set(RuntimeExternal),
	}
	for name, tc := range map[string]struct {
		change BoardChange
		want   Board
	}{
		"empty": {BoardChange{}, full},
		"cleared": {BoardChange{BoardGroupID: Null[ID](), Objective: Null[string](), SuccessMetrics: Null[JSON](), TargetDate: Null[Time](), GoalSource: Null[string]()},
			sound(nil)},
		"all": {all, Board{
			ID: boardID, Name: "Beta", Slug: " s ", Description: "new text", GatewayID: &depID, BoardGroupID: &taskID, BoardType: "general",
			Objective: Ref("Win"), SuccessMetrics: JSON(`{"z":1}`), TargetDate: &now, GoalConfirmed: true, GoalSource: Ref("x"),
			BoardRules: BoardRules{false, true, true, true, true}, MaxAgents: 7, Runtime: RuntimeExternal,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.want.UpdatedAt = now
			if diff := cmp.Diff(tc.want, tc.change.Apply(full, now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBoardChangeCheckResult(t *testing.T) {
	t.Parallel()
	goal := Unprocessable("Goal boards require objective and success_metrics")
	gateway := Unprocessable("gateway_id is required")
	named := BoardChange{BoardType: Set("goal")}
	withGoal := func(b *Board) { b.Objective, b.SuccessMetrics = Ref("o"), JSON(`{"a":1}`) }
	for name, tc := range map[string]struct {
		change BoardChange
		after  Board
		want   error
	}{
		"goal named, none there":       {named, sound(nil), goal},
		"goal named and given":         {named, sound(withGoal), nil},
		"goal not named":               {BoardChange{GoalConfirmed: Set(true), Objective: Null[string]()}, sound(nil), nil},
		"another type":                 {BoardChange{BoardType: Set("general")}, sound(nil), nil},
		"an old row without a gateway": {BoardChange{}, sound(func(b *Board) { b.GatewayID = nil }), gateway},
		"none needed":                  {BoardChange{}, sound(func(b *Board) { b.GatewayID, b.Runtime = nil, RuntimeExternal }), nil},
		"goal before gateway":          {named, sound(func(b *Board) { b.GatewayID = nil }), goal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkErr(t, tc.change.CheckResult(tc.after), tc.want)
		})
	}
}

func TestBoardUpdatedMessage(t *testing.T) {
	t.Parallel()
	before := sound(func(b *Board) { b.MaxAgents = 2 })
	after := BoardChange{
		Name: Set("Beta"), MaxAgents: Set(5), RequireApprovalForDone: Set(false), Slug: Set("alpha"),
		Objective: Set("Win"), SuccessMetrics: Set(JSON(`{"z":1,"a":[1,2]}`)), TargetDate: Set(at("2031-05-01")), BoardGroupID: Set(depID),
	}.Apply(before, now)
	want := "BOARD UPDATED\nBoard: Beta\nBoard ID: " + boardID.String() + "\n\nChanged fields:\n" +
		"- board_group_id: null -> " + depID.String() + "\n" +
		"- max_agents: 2 -> 5\n" +
		"- name: Alpha -> Beta\n" +
		"- objective: null -> Win\n" +
		"- require_approval_for_done: true -> false\n" +
		`- success_metrics: null -> {"a": [1, 2], "z": 1}` + "\n" +
		"- target_date: null -> 2031-05-01T00:00:00\n" +
		"\nReview these changes, and adapt your plan and the assignments where they no longer fit."
	if diff := cmp.Diff(want, BoardUpdatedMessage(after, BoardChanges(before, after))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	record := NoticeRecord{"board.lead_notified", "Lead agent notified for board update: Beta.",
		"board.lead_notify_failed", "Lead board update notify failed for Beta: "}
	if diff := cmp.Diff(record, BoardUpdatedRecord(after)); diff != "" {
		t.Error(diff)
	}
}

func TestBoardChanges(t *testing.T) {
	t.Parallel()
	metrics := func(text string) Board { return sound(func(b *Board) { b.SuccessMetrics = JSON(text) }) }
	objective := func(text *string) Board { return sound(func(b *Board) { b.Objective = text }) }
	for name, tc := range map[string]struct {
		before, after Board
		want          []FieldChange
	}{
		"nothing":                 {sound(nil), sound(func(b *Board) { b.UpdatedAt = now }), nil},
		"the order of keys":       {metrics(`{"a":1,"b":2}`), metrics(`{"b":2, "a":1}`), nil},
		"a text that reads null":  {objective(nil), objective(Ref("null")), []FieldChange{{"objective", "null", "null"}}},
		"cleared":                 {objective(Ref("o")), objective(nil), []FieldChange{{"objective", "o", "null"}}},
		"an empty text is a text": {objective(nil), objective(Ref("")), []FieldChange{{"objective", "null", ""}}},
	} {
		if diff := cmp.Diff(tc.want, BoardChanges(tc.before, tc.after)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestBoardChangesAreSorted(t *testing.T) {
	t.Parallel()
	values := boardValues(sound(nil))
	for i := 1; i < len(values); i++ {
		if values[i-1].field >= values[i].field {
			t.Errorf("%s before %s", values[i-1].field, values[i].field)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b := sound(func(b *Board) { b.Name = rapid.String().Draw(t, "name") })
		if changes := BoardChanges(b, b); len(changes) != 0 {
			t.Fatalf("%+v", changes)
		}
	})
}
