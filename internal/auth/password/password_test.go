package password

import (
	"context"
	"strings"
	"testing"
)

var cheap = Params{Memory: 64, Time: 1, Threads: 1}

func verify(t *testing.T, h *Hasher, password string, hash *string) (ok, renew bool) {
	t.Helper()
	if err := h.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer h.Leave()
	return h.Verify(password, hash)
}

func TestHash(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	hash, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Hash(t.Context(), "correct horse")
	if err != nil || again == hash || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("hashes are %q and %q, %v", hash, again, err)
	}
	broken := map[string]string{
		"empty": "", "a part too few": hash[:strings.LastIndex(hash, "$")], "another algorithm": strings.Replace(hash, "argon2id", "argon2i", 1),
		"another version": strings.Replace(hash, "v=19", "v=16", 1), "absurd memory": strings.Replace(hash, "m=64", "m=99999999", 1),
		"no passes": strings.Replace(hash, "t=1", "t=0", 1), "no threads": strings.Replace(hash, "p=1", "p=0", 1),
		"no base64": hash[:len(hash)-4] + "****", "a short key": hash[:strings.LastIndex(hash, "$")] + "$YWJj",
	}
	for name, text := range broken {
		if ok, _ := verify(t, h, "correct horse", &text); ok {
			t.Errorf("%s: matches", name)
		}
	}
	if ok, renew := verify(t, h, "correct horse", &hash); !ok || renew {
		t.Errorf("the password: %v, to be renewed %v", ok, renew)
	}
	if ok, renew := verify(t, h, "correct Horse", &hash); ok || renew {
		t.Errorf("another one: %v, to be renewed %v", ok, renew)
	}
	if ok, _ := verify(t, h, "", nil); ok {
		t.Error("nobody's hash matches")
	}
	dearer := New(Params{Memory: 128, Time: 1, Threads: 1})
	if ok, renew := verify(t, dearer, "correct horse", &hash); !ok || !renew {
		t.Errorf("a hash of other costs: %v, to be renewed %v", ok, renew)
	}
}

func TestAFewAtATime(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	for range atOnce {
		if err := h.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Enter(ctx); err == nil {
		t.Error("one more entered")
	}
	h.Leave()
	if _, err := h.Hash(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}
