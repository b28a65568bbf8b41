package mc

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// OutboundWebhook is an address that is told of what happens on a board. Its
// secret is no part of it: the store hands that out by itself.
type OutboundWebhook struct {
	ID          ID     `db:"id"`
	BoardID     ID     `db:"board_id"`
	URL         string `db:"url"`
	Description string `db:"description"`
	Events      JSON   `db:"events"` // a list of EventPattern
	Enabled     bool   `db:"enabled"`
	// FailingSince is the first failure since the last success; nil: none.
	FailingSince *Time `db:"failing_since"`
	// DisabledReason says why it was disabled by itself; nil: it was not.
	DisabledReason *string `db:"disabled_reason"`
	CreatedAt      Time    `db:"created_at"`
	UpdatedAt      Time    `db:"updated_at"`

	HasSecret bool
}

// OutboundDelivery is a call of an address outside, made or to be made.
type OutboundDelivery struct {
	ID            ID            `db:"id"`
	WebhookID     ID            `db:"webhook_id"`
	ChangeSeq     int64         `db:"change_seq"`
	EventType     EventType     `db:"event_type"`
	Body          string        `db:"body"`
	State         DeliveryState `db:"state"`
	Tries         int           `db:"tries"` // since it was queued the last time
	NextAttemptAt *Time         `db:"next_attempt_at"`
	DeliveredAt   *Time         `db:"delivered_at"`
	CreatedAt     Time          `db:"created_at"`
	UpdatedAt     Time          `db:"updated_at"`
}

// OutboundAttempt is one try of a delivery.
type OutboundAttempt struct {
	ID         ID      `db:"id"`
	DeliveryID ID      `db:"delivery_id"`
	At         Time    `db:"at"`
	DurationMS int     `db:"duration_ms"`
	StatusCode *int    `db:"status_code"` // nil: there was no answer
	Error      *string `db:"error"`       // nil: it was taken
}

// EventPattern names types of events: one, as task.created, or all of an area,
// as task.*.
type EventPattern string

var eventPattern = regexp.MustCompile(`^(task|approval|agent|board)\.(\*|[a-z_]+(\.[a-z_]+)*)$`)

var errEventPattern = errors.New("must be like task.* or task.created; areas are task, approval, agent and board")

// Read refuses what names no events that are told. It is for decoders.
func (EventPattern) Read(sent string) (string, error) {
	text := strings.TrimSpace(sent)
	if !eventPattern.MatchString(text) {
		return "", errEventPattern
	}
	return text, nil
}

func (p EventPattern) matches(t EventType) bool {
	area, ok := strings.CutSuffix(string(p), "*")
	return ok && strings.HasPrefix(string(t), area) || string(p) == string(t)
}

// EventPatterns returns the types of events that are told.
func (w OutboundWebhook) EventPatterns() []EventPattern {
	var list []EventPattern
	if w.Events.Decode(&list) != nil {
		return nil
	}
	return list
}

// Wants reports whether events of a type are told.
func (w OutboundWebhook) Wants(t EventType) bool {
	for _, p := range w.EventPatterns() {
		if p.matches(t) {
			return true
		}
	}
	return false
}

// OutboundURL is an address that can be called.
type OutboundURL string

const maxOutboundURL = 2048

var errOutboundURL = errors.New("must be an http or https address without user, password or fragment")

// Read refuses what cannot be called. Where it leads is checked when it is. It
// is for decoders.
func (OutboundURL) Read(sent string) (string, error) {
	text := strings.TrimSpace(sent)
	u, err := url.Parse(text)
	if err != nil || len(text) > maxOutboundURL || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return "", errOutboundURL
	}
	return text, nil
}

// AuditTarget is the webhook as something that is acted on.
func (w OutboundWebhook) AuditTarget(organization ID) AuditTarget {
	name := w.Description
	if u, err := url.Parse(w.URL); name == "" && err == nil {
		name = u.Host // a query may hold what opens doors
	}
	return AuditTarget{OrganizationID: &organization, Kind: "outbound_webhook", ID: w.ID, Name: name}
}

// OutboundDifferences are the fields of a webhook that a change touched.
func OutboundDifferences(before, after OutboundWebhook, secretBefore, secretAfter *string) Differences {
	d := Differences{}
	d.Hide("url", &before.URL, &after.URL)
	d.Note("description", before.Description, after.Description)
	d.Note("events", before.Events, after.Events)
	d.Note("enabled", before.Enabled, after.Enabled)
	d.Hide("secret", secretBefore, secretAfter)
	return d
}

// ApprovalEventType is how a change of an approval is told outside.
func ApprovalEventType(a Approval) EventType {
	switch {
	case a.Status != ApprovalPending:
		return EventType("approval." + string(a.Status))
	case a.CreatedAt.Equal(a.UpdatedAt):
		return "approval.created"
	}
	return "approval.reopened"
}
