package onboarding

import (
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// What the OpenAPI document says of the operations beyond their declarations:
// refusals, examples, and the hints for agents.

var (
	noDialogue    = httpapi.Refusal(404, nil, "nobody has started a dialogue about the board")
	settled       = httpapi.Refusal(409, nil, "the user has confirmed the goal already")
	answerLost    = httpapi.Refusal(502, answerFailed+": {error}", "the gateway refuses or stays away; the answer is not stored")
	gatewayErrors = []httpapi.ErrorDoc{
		httpapi.Refusal(422, "Board gateway_id is required", "the board has no gateway"),
		httpapi.Refusal(422, "Board gateway_id is invalid", "the board's gateway does not exist any more"),
		httpapi.Refusal(422, "Gateway url is required", "the gateway has no address"),
	}
)

var exampleDraft = BoardOnboardingAgentComplete{
	BoardType: mc.BoardTypeGoal, Objective: mc.Ref("Invoices leave the house by themselves"), SuccessMetrics: mc.JSON(`{"metric":"invoices sent by hand","target":"0"}`),
	TargetDate: mc.Ref("2026-06-01T00:00:00"), Status: "complete", UserProfile: &BoardOnboardingUserProfile{PreferredName: mc.Ref("Jo"), Timezone: mc.Ref("Europe/Berlin")},
	LeadAgent: &BoardOnboardingLeadAgentDraft{Name: mc.Ref("Ava"), IdentityProfile: mc.JSON(`{"role":"Board Lead"}`), AutonomyLevel: mc.Ref(autonomyLevel("balanced"))},
}

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var readExamples = map[string]any{"dialogue": BoardOnboardingRead{
	ID: mc.MustID("88888888-8888-4888-8888-888888888888"), BoardID: mc.MustID("11111111-1111-4111-8111-111111111111"),
	SessionKey: "agent:mc-gateway-77777777-7777-4777-8777-777777777777:main", Status: mc.OnboardingCompleted,
	Messages: &[]mc.OnboardingMessage{
		{Role: mc.OnboardingUser, Content: "BOARD ONBOARDING REQUEST ...", Timestamp: "2026-03-01T09:30:00"},
		{Role: mc.OnboardingAssistant, Content: `{"question":"What is the goal?","options":[{"id":"1","label":"Ship it"}]}`, Timestamp: "2026-03-01T09:30:10"},
		{Role: mc.OnboardingUser, Content: "Ship it", Timestamp: "2026-03-01T09:31:00"},
	},
	DraftGoal: &exampleDraft, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}}

var agentExamples = map[string]any{
	"question":   BoardOnboardingAgentQuestion{Question: "What is the goal?", Options: []BoardOnboardingQuestionOption{{"1", "Ship it"}, {"2", "Other (I'll type it)"}}},
	"completion": exampleDraft,
}

var confirmExamples = map[string]any{
	"goal":    map[string]any{"board_type": "goal", "objective": "Invoices leave the house by themselves", "success_metrics": map[string]any{"invoices sent by hand": 0}},
	"general": map[string]any{"board_type": "general"},
}

var agentHints = &httpapi.Hints{
	Intent: "agent_board_onboarding_update", RequiredActor: "any_agent",
	WhenToUse:     []string{"A message BOARD ONBOARDING REQUEST asks you to find out what a board is for, and you have the next question or enough for a draft."},
	WhenNotToUse:  []string{"Nobody has asked you to.", "The user has confirmed the goal: it is settled."},
	Prerequisites: []string{"You are the main agent of the board's gateway.", "The user has started the dialogue."},
	SideEffects:   []string{"The user sees the question, or the draft to confirm."},
	Negative:      []string{"Do not send several questions in one call.", "Do not answer in the chat of the gateway."},
	Routing:       []string{"A body with status complete is the draft; anything else is a question with options.", "On 409 stop: everything is settled."},
	Examples:      httpapi.Routing("ask the user about a board's goal", "agent_main", "agent_board_onboarding_update"),
}
