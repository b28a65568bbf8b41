package openclaw

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Identity is the key pair by which gateways know this client.
type Identity struct {
	DeviceID string // hex SHA-256 of the public key
	key      ed25519.PrivateKey
}

// identityFile is the form in which the identity is kept.
type identityFile struct {
	Version       int    `json:"version"`
	DeviceID      string `json:"deviceId"`
	PublicKeyPEM  string `json:"publicKeyPem"`
	PrivateKeyPEM string `json:"privateKeyPem"`
	CreatedAtMs   int64  `json:"createdAtMs"`
}

// LoadIdentity reads the identity kept at path. One that is missing or cannot
// be used is made anew and written, readable by its owner only.
func LoadIdentity(path string) (*Identity, error) {
	raw, err := os.ReadFile(path)
	if err == nil {
		if id, stored, err := parseIdentity(raw); err == nil {
			if stored.DeviceID == id.DeviceID {
				return id, nil
			}
			return id, id.save(path, stored.CreatedAtMs)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the device identity: %w", err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a device identity: %w", err)
	}
	id := newIdentity(key)
	return id, id.save(path, time.Now().UnixMilli())
}

func newIdentity(key ed25519.PrivateKey) *Identity {
	sum := sha256.Sum256(key.Public().(ed25519.PublicKey))
	return &Identity{DeviceID: hex.EncodeToString(sum[:]), key: key}
}

func parseIdentity(raw []byte) (*Identity, identityFile, error) {
	var file identityFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, file, err
	}
	block, _ := pem.Decode([]byte(file.PrivateKeyPEM))
	if block == nil {
		return nil, file, errors.New("no private key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, file, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, file, errors.New("not an Ed25519 key")
	}
	return newIdentity(key), file, nil
}

// save writes the file in one step, so that a crash leaves no half of it.
func (id *Identity) save(path string, createdAtMs int64) error {
	private, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return fmt.Errorf("encode the device identity: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(id.key.Public())
	if err != nil {
		return fmt.Errorf("encode the device identity: %w", err)
	}
	raw, err := json.MarshalIndent(identityFile{
		Version: 1, DeviceID: id.DeviceID, CreatedAtMs: createdAtMs,
		PublicKeyPEM:  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		PrivateKeyPEM: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the device identity: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write the device identity: %w", err)
	}
	tmp, err := os.CreateTemp(dir, ".device-*") // 0600
	if err != nil {
		return fmt.Errorf("write the device identity: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(raw, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the device identity: %w", err)
	}
	return nil
}

func (id *Identity) publicKey() string {
	return base64.RawURLEncoding.EncodeToString(id.key.Public().(ed25519.PublicKey))
}

func (id *Identity) sign(text string) string {
	return base64.RawURLEncoding.EncodeToString(ed25519.Sign(id.key, []byte(text)))
}
