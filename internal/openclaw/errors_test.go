package openclaw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/coder/websocket"
)

func TestPredicates(t *testing.T) {
	t.Parallel()
	type verdict struct{ agent, session, exists, file, deletion, config bool }
	for text, want := range map[string]verdict{
		`agent "x" not found`:                 {agent: true, session: true, deletion: true},
		"Unknown agent id":                    {agent: true},
		"no such agent":                       {agent: true},
		"agent does not exist":                {agent: true, exists: true},
		"unknown session":                     {session: true},
		"No such session":                     {session: true},
		"session does not exist":              {session: true, exists: true},
		`agent "x" already exists`:            {exists: true},
		"duplicate id":                        {exists: true},
		"Conflict":                            {exists: true},
		`unsupported file "ROUTE.md"`:         {file: true, deletion: true},
		"unknown method: agents.files.delete": {deletion: true},
		"no such file":                        {deletion: true},
		"config changed since last load; re-run config.get and retry": {config: true},
		"missing scope: operator.admin":                               {},
	} {
		for _, err := range []error{&Error{Message: text}, fmt.Errorf("delete: %w", &Error{Message: text})} {
			got := verdict{IsMissingAgent(err), IsMissingSession(err), IsAlreadyExists(err), IsUnsupportedFile(err), IsFileDeleteRefused(err), IsConfigChanged(err)}
			if got != want {
				t.Errorf("%s: %+v, want %+v", text, got, want)
			}
		}
		for _, err := range []error{nil, errors.New(text), &Error{Kind: KindTransport, Message: text}} {
			got := verdict{IsMissingAgent(err), IsMissingSession(err), IsAlreadyExists(err), IsUnsupportedFile(err), IsFileDeleteRefused(err), IsConfigChanged(err)}
			if got != (verdict{}) {
				t.Errorf("%v was not answered by a gateway, but is %+v", err, got)
			}
		}
	}
}

func TestIsTransient(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"connect call failed", "Connection refused", "[Errno 111] Connection refused", "ECONNREFUSED", "did not receive a valid HTTP response",
		"no route to host", "Network is unreachable", "host is down", "Name or service not known", "received 1012 (service restart)",
		"received 1000 (OK)", "received 1001 (going away)", "received 1006 (x)", "service restart", "server rejected WebSocket connection: HTTP 503",
		"HTTP 502", "http 504", "temporarily unavailable", "handshake timeout", "timed out", "connection closed", "connection reset by peer",
		"no close frame received or sent", "WebSocket answered 503",
	} {
		if !IsTransient(&Error{Kind: KindTransport, Message: text}) {
			t.Errorf("%s is not transient", text)
		}
	}
	for _, text := range []string{
		"", "unknown method: x", "unsupported file: timeout", "HTTP 403", "503", "received 1008 (policy violation)", "unauthorized: gateway token mismatch",
		"gateway wants protocol 5, this client speaks 3 to 4", "Gateway URL is not configured.",
	} {
		if IsTransient(&Error{Message: text}) {
			t.Errorf("%s is transient", text)
		}
	}
	for _, err := range []error{
		&Error{Message: "rate limit exceeded", Retryable: true}, &TimeoutError{Policy: Coordination, Last: errRefused}, fmt.Errorf("wake: %w", errRefused),
		context.DeadlineExceeded, context.Canceled, io.ErrUnexpectedEOF, syscall.ECONNRESET, os.ErrDeadlineExceeded, net.ErrClosed,
		&net.DNSError{Err: "no such host"}, websocket.CloseError{Code: 1012}, closedError(),
	} {
		if !IsTransient(err) {
			t.Errorf("%v is not transient", err)
		}
	}
	if IsTransient(nil) || IsTransient(errors.New("boom")) {
		t.Error("nothing, or anything, is transient")
	}
}

func TestTransportWords(t *testing.T) {
	t.Parallel()
	dialled := func(err error) error {
		return fmt.Errorf("failed to WebSocket dial: %w", &url.Error{Op: "Get", URL: "http://x/?token=hidden", Err: err})
	}
	for _, tc := range []struct {
		err  error
		want string
	}{
		{websocket.CloseError{Code: 1012, Reason: "service restart"}, "received 1012 (service restart)"},
		{websocket.CloseError{Code: 1012}, "received 1012 (service restart)"},
		{websocket.CloseError{Code: 1002, Reason: "protocol mismatch"}, "received 1002 (protocol error) protocol mismatch"},
		{websocket.CloseError{Code: 4001, Reason: "bye\x00"}, "received 4001 (private use) bye"},
		{websocket.CloseError{Code: 1005}, "received 1005 (no status code)"},
		{websocket.CloseError{Code: 1009}, "received 1009 (message too big)"},
		{websocket.CloseError{Code: 1011}, "received 1011 (internal error)"},
		{websocket.CloseError{Code: 1013}, "received 1013 (try again later)"},
		{dialled(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), "Connection refused"},
		{dialled(syscall.EHOSTUNREACH), "No route to host"},
		{dialled(syscall.ENETUNREACH), "Network is unreachable"},
		{dialled(syscall.EHOSTDOWN), "Host is down"},
		{dialled(&net.DNSError{Err: "no such host", IsNotFound: true}), "Name or service not known"},
		{dialled(&net.DNSError{Err: "server misbehaving", IsTemporary: true}), "Temporary failure in name resolution"},
		{dialled(errors.New("odd")), "odd"},
		{syscall.EPIPE, "connection reset by the gateway"},
		{io.EOF, "no close frame received or sent"},
		{context.DeadlineExceeded, "timed out"},
		{context.Canceled, "the call was canceled"},
		{fmt.Errorf("read: %w", websocket.ErrMessageTooBig), "the gateway sent a frame that is too big"},
	} {
		if got := transportError(tc.err); got.Error() != tc.want || got.Kind != KindTransport {
			t.Errorf("%v: %q, want %q", tc.err, got, tc.want)
		}
	}
}

func TestNormalizedMessage(t *testing.T) {
	t.Parallel()
	const failed = "Gateway authentication failed. Verify gateway token and operator scopes."
	for text, want := range map[string]string{
		"unauthorized: missing scope: operator.read": "Gateway token is missing required scope `operator.read`. Update the gateway token scopes and retry.",
		"missing scope: a_b:c-1|d":                   "Gateway token is missing required scope `a_b:c-1`. Update the gateway token scopes and retry.",
		"Unauthorized: token mismatch":               failed,
		"FORBIDDEN":                                  failed,
		" ":                                          failed,
		"Connection refused":                         "Connection refused",
	} {
		if got := NormalizedMessage(&Error{Message: text}); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := NormalizedMessage(nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
