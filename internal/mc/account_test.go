package mc

import (
	"strings"
	"testing"
)

func TestCheckEmail(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]bool{
		"ann@example.com": true, "a+b@x": true, "äöü@example.com": true,
		"": false, "ann": false, "@x": false, "a@": false, "a@b@c": false, "a b@c.d": false, "Ann <a@b.c>": false, strings.Repeat("x", 250) + "@a.bc": false,
	} {
		if got := CheckEmail(email, "body") == nil; got != want {
			t.Errorf("%q passes: %v", email, got)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]bool{
		"0123456789": true, "ääääääääää": true, strings.Repeat("x", MaxPassword): true,
		"": false, "012345678": false, "äääääääää": false, strings.Repeat("x", MaxPassword+1): false, "          ": false, " Ann@example.com": false,
	} {
		if got := CheckPassword(password, "ann@example.com", "body") == nil; got != want {
			t.Errorf("%q passes: %v", password, got)
		}
	}
}
