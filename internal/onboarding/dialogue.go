package onboarding

import (
	"context"
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Start begins a dialogue: the main agent is asked to question the user. One that
// is under way goes on; what the agent has not answered yet is sent again.
func (f *Feature) Start(ctx context.Context, board mc.Board) (BoardOnboardingRead, error) {
	latest, err := f.store.Onboarding(ctx, board.ID)
	switch {
	case err == nil && latest.Status == mc.OnboardingActive:
		return f.remind(ctx, board, latest)
	case err != nil && mc.KindOf(err) != mc.KindNotFound:
		return BoardOnboardingRead{}, err
	}
	gateway, err := provision.BoardGateway(ctx, f.store.Reader, board, provision.NeedURL)
	if err != nil {
		return BoardOnboardingRead{}, err
	}
	session, prompt := mc.MainSessionKey(gateway.ID), f.startPrompt(board)
	if err := f.send(ctx, gateway, session, prompt, startFailed); err != nil {
		return BoardOnboardingRead{}, err
	}
	var o mc.Onboarding
	err = f.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		now := tx.Now()
		o = mc.Onboarding{ID: mc.NewID(), BoardID: board.ID, SessionKey: session, Status: mc.OnboardingActive, CreatedAt: now}
		o.Say(mc.OnboardingUser, prompt, now)
		return tx.InsertOnboarding(tx.Context(), o)
	})
	if store.IsDuplicate(err, "board_onboarding_sessions", "board_id") {
		return f.Latest(ctx, board.ID) // somebody else has started it meanwhile
	}
	return view(o), err
}

// remind sends what the agent has not answered yet once more.
func (f *Feature) remind(ctx context.Context, board mc.Board, o mc.Onboarding) (BoardOnboardingRead, error) {
	text, waiting := o.Unanswered()
	if !waiting {
		return view(o), nil
	}
	if err := f.tell(ctx, board, o, text); err != nil {
		return BoardOnboardingRead{}, err
	}
	return f.update(ctx, board.ID, func(_ *store.Tx, o *mc.Onboarding, now mc.Time) error {
		o.UpdatedAt = now
		return nil
	})
}

// tell sends the agent what the user said.
func (f *Feature) tell(ctx context.Context, board mc.Board, o mc.Onboarding, text string) error {
	gateway, err := provision.BoardGateway(ctx, f.store.Reader, board, provision.NeedURL)
	if err != nil {
		return err
	}
	return f.send(ctx, gateway, o.SessionKey, text, answerFailed)
}

// Answer sends the user's answer to the agent and then keeps it. other is what
// they typed besides.
func (f *Feature) Answer(ctx context.Context, board mc.Board, answer, other string) (BoardOnboardingRead, error) {
	o, err := f.store.Onboarding(ctx, board.ID)
	if err != nil {
		return BoardOnboardingRead{}, err
	}
	if other != "" {
		answer += ": " + other
	}
	if err := f.tell(ctx, board, o, answer); err != nil {
		return BoardOnboardingRead{}, err
	}
	return f.update(context.WithoutCancel(ctx), board.ID, func(_ *store.Tx, o *mc.Onboarding, now mc.Time) error {
		o.Say(mc.OnboardingUser, answer, now)
		return nil
	})
}

// Ask keeps a question of the agent.
func (f *Feature) Ask(ctx context.Context, board mc.ID, question BoardOnboardingAgentQuestion) (BoardOnboardingRead, error) {
	return f.hear(ctx, board, func(o *mc.Onboarding, now mc.Time) {
		o.Say(mc.OnboardingAssistant, string(mc.JSONOf(question)), now)
	})
}

// Propose keeps a draft of the agent. A later one replaces it until the user has
// confirmed one.
func (f *Feature) Propose(ctx context.Context, board mc.ID, draft BoardOnboardingAgentComplete) (BoardOnboardingRead, error) {
	whole := mc.JSONOf(draft.normalized())
	return f.hear(ctx, board, func(o *mc.Onboarding, now mc.Time) {
		o.Say(mc.OnboardingAssistant, string(whole.WithoutNulls("user_profile", "lead_agent")), now)
		o.DraftGoal, o.Status = whole, mc.OnboardingCompleted
	})
}

// hear keeps what the agent says, unless everything is settled.
func (f *Feature) hear(ctx context.Context, board mc.ID, say func(o *mc.Onboarding, now mc.Time)) (BoardOnboardingRead, error) {
	return f.update(ctx, board, func(_ *store.Tx, o *mc.Onboarding, now mc.Time) error {
		if o.Status == mc.OnboardingConfirmed {
			return mc.Conflict()
		}
		say(o, now)
		return nil
	})
}

// update changes the latest dialogue about a board.
func (f *Feature) update(ctx context.Context, board mc.ID, change func(tx *store.Tx, o *mc.Onboarding, now mc.Time) error) (BoardOnboardingRead, error) {
	var o mc.Onboarding
	err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
		if o, err = tx.LockOnboarding(tx.Context(), board); err != nil {
			return err
		}
		if err := change(tx, &o, tx.Now()); err != nil {
			return err
		}
		return tx.UpdateOnboarding(tx.Context(), o)
	})
	return view(o), err
}

// startPrompt asks the main agent to question the user about a board.
func (f *Feature) startPrompt(board mc.Board) string {
	description := strings.TrimSpace(board.Description)
	if description == "" {
		description = "(not provided)"
	}
	return strings.NewReplacer("{name}", board.Name, "{description}", description, "{base}", strings.TrimRight(f.baseURL, "/"), "{board}", board.ID.String()).Replace(prompt)
}
