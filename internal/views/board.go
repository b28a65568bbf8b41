package views

import "missioncontrol/internal/mc"

// BoardRead is a board as clients see it.
type BoardRead struct {
	Name                                  string     `json:"name"`
	Slug                                  string     `json:"slug"`
	Description                           string     `json:"description"`
	GatewayID                             *mc.ID     `json:"gateway_id" doc:"Gateway on which the board's agents live; null for a board of external agents."`
	BoardGroupID                          *mc.ID     `json:"board_group_id"`
	BoardType                             string     `json:"board_type" default:"goal" doc:"goal, or general for a board that works towards nothing in particular."`
	Objective                             *string    `json:"objective"`
	SuccessMetrics                        mc.JSON    `json:"success_metrics" jsontype:"object"`
	TargetDate                            *mc.Time   `json:"target_date"`
	GoalConfirmed                         bool       `json:"goal_confirmed" default:"false"`
	GoalSource                            *string    `json:"goal_source"`
	RequireApprovalForDone                bool       `json:"require_approval_for_done" default:"true" doc:"A task may be done only when a linked approval was approved."`
	RequireReviewBeforeDone               bool       `json:"require_review_before_done" default:"false" doc:"A task may be done only from review."`
	CommentRequiredForReview              bool       `json:"comment_required_for_review" default:"false" doc:"Whoever hands a task in for review has to comment."`
	BlockStatusChangesWithPendingApproval bool       `json:"block_status_changes_with_pending_approval" default:"false" doc:"A task does not move while an approval is pending."`
	OnlyLeadCanChangeStatus               bool       `json:"only_lead_can_change_status" default:"false" doc:"Workers may not move tasks."`
	MaxAgents                             int        `json:"max_agents" default:"1" minimum:"0" doc:"How many workers the lead may create."`
	ID                                    mc.ID      `json:"id"`
	OrganizationID                        mc.ID      `json:"organization_id"`
	CreatedAt                             mc.Time    `json:"created_at"`
	UpdatedAt                             mc.Time    `json:"updated_at"`
	Runtime                               mc.Runtime `json:"runtime" default:"openclaw" doc:"What runs the board's agents: a gateway, or something of their own."`
}

// Board shows a board.
func Board(b mc.Board) BoardRead {
	return BoardRead{
		Name: b.Name, Slug: b.Slug, Description: b.Description, GatewayID: b.GatewayID, BoardGroupID: b.BoardGroupID, BoardType: b.BoardType,
		Objective: b.Objective, SuccessMetrics: b.SuccessMetrics, TargetDate: b.TargetDate, GoalConfirmed: b.GoalConfirmed, GoalSource: b.GoalSource,
		RequireApprovalForDone: b.RequireApprovalForDone, RequireReviewBeforeDone: b.RequireReviewBeforeDone,
		CommentRequiredForReview: b.CommentRequiredForReview, BlockStatusChangesWithPendingApproval: b.BlockStatusChangesWithPendingApproval,
		OnlyLeadCanChangeStatus: b.OnlyLeadCanChangeStatus, MaxAgents: b.MaxAgents, ID: b.ID, OrganizationID: b.OrganizationID,
		CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt, Runtime: b.Runtime,
	}
}

// ETag names the board's version.
func (b BoardRead) ETag() string { return mc.VersionTag(b.UpdatedAt) }

// Boards shows a list of boards.
func Boards(boards []mc.Board) []BoardRead {
	return Each(boards, Board)
}
