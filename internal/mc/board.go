package mc

// Runtime says what runs the agents of a board.
type Runtime string

// The runtimes. An external agent needs no gateway: it calls the API with its
// token, and nothing is sent to it.
const (
	RuntimeOpenClaw Runtime = "openclaw"
	RuntimeExternal Runtime = "external"
)

// Values lists the runtimes, for validation and documentation.
func (Runtime) Values() []string { return []string{string(RuntimeOpenClaw), string(RuntimeExternal)} }

// Board is a workspace of tasks and agents, with a goal and rules.
type Board struct {
	ID             ID      `db:"id"`
	OrganizationID ID      `db:"organization_id"`
	Name           string  `db:"name"`
	Slug           string  `db:"slug"`
	Description    string  `db:"description"`
	GatewayID      *ID     `db:"gateway_id"`
	BoardGroupID   *ID     `db:"board_group_id"`
	BoardType      string  `db:"board_type"`
	Objective      *string `db:"objective"`
	SuccessMetrics JSON    `db:"success_metrics"`
	TargetDate     *Time   `db:"target_date"`
	GoalConfirmed  bool    `db:"goal_confirmed"`
	GoalSource     *string `db:"goal_source"`
	BoardRules
	MaxAgents int     `db:"max_agents"` // workers that a lead may create
	Runtime   Runtime `db:"runtime"`
	CreatedAt Time    `db:"created_at"`
	UpdatedAt Time    `db:"updated_at"`
}

// BoardRules are the switches of a board that gate what may happen to its tasks.
type BoardRules struct {
	RequireApprovalForDone                bool `db:"require_approval_for_done"`
	RequireReviewBeforeDone               bool `db:"require_review_before_done"`
	CommentRequiredForReview              bool `db:"comment_required_for_review"`
	BlockStatusChangesWithPendingApproval bool `db:"block_status_changes_with_pending_approval"`
	OnlyLeadCanChangeStatus               bool `db:"only_lead_can_change_status"`
}

// BoardTypeGoal is the type of a board that works towards an objective.
const BoardTypeGoal = "goal"

// HasGoal reports whether objective and success metrics are both given. An
// empty text or object counts as missing; a text of blanks does not.
func (b Board) HasGoal() bool {
	if b.Objective == nil || *b.Objective == "" || b.SuccessMetrics.IsNull() {
		return false
	}
	var metrics map[string]JSON
	return b.SuccessMetrics.Decode(&metrics) == nil && len(metrics) > 0
}
