package token_test

import (
	"regexp"
	"strings"
	"testing"

	"missioncontrol/internal/auth/token"
)

// The contract's check value.
const (
	known     = "KTCJ0G9yaFG7_mY2LurYPOQw5Pty4wRlwSItRuO4A4k"
	knownHash = "pbkdf2_sha256$200000$cTG44XcfwQHmM4jvjt01Zw$X7OFOtvC9wmbZxgWGaugSPyXD1XR_FHHDEhuhWxMGQ4"
)

func TestMint(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	a, b := token.Mint(), token.Mint()
	if !form.MatchString(a) || a == b {
		t.Errorf("minted %q and %q", a, b)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	minted := token.Mint()
	hash, err := token.Hash(minted)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^pbkdf2_sha256\$200000\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$`).MatchString(hash) {
		t.Errorf("hash is %q", hash)
	}
	if !token.Verify(minted, hash) || token.Verify(minted+"x", hash) {
		t.Error("the hash does not tell its token from others")
	}
	if again, _ := token.Hash(minted); again == hash {
		t.Error("two hashes share a salt")
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, token, hash string
		want              bool
	}{
		{"check value", known, knownHash, true},
		{"other token", known + "x", knownHash, false},
		{"iterations are read from the text", "password", "pbkdf2_sha256$1$c2FsdA$Eg-2z_z4syxD5yJSVsT4N6hlSMkszDVICAWYfLcL4Xs", true},
		{"empty", "", "", false},
		{"three parts", known, strings.Join(strings.Split(knownHash, "$")[:3], "$"), false},
		{"five parts", known, knownHash + "$", false},
		{"other algorithm", known, strings.Replace(knownHash, "sha256", "sha512", 1), false},
		{"count is no number", known, strings.Replace(knownHash, "200000", "many", 1), false},
		{"count is 0", known, strings.Replace(knownHash, "200000", "0", 1), false},
		{"count is absurd", known, strings.Replace(knownHash, "200000", "999999999999", 1), false},
		{"salt is no base64", known, strings.Replace(knownHash, "cTG4", "c!G4", 1), false},
		{"no digest", known, knownHash[:strings.LastIndexByte(knownHash, '$')+1], false},
		{"cut digest", known, knownHash[:len(knownHash)-1], false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := token.Verify(tt.token, tt.hash); got != tt.want {
				t.Errorf("Verify is %v", got)
			}
		})
	}
}

func TestSHA256Hex(t *testing.T) {
	t.Parallel()
	if got, want := token.SHA256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	if !token.Equal(known, known) || token.Equal(known, known[1:]) || token.Equal(known, "") {
		t.Error("does not tell tokens apart")
	}
}

func TestHint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{known: "KTCJ0G", "abc": "abc", "äöüäöüäöü": "äöüäöü"} {
		if got := token.Hint(in); got != want {
			t.Errorf("Hint(%q) is %q, want %q", in, got, want)
		}
	}
}
