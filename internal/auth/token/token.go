// Package token makes and checks the secrets that agents sign in with.
//
// A token is 256 random bits, so its plain SHA-256 is safe to look it up by.
// The slow, salted hash is what the contract stores beside it and what agents
// of an adopted database have. Who an agent is and what it may do is not this
// package's business.
package token

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

const (
	algorithm  = "pbkdf2_sha256"
	iterations = 200_000
	saltBytes  = 16
	// maxIterations bounds what verifying may cost when a stored hash is not ours.
	maxIterations = 10_000_000
)

// Mint returns a new token: 43 characters of base64url. It is shown once and
// never stored.
func Mint() string {
	random := make([]byte, 32)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

// Hash returns the text to store for a token,
// pbkdf2_sha256$<iterations>$<salt>$<digest>. It takes tens of milliseconds.
func Hash(token string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	digest, err := derive(token, salt, iterations)
	if err != nil {
		return "", fmt.Errorf("hash agent token: %w", err)
	}
	return fmt.Sprintf("%s$%d$%s$%s", algorithm, iterations, base64.RawURLEncoding.EncodeToString(salt), digest), nil
}

// Verify reports whether a stored hash is that of token. A text that is no
// such hash matches nothing. It takes as long as Hash.
func Verify(token, hash string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 4 || parts[0] != algorithm {
		return false
	}
	count, err := strconv.Atoi(parts[1])
	if err != nil || count < 1 || count > maxIterations {
		return false
	}
	salt, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	digest, err := derive(token, salt, count)
	return err == nil && subtle.ConstantTimeCompare([]byte(digest), []byte(parts[3])) == 1
}

func derive(token string, salt []byte, count int) (string, error) {
	digest, err := pbkdf2.Key(sha256.New, token, salt, count, sha256.Size)
	return base64.RawURLEncoding.EncodeToString(digest), err
}

// SHA256Hex returns the SHA-256 of a token in lower-case hexadecimal, by which
// the agent of a token is looked up.
func SHA256Hex(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Equal compares two tokens in a time that depends on neither of them, not
// even on their lengths.
func Equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Hint returns as much of a token as may be logged: its first 6 characters.
func Hint(token string) string {
	const shown = 6
	if runes := []rune(token); len(runes) > shown {
		return string(runes[:shown])
	}
	return token
}
