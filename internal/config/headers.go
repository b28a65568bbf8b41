package config

import "strings"

// Header is a response header.
type Header struct{ Name, Value string }

type namedHeader struct{ variable, name, value string }

func (h Headers) all() []namedHeader {
	return []namedHeader{
		{"SECURITY_HEADER_X_CONTENT_TYPE_OPTIONS", "X-Content-Type-Options", strings.TrimSpace(h.ContentTypeOptions)},
		{"SECURITY_HEADER_X_FRAME_OPTIONS", "X-Frame-Options", strings.TrimSpace(h.FrameOptions)},
		{"SECURITY_HEADER_REFERRER_POLICY", "Referrer-Policy", strings.TrimSpace(h.ReferrerPolicy)},
		{"SECURITY_HEADER_PERMISSIONS_POLICY", "Permissions-Policy", strings.TrimSpace(h.PermissionsPolicy)},
	}
}

// SecurityHeaders are the headers that every response gets unless it already
// has them. Those set to blank are left out.
func (s Settings) SecurityHeaders() []Header {
	var headers []Header
	for _, h := range s.Headers.all() {
		if h.value != "" {
			headers = append(headers, Header{h.name, h.value})
		}
	}
	return headers
}
