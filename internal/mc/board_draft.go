package mc

import "strings"

// BoardDraft is a board to be made, with the keys of the body that asks for it.
type BoardDraft struct {
	Name                                  string  `json:"name"`
	Slug                                  string  `json:"slug"`
	Description                           string  `json:"description"`
	GatewayID                             *ID     `json:"gateway_id"`
	BoardGroupID                          *ID     `json:"board_group_id"`
	BoardType                             string  `json:"board_type" default:"goal"`
	Objective                             *string `json:"objective"`
	SuccessMetrics                        JSON    `json:"success_metrics" jsontype:"object"`
	TargetDate                            *Time   `json:"target_date"`
	GoalConfirmed                         bool    `json:"goal_confirmed" default:"false"`
	GoalSource                            *string `json:"goal_source"`
	RequireApprovalForDone                bool    `json:"require_approval_for_done" default:"true"`
	RequireReviewBeforeDone               bool    `json:"require_review_before_done" default:"false"`
	CommentRequiredForReview              bool    `json:"comment_required_for_review" default:"false"`
	BlockStatusChangesWithPendingApproval bool    `json:"block_status_changes_with_pending_approval" default:"false"`
	OnlyLeadCanChangeStatus               bool    `json:"only_lead_can_change_status" default:"false"`
	MaxAgents                             int     `json:"max_agents" default:"1" minimum:"0"`
	Runtime                               Runtime `json:"runtime" default:"openclaw"`
}

// Validate refuses a board that cannot be; the first reason counts. Every single
// field is right already, gateway and group are looked up afterwards.
func (d BoardDraft) Validate() error {
	b := d.Board(ID{}, ID{}, Time{})
	switch {
	case b.Description == "":
		return descriptionRequired()
	case b.GatewayID == nil && b.NeedsGateway():
		return gatewayRequired()
	}
	return b.CheckConfirmedGoal()
}

// Board returns the board as it is stored first.
func (d BoardDraft) Board(id, organization ID, now Time) Board {
	return Board{
		ID: id, OrganizationID: organization, Name: d.Name, Slug: d.Slug, Description: strings.TrimSpace(d.Description),
		GatewayID: d.GatewayID, BoardGroupID: d.BoardGroupID, BoardType: d.BoardType, Objective: d.Objective,
		SuccessMetrics: d.SuccessMetrics, TargetDate: d.TargetDate, GoalConfirmed: d.GoalConfirmed, GoalSource: d.GoalSource,
		BoardRules: BoardRules{
			RequireApprovalForDone:                d.RequireApprovalForDone,
			RequireReviewBeforeDone:               d.RequireReviewBeforeDone,
			CommentRequiredForReview:              d.CommentRequiredForReview,
			BlockStatusChangesWithPendingApproval: d.BlockStatusChangesWithPendingApproval,
			OnlyLeadCanChangeStatus:               d.OnlyLeadCanChangeStatus,
		},
		MaxAgents: d.MaxAgents, Runtime: d.Runtime, CreatedAt: now, UpdatedAt: now,
	}
}
