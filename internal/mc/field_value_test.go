package mc

import (
	"strings"
	"testing"
)

func TestFieldValuesByType(t *testing.T) {
	t.Parallel()
	const (
		text     = "must be a string"
		integer  = "must be an integer"
		decimal  = "must be a decimal number"
		boolean  = "must be true or false"
		date     = "must be an ISO date string (YYYY-MM-DD)"
		dateTime = "must be an ISO datetime string"
		noURL    = "must be a URL string"
		url      = "must be a valid http/https URL"
		object   = "must be a JSON object or array"
	)
	for _, tc := range []struct {
		typ    FieldType
		values string // one a line
		reason string // of each
	}{
		{FieldText, "\"\"\n\"a\"\n\" kept \"\n\"🦊 שלום é 漢字\"\nnull", ""},
		{FieldText, "5\ntrue\n1.5\n{}\n[]\n[\"a\"]", text},
		{FieldTextLong, "\"two\\nlines\"\nnull", ""},
		{FieldTextLong, "5\nfalse\n{}", text},
		{FieldInteger, "0\n-0\n5\n-7\n123456789012345678901234567890\nnull", ""},
		{FieldInteger, "5.0\n1e2\n1E2\n\"5\"\ntrue\nfalse\n{}\n[1]", integer},
		{FieldDecimal, "0\n1\n1.0\n-1.5\n1e2\n1E-7\n123456789012345678901234567890.5\nnull", ""},
		{FieldDecimal, "\"1.5\"\ntrue\nfalse\n{}\n[]", decimal},
		{FieldBoolean, "true\nfalse\nnull", ""},
		{FieldBoolean, "1\n0\n\"true\"\n\"no\"\n{}\n[]", boolean},
		{FieldDate, "\"2026-05-01\"\n\"20260501\"\n\"2026-W18-5\"\nnull", ""},
		{FieldDate, "\"2026-05-01T00:00:00\"\n\"2026-13-01\"\n\" 2026-05-01\"\n\"\"\n20260501\n{}\ntrue", date},
		{FieldDateTime, "\"2026-05-01\"\n\"2026-05-01T10:00:00Z\"\n\" 2026-05-01 10:00 \"\nnull", ""},
		{FieldDateTime, "\"tomorrow\"\n\"\"\n1777630000\n{}\nfalse", dateTime},
		{FieldURL, "\"https://x.com/a\"\n\"HTTP://X\"\nnull", ""},
		{FieldURL, "5\ntrue\n{}\n[]", noURL},
		{FieldURL, "\"\"\n\"ftp://x\"\n\"http://\"\n\"x.com\"", url},
		{FieldJSON, "{}\n[]\n{\"a\":[1.0,null]}\n[\"a\"]\nnull", ""},
		{FieldJSON, "\"{}\"\n1\ntrue\n\"\"", object},
	} {
		for value := range strings.SplitSeq(tc.values, "\n") {
			if got := (CustomField{Type: tc.typ}).reject(JSON(value), Pattern.Matches); got != tc.reason {
				t.Errorf("%s %s: %q, want %q", tc.typ, value, got, tc.reason)
			}
		}
	}
}

func TestPatternComesAfterTheType(t *testing.T) {
	t.Parallel()
	f := CustomField{Type: FieldDate, Pattern: Ref[Pattern](`2026-.*`)}
	for value, want := range map[string]string{
		`"2026-05-01"`: "", `"2027-05-01"`: "does not match validation_regex", `"2026-nope"`: "must be an ISO date string (YYYY-MM-DD)", `null`: "",
	} {
		if got := f.reject(JSON(value), Pattern.Matches); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

func TestWebURLs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"http://x": true, "https://x.com/a?b=c#d": true, "HTTPS://X.COM": true, "http://x:8080": true, "http://user:pw@x/": true,
		"http://[::1]:80/": true, "http://münchen.example/ü": true, "http://x?q": true, "http://x/%zz": true, "http://x/a b": true, "http://xn--e1afmkfd": true,
		"": false, "x": false, "//x": false, "http:x": false, "http:/x": false, "http:///x": false, "http://?q": false, "http://#f": false, "http://:80": false,
		"http://user@": false, "http://user@:80": false, "http://[::1": false, "http://[]": false, "http://a b/": false, "http:// ": false, "http://\x00": false,
		"ftp://x": false, "javascript://x": false, "mailto:x@y": false, " http://x": false, "httpss://x": false,
	} {
		if got := isWebURL(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}
