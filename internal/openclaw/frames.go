package openclaw

import (
	"bytes"
	"encoding/json"
	"time"
)

// request is a frame to the gateway.
type request struct {
	Type   string `json:"type"` // req
	ID     string `json:"id"`
	Method string `json:"method"`
	Params any    `json:"params"`
}

// frame is anything the gateway sends: a response, an event, or the older form
// of a response that has a result instead of a payload.
type frame struct {
	Type    string          `json:"type"`
	ID      json.RawMessage `json:"id"`
	OK      *bool           `json:"ok"`
	Payload json.RawMessage `json:"payload"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`
	Event   string          `json:"event"`
}

// parseFrame reads a frame; anything that is none is an empty one, which nobody waits for.
func parseFrame(raw []byte) frame {
	var f frame
	if json.Unmarshal(raw, &f) != nil {
		return frame{}
	}
	return f
}

// answers returns the id of the request that the frame answers, or "".
func (f frame) answers() string {
	var id string
	if f.Type == "event" || json.Unmarshal(f.ID, &id) != nil {
		return ""
	}
	return id
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
	if f.OK != nil && !*f.OK {
		return nil, answeredError(f.Error)
	}
	return f.Payload, nil
}

func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) && !bytes.Equal(raw, []byte("false"))
}

func answeredError(raw json.RawMessage) error {
	var body struct {
		Message      string          `json:"message"`
		Code         json.RawMessage `json:"code"`
		Details      json.RawMessage `json:"details"`
		Retryable    bool            `json:"retryable"`
		RetryAfterMs float64         `json:"retryAfterMs"`
	}
	_ = json.Unmarshal(raw, &body) // an error without a form is still an error
	if body.Message == "" {
		body.Message = "Gateway error"
	}
	e := &Error{Message: body.Message, Details: body.Details, Retryable: body.Retryable, RetryAfter: time.Duration(body.RetryAfterMs * float64(time.Millisecond))}
	if json.Unmarshal(body.Code, &e.Code) != nil {
		e.Code = string(body.Code)
	}
	return e
}
