package mc

import "strings"

// BoardChange is what a PATCH of a board asks for, with the keys of its body.
// Absent fields stay as they are.
type BoardChange struct {
	Name                                  Opt[string]  `json:"name" notnull:"true"`
	Slug                                  Opt[string]  `json:"slug" notnull:"true"`
	Description                           Opt[string]  `json:"description"`
	GatewayID                             Opt[ID]      `json:"gateway_id"`
	BoardGroupID                          Opt[ID]      `json:"board_group_id"`
	BoardType                             Opt[string]  `json:"board_type" notnull:"true"`
	Objective                             Opt[string]  `json:"objective"`
	SuccessMetrics                        Opt[JSON]    `json:"success_metrics" jsontype:"object"`
	TargetDate                            Opt[Time]    `json:"target_date"`
	GoalConfirmed                         Opt[bool]    `json:"goal_confirmed" notnull:"true"`
	GoalSource                            Opt[string]  `json:"goal_source"`
	RequireApprovalForDone                Opt[bool]    `json:"require_approval_for_done" notnull:"true"`
	RequireReviewBeforeDone               Opt[bool]    `json:"require_review_before_done" notnull:"true"`
	CommentRequiredForReview              Opt[bool]    `json:"comment_required_for_review" notnull:"true"`
	BlockStatusChangesWithPendingApproval Opt[bool]    `json:"block_status_changes_with_pending_approval" notnull:"true"`
	OnlyLeadCanChangeStatus               Opt[bool]    `json:"only_lead_can_change_status" notnull:"true"`
	MaxAgents                             Opt[int]     `json:"max_agents" notnull:"true" minimum:"0"`
	Runtime                               Opt[Runtime] `json:"runtime" notnull:"true"`
}

// Validate refuses values that no board can hold; the first reason counts. Every
// single field is right already.
func (c BoardChange) Validate() error {
	if c.GatewayID.IsNull() {
		if runtime, _ := c.Runtime.Get(); runtime != RuntimeExternal {
			return gatewayRequired()
		}
	}
	if text, _ := c.Description.Get(); c.Description.Present() && strings.TrimSpace(text) == "" {
		return descriptionRequired()
	}
	return nil
}

// Apply returns the board with the changes. The description is trimmed.
func (c BoardChange) Apply(b Board, now Time) Board {
	c.Name.Apply(&b.Name)
	c.Slug.Apply(&b.Slug)
	if c.Description.Apply(&b.Description) {
		b.Description = strings.TrimSpace(b.Description)
	}
	c.GatewayID.ApplyPtr(&b.GatewayID)
	c.BoardGroupID.ApplyPtr(&b.BoardGroupID)
	c.BoardType.Apply(&b.BoardType)
	c.Objective.ApplyPtr(&b.Objective)
	if c.SuccessMetrics.Present() {
		b.SuccessMetrics, _ = c.SuccessMetrics.Get()
	}
	c.TargetDate.ApplyPtr(&b.TargetDate)
	c.GoalConfirmed.Apply(&b.GoalConfirmed)
	c.GoalSource.ApplyPtr(&b.GoalSource)
	c.RequireApprovalForDone.Apply(&b.RequireApprovalForDone)
	c.RequireReviewBeforeDone.Apply(&b.RequireReviewBeforeDone)
	c.CommentRequiredForReview.Apply(&b.CommentRequiredForReview)
	c.BlockStatusChangesWithPendingApproval.Apply(&b.BlockStatusChangesWithPendingApproval)
	c.OnlyLeadCanChangeStatus.Apply(&b.OnlyLeadCanChangeStatus)
	c.MaxAgents.Apply(&b.MaxAgents)
	c.Runtime.Apply(&b.Runtime)
	b.UpdatedAt = NextVersion(b.UpdatedAt, now)
	return b
}

// CheckResult refuses what the change would make of the board, after gateway and
// group of the change were looked up: a board that is named a goal board without
// a goal, then one without a gateway. Whoever calls it looks up the resulting
// gateway once more.
func (c BoardChange) CheckResult(after Board) error {
	boardType, _ := c.BoardType.Get()
	switch {
	case boardType == BoardTypeGoal && !after.HasGoal():
		return Unprocessable("Goal boards require objective and success_metrics")
	case after.GatewayID == nil && after.NeedsGateway():
		return Unprocessable("gateway_id is required")
	}
	return nil
}
