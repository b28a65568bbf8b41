package clerk

import (
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"missioncontrol/internal/mc"
)

// claimedEmail is the address that a token tells, normalized.
func claimedEmail(claims jwt.MapClaims) *string {
	for _, key := range []string{"email", "email_address", "primary_email_address"} {
		if email := text(claims[key]); email != "" {
			return mc.Ref(mc.NormalizeEmail(email))
		}
	}
	primary := text(claims["primary_email_address_id"])
	first := ""
	list, _ := claims["email_addresses"].([]any)
	for _, entry := range list {
		address, id := text(entry), ""
		if object, ok := entry.(map[string]any); ok {
			address, id = firstText(object, "email_address", "email"), text(object["id"])
		}
		if address == "" {
			continue
		}
		if primary != "" && id == primary {
			return mc.Ref(mc.NormalizeEmail(address))
		}
		if first == "" {
			first = address
		}
	}
	return filled(mc.NormalizeEmail(first))
}

// claimedName is the name that a token tells.
func claimedName(claims jwt.MapClaims) *string {
	if name := firstText(claims, "name", "full_name"); name != "" {
		return &name
	}
	return filled(strings.TrimSpace(firstText(claims, "given_name", "first_name") + " " + firstText(claims, "family_name", "last_name")))
}

// firstText is the first value under one of the keys that is text and not blank.
func firstText(values map[string]any, keys ...string) string {
	for _, key := range keys {
		if t := text(values[key]); t != "" {
			return t
		}
	}
	return ""
}

// text is a value as trimmed text; anything but text, and what no database
// holds, counts as none.
func text(value any) string {
	s, _ := value.(string)
	if strings.ContainsRune(s, 0) {
		return ""
	}
	return strings.TrimSpace(s)
}

func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
