package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

type rawInput struct{ Body *httpapi.RawBody }

type lengthRead struct {
	Length int `json:"length"`
}

// rawServer takes bodies of at most 100 bytes, unless refuse is set.
func rawServer(t *testing.T, how httpapi.Reading, refuse error) *httptest.Server {
	t.Helper()
	r := httpapi.NewRouter(slog.New(slog.DiscardHandler))
	how.Most = 100
	httpapi.Register(r, httpapi.Op{Method: "POST", Path: "/raw", Name: "raw", Success: http.StatusAccepted}, httpapi.Open(),
		func(_ context.Context, _ struct{}, in *rawInput) (lengthRead, error) {
			if refuse != nil {
				return lengthRead{}, refuse
			}
			body, err := in.Body.Read(how)
			if errors.Is(err, httpapi.ErrBodyTooLarge) {
				err = httpapi.StatusError(http.StatusRequestEntityTooLarge, "too large")
			}
			return lengthRead{len(body)}, err
		})
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server
}

// dial opens a connection that gives up after a while.
func dial(t *testing.T, server *httptest.Server) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// answer reads an answer and tells its status, detail or length, and whether
// the connection ends with it.
func answer(t *testing.T, conn net.Conn) (status int, body string, closes bool) {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer came: %v", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Close
}

const (
	sized   = "POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
	chunked = "POST /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
)

func TestRawBodies(t *testing.T) {
	t.Parallel()
	chunk := func(n int) string { return fmt.Sprintf("%x\r\n%s\r\n", n, strings.Repeat("a", n)) }
	for name, tc := range map[string]struct {
		sent   string
		status int
		body   string
	}{
		"whole":                     {fmt.Sprintf(sized, 100) + strings.Repeat("a", 100), 202, `{"length":100}`},
		"none":                      {fmt.Sprintf(sized, 0), 202, `{"length":0}`},
		"no length":                 {"POST /raw HTTP/1.1\r\nHost: x\r\n\r\n", 202, `{"length":0}`},
		"chunks":                    {chunked + chunk(60) + chunk(40) + "0\r\n\r\n", 202, `{"length":100}`},
		"a byte too many":           {fmt.Sprintf(sized, 101) + strings.Repeat("a", 101), 413, "too large"},
		"announced and never sent":  {fmt.Sprintf(sized, 1<<40), 413, "too large"},
		"chunks without an end":     {chunked + chunk(60) + chunk(41), 413, "too large"},
		"a chunk that is a lie":     {chunked + "ffffffff\r\n" + strings.Repeat("a", 101), 413, "too large"},
		"more than announced":       {fmt.Sprintf(sized, 3) + "aaaGET / HTTP/1.1\r\n", 202, `{"length":3}`},
		"chunks that are none":      {chunked + "zz\r\n", 400, "There was an error parsing the body"},
		"longer than can be waited": {fmt.Sprintf(sized, 50) + "a", 408, "The body did not arrive in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, rawServer(t, httpapi.Reading{Pause: 200 * time.Millisecond}, nil))
			send(t, conn, tc.sent)
			status, body, closes := answer(t, conn)
			if status != tc.status || !strings.Contains(body, tc.body) || closes != (status != 202) {
				t.Errorf("answered %d %s, closes: %v", status, body, closes)
			}
		})
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	conn := dial(t, rawServer(t, httpapi.Reading{}, nil))
	send(t, conn, fmt.Sprintf(sized, 50)+"only this")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if status, body, _ := answer(t, conn); status != 400 {
		t.Errorf("answered %d %s", status, body)
	}
}

// A sender that always sends a little has to be done in time all the same.
func TestTricklingBody(t *testing.T) {
	t.Parallel()
	conn := dial(t, rawServer(t, httpapi.Reading{Within: 300 * time.Millisecond, Pause: 10 * time.Second}, nil))
	send(t, conn, fmt.Sprintf(sized, 100))
	done := make(chan struct{})
	defer close(done)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if _, err := conn.Write([]byte("a")); err != nil {
					return
				}
			}
		}
	}()
	start := time.Now()
	if status, body, closes := answer(t, conn); status != 408 || !closes || time.Since(start) > 5*time.Second {
		t.Errorf("answered %d %s, closes: %v, after %s", status, body, closes, time.Since(start))
	}
}

// Refused before the body is read, a sender gets its answer: at once when it
// waits for it, and also when it only listens after it has sent everything.
func TestAnswersBeforeTheBody(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]int{"nothing": 0, "a little": 10, "all of a small body": 200 << 10, "all of a large body": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, rawServer(t, httpapi.Reading{}, mc.NotFound()))
			send(t, conn, fmt.Sprintf(sized, max(sent, 1000)))
			_, _ = io.WriteString(conn, strings.Repeat("a", sent)) // may be cut off
			if status, _, closes := answer(t, conn); status != 404 || !closes {
				t.Errorf("answered %d, closes: %v", status, closes)
			}
		})
	}
}

func TestConnectionServesOnAfterAWholeBody(t *testing.T) {
	t.Parallel()
	conn := dial(t, rawServer(t, httpapi.Reading{}, nil))
	in := bufio.NewReader(conn)
	for range 3 {
		send(t, conn, fmt.Sprintf(sized, 4)+"body")
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusAccepted || res.Close {
			t.Fatalf("answered %d, closes: %v, %v", res.StatusCode, res.Close, err)
		}
		res.Body.Close()
	}
}

// Nothing is read for a caller whom the guard refuses.
func TestGuardComesBeforeTheBody(t *testing.T) {
	t.Parallel()
	r := httpapi.NewRouter(slog.New(slog.DiscardHandler))
	guard := httpapi.Guard[struct{}]{Resolve: func(*http.Request) (struct{}, error) { return struct{}{}, mc.Forbidden("no") }}
	httpapi.Register(r, httpapi.Op{Method: "POST", Path: "/raw", Name: "raw"}, guard, func(context.Context, struct{}, *rawInput) (lengthRead, error) {
		t.Error("the handler ran")
		return lengthRead{}, nil
	})
	server := httptest.NewServer(r)
	defer server.Close()
	conn := dial(t, server)
	send(t, conn, fmt.Sprintf(sized, 1000)) // and no body
	if status, body, closes := answer(t, conn); status != 403 || !closes {
		t.Errorf("answered %d %s, closes: %v", status, body, closes)
	}
}
