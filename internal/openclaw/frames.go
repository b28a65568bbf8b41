package openclaw

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// request is a frame to the gateway.
type request struct {
	Type   string          `json:"type"` // req
	ID     string          `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// frame is anything the gateway sends: a response, an event, or the older form
// of a response that has a result instead of a payload and no type.
type frame struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	OK      json.RawMessage `json:"ok"`
	Payload json.RawMessage `json:"payload"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`
	Event   string          `json:"event"`
}

// parseFrame reads a frame. What cannot be read of it is left empty: nobody
// waits for a frame without an id, and a gateway that sends a member of another
// type than expected is still understood in the rest.
func parseFrame(raw []byte) frame {
	var f frame
	if !readLeniently(raw, &f) {
		return frame{}
	}
	return f
}

// readLeniently decodes raw, leaving members of an unexpected type at their
// zero value. It reports false for what is no JSON at all.
func readLeniently(raw []byte, out any) bool {
	err := json.Unmarshal(raw, out)
	var mismatch *json.UnmarshalTypeError
	return err == nil || errors.As(err, &mismatch)
}

// answers returns the id of the request that the frame answers, or "".
func (f frame) answers() string {
	if f.Type == "event" || f.Type == "req" {
		return ""
	}
	return f.ID
}

// result returns what a response carries, or the error it reports. A response
// without ok counts as a success.
func (f frame) result() (json.RawMessage, error) {
	if f.Type != "res" {
		if present(f.Error) {
			return nil, answeredError(f.Error)
		}
		return f.Result, nil
	}
	if string(f.OK) == "false" {
		return nil, answeredError(f.Error)
	}
	return f.Payload, nil
}

// present reports whether a value says anything.
func present(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "false", `""`:
		return false
	}
	return true
}

// maxRetryAfter bounds what a gateway can ask for; beyond it the number is
// taken for a mistake.
const maxRetryAfter = time.Hour

// answeredError reads the error of a response: an object, or just a text.
func answeredError(raw json.RawMessage) error {
	var body struct {
		Message      json.RawMessage `json:"message"`
		Code         json.RawMessage `json:"code"`
		Details      json.RawMessage `json:"details"`
		Retryable    bool            `json:"retryable"`
		RetryAfterMs float64         `json:"retryAfterMs"`
	}
	// An error without a form is still an error: what cannot be read stays empty.
	_ = readLeniently(raw, &body)
	e := &Error{
		Kind: KindAnswer, Message: textOf(body.Message), Code: textOf(body.Code), Details: body.Details, Retryable: body.Retryable,
		RetryAfter: time.Duration(min(max(body.RetryAfterMs, 0), float64(maxRetryAfter.Milliseconds())) * float64(time.Millisecond)),
	}
	if e.Message == "" {
		var text string
		_ = readLeniently(raw, &text)
		e.Message = text
	}
	if e.Message = clean(e.Message); e.Message == "" {
		e.Message = "Gateway error"
	}
	return e
}

// maxMessage is how much of a gateway's own words is kept, in characters.
const maxMessage = 2000

// clean makes a text of a gateway fit for being shown and stored.
func clean(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""))
	if runes := []rune(text); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return text
}

// textOf returns a JSON text, or a number as text; anything else is "".
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}
