package outbound

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// OutboundWebhookCreate is the body that adds an address.
type OutboundWebhookCreate struct {
	URL         mc.OutboundURL    `json:"url" doc:"http or https address that is called with POST."`
	Description string            `json:"description" default:"" trim:"true" maxLength:"500"`
	Events      []mc.EventPattern `json:"events" minItems:"1" maxItems:"50" doc:"Types of events that are told, such as task.* or task.created; areas are task, approval, agent and board."`
	Enabled     bool              `json:"enabled" default:"true"`
	Secret      *string           `json:"secret" trim:"true" doc:"What calls are signed with. It is never shown."`
}

func (c OutboundWebhookCreate) webhook(board mc.ID, now mc.Time) mc.OutboundWebhook {
	return mc.OutboundWebhook{
		ID: mc.NewID(), BoardID: board, URL: string(c.URL), Description: c.Description, Events: mc.JSONOf(c.Events), Enabled: c.Enabled, CreatedAt: now, UpdatedAt: now,
	}
}

// OutboundWebhookUpdate is the body that changes an address.
type OutboundWebhookUpdate struct {
	URL         mc.Opt[mc.OutboundURL]    `json:"url" notnull:"true"`
	Description mc.Opt[string]            `json:"description" notnull:"true" trim:"true" maxLength:"500"`
	Events      mc.Opt[[]mc.EventPattern] `json:"events" notnull:"true" minItems:"1" maxItems:"50"`
	Enabled     mc.Opt[bool]              `json:"enabled" notnull:"true" doc:"true also clears what is known of failures."`
	Secret      mc.Opt[string]            `json:"secret" trim:"true" doc:"null or blank: calls are not signed."`
}

// apply changes an address and tells whether the body named anything at all.
func (u OutboundWebhookUpdate) apply(w *mc.OutboundWebhook) bool {
	if address, sent := u.URL.Get(); sent {
		w.URL = string(address)
	}
	u.Description.Apply(&w.Description)
	if events, sent := u.Events.Get(); sent {
		w.Events = mc.JSONOf(events)
	}
	u.Enabled.Apply(&w.Enabled)
	return u != OutboundWebhookUpdate{}
}

// OutboundWebhookRead is an address as it is shown.
type OutboundWebhookRead struct {
	ID             mc.ID             `json:"id"`
	BoardID        mc.ID             `json:"board_id"`
	URL            string            `json:"url"`
	Description    string            `json:"description"`
	Events         []mc.EventPattern `json:"events"`
	Enabled        bool              `json:"enabled"`
	HasSecret      bool              `json:"has_secret"`
	FailingSince   *mc.Time          `json:"failing_since" doc:"First failure since the last success."`
	DisabledReason *string           `json:"disabled_reason" doc:"Why it was disabled by itself, if it was."`
	CreatedAt      mc.Time           `json:"created_at"`
	UpdatedAt      mc.Time           `json:"updated_at"`
}

func view(w mc.OutboundWebhook) OutboundWebhookRead {
	return OutboundWebhookRead{
		ID: w.ID, BoardID: w.BoardID, URL: w.URL, Description: w.Description, Events: w.EventPatterns(), Enabled: w.Enabled, HasSecret: w.HasSecret,
		FailingSince: w.FailingSince, DisabledReason: w.DisabledReason, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
}

// OutboundDeliveryRead is a call as lists show it.
type OutboundDeliveryRead struct {
	ID            mc.ID            `json:"id"`
	WebhookID     mc.ID            `json:"webhook_id"`
	EventType     mc.EventType     `json:"event_type"`
	Sequence      int64            `json:"sequence" doc:"Number of the change that is told."`
	State         mc.DeliveryState `json:"state" doc:"queued, sent, or failed: then it is not tried again by itself."`
	Tries         int              `json:"tries" doc:"Since it was queued the last time."`
	NextAttemptAt *mc.Time         `json:"next_attempt_at"`
	DeliveredAt   *mc.Time         `json:"delivered_at"`
	CreatedAt     mc.Time          `json:"created_at"`
	UpdatedAt     mc.Time          `json:"updated_at"`
}

func deliveryView(d mc.OutboundDelivery) OutboundDeliveryRead {
	return OutboundDeliveryRead{
		ID: d.ID, WebhookID: d.WebhookID, EventType: d.EventType, Sequence: d.ChangeSeq, State: d.State, Tries: d.Tries, NextAttemptAt: d.NextAttemptAt,
		DeliveredAt: d.DeliveredAt, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

// OutboundDeliveryDetail is a call with what was sent, and all tries of it.
type OutboundDeliveryDetail struct {
	OutboundDeliveryRead
	Body     mc.JSON               `json:"body" jsontype:"values"`
	Attempts []OutboundAttemptRead `json:"attempts"`
}

// OutboundAttemptRead is one try of a call.
type OutboundAttemptRead struct {
	At         mc.Time `json:"at"`
	DurationMS int     `json:"duration_ms"`
	StatusCode *int    `json:"status_code" doc:"null: there was no answer."`
	Error      *string `json:"error" doc:"null: it was taken."`
}

func detailView(d mc.OutboundDelivery, attempts []mc.OutboundAttempt) OutboundDeliveryDetail {
	return OutboundDeliveryDetail{
		OutboundDeliveryRead: deliveryView(d), Body: mc.JSON(d.Body),
		Attempts: views.Each(attempts, func(a mc.OutboundAttempt) OutboundAttemptRead {
			return OutboundAttemptRead{At: a.At, DurationMS: a.DurationMS, StatusCode: a.StatusCode, Error: a.Error}
		}),
	}
}
