package webhooks

import (
	"strings"

	"missioncontrol/internal/mc"
)

// WebhookCreate is the body that makes a webhook.
type WebhookCreate struct {
	Description      string         `json:"description" trim:"true" minLength:"1" doc:"What is to be done with payloads, as an instruction to the agent that is told."`
	Enabled          bool           `json:"enabled" default:"true"`
	AgentID          *mc.ID         `json:"agent_id" doc:"Agent of the board that is told of payloads; without one it is the lead."`
	Secret           *string        `json:"secret" trim:"true" doc:"What calls have to be signed with (HMAC-SHA256 of the body). It is never shown."`
	SignatureHeader  *mc.HeaderName `json:"signature_header" doc:"The only header in which the signature counts; otherwise X-Hub-Signature-256 or X-Webhook-Signature."`
	DeliveryIDHeader *mc.HeaderName `json:"delivery_id_header" doc:"Header in which the sender names each call, so that a repetition within a day changes nothing; otherwise the first of the usual ones that is there."`
	RetentionDays    *int           `json:"retention_days" minimum:"1" maximum:"36500" doc:"Days after which payloads are removed; without it they are kept."`
	RetentionCount   *int           `json:"retention_count" minimum:"1" maximum:"1000000" doc:"Number of payloads that are kept, the newest ones; without it all are."`
}

// SchemaName is the name in the document.
func (WebhookCreate) SchemaName() string { return "BoardWebhookCreate" }

func (c WebhookCreate) webhook(board mc.ID, now mc.Time) mc.Webhook {
	return mc.Webhook{
		ID: mc.NewID(), BoardID: board, AgentID: c.AgentID, Description: c.Description, Enabled: c.Enabled, SignatureHeader: named(c.SignatureHeader),
		DeliveryIDHeader: named(c.DeliveryIDHeader), RetentionDays: c.RetentionDays, RetentionCount: c.RetentionCount, CreatedAt: now, UpdatedAt: now,
	}
}

// WebhookUpdate is the body that changes a webhook.
type WebhookUpdate struct {
	Description      mc.Opt[string]        `json:"description" notnull:"true" trim:"true" minLength:"1"`
	Enabled          mc.Opt[bool]          `json:"enabled" notnull:"true"`
	AgentID          mc.Opt[mc.ID]         `json:"agent_id" doc:"null: the lead is told."`
	Secret           mc.Opt[string]        `json:"secret" trim:"true" doc:"null or blank: calls need not be signed."`
	SignatureHeader  mc.Opt[mc.HeaderName] `json:"signature_header" doc:"null or blank: the usual headers count."`
	DeliveryIDHeader mc.Opt[mc.HeaderName] `json:"delivery_id_header" doc:"null or blank: the usual headers count."`
	RetentionDays    mc.Opt[int]           `json:"retention_days" minimum:"1" maximum:"36500" doc:"null: whatever their age."`
	RetentionCount   mc.Opt[int]           `json:"retention_count" minimum:"1" maximum:"1000000" doc:"null: whatever their number."`
}

// SchemaName is the name in the document.
func (WebhookUpdate) SchemaName() string { return "BoardWebhookUpdate" }

// apply changes a webhook and tells whether the body named anything at all.
func (u WebhookUpdate) apply(w *mc.Webhook) bool {
	u.Description.Apply(&w.Description)
	u.Enabled.Apply(&w.Enabled)
	u.AgentID.ApplyPtr(&w.AgentID)
	if u.SignatureHeader.ApplyPtr(&w.SignatureHeader) {
		w.SignatureHeader = named(w.SignatureHeader)
	}
	if u.DeliveryIDHeader.ApplyPtr(&w.DeliveryIDHeader) {
		w.DeliveryIDHeader = named(w.DeliveryIDHeader)
	}
	u.RetentionDays.ApplyPtr(&w.RetentionDays)
	u.RetentionCount.ApplyPtr(&w.RetentionCount)
	return u != WebhookUpdate{}
}

func named(header *mc.HeaderName) *mc.HeaderName {
	if header == nil {
		return nil
	}
	return header.NonBlank()
}

func nonBlank(secret *string) *string {
	if secret == nil || strings.TrimSpace(*secret) == "" {
		return nil
	}
	return secret
}
