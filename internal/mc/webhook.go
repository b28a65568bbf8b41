package mc

import (
	"errors"
	"strings"
)

// Webhook is an address at which outside events become work on a board. Its
// secret is no part of it: the store hands that out by itself.
type Webhook struct {
	ID              ID          `db:"id"`
	BoardID         ID          `db:"board_id"`
	AgentID         *ID         `db:"agent_id"` // who is told; nil: the lead
	Description     string      `db:"description"`
	Enabled         bool        `db:"enabled"`
	SignatureHeader *HeaderName `db:"signature_header"`
	// DeliveryIDHeader is the header in which the sender names each call; nil: one
	// of those that are widely used.
	DeliveryIDHeader *HeaderName `db:"delivery_id_header"`
	RetentionDays    *int        `db:"retention_days"`  // nil: payloads are kept whatever their age
	RetentionCount   *int        `db:"retention_count"` // nil: whatever their number
	CreatedAt        Time        `db:"created_at"`
	UpdatedAt        Time        `db:"updated_at"`

	HasSecret bool
}

// WebhookPayload is what one call of a webhook brought.
type WebhookPayload struct {
	ID          ID      `db:"id"`
	BoardID     ID      `db:"board_id"`
	WebhookID   ID      `db:"webhook_id"`
	Payload     JSON    `db:"payload"`
	Headers     JSON    `db:"headers"` // an object of texts
	SourceIP    *string `db:"source_ip"`
	ContentType *string `db:"content_type"`
	ReceivedAt  Time    `db:"received_at"`
}

// WebhookReceipt remembers a call that named itself.
type WebhookReceipt struct {
	WebhookID  ID     `db:"webhook_id"`
	DeliveryID string `db:"delivery_id"` // digest of the name
	PayloadID  ID     `db:"payload_id"`
	ReceivedAt Time   `db:"received_at"`
}

// HeaderName is the name of an HTTP header, with its case. The empty one is none.
type HeaderName string

var errHeaderName = errors.New("must be the name of an HTTP header: letters, digits and !#$%&'*+-.^_`|~")

// Read trims a name and refuses one that no header can have. It is for decoders.
func (HeaderName) Read(sent string) (string, error) {
	name := strings.TrimSpace(sent)
	if strings.ContainsFunc(name, func(r rune) bool { return !isTokenRune(r) }) {
		return "", errHeaderName
	}
	return name, nil
}

func isTokenRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r < 0x80 && strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// NonBlank is the name, or nil when there is none.
func (n HeaderName) NonBlank() *HeaderName {
	if n == "" {
		return nil
	}
	return &n
}

// AuditTarget is the webhook as something that is acted on.
func (w Webhook) AuditTarget(organization ID) AuditTarget {
	return AuditTarget{OrganizationID: &organization, Kind: "webhook", ID: w.ID, Name: w.Description}
}

// WebhookDifferences are the fields of a webhook that a change touched.
func WebhookDifferences(before, after Webhook, secretBefore, secretAfter *string) Differences {
	d := Differences{}
	d.Note("agent_id", before.AgentID, after.AgentID)
	d.Note("description", before.Description, after.Description)
	d.Note("enabled", before.Enabled, after.Enabled)
	d.Note("signature_header", before.SignatureHeader, after.SignatureHeader)
	d.Note("delivery_id_header", before.DeliveryIDHeader, after.DeliveryIDHeader)
	d.Note("retention_days", before.RetentionDays, after.RetentionDays)
	d.Note("retention_count", before.RetentionCount, after.RetentionCount)
	d.Hide("secret", secretBefore, secretAfter)
	return d
}
