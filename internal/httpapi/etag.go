package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// entityTag names a body by what is in it. The tag is weak: the same body may be
// sent compressed or not.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + hex.EncodeToString(sum[:16]) + `"`
}

// noneMatch reports whether the client has the body of the tag already, by what
// it says in If-None-Match.
func noneMatch(sent []string, tag string) bool {
	for _, header := range sent {
		for known := range strings.SplitSeq(header, ",") {
			known = strings.TrimSpace(known)
			if known == "*" || strings.TrimPrefix(known, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}
