package onboarding

import (
	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/mc"
)

// BoardOnboardingRead is a dialogue as clients see it.
type BoardOnboardingRead struct {
	ID         mc.ID                         `json:"id"`
	BoardID    mc.ID                         `json:"board_id"`
	SessionKey string                        `json:"session_key" doc:"Session of the main agent that asks."`
	Status     mc.OnboardingStatus           `json:"status" doc:"active, completed once there is a draft, confirmed in the end."`
	Messages   *[]mc.OnboardingMessage       `json:"messages" doc:"What was said: by user or assistant. What the assistant says is JSON: a question with options, or the draft."`
	DraftGoal  *BoardOnboardingAgentComplete `json:"draft_goal"`
	CreatedAt  mc.Time                       `json:"created_at"`
	UpdatedAt  mc.Time                       `json:"updated_at"`
}

func view(o mc.Onboarding) BoardOnboardingRead {
	shown := BoardOnboardingRead{
		ID: o.ID, BoardID: o.BoardID, SessionKey: o.SessionKey, Status: o.Status, DraftGoal: draftOf(o), CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
	}
	if said := o.Said(); said != nil {
		shown.Messages = &said
	}
	return shown
}

// draftOf is what the agent proposes; nil when it has not yet, or when what is
// stored cannot be read.
func draftOf(o mc.Onboarding) *BoardOnboardingAgentComplete {
	var draft BoardOnboardingAgentComplete
	if o.DraftGoal.IsNull() || o.DraftGoal.Decode(&draft) != nil {
		return nil
	}
	return &draft
}

// CorrectSchema leaves open what a message holds, as the contract does.
func (BoardOnboardingRead) CorrectSchema(s *huma.Schema) {
	for _, alternative := range s.Properties["messages"].AnyOf {
		if alternative.Type == huma.TypeArray {
			alternative.Items = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
		}
	}
}
