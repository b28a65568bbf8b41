package mc

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// OnboardingStatus is how far the dialogue about a board's goal has come.
type OnboardingStatus string

// The states of a dialogue, in their order.
const (
	OnboardingActive    OnboardingStatus = "active"    // questions and answers
	OnboardingCompleted OnboardingStatus = "completed" // there is a draft
	OnboardingConfirmed OnboardingStatus = "confirmed" // the user has agreed
)

// GoalSourceOnboarding is where a goal comes from that was worked out in a dialogue.
const GoalSourceOnboarding = "lead_agent_onboarding"

// Onboarding is the dialogue in which a gateway's main agent works out the goal
// of a board with a user.
type Onboarding struct {
	ID         ID               `db:"id"`
	BoardID    ID               `db:"board_id"`
	SessionKey string           `db:"session_key"` // of the main agent that asks
	Status     OnboardingStatus `db:"status"`
	Messages   JSON             `db:"messages"`   // list of OnboardingMessage
	DraftGoal  JSON             `db:"draft_goal"` // what the agent proposes
	CreatedAt  Time             `db:"created_at"`
	UpdatedAt  Time             `db:"updated_at"`
}

// Who says something in a dialogue.
const (
	OnboardingUser      = "user"
	OnboardingAssistant = "assistant"
)

// OnboardingMessage is what was said in a dialogue.
type OnboardingMessage struct {
	Role      string `json:"role"`
	Content   string `json:"content"`
	Timestamp string `json:"timestamp"`
}

// Said lists the messages, oldest first; nil when none were ever stored.
func (o Onboarding) Said() []OnboardingMessage {
	var said []OnboardingMessage
	if o.Messages.IsNull() || o.Messages.Decode(&said) != nil {
		return nil
	}
	return said
}

// Say appends a message. The earlier ones stay as they were written.
func (o *Onboarding) Say(role, content string, now Time) {
	said := []json.RawMessage{}
	if !o.Messages.IsNull() {
		_ = o.Messages.Decode(&said) // what is no list is replaced by one
	}
	o.Messages = JSONOf(append(said, json.RawMessage(JSONOf(OnboardingMessage{role, content, now.String()}))))
	o.UpdatedAt = now
}

// Unanswered is what the user said last, when the agent has not answered yet.
func (o Onboarding) Unanswered() (text string, ok bool) {
	said := o.Said()
	if len(said) == 0 {
		return "", false
	}
	last := said[len(said)-1]
	return last.Content, last.Role == OnboardingUser && last.Content != ""
}

// ChoseFullAutonomy reports whether one of these words, as a lead's preferences
// say them, means that it may close tasks without asking.
func ChoseFullAutonomy(words ...string) bool {
	for _, word := range words {
		word = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(word)), "_", "-")
		switch {
		case word == "autonomous", word == "fully-autonomous", word == "full-autonomy":
			return true
		case strings.Contains(word, "autonom") && strings.Contains(word, "fully"):
			return true
		}
	}
	return false
}

var zone = regexp.MustCompile(`([zZ]|[+-]\d\d:?\d\d)$`)

// ZonedTime words a time as it is kept where the zone matters: as Time does, but
// with the offset it was given.
func ZonedTime(sent string) (string, error) {
	t, err := ParseTime(sent)
	if err != nil {
		return "", err
	}
	const dateOnly = len("2006-01-02")
	sent = strings.TrimSpace(sent)
	suffix := zone.FindString(sent)
	if suffix == "" || len(sent) <= dateOnly {
		return t.String(), nil
	}
	offset, err := time.Parse("Z0700", strings.ToUpper(strings.ReplaceAll(suffix, ":", "")))
	if err != nil {
		return "", err
	}
	_, seconds := offset.Zone()
	if seconds == 0 {
		return t.String() + "Z", nil
	}
	return t.Add(time.Duration(seconds)*time.Second).String() + offset.Format("-07:00"), nil
}

// WithoutNulls drops the members of an object that are null, and those of the
// objects among its members that are named.
func (j JSON) WithoutNulls(within ...string) JSON {
	whole, ok := j.object()
	if !ok {
		return j
	}
	var kept object
	for _, key := range whole.keys {
		value := whole.values[key]
		if value.IsNull() {
			continue
		}
		for _, name := range within {
			if name == key {
				value = value.WithoutNulls()
			}
		}
		kept.set(key, value)
	}
	return kept.json()
}
