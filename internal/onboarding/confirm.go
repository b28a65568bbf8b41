package onboarding

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Confirm gives the board the goal that the user agrees to, the user the profile
// of the draft, and the board its lead. All that is one commit; the lead comes to
// life right after it. When its gateway is away that is said, but nothing of what
// was confirmed is lost: a job goes on trying. Confirming again changes the goal
// and leaves the lead.
func (f *Feature) Confirm(ctx context.Context, user mc.User, board mc.ID, goal BoardOnboardingConfirm) (views.BoardRead, error) {
	token, err := provision.NewToken()
	if err != nil {
		return views.BoardRead{}, err
	}
	var confirmed mc.Board
	var lease provision.Lease
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		ctx := tx.Context()
		session, err := tx.LockOnboarding(ctx, board)
		if err != nil {
			return err
		}
		draft := draftOf(session)
		if draft == nil {
			draft = &BoardOnboardingAgentComplete{}
		}
		if confirmed, err = giveGoal(ctx, tx, board, goal, draft.LeadAgent); err != nil {
			return err
		}
		session.Status, session.UpdatedAt = mc.OnboardingConfirmed, tx.Now()
		if err := tx.UpdateOnboarding(ctx, session); err != nil {
			return err
		}
		if draft.UserProfile != nil {
			if err := introduce(ctx, tx, user.ID, *draft.UserProfile); err != nil {
				return err
			}
		}
		lease, err = f.appointLead(ctx, tx, confirmed, user.ID, draft.LeadAgent, token)
		return err
	})
	if err == nil {
		_, err = f.lifecycle.Finish(ctx, lease)
	}
	return views.Board(confirmed), err
}

// giveGoal writes the confirmed goal. A lead that chose full autonomy closes
// tasks without asking; otherwise people approve.
func giveGoal(ctx context.Context, tx *store.Tx, id mc.ID, goal BoardOnboardingConfirm, lead *BoardOnboardingLeadAgentDraft) (mc.Board, error) {
	board, err := tx.LockBoard(ctx, id)
	if err != nil {
		return board, err
	}
	before := board
	board.BoardType, board.Objective, board.SuccessMetrics, board.TargetDate = goal.BoardType, goal.Objective, goal.SuccessMetrics, goal.TargetDate
	board.GoalConfirmed, board.GoalSource = true, mc.Ref(mc.GoalSourceOnboarding)
	board.RequireApprovalForDone = lead == nil || !lead.isFullyAutonomous()
	board.UpdatedAt = mc.NextVersion(board.UpdatedAt, tx.Now())
	tx.Audit(mc.AuditBoardChanged, board.AuditTarget(), mc.DifferencesOf(before, board))
	return board, tx.UpdateBoard(ctx, board)
}

func introduce(ctx context.Context, tx *store.Tx, id mc.ID, profile BoardOnboardingUserProfile) error {
	user, err := tx.User(ctx, id)
	if err != nil {
		return err
	}
	profile.apply(&user)
	return tx.UpdateUser(ctx, user)
}

// appointLead makes sure that the board has a lead, as the draft wants it, and
// begins to bring it to life.
func (f *Feature) appointLead(ctx context.Context, tx *store.Tx, board mc.Board, user mc.ID, draft *BoardOnboardingLeadAgentDraft, token provision.Token) (lease provision.Lease, err error) {
	gateway, err := provision.BoardGateway(ctx, tx.Reader, board, provision.NeedWorkspace)
	if err != nil {
		return lease, err
	}
	spec := provision.LeadSpec{Token: token}
	if draft != nil {
		spec.Name, spec.Profile = draft.Name, draft.profile()
	}
	lead, created, err := f.lifecycle.EnsureLead(ctx, tx, board, gateway, spec)
	if err != nil || !created && !lead.NeverProvisioned() {
		return lease, err
	}
	run := provision.Run{AgentID: lead.ID, Action: provision.Provision, UserID: &user, Wake: true, Deliver: true}
	if created {
		run.Token = token.Clear
	}
	return f.lifecycle.Begin(ctx, tx, run)
}
