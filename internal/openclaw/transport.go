package openclaw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/coder/websocket"
)

// transportError turns a failure of the connection into words that do not
// depend on the libraries in use, and that the clients of the contract know.
func transportError(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	// The words around this error repeat the address with its query.
	var dialled *url.Error
	if errors.As(err, &dialled) {
		err = dialled.Err
	}
	return &Error{Kind: KindTransport, Message: clean(transportText(err)), cause: err}
}

func transportText(err error) string {
	var closed websocket.CloseError
	var lookup *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &closed):
		return closeText(closed)
	case errors.Is(err, context.Canceled):
		return "the call was canceled"
	case errors.As(err, &lookup):
		if lookup.IsTimeout || lookup.IsTemporary {
			return "Temporary failure in name resolution"
		}
		return "Name or service not known"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset by the gateway"
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "No route to host"
	case errors.Is(err, syscall.ENETUNREACH):
		return "Network is unreachable"
	case errors.Is(err, syscall.EHOSTDOWN):
		return "Host is down"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	case errors.Is(err, websocket.ErrMessageTooBig):
		return "the gateway sent a frame that is too big"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "no close frame received or sent"
	}
	return err.Error()
}

// closeText words a close frame, with the gateway's reason if that says more
// than the code.
func closeText(c websocket.CloseError) string {
	name := closeName(c.Code)
	text := fmt.Sprintf("received %d (%s)", c.Code, name)
	if c.Reason != "" && c.Reason != name {
		text += " " + c.Reason
	}
	return text
}

func closeName(code websocket.StatusCode) string {
	switch code {
	case websocket.StatusNormalClosure:
		return "OK"
	case websocket.StatusGoingAway:
		return "going away"
	case websocket.StatusProtocolError:
		return "protocol error"
	case websocket.StatusNoStatusRcvd:
		return "no status code"
	case websocket.StatusPolicyViolation:
		return "policy violation"
	case websocket.StatusMessageTooBig:
		return "message too big"
	case websocket.StatusInternalError:
		return "internal error"
	case websocket.StatusServiceRestart:
		return "service restart"
	case websocket.StatusTryAgainLater:
		return "try again later"
	}
	return "private use"
}

// dialError words a failed upgrade to a WebSocket. answer is what the other
// side sent instead, if it sent anything.
func dialError(err error, answer *http.Response) *Error {
	e := transportError(err)
	var text string
	switch said := strings.ToLower(err.Error()); {
	case answer != nil && answer.StatusCode != http.StatusSwitchingProtocols:
		text = fmt.Sprintf("server rejected WebSocket connection: HTTP %d", answer.StatusCode)
	case answer != nil:
		text = "did not receive a valid WebSocket handshake"
	case strings.Contains(said, "malformed http"), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		text = "did not receive a valid HTTP response"
	case strings.Contains(said, "x509:"), strings.Contains(said, "tls:"), strings.Contains(said, "http response to https client"):
		text = "TLS handshake failed: " + e.Message
	default:
		return e
	}
	return &Error{Kind: KindTransport, Message: text, cause: e.cause}
}

// contextError words the end of ctx while doing something: waiting for an
// answer, say.
func contextError(ctx context.Context, doing string) *Error {
	if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
		return transportError(err)
	}
	return &Error{Kind: KindTransport, Message: "timed out " + doing, cause: context.DeadlineExceeded}
}

// isTimeout reports whether nothing was heard in time, as opposed to a
// connection that broke.
func isTimeout(err error) bool { return errors.Is(err, context.DeadlineExceeded) }
