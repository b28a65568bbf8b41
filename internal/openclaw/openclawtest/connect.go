package openclawtest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

const signatureAge = 2 * time.Minute

var (
	connectMembers = strings.Fields("minProtocol maxProtocol client role scopes caps commands permissions pathEnv auth locale userAgent device")
	clientIDs      = strings.Fields("webchat-ui openclaw-control-ui webchat cli gateway-client openclaw-macos openclaw-ios openclaw-android openclaw-tui node-host test fingerprint openclaw-probe")
)

// introduction is what a client says in its connect request.
type introduction struct {
	MinProtocol int      `json:"minProtocol"`
	MaxProtocol int      `json:"maxProtocol"`
	Role        string   `json:"role"`
	Scopes      []string `json:"scopes"`
	Client      struct {
		ID, Version, Platform, Mode string
	} `json:"client"`
	Device *struct {
		ID, PublicKey, Signature, Nonce string
		SignedAt                        int64
	} `json:"device"`
	Auth struct {
		Token string `json:"token"`
	} `json:"auth"`
}

// connect checks an introduction as a real gateway does.
func (s *session) connect(params map[string]any) (any, error) {
	for key := range params {
		if !slices.Contains(connectMembers, key) {
			return nil, fmt.Errorf("invalid connect params: at root: unexpected property '%s'", key)
		}
	}
	var in introduction
	raw, err := json.Marshal(params)
	if err == nil {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil {
		return nil, fmt.Errorf("invalid connect params: %w", err)
	}
	o := s.g.options()
	scopes, err := s.authorize(in, o)
	if err != nil {
		return nil, err
	}
	s.scopes.Store(&scopes)
	server := map[string]any{"connId": "connection"}
	if o.Version != nil {
		server["version"] = o.Version
	}
	policy := map[string]any{"maxBufferedBytes": 52428800, "tickIntervalMs": 30000}
	if o.MaxPayload != 0 {
		policy["maxPayload"] = o.MaxPayload
	}
	return map[string]any{
		"type": "hello-ok", "protocol": o.Protocol, "server": server, "policy": policy, "snapshot": map[string]any{"presence": []any{}},
		"features": map[string]any{"methods": methodNames(), "events": []string{"connect.challenge", "tick", "health"}},
		"auth":     map[string]any{"role": in.Role, "scopes": scopes, "deviceToken": "token-of-the-device"}, //nolint:gosec // not a secret of anybody
	}, nil
}

// authorize returns the scopes that a client gets.
func (s *session) authorize(in introduction, o Options) ([]string, error) {
	controlUI := in.Client.ID == "openclaw-control-ui"
	switch {
	case !slices.Contains(clientIDs, in.Client.ID):
		return nil, refuse("invalid connect params: at /client/id: must be equal to constant", "")
	case in.Client.Version == "" || in.Client.Platform == "" || in.Client.Mode == "":
		return nil, refuse("invalid connect params: at /client: must have required property", "")
	case in.MinProtocol > o.Protocol || in.MaxProtocol < o.Protocol:
		return nil, &Error{Message: "protocol mismatch", Details: map[string]any{"expectedProtocol": o.Protocol}}
	case in.Role != "operator" && in.Role != "node":
		return nil, refuse("invalid role", "")
	case controlUI && !s.sameOrigin():
		return nil, refuse("origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)", "")
	case controlUI && in.Device == nil && o.StrictControlUI:
		return nil, refuse("control ui requires device identity (use HTTPS or localhost secure context)", "")
	case o.Token != "" && in.Auth.Token == "":
		return nil, refuse("unauthorized: gateway token missing (provide gateway auth token)", "AUTH_TOKEN_MISSING")
	case o.Token != "" && in.Auth.Token != o.Token:
		return nil, refuse("unauthorized: gateway token mismatch (provide gateway auth token)", "AUTH_TOKEN_MISMATCH")
	case in.Device == nil && !controlUI:
		return []string{}, nil // connected, but without any scope
	case in.Device == nil:
		return in.Scopes, nil
	}
	if err := s.checkDevice(in); err != nil {
		return nil, err
	}
	if o.PairingRequired {
		return nil, &Error{Message: "pairing required", Code: "NOT_PAIRED", Details: map[string]any{"code": "PAIRING_REQUIRED", "reason": "not-paired"}}
	}
	return in.Scopes, nil
}

func (s *session) sameOrigin() bool {
	u, err := url.Parse(s.request.Header.Get("Origin"))
	return err == nil && u.Host == s.request.Host
}

// checkDevice verifies that the client holds the key it names and signed this
// connection's nonce with it.
func (s *session) checkDevice(in introduction) error {
	d := in.Device
	public, err := base64.RawURLEncoding.DecodeString(d.PublicKey)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return refuse("device public key invalid", "DEVICE_AUTH_PUBLIC_KEY_INVALID")
	}
	signature, err := base64.RawURLEncoding.DecodeString(d.Signature)
	if err != nil {
		return refuse("device signature invalid", "DEVICE_AUTH_SIGNATURE_INVALID")
	}
	sum := sha256.Sum256(public)
	text := strings.Join([]string{
		"v2", d.ID, in.Client.ID, in.Client.Mode, in.Role, strings.Join(in.Scopes, ","), fmt.Sprint(d.SignedAt), in.Auth.Token, d.Nonce,
	}, "|")
	switch {
	case d.ID != hex.EncodeToString(sum[:]):
		return refuse("device identity mismatch", "DEVICE_AUTH_DEVICE_ID_MISMATCH")
	case time.Since(time.UnixMilli(d.SignedAt)).Abs() > signatureAge:
		return refuse("device signature expired", "DEVICE_AUTH_SIGNATURE_EXPIRED")
	case d.Nonce != s.nonce:
		return refuse("device nonce mismatch", "DEVICE_AUTH_NONCE_MISMATCH")
	case !ed25519.Verify(public, []byte(text), signature):
		return refuse("device signature invalid", "DEVICE_AUTH_SIGNATURE_INVALID")
	}
	return nil
}

// refuse is an error with a code in its details, unless that is "".
func refuse(message, detail string) error {
	e := &Error{Message: message}
	if detail != "" {
		e.Details = map[string]any{"code": detail}
	}
	return e
}
