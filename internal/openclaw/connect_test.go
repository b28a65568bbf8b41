package openclaw_test

import (
	"errors"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/openclaw/openclawtest"
)

func TestIntroduction(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.Token = "secret" })
	e := g.Endpoint()
	e.URL += "/deep/path?token=old"
	hello, err := openclawtest.Client(t).Probe(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if hello.Version != "2026.4.2" || hello.Protocol != 3 || len(hello.Methods) == 0 || len(hello.Scopes) != 4 {
		t.Errorf("got %+v", hello)
	}
	got := g.Connections()[0]
	if got.Path != "/deep/path" || got.Query != "" || got.Origin != "" {
		t.Errorf("dialled %+v", got)
	}
	device, _ := got.Params["device"].(map[string]any)
	for _, key := range []string{"id", "publicKey", "signature", "signedAt", "nonce"} {
		if device[key] == nil {
			t.Errorf("the device has no %s", key)
		}
	}
	delete(got.Params, "device")
	want := map[string]any{
		"minProtocol": 3.0, "maxProtocol": 4.0, "role": "operator",
		"scopes": []any{"operator.read", "operator.admin", "operator.approvals", "operator.pairing"},
		"client": map[string]any{"id": "gateway-client", "version": "1.0.0", "platform": runtime.GOOS, "mode": "backend"},
		"auth":   map[string]any{"token": "secret"},
	}
	if diff := cmp.Diff(want, got.Params); diff != "" {
		t.Error(diff)
	}
}

func TestControlUIMode(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.Client(t)
	e := g.Endpoint()
	e.DisableDevicePairing = true
	g.Set(func(o *openclawtest.Options) { o.StrictControlUI = true })
	if _, err := c.Probe(t.Context(), e); err == nil || !strings.Contains(err.Error(), "requires device identity") {
		t.Errorf("a strict gateway: %v", err)
	}
	g.Set(func(o *openclawtest.Options) { o.StrictControlUI = false })
	if err := c.Gateway(e).AgentsCreate(t.Context(), "mc-1", "/w"); err != nil {
		t.Errorf("an open gateway: %v", err)
	}
	got := g.Connections()[1]
	if got.Origin != "http"+strings.TrimPrefix(g.URL, "ws") || got.Params["device"] != nil || got.Params["auth"] != nil {
		t.Errorf("connected as %+v", got)
	}
	want := map[string]any{"id": "openclaw-control-ui", "version": "1.0.0", "platform": runtime.GOOS, "mode": "ui"}
	if diff := cmp.Diff(want, got.Params["client"]); diff != "" {
		t.Error(diff)
	}
	anonymous := openclaw.NewClient(openclaw.Options{})
	defer anonymous.Close()
	if _, err := anonymous.Probe(t.Context(), e); err != nil {
		t.Errorf("without an identity: %v", err)
	}
	if _, err := anonymous.Probe(t.Context(), g.Endpoint()); err == nil || openclaw.IsTransient(err) {
		t.Errorf("a device without an identity: %v", err)
	}
}

func TestProtocolVersions(t *testing.T) {
	t.Parallel()
	for protocol, want := range map[int]string{3: "", 4: "", 5: "gateway wants protocol 5, this client speaks 3 to 4", 2: "gateway wants protocol 2, this client speaks 3 to 4"} {
		g := openclawtest.Start(t)
		g.Set(func(o *openclawtest.Options) { o.Protocol = protocol })
		hello, err := openclawtest.Client(t).Probe(t.Context(), g.Endpoint())
		if want == "" && (err != nil || hello.Protocol != protocol) || want != "" && (err == nil || err.Error() != want || openclaw.IsTransient(err)) {
			t.Errorf("protocol %d: %+v, %v", protocol, hello, err)
		}
	}
	// One that lets us in and then speaks something else.
	g := openclawtest.Start(t)
	g.Answer("connect", 1, map[string]any{"type": "res", "ok": true, "payload": map[string]any{"protocol": 7}})
	if _, err := openclawtest.Client(t).Probe(t.Context(), g.Endpoint()); err == nil || err.Error() != "gateway wants protocol 7, this client speaks 3 to 4" {
		t.Errorf("got %v", err)
	}
}

func TestSlowChallengeIsWaitedFor(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	g.Set(func(o *openclawtest.Options) { o.ChallengeDelay = 2500 * time.Millisecond })
	if _, err := openclawtest.Client(t).Probe(t.Context(), g.Endpoint()); err != nil {
		t.Error(err)
	}
}

