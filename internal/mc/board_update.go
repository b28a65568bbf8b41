package mc

import (
	"fmt"
	"strings"
)

// FieldChange is one field of a board whose value really changed, with the old
// and the new value as messages show them.
type FieldChange struct {
	Field, Old, New string
}

// String is the field's line in the message to the lead.
func (f FieldChange) String() string { return fmt.Sprintf("- %s: %s -> %s", f.Field, f.Old, f.New) }

// BoardChanges lists the fields that differ between two states of a board, in
// alphabetical order.
func BoardChanges(before, after Board) []FieldChange {
	old, changed := boardValues(before), boardValues(after)
	var changes []FieldChange
	for i, now := range changed {
		if was := old[i]; was != now {
			changes = append(changes, FieldChange{now.field, was.value, now.value})
		}
	}
	return changes
}

type fieldValue struct {
	field, value string
	null         bool // tells null from a text that reads so
}

// boardValues lists the fields of a board that a PATCH can change, sorted by name.
func boardValues(b Board) []fieldValue {
	return []fieldValue{
		given("block_status_changes_with_pending_approval", b.BlockStatusChangesWithPendingApproval),
		orNull("board_group_id", b.BoardGroupID),
		given("board_type", b.BoardType),
		given("comment_required_for_review", b.CommentRequiredForReview),
		given("description", b.Description),
		orNull("gateway_id", b.GatewayID),
		given("goal_confirmed", b.GoalConfirmed),
		orNull("goal_source", b.GoalSource),
		given("max_agents", b.MaxAgents),
		given("name", b.Name),
		orNull("objective", b.Objective),
		given("only_lead_can_change_status", b.OnlyLeadCanChangeStatus),
		given("require_approval_for_done", b.RequireApprovalForDone),
		given("require_review_before_done", b.RequireReviewBeforeDone),
		given("runtime", b.Runtime),
		given("slug", b.Slug),
		given("success_metrics", b.SuccessMetrics.Spaced()),
		orNull("target_date", b.TargetDate),
	}
}

func given(field string, v any) fieldValue { return fieldValue{field: field, value: fmt.Sprint(v)} }

func orNull[T any](field string, v *T) fieldValue {
	if v == nil {
		return fieldValue{field: field, value: "null", null: true}
	}
	return given(field, *v)
}

// BoardUpdatedMessage tells the lead what changed on its board, which is given
// as it is now.
func BoardUpdatedMessage(b Board, changes []FieldChange) string {
	lines := []string{"BOARD UPDATED", "Board: " + b.Name, "Board ID: " + b.ID.String(), "", "Changed fields:"}
	for _, change := range changes {
		lines = append(lines, change.String())
	}
	lines = append(lines, "", "Review these changes, and adapt your plan and the assignments where they no longer fit.")
	return strings.Join(lines, "\n")
}

// BoardUpdatedRecord returns the activity rows of that message.
func BoardUpdatedRecord(b Board) NoticeRecord {
	return NoticeRecord{
		EventBoardLeadNotified, "Lead agent notified for board update: " + b.Name + ".",
		EventBoardLeadNotifyFailed, "Lead board update notify failed for " + b.Name + ": ",
	}
}
