package openclaw

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestOrigin(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"ws://gateway.example/ws":              "http://gateway.example",
		"wss://gateway.example:8443/ws":        "https://gateway.example:8443",
		"ws://[::1]:8000/ws":                   "http://[::1]:8000",
		"wss://[::1]/ws":                       "https://[::1]",
		"ws://user:pw@gateway.example:80/?k=1": "http://gateway.example:80",
	} {
		e := Endpoint{URL: address, DisableDevicePairing: true}
		u, err := e.address()
		if err != nil {
			t.Fatal(err)
		}
		if got := e.dialOptions(u).HTTPHeader.Get("Origin"); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
		e.DisableDevicePairing = false
		if got := e.dialOptions(u).HTTPHeader.Get("Origin"); got != "" {
			t.Errorf("a device sends the origin %s", got)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, token, want string }{
		{" ws://gateway.example/ws ", "", "ws://gateway.example/ws"},
		{"ws://gateway.example/ws?key=1", "", "ws://gateway.example/ws?key=1"},
		{"ws://gateway.example/ws?token=old", "new", "ws://gateway.example/ws"},
		{"WSS://gateway.example#part", " ", "wss://gateway.example"},
	} {
		u, err := Endpoint{URL: tc.url, Token: tc.token}.normalized().address()
		if err != nil || u.String() != tc.want {
			t.Errorf("%+v: %v, %v", tc, u, err)
		}
	}
}

func TestEndpointShowsNoSecrets(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"ws://user:hidden@gateway.example:1/path?token=hidden#hidden": "ws://gateway.example:1/path",
		"ws:hidden":               "gateway with an unreadable address",
		"ws://host:hidden/":       "gateway with an unreadable address",
		"  wss://gateway.example": "wss://gateway.example",
	} {
		e := Endpoint{URL: address, Token: "hidden"}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("dial", "gateway", e)
		for _, text := range []string{e.String(), fmt.Sprintf("%v %+v %#v %s", e, e, e, &e), log.String()} {
			if strings.Contains(text, "hidden") || !strings.Contains(text, want) {
				t.Errorf("%s shows as %s", address, text)
			}
		}
	}
}
