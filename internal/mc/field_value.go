package mc

import (
	"strings"
	"unicode"
)

// reject tells why a value does not fit the field, "" when it does. Null always
// fits. match runs the field's pattern.
func (f CustomField) reject(value JSON, match func(Pattern, string) bool) (reason string) {
	if value.IsNull() {
		return ""
	}
	text, isText := value.text()
	if reason = f.Type.reject(value, text, isText); reason != "" {
		return reason
	}
	if f.Pattern != nil && isText && !match(*f.Pattern, text) {
		return "does not match validation_regex"
	}
	return ""
}

// reject tells why a value that is not null is none of the type.
func (t FieldType) reject(value JSON, text string, isText bool) string {
	switch t {
	case FieldInteger:
		return unless(value.isNumber() && !strings.ContainsAny(string(value), ".eE"), "must be an integer")
	case FieldDecimal:
		return unless(value.isNumber(), "must be a decimal number")
	case FieldBoolean:
		return unless(value[0] == 't' || value[0] == 'f', "must be true or false")
	case FieldDate:
		return unless(isText && isISODate(text), "must be an ISO date string (YYYY-MM-DD)")
	case FieldDateTime:
		return unless(isText && isISODateTime(text), "must be an ISO datetime string")
	case FieldURL:
		if !isText {
			return "must be a URL string"
		}
		return unless(isWebURL(text), "must be a valid http/https URL")
	case FieldJSON:
		return unless(value[0] == '{' || value[0] == '[', "must be a JSON object or array")
	}
	return unless(isText, "must be a string")
}

func unless(fits bool, reason string) string {
	if fits {
		return ""
	}
	return reason
}

// isNumber reports whether the value is a number.
func (j JSON) isNumber() bool { return len(j) > 0 && (j[0] == '-' || '0' <= j[0] && j[0] <= '9') }

// isWebURL reports whether s has the scheme http or https and a host.
func isWebURL(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return false
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if inside, isIPv6 := strings.CutPrefix(host, "["); isIPv6 {
		host, _, ok = strings.Cut(inside, "]")
	} else {
		host, _, _ = strings.Cut(host, ":")
	}
	return ok && host != "" && !strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
