package openclaw

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// The versions of the protocol that this client speaks. Gateways since
// OpenClaw 2026.5.18 refuse clients that offer version 3 alone.
const (
	minProtocol = 3
	maxProtocol = 4
)

// Hello is what a gateway says of itself when it has let a client in.
type Hello struct {
	Protocol int `json:"protocol"`
	Server   struct {
		Version json.RawMessage `json:"version"`
		ConnID  string          `json:"connId"`
	} `json:"server"`
	Features struct {
		Methods []string `json:"methods"`
		Events  []string `json:"events"`
	} `json:"features"`
	Policy struct {
		MaxPayload int64 `json:"maxPayload"` // bytes
	} `json:"policy"`
}

// Version returns the gateway's version, a text or a number, or "".
func (h Hello) Version() string {
	var text string
	if json.Unmarshal(h.Server.Version, &text) == nil {
		return strings.TrimSpace(text)
	}
	var number json.Number
	if json.Unmarshal(h.Server.Version, &number) == nil {
		return number.String()
	}
	return ""
}

var scopes = []string{"operator.read", "operator.admin", "operator.approvals", "operator.pairing"}

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

// Before a connection is let in little needs to be read; afterwards the gateway
// says how large its frames may get.
const (
	handshakeReadLimit = 1 << 20
	defaultReadLimit   = 32 << 20
)

// handshake waits for the gateway's challenge and introduces this client.
func handshake(ctx context.Context, ws *websocket.Conn, e Endpoint, id *Identity, now func() time.Time) (Hello, error) {
	ws.SetReadLimit(handshakeReadLimit)
	nonce, err := challenge(ctx, ws)
	if err != nil {
		return Hello{}, err
	}
	req := request{Type: "req", ID: uuid.NewString(), Method: "connect", Params: introduction(e, id, nonce, now())}
	raw, err := json.Marshal(req)
	if err != nil {
		return Hello{}, err
	}
	if err := ws.Write(ctx, websocket.MessageText, raw); err != nil {
		return Hello{}, transport(err)
	}
	for {
		_, raw, err := ws.Read(ctx)
		if err != nil {
			return Hello{}, transport(err)
		}
		f := parseFrame(raw)
		if f.answers() != req.ID {
			continue
		}
		payload, err := f.result()
		if err != nil {
			return Hello{}, protocolAdvice(err)
		}
		var hello Hello
		if present(payload) {
			if err := json.Unmarshal(payload, &hello); err != nil {
				return Hello{}, &Error{Message: "the gateway's greeting cannot be read", cause: err}
			}
		}
		ws.SetReadLimit(max(hello.Policy.MaxPayload, defaultReadLimit))
		return hello, nil
	}
}

// challenge returns the gateway's nonce. A gateway that is slow to send it is
// waited for: without the nonce nothing that is signed would be accepted.
func challenge(ctx context.Context, ws *websocket.Conn) (string, error) {
	for {
		_, raw, err := ws.Read(ctx)
		if err != nil {
			return "", transport(err)
		}
		f := parseFrame(raw)
		if f.Event != "connect.challenge" {
			continue
		}
		var payload struct {
			Nonce string `json:"nonce"`
		}
		if err := json.Unmarshal(f.Payload, &payload); err == nil && strings.TrimSpace(payload.Nonce) != "" {
			return strings.TrimSpace(payload.Nonce), nil
		}
	}
}

func introduction(e Endpoint, id *Identity, nonce string, now time.Time) connectParams {
	p := connectParams{
		MinProtocol: minProtocol, MaxProtocol: maxProtocol, Role: "operator", Scopes: scopes,
		Client: clientParams{ID: "gateway-client", Version: "1.0.0", Platform: runtime.GOOS, Mode: "backend"},
	}
	if e.Token != "" {
		p.Auth = &authParams{Token: e.Token}
	}
	if e.DisableDevicePairing {
		p.Client.ID, p.Client.Mode = "openclaw-control-ui", "ui"
		return p
	}
	signedAt := now.UnixMilli()
	p.Device = &deviceParams{ID: id.DeviceID, PublicKey: id.publicKey(), SignedAt: signedAt, Nonce: nonce}
	p.Device.Signature = id.sign(signedText(id.DeviceID, p, e.Token, signedAt, nonce))
	return p
}

// signedText is what a device signs, version 2 of its form.
func signedText(device string, p connectParams, token string, signedAt int64, nonce string) string {
	return strings.Join([]string{
		"v2", device, p.Client.ID, p.Client.Mode, p.Role, strings.Join(p.Scopes, ","), fmt.Sprint(signedAt), token, nonce,
	}, "|")
}

// protocolAdvice says which versions would fit when the gateway speaks another one.
func protocolAdvice(err error) error {
	e, ok := err.(*Error)
	if !ok || !says(err, "protocol mismatch") {
		return err
	}
	var details struct {
		Expected json.Number `json:"expectedProtocol"`
	}
	if json.Unmarshal(e.Details, &details) == nil && details.Expected != "" {
		e.Message = fmt.Sprintf("protocol mismatch: the gateway wants protocol %s, this client speaks %d to %d", details.Expected, minProtocol, maxProtocol)
	}
	return e
}
