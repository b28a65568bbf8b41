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

// Identity is the key pair by which gateways know this client. Its fields are
// not to be changed.
type Identity struct {
	DeviceID string // lower-case hex SHA-256 of the public key
	key      ed25519.PrivateKey
}

// identityFile is the form in which an identity is kept; other clients of the
// gateway keep theirs in the same form.
type identityFile struct {
	Version       int    `json:"version"`
	DeviceID      string `json:"deviceId"`
	PublicKeyPEM  string `json:"publicKeyPem"`
	PrivateKeyPEM string `json:"privateKeyPem"`
	CreatedAtMs   int64  `json:"createdAtMs"`
}

// LoadIdentity reads the identity kept at path. One that is missing or cannot
// be used is made anew and written, readable by its owner only. Whoever loads
// the same path at the same time, in this process or another one, gets the same
// identity.
func LoadIdentity(path string) (*Identity, error) {
	if id, file, err := readIdentity(path); err == nil && file.DeviceID == id.DeviceID {
		return id, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("write the device identity: %w", err)
	}
	unlock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("write the device identity: %w", err)
	}
	defer unlock()
	// Once more: it may have been written while the lock was waited for.
	id, file, err := readIdentity(path)
	switch {
	case err == nil && file.DeviceID == id.DeviceID:
		return id, nil
	case err != nil:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make a device identity: %w", err)
		}
		id, file = newIdentity(key), identityFile{CreatedAtMs: time.Now().UnixMilli()}
	}
	if err := id.save(path, file.CreatedAtMs); err != nil {
		return nil, fmt.Errorf("write the device identity: %w", err)
	}
	return id, nil
}

func newIdentity(key ed25519.PrivateKey) *Identity {
	sum := sha256.Sum256(publicKeyOf(key))
	return &Identity{DeviceID: hex.EncodeToString(sum[:]), key: key}
}

func publicKeyOf(key ed25519.PrivateKey) ed25519.PublicKey {
	// The documented type of an Ed25519 key's public half.
	return key.Public().(ed25519.PublicKey)
}

func readIdentity(path string) (*Identity, identityFile, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, identityFile{}, err
	}
	return parseIdentity(raw)
}

// parseIdentity reads a file's content. A pair of keys that do not belong
// together is no identity: gateways would refuse every signature.
func parseIdentity(raw []byte) (*Identity, identityFile, error) {
	var file identityFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, file, err
	}
	private, public := decodePEM(file.PrivateKeyPEM), decodePEM(file.PublicKeyPEM)
	parsedPrivate, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return nil, file, err
	}
	parsedPublic, err := x509.ParsePKIXPublicKey(public)
	if err != nil {
		return nil, file, err
	}
	key, ok := parsedPrivate.(ed25519.PrivateKey)
	if !ok || !publicKeyOf(key).Equal(parsedPublic) {
		return nil, file, errors.New("not a pair of Ed25519 keys")
	}
	return newIdentity(key), file, nil
}

func decodePEM(text string) []byte {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	return block.Bytes
}

// save writes the file in one step, so that a crash leaves no half of it.
func (id *Identity) save(path string, createdAtMs int64) error {
	private, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(publicKeyOf(id.key))
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(identityFile{
		Version: 1, DeviceID: id.DeviceID, CreatedAtMs: createdAtMs,
		PublicKeyPEM:  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		PrivateKeyPEM: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	}, "", "  ")
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".device-*") // created with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(append(raw, '\n'))
	if err := errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// A lock is held for as long as it takes to write a small file; one that is
// older was left behind by a process that died.
const (
	lockStale = 10 * time.Second
	lockWait  = 2 * lockStale
	lockPoll  = 10 * time.Millisecond
)

// lockFile makes a file that only one can make, waiting for it to be gone.
func lockFile(path string) (unlock func(), err error) {
	for deadline := time.Now().Add(lockWait); ; time.Sleep(lockPoll) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return func() { os.Remove(path) }, f.Close()
		}
		if !errors.Is(err, os.ErrExist) || time.Now().After(deadline) {
			return nil, err
		}
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > lockStale {
			os.Remove(path)
		}
	}
}

func (id *Identity) publicKey() string {
	return base64.RawURLEncoding.EncodeToString(publicKeyOf(id.key))
}

func (id *Identity) sign(text string) string {
	return base64.RawURLEncoding.EncodeToString(ed25519.Sign(id.key, []byte(text)))
}
