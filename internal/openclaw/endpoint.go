package openclaw

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Endpoint says how a gateway is reached. Equal endpoints share a connection.
type Endpoint struct {
	URL   string // ws or wss
	Token string // shared token of the gateway; empty: none
	// AllowInsecureTLS accepts any certificate, such as a self-signed one.
	AllowInsecureTLS bool
	// DisableDevicePairing connects as a control UI instead of as a paired device.
	DisableDevicePairing bool
}

// String names the endpoint without its token and without the query of its
// address, either of which may be a secret.
func (e Endpoint) String() string {
	u, err := url.Parse(strings.TrimSpace(e.URL))
	if err != nil {
		return "gateway with an unreadable address"
	}
	u.RawQuery, u.User, u.Fragment = "", nil, ""
	return u.String()
}

// LogValue keeps secrets out of logs.
func (e Endpoint) LogValue() slog.Value { return slog.StringValue(e.String()) }

// dial returns the address to dial and the HTTP side of it. The token stays out
// of the query, where proxies would log it: the gateway takes it from the
// handshake.
func (e Endpoint) dial() (address string, header http.Header, client *http.Client, err error) {
	address = strings.TrimSpace(e.URL)
	if address == "" {
		return "", nil, nil, &Error{Message: "Gateway URL is not configured."}
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", nil, nil, &Error{Message: "the gateway URL isn't a valid URI", cause: err}
	}
	if u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" {
		return "", nil, nil, &Error{Message: e.String() + " isn't a valid URI: scheme isn't ws or wss"}
	}
	header = http.Header{}
	if e.DisableDevicePairing {
		header.Set("Origin", origin(u))
	}
	transport := &http.Transport{DialContext: (&net.Dialer{}).DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	if e.AllowInsecureTLS {
		transport.TLSClientConfig.InsecureSkipVerify = true //nolint:gosec // the operator asked for it, for a gateway with a certificate of its own
	}
	return address, header, &http.Client{Transport: transport}, nil
}

// origin is what a control UI served by the gateway itself would send.
func origin(u *url.URL) string {
	scheme := "http"
	if u.Scheme == "wss" || u.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + u.Host
}
