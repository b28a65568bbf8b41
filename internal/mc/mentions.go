package mc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Handles are the names that a text mentions, in lower case.
type Handles map[string]struct{}

// Handles that mean a role and not a name.
const (
	LeadHandle = "lead"
	AllHandle  = "all" // everybody, in the memory of a board group
)

const maxHandle = 32 // characters

// Mentions finds the handles in a text: @ and an ASCII letter, then as many
// letters of any script, digits, _ and - as there are, up to 32 characters in
// all. They are found anywhere, inside words and mail addresses as well.
func Mentions(text string) Handles {
	found := Handles{}
	for {
		_, rest, ok := strings.Cut(text, "@")
		if !ok {
			return found
		}
		if n := handleLength(rest); n > 0 {
			found[strings.ToLower(rest[:n])] = struct{}{}
			rest = rest[n:]
		}
		text = rest
	}
}

// handleLength returns how many bytes at the start of s are a handle.
func handleLength(s string) int {
	if s == "" || !isASCIILetter(s[0]) {
		return 0
	}
	n := 1
	for range maxHandle - 1 {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' {
			break
		}
		n += size
	}
	return n
}

func isASCIILetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// Has reports whether the handle was mentioned.
func (h Handles) Has(handle string) bool {
	_, ok := h[handle]
	return ok
}

// Reach reports whether the agent is mentioned: as the lead, or by its whole
// name or the first word of it. The handle lead only ever means the board lead,
// never an agent of that name.
func (h Handles) Reach(a Agent) bool {
	if a.IsBoardLead && h.Has(LeadHandle) {
		return true
	}
	name := strings.ToLower(strings.TrimSpace(a.Name))
	if h.hasName(name) {
		return true
	}
	words := strings.Fields(name)
	return len(words) > 0 && h.hasName(words[0])
}

func (h Handles) hasName(name string) bool { return name != LeadHandle && h.Has(name) }
