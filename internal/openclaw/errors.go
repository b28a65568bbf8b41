package openclaw

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
)

// Kind tells apart where a call failed.
type Kind int

// The kinds of errors.
const (
	KindAnswer    Kind = iota // the gateway answered with an error
	KindTransport             // there was no answer: the connection failed, or took too long
	KindRequest               // the call can never be sent: its address or parameters are unusable
)

// Error is what went wrong with a gateway. Its text is meant for people and
// never holds a token or the query of an address.
type Error struct {
	Kind    Kind
	Message string
	// The rest is what the gateway said beside the message; zero for the other kinds.
	Code       string
	Details    json.RawMessage
	Retryable  bool
	RetryAfter time.Duration

	cause error
}

// Error returns the message and nothing else.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// IsMissingAgent reports whether the gateway answered that it does not know the agent.
func IsMissingAgent(err error) bool {
	return answered(err, "unknown agent", "no such agent", "agent does not exist") || answered(err, "agent") && answered(err, "not found")
}

// IsMissingSession reports whether the gateway answered that it does not know the session.
func IsMissingSession(err error) bool {
	return answered(err, "not found", "unknown session", "no such session", "session does not exist")
}

// IsAlreadyExists reports whether the gateway answered that what was to be made is there.
func IsAlreadyExists(err error) bool {
	return answered(err, "already", "exist", "duplicate", "conflict")
}

// IsUnsupportedFile reports whether the gateway keeps no file of this name.
func IsUnsupportedFile(err error) bool { return answered(err, "unsupported file") }

// IsFileDeleteRefused reports whether a file could not be deleted because the
// gateway cannot do that or has no such file.
func IsFileDeleteRefused(err error) bool {
	return answered(err, "unsupported", "unknown method", "not found", "no such file")
}

// IsConfigChanged reports whether somebody else wrote the gateway's
// configuration since it was read.
func IsConfigChanged(err error) bool { return answered(err, "config changed since last load") }

// IsTransient reports whether the same call may succeed a little later: the
// gateway was away, restarting or too slow, or says itself that it can be
// repeated. A call that its caller canceled is one of them: nothing is known
// against it.
func IsTransient(err error) bool {
	if err == nil || IsUnsupportedFile(err) {
		return false
	}
	e := asError(err)
	text := strings.ToLower(e.Message)
	return e.Retryable || errors.Is(e, context.Canceled) || says(text,
		"connect call failed", "connection refused", "errno 111", "econnrefused", "did not receive a valid http response", "no route to host",
		"network is unreachable", "host is down", "name or service not known", "service restart", "no close frame",
		"received 1000", "received 1001", "received 1006", "received 1012",
		"http 502", "http 503", "http 504", "temporar", "timeout", "timed out", "connection closed", "connection reset",
	) || says(text, "503") && says(text, "websocket")
}

var missingScope = regexp.MustCompile(`(?i)missing scope: ([A-Za-z0-9._:-]+)`)

// NormalizedMessage words an error of a compatibility check or a status request
// for people who have to repair it.
func NormalizedMessage(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	if m := missingScope.FindStringSubmatch(text); m != nil {
		return "Gateway token is missing required scope `" + m[1] + "`. Update the gateway token scopes and retry."
	}
	if strings.TrimSpace(text) == "" || says(strings.ToLower(text), "unauthorized", "forbidden") {
		return "Gateway authentication failed. Verify gateway token and operator scopes."
	}
	return text
}

// answered reports whether the gateway itself said one of words; those of a
// broken connection are not its own.
func answered(err error, words ...string) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == KindAnswer && says(strings.ToLower(e.Message), words...)
}

// says reports whether text holds one of words.
func says(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// asError finds the gateway error in err, or makes one of what the network said.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return transportError(err)
}
