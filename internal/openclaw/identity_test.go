package openclaw

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestIdentityIsMadeAndKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "er", "device.json")
	first, err := LoadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadIdentity(path)
	if err != nil || second.DeviceID != first.DeviceID || !second.key.Equal(first.key) {
		t.Errorf("loaded another one: %v, %v", second, err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file identityFile
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(file.PublicKeyPEM))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(public.(ed25519.PublicKey))
	if file.Version != 1 || file.DeviceID != hex.EncodeToString(sum[:]) || time.Since(time.UnixMilli(file.CreatedAtMs)).Abs() > time.Minute {
		t.Errorf("the file says %+v", file)
	}
	if !strings.HasPrefix(string(raw), "{\n  \"version\": 1,\n  \"deviceId\": ") || !strings.HasSuffix(string(raw), "}\n") {
		t.Errorf("the file's form: %s", raw)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the file: %v, %v", left, err)
	}
}

func TestUnusableIdentityIsReplaced(t *testing.T) {
	t.Parallel()
	change := func(key, value string) func(map[string]any) { return func(m map[string]any) { m[key] = value } }
	other, err := LoadIdentity(filepath.Join(t.TempDir(), "device.json"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(publicKeyOf(other.key))
	if err != nil {
		t.Fatal(err)
	}
	otherPublic := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	for name, spoil := range map[string]func(map[string]any){
		"no private key": func(m map[string]any) { delete(m, "privateKeyPem") },
		"no public key":  func(m map[string]any) { delete(m, "publicKeyPem") },
		"no key":         change("privateKeyPem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
		"no pair":        change("publicKeyPem", otherPublic),
	} {
		path := filepath.Join(t.TempDir(), "device.json")
		first, err := LoadIdentity(path)
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, path, spoil)
		second, err := LoadIdentity(path)
		if err != nil || second.DeviceID == first.DeviceID {
			t.Errorf("%s: %v", name, err)
		}
		third, err := LoadIdentity(path)
		if err != nil || third.DeviceID != second.DeviceID {
			t.Errorf("%s: what replaces it is not kept: %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "device.json")
	if err := os.WriteFile(path, []byte("{half of"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIdentity(path); err != nil {
		t.Errorf("broken JSON: %v", err)
	}
}

func TestDeviceIDIsThatOfTheKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "device.json")
	first, err := LoadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, path, func(m map[string]any) { m["deviceId"], m["createdAtMs"] = "another", 42 })
	second, err := LoadIdentity(path)
	if err != nil || second.DeviceID != first.DeviceID {
		t.Errorf("got %v, %v", second, err)
	}
	_, file, err := readIdentity(path)
	if err != nil || file.DeviceID != first.DeviceID || file.CreatedAtMs != 42 {
		t.Errorf("the file says %+v, %v", file, err)
	}
}

func rewrite(t *testing.T, path string, change func(map[string]any)) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	if raw, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestIdentityLoadedByManyAtOnce(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "broken"} {
		path := filepath.Join(t.TempDir(), "device.json")
		if content != "" {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var loads sync.WaitGroup
		ids := make([]string, 16)
		for i := range ids {
			loads.Go(func() {
				id, err := LoadIdentity(path)
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = id.DeviceID
			})
		}
		loads.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("%q: different identities: %v", content, ids)
			}
		}
	}
}

func TestLockLeftBehindIsTaken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "device.json")
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * lockStale)
	if err := os.Chtimes(path+".lock", old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIdentity(path); err != nil {
		t.Error(err)
	}
}

func TestIdentityThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIdentity(filepath.Join(file, "device.json")); err == nil || !strings.Contains(err.Error(), "device identity") {
		t.Errorf("got %v", err)
	}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	p := connectParams{
		Role: "operator", Scopes: []string{"operator.read", "operator.admin"}, Client: clientParams{ID: "gateway-client", Mode: "backend"},
		Device: &deviceParams{ID: "dev", SignedAt: 123, Nonce: "nonce-xyz"},
	}
	want := "v2|dev|gateway-client|backend|operator|operator.read,operator.admin|123|token|nonce-xyz"
	if got := signedText(p, "token"); got != want {
		t.Errorf("signs %s", got)
	}
	if got := signedText(p, ""); got != strings.Replace(want, "|token|", "||", 1) {
		t.Errorf("without a token: signs %s", got)
	}
	id, err := LoadIdentity(filepath.Join(t.TempDir(), "device.json"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := introduce(Endpoint{Token: "token"}, id, "nonce", time.UnixMilli(1700000000123))
	if err != nil {
		t.Fatal(err)
	}
	public, err := base64.RawURLEncoding.DecodeString(in.Device.PublicKey)
	if err != nil || len(public) != ed25519.PublicKeySize {
		t.Fatalf("public key %q, %v", in.Device.PublicKey, err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(in.Device.Signature)
	if err != nil || in.Device.SignedAt != 1700000000123 || !ed25519.Verify(public, []byte(signedText(in, "token")), signature) {
		t.Errorf("the signature does not fit: %+v, %v", in.Device, err)
	}
}
