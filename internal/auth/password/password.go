// Package password keeps passwords as argon2id hashes.
//
// How often somebody may try, and what a good password is, is decided elsewhere.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params are what a hash costs. They are stored in it, so that they can be
// changed: old hashes stay good, and are made again when their password is seen.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// Recommended is what RFC 9106 recommends where memory is scarce: 64 MiB, three passes.
func Recommended() Params { return Params{Memory: 64 << 10, Time: 3, Threads: 4} }

// Hasher makes and checks hashes, a few at a time: each takes all of its memory.
type Hasher struct {
	params Params
	slots  chan struct{}
	decoy  string // a hash that no password has
}

const (
	atOnce    = 2
	saltBytes = 16
	keyBytes  = 32
)

// New returns a hasher that makes hashes of these costs.
func New(p Params) *Hasher {
	h := &Hasher{params: p, slots: make(chan struct{}, atOnce)}
	h.decoy = h.hash(rand.Text())
	return h
}

// Hash returns the text to store for a password:
// $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.Enter(ctx); err != nil {
		return "", err
	}
	defer h.Leave()
	return h.hash(password), nil
}

func (h *Hasher) hash(password string) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	p := h.params
	key := argon2.IDKey([]byte(password), salt, p.Time, p.Memory, p.Threads, keyBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.Memory, p.Time, p.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// Enter waits for the turn to verify, and Leave ends it. What stands between the
// two is done by a few callers at a time, however many there are: a limit that
// is looked at there cannot be passed by all of them at once.
func (h *Hasher) Enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Leave ends the turn of Enter.
func (h *Hasher) Leave() { <-h.slots }

// Verify reports whether a hash is that of a password, and whether it should be
// made again because its costs are not those of today. A nil hash is nobody's
// and takes as long. The caller has entered.
func (h *Hasher) Verify(password string, hash *string) (ok, renew bool) {
	text := h.decoy
	if hash != nil {
		text = *hash
	}
	p, salt, key, err := parse(text)
	if err != nil {
		p, salt, key, _ = parse(h.decoy)
		hash = nil
	}
	got := argon2.IDKey([]byte(password), salt, p.Time, p.Memory, p.Threads, uint32(len(key)))
	ok = subtle.ConstantTimeCompare(got, key) == 1 && hash != nil
	return ok, ok && p != h.params
}

var errNoHash = errors.New("no argon2id hash")

// The most that a stored hash may cost.
const (
	maxMemory = 1 << 20 // KiB
	maxTime   = 64
)

func parse(text string) (p Params, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	var version int
	if len(parts) != 6 || parts[1] != "argon2id" {
		return p, nil, nil, errNoHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, nil, nil, errNoHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads); err != nil {
		return p, nil, nil, errNoHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(key) < saltBytes || p.Memory > maxMemory || p.Time < 1 || p.Time > maxTime || p.Threads < 1 {
		return p, nil, nil, errNoHash
	}
	return p, salt, key, nil
}
