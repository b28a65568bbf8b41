package mc

import (
	"bytes"
	"strings"

	"github.com/google/uuid"
)

// ID identifies an entity. It is a random (version 4) UUID, written in lower
// case with hyphens.
type ID = uuid.UUID

// NewID returns a fresh random ID.
func NewID() ID { return uuid.New() }

// ParseID reads an ID in any form the contract accepts: hyphenated in any
// case, 32 hexadecimal digits, in braces, or as urn:uuid. The second result is
// false for everything else.
func ParseID(s string) (ID, bool) {
	if len(s) == 38 && (!strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}")) {
		return ID{}, false
	}
	id, err := uuid.Parse(s)
	return id, err == nil
}

// MustID reads an ID that is known to be well formed, such as a constant. It
// panics otherwise.
func MustID(s string) ID { return uuid.MustParse(s) }

// CompareIDs orders ids as their texts.
func CompareIDs(a, b ID) int { return bytes.Compare(a[:], b[:]) }

// MissingIDs returns the ids of a list that are not among the known ones, each
// once, in the order of the list.
func MissingIDs(list, known []ID) (missing []ID) {
	seen := make(map[ID]bool, len(known)+len(list))
	for _, id := range known {
		seen[id] = true
	}
	for _, id := range list {
		if !seen[id] {
			seen[id] = true
			missing = append(missing, id)
		}
	}
	return missing
}

// Ref returns a pointer to a copy of v, for optional fields.
func Ref[T any](v T) *T { return &v }

// Same reports whether two optional values are both absent or equal.
func Same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
