package onboarding

import (
	"missioncontrol/internal/mc"
)

// BoardOnboardingStart is the body that begins a dialogue. Nothing in it counts.
type BoardOnboardingStart struct{}

// BoardOnboardingAnswer is a user's answer.
type BoardOnboardingAnswer struct {
	Answer    string  `json:"answer" trim:"true" minLength:"1" doc:"Label of the chosen option, or free text."`
	OtherText *string `json:"other_text" doc:"What the user typed besides."`
}

// BoardOnboardingConfirm is the goal as the user confirms it.
type BoardOnboardingConfirm struct {
	BoardType      string   `json:"board_type" doc:"goal or general."`
	Objective      *string  `json:"objective"`
	SuccessMetrics mc.JSON  `json:"success_metrics" jsontype:"object"`
	TargetDate     *mc.Time `json:"target_date"`
}

// Validate refuses a goal without objective or success metrics.
func (c BoardOnboardingConfirm) Validate() error {
	return mc.Board{BoardType: c.BoardType, GoalConfirmed: true, Objective: c.Objective, SuccessMetrics: c.SuccessMetrics}.CheckConfirmedGoal()
}

// BoardOnboardingAgentQuestion is a question of the agent.
type BoardOnboardingAgentQuestion struct {
	Question string                          `json:"question" trim:"true" minLength:"1"`
	Options  []BoardOnboardingQuestionOption `json:"options" minItems:"1"`
}

// BoardOnboardingQuestionOption is an answer that a question offers.
type BoardOnboardingQuestionOption struct {
	ID    string `json:"id" trim:"true" minLength:"1"`
	Label string `json:"label" trim:"true" minLength:"1"`
}

// BoardOnboardingAgentComplete is what the agent proposes: the goal, and what it
// has learned of the user and of how the lead should be.
type BoardOnboardingAgentComplete struct {
	BoardType      string                         `json:"board_type" doc:"goal or general."`
	Objective      *string                        `json:"objective"`
	SuccessMetrics mc.JSON                        `json:"success_metrics" jsontype:"object"`
	TargetDate     *string                        `json:"target_date" lenient:"true" format:"date-time" doc:"A time, with or without offset, or a date."`
	Status         completion                     `json:"status"`
	UserProfile    *BoardOnboardingUserProfile    `json:"user_profile"`
	LeadAgent      *BoardOnboardingLeadAgentDraft `json:"lead_agent"`
}

// completion is the one word that marks a draft.
type completion string

// Values lists it.
func (completion) Values() []string { return []string{"complete"} }

// Validate refuses a goal without objective or success metrics, and what is no date.
func (c BoardOnboardingAgentComplete) Validate() error {
	if c.TargetDate != nil {
		if _, err := mc.ZonedTime(*c.TargetDate); err != nil {
			return &mc.Error{Kind: mc.KindInvalid, Fields: []mc.FieldError{{
				Type: "datetime_from_date_parsing", Loc: []any{"body", "target_date"}, Msg: "Input should be a valid datetime or date", Input: *c.TargetDate,
			}}}
		}
	}
	return BoardOnboardingConfirm{BoardType: c.BoardType, Objective: c.Objective, SuccessMetrics: c.SuccessMetrics}.Validate()
}

// normalized is the draft as it is kept.
func (c BoardOnboardingAgentComplete) normalized() BoardOnboardingAgentComplete {
	if c.TargetDate != nil {
		if text, err := mc.ZonedTime(*c.TargetDate); err == nil {
			c.TargetDate = &text
		}
	}
	if c.LeadAgent != nil {
		lead := *c.LeadAgent
		lead.IdentityProfile = mc.NormalizeIdentityProfile(lead.IdentityProfile)
		c.LeadAgent = &lead
	}
	return c
}

// BoardOnboardingUserProfile is what the agent has learned of the user.
type BoardOnboardingUserProfile struct {
	PreferredName *string `json:"preferred_name" lenient:"true"`
	Pronouns      *string `json:"pronouns" lenient:"true"`
	Timezone      *string `json:"timezone" lenient:"true"`
	Notes         *string `json:"notes" lenient:"true"`
	Context       *string `json:"context" lenient:"true"`
}

// apply writes what is known into the user's own profile.
func (p BoardOnboardingUserProfile) apply(u *mc.User) {
	for to, from := range map[**string]*string{
		&u.PreferredName: p.PreferredName, &u.Pronouns: p.Pronouns, &u.Timezone: p.Timezone, &u.Notes: p.Notes, &u.Context: p.Context,
	} {
		if from != nil {
			*to = from
		}
	}
}

// BoardOnboardingLeadAgentDraft is how the board's lead should be.
type BoardOnboardingLeadAgentDraft struct {
	Name               *string        `json:"name" trim:"true" minLength:"1"`
	IdentityProfile    mc.JSON        `json:"identity_profile" jsontype:"texts"`
	AutonomyLevel      *autonomyLevel `json:"autonomy_level" lenient:"true"`
	Verbosity          *verbosity     `json:"verbosity" lenient:"true"`
	OutputFormat       *outputFormat  `json:"output_format" lenient:"true"`
	UpdateCadence      *updateCadence `json:"update_cadence" lenient:"true"`
	CustomInstructions *string        `json:"custom_instructions" lenient:"true"`
}

// What a lead's preferences may say.
type (
	autonomyLevel string
	verbosity     string
	outputFormat  string
	updateCadence string
)

// Values lists the levels.
func (autonomyLevel) Values() []string { return []string{"ask_first", "balanced", "autonomous"} }

// Values lists the lengths.
func (verbosity) Values() []string { return []string{"concise", "balanced", "detailed"} }

// Values lists the formats.
func (outputFormat) Values() []string { return []string{"bullets", "mixed", "narrative"} }

// Values lists the rhythms.
func (updateCadence) Values() []string { return []string{"asap", "hourly", "daily", "weekly"} }

// profile is the lead's identity: what the draft says of it, and its preferences
// after that.
func (d BoardOnboardingLeadAgentDraft) profile() mc.JSON {
	return mc.OverlayIdentityProfile(mc.NormalizeIdentityProfile(d.IdentityProfile), mc.JSONOf(struct {
		AutonomyLevel      *autonomyLevel `json:"autonomy_level"`
		Verbosity          *verbosity     `json:"verbosity"`
		OutputFormat       *outputFormat  `json:"output_format"`
		UpdateCadence      *updateCadence `json:"update_cadence"`
		CustomInstructions *string        `json:"custom_instructions"`
	}{d.AutonomyLevel, d.Verbosity, d.OutputFormat, d.UpdateCadence, d.CustomInstructions}))
}

// isFullyAutonomous reports whether the lead may close tasks without asking.
func (d BoardOnboardingLeadAgentDraft) isFullyAutonomous() bool {
	level := ""
	if d.AutonomyLevel != nil {
		level = string(*d.AutonomyLevel)
	}
	says := func(key string) string { return mc.IdentityValue(d.IdentityProfile, key, "") }
	return mc.ChoseFullAutonomy(level, says("autonomy_level"), says("autonomy"), says("mode"))
}
