package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	onboardingTable = tableOf[mc.Onboarding]("board_onboarding_sessions")
	onboardingCols  = onboardingTable.cols("o")
)

const latestOnboarding = ` FROM board_onboarding_sessions o WHERE o.board_id = ? ORDER BY o.updated_at DESC, o.created_at DESC, o.id LIMIT 1`

// Onboarding loads the latest dialogue about a board's goal.
func (r Reader) Onboarding(ctx context.Context, board mc.ID) (mc.Onboarding, error) {
	return get[mc.Onboarding](ctx, r, `SELECT `+onboardingCols+latestOnboarding, board)
}

// LockOnboarding is Onboarding, and holds the row until the end of the
// transaction.
func (tx *Tx) LockOnboarding(ctx context.Context, board mc.ID) (mc.Onboarding, error) {
	return get[mc.Onboarding](ctx, tx.Reader, `SELECT `+onboardingCols+latestOnboarding+tx.forUpdate(), board)
}

// InsertOnboarding adds a dialogue. A board has one active one at most.
func (tx *Tx) InsertOnboarding(ctx context.Context, o mc.Onboarding) error {
	return onboardingTable.insert(ctx, tx, &o)
}

// UpdateOnboarding writes everything of a dialogue that may change.
func (tx *Tx) UpdateOnboarding(ctx context.Context, o mc.Onboarding) error {
	return onboardingTable.update(ctx, tx, &o, "status", "messages", "draft_goal", "updated_at")
}
