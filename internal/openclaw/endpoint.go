package openclaw

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"
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

// String names the endpoint without its token and without the query and user
// information of its address, any of which may be a secret.
func (e Endpoint) String() string {
	u, err := url.Parse(strings.TrimSpace(e.URL))
	if err != nil || u.Host == "" {
		return "gateway with an unreadable address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// GoString is String, so that no way of printing an endpoint shows its secrets.
func (e Endpoint) GoString() string { return e.String() }

// LogValue keeps secrets out of logs.
func (e Endpoint) LogValue() slog.Value { return slog.StringValue(e.String()) }

// normalized brings endpoints that mean the same into the same form.
func (e Endpoint) normalized() Endpoint {
	e.URL, e.Token = strings.TrimSpace(e.URL), strings.TrimSpace(e.Token)
	return e
}

// address returns the address to dial. A configured token takes the place of
// the address's query, and does not become part of it: proxies log it there,
// and the gateway takes it from the handshake.
func (e Endpoint) address() (*url.URL, error) {
	if e.URL == "" {
		return nil, &Error{Kind: KindRequest, Message: "Gateway URL is not configured."}
	}
	u, err := url.Parse(e.URL)
	switch {
	case err != nil:
		// The parser's words repeat the address with all that is in it.
		return nil, &Error{Kind: KindRequest, Message: "the gateway URL isn't a valid URI"}
	case u.Scheme != "ws" && u.Scheme != "wss":
		return nil, &Error{Kind: KindRequest, Message: "the gateway URL isn't a valid URI: scheme isn't ws or wss"}
	case u.Hostname() == "":
		return nil, &Error{Kind: KindRequest, Message: "the gateway URL isn't a valid URI: hostname isn't provided"}
	}
	if e.Token != "" {
		u.RawQuery, u.ForceQuery = "", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// dialOptions are the HTTP side of dialling u.
func (e Endpoint) dialOptions(u *url.URL) *websocket.DialOptions {
	transport := &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		DialContext:     (&net.Dialer{}).DialContext,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		// Nobody would close a connection kept after a refused upgrade.
		DisableKeepAlives: true,
	}
	if e.AllowInsecureTLS {
		transport.TLSClientConfig.InsecureSkipVerify = true
	}
	options := &websocket.DialOptions{
		HTTPHeader: http.Header{},
		// A redirect could lead the handshake, token included, to somebody else.
		HTTPClient: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	if e.DisableDevicePairing {
		options.HTTPHeader.Set("Origin", origin(u))
	}
	return options
}

// origin is what a control UI that the gateway itself serves would send.
func origin(u *url.URL) string {
	scheme, host := "http", u.Hostname()
	if u.Scheme == "wss" || u.Scheme == "https" {
		scheme = "https"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	return scheme + "://" + host
}
