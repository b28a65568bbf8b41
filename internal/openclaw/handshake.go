package openclaw

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// The versions of the protocol that this client speaks. Gateways since
// 2026.5.18 refuse clients that offer version 3 alone.
const (
	minProtocol = 3
	maxProtocol = 4
)

// Hello is what a gateway says of itself when it has let a client in. Anything
// it leaves out is empty.
type Hello struct {
	Protocol   int
	Version    string // of the server, a number as text
	ConnID     string
	Methods    []string
	Events     []string
	MaxPayload int64 // bytes of a frame
	// Role and Scopes are what the gateway granted, if it says so.
	Role   string
	Scopes []string
}

// parseHello reads hello-ok, leaving out what it cannot read.
func parseHello(raw json.RawMessage) Hello {
	var body struct {
		Protocol float64 `json:"protocol"`
		Server   struct {
			Version json.RawMessage `json:"version"`
			ConnID  json.RawMessage `json:"connId"`
		} `json:"server"`
		Features struct {
			Methods []string `json:"methods"`
			Events  []string `json:"events"`
		} `json:"features"`
		Policy struct {
			MaxPayload float64 `json:"maxPayload"`
		} `json:"policy"`
		// It holds a device token too, which this client has no use for.
		Auth struct {
			Role   string   `json:"role"`
			Scopes []string `json:"scopes"`
		} `json:"auth"`
	}
	if !readLeniently(raw, &body) {
		return Hello{}
	}
	return Hello{
		Protocol: int(body.Protocol), Version: clean(textOf(body.Server.Version)), ConnID: clean(textOf(body.Server.ConnID)),
		Methods: body.Features.Methods, Events: body.Features.Events, MaxPayload: int64(min(max(body.Policy.MaxPayload, 0), maxReadLimit)),
		Role: body.Auth.Role, Scopes: body.Auth.Scopes,
	}
}

// How large a frame may be, in bytes: little is due before a connection is let
// in; then the gateway says, within reason.
const (
	handshakeReadLimit = 1 << 20
	defaultReadLimit   = 25 << 20
	maxReadLimit       = 64 << 20
)

func (h Hello) readLimit() int64 {
	if h.MaxPayload == 0 {
		return defaultReadLimit
	}
	return max(h.MaxPayload, handshakeReadLimit)
}

// connectParams introduces a client. A gateway refuses members it does not know.
type connectParams struct {
	MinProtocol int           `json:"minProtocol"`
	MaxProtocol int           `json:"maxProtocol"`
	Role        string        `json:"role"`
	Scopes      []string      `json:"scopes"`
	Client      clientParams  `json:"client"`
	Device      *deviceParams `json:"device,omitempty"`
	Auth        *authParams   `json:"auth,omitempty"`
}

type clientParams struct {
	ID       string `json:"id"`
	Version  string `json:"version"`
	Platform string `json:"platform"`
	Mode     string `json:"mode"`
}

type deviceParams struct {
	ID        string `json:"id"`
	PublicKey string `json:"publicKey"`
	Signature string `json:"signature"`
	SignedAt  int64  `json:"signedAt"` // Unix milliseconds
	Nonce     string `json:"nonce"`
}

type authParams struct {
	Token string `json:"token"`
}

// introduce says who connects: a device that signs the gateway's nonce, or a
// control UI.
func introduce(e Endpoint, id *Identity, nonce string, now time.Time) (connectParams, error) {
	p := connectParams{
		MinProtocol: minProtocol, MaxProtocol: maxProtocol, Role: "operator",
		Scopes: []string{"operator.read", "operator.admin", "operator.approvals", "operator.pairing"},
		Client: clientParams{ID: "gateway-client", Version: "1.0.0", Platform: runtime.GOOS, Mode: "backend"},
	}
	if e.Token != "" {
		p.Auth = &authParams{Token: e.Token}
	}
	if e.DisableDevicePairing {
		p.Client.ID, p.Client.Mode = "openclaw-control-ui", "ui"
		return p, nil
	}
	if id == nil {
		return p, &Error{Kind: KindRequest, Message: "there is no device identity to connect with"}
	}
	p.Device = &deviceParams{ID: id.DeviceID, PublicKey: id.publicKey(), SignedAt: now.UnixMilli(), Nonce: nonce}
	p.Device.Signature = id.sign(signedText(p, e.Token))
	return p, nil
}

// signedText is what a device signs, in version 2 of its form: the only one
// that gateways take.
func signedText(p connectParams, token string) string {
	return strings.Join([]string{
		"v2", p.Device.ID, p.Client.ID, p.Client.Mode, p.Role, strings.Join(p.Scopes, ","), fmt.Sprint(p.Device.SignedAt), token, p.Device.Nonce,
	}, "|")
}

// nonceOf reads the nonce of a challenge, or "".
func nonceOf(payload json.RawMessage) string {
	var body struct {
		Nonce string `json:"nonce"`
	}
	_ = readLeniently(payload, &body)
	return strings.TrimSpace(body.Nonce)
}

// protocolAdvice says which versions would fit when a gateway refuses ours.
func protocolAdvice(err error) error {
	if !answered(err, "protocol mismatch") {
		return err
	}
	e := *asError(err)
	var details struct {
		Expected json.RawMessage `json:"expectedProtocol"`
	}
	_ = readLeniently(e.Details, &details)
	e.Message = mismatch(textOf(details.Expected))
	return &e
}

func mismatch(wanted string) string {
	if wanted == "" {
		wanted = "another than offered"
	}
	return fmt.Sprintf("gateway wants protocol %s, this client speaks %d to %d", clean(wanted), minProtocol, maxProtocol)
}
