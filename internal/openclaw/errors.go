package openclaw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// Error is what went wrong with a gateway. Its text is meant for people.
type Error struct {
	Message    string
	Code       string          // as the gateway said; empty for failures of the connection
	Details    json.RawMessage // likewise
	Retryable  bool
	RetryAfter time.Duration
	cause      error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// transport turns a failure of the connection into words that do not depend on
// the libraries in use, and that other clients of the contract know.
func transport(err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{cause: err}
	var closed websocket.CloseError
	var dns *net.DNSError
	switch {
	case errors.As(err, &closed):
		e.Message = fmt.Sprintf("received %d (%s)", closed.Code, closeReason(closed))
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Message = "Connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		e.Message = "connection reset by the gateway"
	case errors.Is(err, syscall.EHOSTUNREACH):
		e.Message = "no route to host"
	case errors.Is(err, syscall.ENETUNREACH):
		e.Message = "network is unreachable"
	case errors.As(err, &dns):
		e.Message = "Name or service not known"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		e.Message = "timed out waiting for the gateway"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		e.Message = "no close frame received or sent: connection closed"
	case errors.Is(err, context.Canceled):
		e.Message = "the call was cancelled"
	default:
		e.Message = handshakeText(err)
	}
	return e
}

func closeReason(c websocket.CloseError) string {
	if c.Reason != "" {
		return c.Reason
	}
	if c.Code == websocket.StatusServiceRestart {
		return "service restart"
	}
	return c.Code.String()
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

var rejectedWith = regexp.MustCompile(`got (\d{3})`)

// handshakeText words a refused upgrade. The library's text names the address
// with its query, which must not be shown.
func handshakeText(err error) string {
	text := err.Error()
	if m := rejectedWith.FindStringSubmatch(text); m != nil {
		return "server rejected WebSocket connection: HTTP " + m[1]
	}
	if strings.Contains(text, "malformed HTTP") {
		return "did not receive a valid HTTP response"
	}
	if strings.Contains(text, "certificate") || strings.Contains(text, "tls:") {
		return "TLS handshake failed: " + lastPart(text)
	}
	return lastPart(text)
}

func lastPart(text string) string {
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}

func says(err error, words ...string) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// IsMissingAgent reports whether the gateway does not know the agent.
func IsMissingAgent(err error) bool {
	return says(err, "unknown agent", "no such agent", "agent does not exist") || says(err, "agent") && says(err, "not found")
}

// IsMissingSession reports whether the gateway does not know the session.
func IsMissingSession(err error) bool {
	return says(err, "not found", "unknown session", "no such session", "session does not exist")
}

// IsAlreadyExists reports whether what was to be made is there.
func IsAlreadyExists(err error) bool { return says(err, "already", "exist", "duplicate", "conflict") }

// IsUnsupportedFile reports whether the gateway keeps no file of this name.
func IsUnsupportedFile(err error) bool { return says(err, "unsupported file") }

// IsFileDeleteRefused reports whether a file could not be deleted because the
// gateway cannot do that or has no such file.
func IsFileDeleteRefused(err error) bool {
	return says(err, "unsupported", "unknown method", "not found", "no such file")
}

// IsConfigChanged reports whether somebody else wrote the gateway's
// configuration since it was read.
func IsConfigChanged(err error) bool { return says(err, "config changed since last load") }

// IsTransient reports whether the same call may succeed a little later: the
// gateway was away, restarting or too slow. An error it answered is final.
func IsTransient(err error) bool {
	if err == nil || IsUnsupportedFile(err) {
		return false
	}
	var e *Error
	if errors.As(err, &e) && e.Retryable {
		return true
	}
	return says(err,
		"connect call failed", "connection refused", "errno 111", "econnrefused", "did not receive a valid http response", "no route to host",
		"network is unreachable", "host is down", "name or service not known", "received 1000", "received 1001", "received 1006", "received 1012",
		"service restart", "no close frame", "http 503", "http 502", "http 504", "temporar", "timeout", "timed out", "connection closed", "connection reset",
	) || says(err, "503") && says(err, "websocket")
}

var missingScope = regexp.MustCompile(`(?i)missing scope: ([A-Za-z0-9._:-]+)`)

// NormalizedMessage words an error of a compatibility check or status request
// for people who have to repair it.
func NormalizedMessage(err error) string {
	text := strings.TrimSpace(err.Error())
	if m := missingScope.FindStringSubmatch(text); m != nil {
		return "Gateway token is missing required scope `" + m[1] + "`. Update the gateway token scopes and retry."
	}
	if text == "" || says(err, "unauthorized", "forbidden") {
		return "Gateway authentication failed. Verify gateway token and operator scopes."
	}
	return text
}
