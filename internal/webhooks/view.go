package webhooks

import (
	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/mc"
)

// WebhookRead is a webhook as it is shown.
type WebhookRead struct {
	ID               mc.ID          `json:"id"`
	BoardID          mc.ID          `json:"board_id"`
	AgentID          *mc.ID         `json:"agent_id"`
	Description      string         `json:"description"`
	Enabled          bool           `json:"enabled"`
	HasSecret        bool           `json:"has_secret" default:"false"`
	SignatureHeader  *mc.HeaderName `json:"signature_header"`
	DeliveryIDHeader *mc.HeaderName `json:"delivery_id_header"`
	RetentionDays    *int           `json:"retention_days"`
	RetentionCount   *int           `json:"retention_count"`
	EndpointPath     string         `json:"endpoint_path" doc:"Where calls go."`
	EndpointURL      *string        `json:"endpoint_url" doc:"The same with the public address of the server."`
	CreatedAt        mc.Time        `json:"created_at"`
	UpdatedAt        mc.Time        `json:"updated_at"`
}

// SchemaName is the name in the document.
func (WebhookRead) SchemaName() string { return "BoardWebhookRead" }

func (f *Feature) view(w mc.Webhook) WebhookRead {
	v := WebhookRead{
		ID: w.ID, BoardID: w.BoardID, AgentID: w.AgentID, Description: w.Description, Enabled: w.Enabled, HasSecret: w.HasSecret,
		SignatureHeader: w.SignatureHeader, DeliveryIDHeader: w.DeliveryIDHeader, RetentionDays: w.RetentionDays, RetentionCount: w.RetentionCount,
		EndpointPath: "/api/v1/boards/" + w.BoardID.String() + "/webhooks/" + w.ID.String(), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
	if f.cfg.BaseURL != "" {
		v.EndpointURL = mc.Ref(f.cfg.BaseURL + v.EndpointPath)
	}
	return v
}

// PayloadRead is what a call brought, as it is shown.
type PayloadRead struct {
	ID          mc.ID   `json:"id"`
	BoardID     mc.ID   `json:"board_id"`
	WebhookID   mc.ID   `json:"webhook_id"`
	Payload     mc.JSON `json:"payload" doc:"The body: as JSON if it was any, otherwise as a text. With max_chars a long one is the beginning of its text."`
	Headers     mc.JSON `json:"headers" jsontype:"texts"`
	SourceIP    *string `json:"source_ip"`
	ContentType *string `json:"content_type"`
	ReceivedAt  mc.Time `json:"received_at"`
}

// SchemaName is the name in the document.
func (PayloadRead) SchemaName() string { return "BoardWebhookPayloadRead" }

// CorrectSchema says that a payload may be anything.
func (PayloadRead) CorrectSchema(s *huma.Schema) {
	s.Properties["payload"].AnyOf = []*huma.Schema{
		{Type: huma.TypeObject, AdditionalProperties: true}, {Type: huma.TypeArray, Items: &huma.Schema{}}, {Type: huma.TypeString},
		{Type: huma.TypeInteger}, {Type: huma.TypeNumber}, {Type: huma.TypeBoolean}, {Type: "null"},
	}
}

func payloadView(p mc.WebhookPayload) PayloadRead {
	return PayloadRead{
		ID: p.ID, BoardID: p.BoardID, WebhookID: p.WebhookID, Payload: p.Payload, Headers: p.Headers, SourceIP: p.SourceIP, ContentType: p.ContentType,
		ReceivedAt: p.ReceivedAt,
	}
}

// IngestRead is the answer to a call.
type IngestRead struct {
	OK        bool  `json:"ok" default:"true"`
	BoardID   mc.ID `json:"board_id"`
	WebhookID mc.ID `json:"webhook_id"`
	PayloadID mc.ID `json:"payload_id"`
}

// SchemaName is the name in the document.
func (IngestRead) SchemaName() string { return "BoardWebhookIngestResponse" }

// DeliveryRead is how far the message to an agent about a payload has come.
type DeliveryRead struct {
	ID            mc.ID            `json:"id"`
	WebhookID     mc.ID            `json:"webhook_id"`
	PayloadID     mc.ID            `json:"payload_id"`
	AgentID       mc.ID            `json:"agent_id"`
	State         mc.DeliveryState `json:"state" doc:"queued, sent, or failed: then it is not tried again by itself."`
	Attempts      int              `json:"attempts"`
	LastError     *string          `json:"last_error"`
	NextAttemptAt *mc.Time         `json:"next_attempt_at"`
	SentAt        *mc.Time         `json:"sent_at"`
	CreatedAt     mc.Time          `json:"created_at"`
	UpdatedAt     mc.Time          `json:"updated_at"`
}

// SchemaName is the name in the document.
func (DeliveryRead) SchemaName() string { return "BoardWebhookDeliveryRead" }

func deliveryView(d mc.Delivery) DeliveryRead {
	return DeliveryRead{
		ID: d.ID, WebhookID: *d.WebhookID, PayloadID: *d.PayloadID, AgentID: d.AgentID, State: d.State, Attempts: d.Attempts, LastError: d.LastError,
		NextAttemptAt: d.NextAttemptAt, SentAt: d.SentAt, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}
