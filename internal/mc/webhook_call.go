package mc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// WebhookCall is what the sender of a webhook sent. Header returns the first
// value of a header whatever the case of its name, or nothing.
type WebhookCall struct {
	Header func(name string) string
	Body   []byte
}

// What a call with a bad signature is told.
const (
	SignatureMissing = "Missing webhook signature header."
	SignatureInvalid = "Invalid webhook signature."
)

// Headers in which senders put the signature, in the order in which they are looked at.
const (
	hubSignature     = "X-Hub-Signature-256"
	webhookSignature = "X-Webhook-Signature"
)

// CheckSignature refuses a call that was not signed with the secret: in own, if
// that is set, otherwise in one of the two headers that are widely used. What
// is signed are the bytes of the body.
func (c WebhookCall) CheckSignature(secret string, own *HeaderName) error {
	var sent string
	if own != nil {
		sent = c.Header(string(*own))
	} else if sent = c.Header(hubSignature); sent == "" {
		sent = c.Header(webhookSignature)
	}
	if sent == "" {
		return Forbidden(SignatureMissing)
	}
	const prefix = "sha256="
	if len(sent) >= len(prefix) && strings.EqualFold(sent[:len(prefix)], prefix) {
		sent = sent[len(prefix):]
	}
	want := HMACHex(secret, c.Body)
	if !hmac.Equal([]byte(strings.ToLower(strings.TrimSpace(sent))), []byte(want)) {
		return Forbidden(SignatureInvalid)
	}
	return nil
}

// HMACHex is the HMAC-SHA256 of the parts, one after the other, in lower-case hex.
func HMACHex(secret string, parts ...[]byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, p := range parts {
		mac.Write(p)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// deliveryIDHeaders are where senders name a call, so that a repetition of it
// can be told. The first one that is there counts.
var deliveryIDHeaders = []string{
	"Idempotency-Key", "Webhook-Id", "X-GitHub-Delivery", "X-Gitlab-Event-UUID", "X-Gitea-Delivery", "X-Gogs-Delivery",
	"X-Shopify-Webhook-Id", "Svix-Id", "X-Mission-Control-Delivery",
}

// DeliveryIDHeaders lists the headers that name a call unless the webhook has one of its own.
func DeliveryIDHeaders() []string { return slices.Clone(deliveryIDHeaders) }

// DeliveryID is a digest of what the sender calls this call; empty when it gave no name.
func (c WebhookCall) DeliveryID(own *HeaderName) string {
	names := deliveryIDHeaders
	if own != nil {
		names = []string{string(*own)}
	}
	for _, name := range names {
		if id := strings.TrimSpace(c.Header(name)); id != "" {
			sum := sha256.Sum256([]byte(id))
			return hex.EncodeToString(sum[:])
		}
	}
	return ""
}

// maxPayloadDepth bounds the nesting of what is kept as JSON; the engines refuse
// what is nested much deeper.
const maxPayloadDepth = 500

// Payload is the body as it is kept: as JSON when it says or looks like it is
// and can be read, otherwise as a text.
func (c WebhookCall) Payload() JSON {
	if len(c.Body) == 0 {
		return JSON("{}")
	}
	text := strings.ToValidUTF8(string(c.Body), "\uFFFD")
	if claimed := strings.Contains(strings.ToLower(c.Header("Content-Type")), "application/json"); claimed || looksLikeJSON(text) {
		if doc := JSON(strings.Trim(text, " \t\r\n")); depthOf(doc) <= maxPayloadDepth && json.Valid(doc) {
			return doc
		}
	}
	return JSONOf(text)
}

func looksLikeJSON(text string) bool {
	return text == "true" || text == "false" || strings.ContainsRune(`{["`, rune(text[0]))
}

// depthOf counts how deep a document is nested, by its brackets alone, so that
// one which is too deep costs no more than a look.
func depthOf(doc []byte) int {
	depth, deepest, inText := 0, 0, false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// secretWords are parts of names of headers that carry what opens doors.
var secretWords = []string{"token", "secret", "api-key", "apikey", "signature", "hmac", "auth", "cookie", "password", "credential", "session"}

// Redacted stands for a value that is not kept.
const Redacted = "[redacted]"

// KeptHeaders are the headers that are kept with a payload, as an object of
// lower-case names: what describes the body and its sender. Values that open
// doors are not. names are those of the call.
func KeptHeaders(names []string, value func(name string) string, signature *HeaderName) JSON {
	kept := map[string]string{}
	for _, name := range names {
		lower := strings.ToLower(name)
		switch {
		case lower != "content-type" && lower != "user-agent" && !strings.HasPrefix(lower, "x-"),
			strings.EqualFold(lower, hubSignature), strings.EqualFold(lower, webhookSignature),
			signature != nil && strings.EqualFold(lower, string(*signature)):
		case slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(lower, word) }):
			kept[lower] = Redacted
		default:
			kept[lower] = strings.ToValidUTF8(value(name), "\uFFFD")
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return JSONOf(kept)
}
