package oidc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// sealer encrypts flows, so that a browser can keep them and neither read nor
// change them. The key comes from the client secret: all replicas have it, and
// nothing else needs to be configured or kept.
type sealer struct{ aead cipher.AEAD }

const keyBytes = 32

func newSealer(secret string) *sealer {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "mission-control sign-in flow", keyBytes)
	if err != nil {
		panic("oidc: derive a key: " + err.Error()) // only for absurd lengths
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("oidc: " + err.Error())
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("oidc: " + err.Error())
	}
	return &sealer{aead}
}

func (s *sealer) seal(f Flow) (string, error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("seal a sign-in: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, nil)), nil //nolint:gosec // the nonce is random, and the cipher's own
}

func (s *sealer) open(cookie string) (f Flow, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return f, err
	}
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return f, err
	}
	err = json.Unmarshal(plain, &f)
	return f, err
}