func TestHelloForms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		frame map[string]any
		want  string
	}{
		"number":         {map[string]any{"type": "res", "ok": true, "payload": map[string]any{"server": map[string]any{"version": 2026.5}}}, "2026.5"},
		"legacy":         {map[string]any{"result": map[string]any{"server": map[string]any{"version": " 2026.4.2 "}}}, "2026.4.2"},
		"without ok":     {map[string]any{"type": "res", "payload": map[string]any{"server": map[string]any{"version": "2026.4.2"}, "features": 1}}, "2026.4.2"},
		"empty":          {map[string]any{"type": "res", "ok": true}, ""},
		"another server": {map[string]any{"type": "res", "ok": true, "payload": []any{"?"}}, ""},
	} {
		g := openclawtest.Start(t)
		g.Answer("connect", 1, tc.frame)
		if hello, err := openclawtest.Client(t).Probe(t.Context(), g.Endpoint()); err != nil || hello.Version != tc.want {
			t.Errorf("%s: %+v, %v", name, hello, err)
		}
	}
}

func TestRefusalsToConnect(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		set       func(o *openclawtest.Options)
		want      string
		transient bool
	}{
		"forbidden":   {func(o *openclawtest.Options) { o.HTTPStatus = http.StatusForbidden }, "server rejected WebSocket connection: HTTP 403", false},
		"unavailable": {func(o *openclawtest.Options) { o.HTTPStatus = http.StatusServiceUnavailable }, "server rejected WebSocket connection: HTTP 503", true},
		"redirect":    {func(o *openclawtest.Options) { o.HTTPStatus = http.StatusFound }, "server rejected WebSocket connection: HTTP 302", false},
		"plain page":  {func(o *openclawtest.Options) { o.HTTPStatus = http.StatusOK }, "server rejected WebSocket connection: HTTP 200", false},
		"pairing":     {func(o *openclawtest.Options) { o.PairingRequired = true }, "pairing required", false},
		"token":       {func(o *openclawtest.Options) { o.Token = "another" }, "unauthorized: gateway token mismatch (provide gateway auth token)", false},
	} {
		g := openclawtest.Start(t)
		g.Set(tc.set)
		_, err := openclawtest.Client(t).Probe(t.Context(), openclaw.Endpoint{URL: g.URL + "?key=hidden", Token: "wrong"})
		if err == nil || err.Error() != tc.want || openclaw.IsTransient(err) != tc.transient {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnreachableAddresses(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.Client(t)
	for url, want := range map[string]string{
		"   ":                                    "Gateway URL is not configured.",
		"ftp://127.0.0.1/x?key=hidden":           "the gateway URL isn't a valid URI: scheme isn't ws or wss",
		"http" + strings.TrimPrefix(g.URL, "ws"): "the gateway URL isn't a valid URI: scheme isn't ws or wss",
		"ws://?key=hidden":                       "the gateway URL isn't a valid URI: hostname isn't provided",
		"ws://host:port/?key=hidden":             "the gateway URL isn't a valid URI",
		"ws://127.0.0.1:1/?key=hidden":           "Connection refused",
		"ws://no-such-host.invalid/?key=hidden":  "ame",
		"wss" + strings.TrimPrefix(g.URL, "ws"):  "TLS handshake failed: http: server gave HTTP response to HTTPS client",
	} {
		_, err := c.Probe(t.Context(), openclaw.Endpoint{URL: url})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
			continue
		}
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			if strings.Contains(cause.Error(), "hidden") {
				t.Errorf("%s: the error shows the query: %v", url, cause)
			}
		}
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	g := openclawtest.StartTLS(t)
	c := openclawtest.Client(t)
	e := g.Endpoint()
	if _, err := c.Probe(t.Context(), e); err != nil {
		t.Errorf("any certificate will do, but: %v", err)
	}
	e.AllowInsecureTLS = false
	if _, err := c.Probe(t.Context(), e); err == nil || !strings.Contains(err.Error(), "TLS handshake failed: tls: failed to verify certificate") || openclaw.IsTransient(err) {
		t.Errorf("nobody trusts the certificate, but: %v", err)
	}
}

// TestServersThatAreNoGateways meets what may listen on a mistaken port.
func TestServersThatAreNoGateways(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ greeting, want string }{
		"hangs up":         {"", "did not receive a valid HTTP response"},
		"another protocol": {"SSH-2.0-OpenSSH_9.6\r\n\r\n", "did not receive a valid HTTP response"},
		"wrong upgrade":    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n", "did not receive a valid WebSocket handshake"},
	} {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = conn.Write([]byte(tc.greeting))
		}()
		_, err = openclawtest.Client(t).Probe(t.Context(), openclaw.Endpoint{URL: "ws://" + listener.Addr().String()})
		listener.Close()
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProbeDialsAnewAndHangsUp(t *testing.T) {
	t.Parallel()
	g := openclawtest.Start(t)
	c := openclawtest.Client(t)
	if err := c.Gateway(g.Endpoint()).Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.Set(func(o *openclawtest.Options) { o.Version = "2026.9.9" })
	if hello, err := c.Probe(t.Context(), g.Endpoint()); err != nil || hello.Version != "2026.9.9" {
		t.Errorf("got %+v, %v", hello, err)
	}
	g.Wait("the end of the probe", func() bool { return g.Open() == 1 })
	g.Stop()
	if _, err := c.Probe(t.Context(), g.Endpoint()); !openclaw.IsTransient(err) {
		t.Errorf("got %v", err)
	}
}
