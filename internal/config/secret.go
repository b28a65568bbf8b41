package config

import "log/slog"

// Secret is a value that must not be seen in logs, errors or dumps. Printing
// it in any way gives a placeholder.
type Secret string

const hidden = "[hidden]"

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a placeholder, or nothing for an empty value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue is String, for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, for encoding/json and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
