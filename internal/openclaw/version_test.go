package openclaw

import (
	"strings"
	"testing"
)

func TestJudgeVersion(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ current, minimum, want string }{
		{"2026.2.21-2", "2026.2.21-1", ""},
		{"2026.2.21-1", "2026.2.21-2", "Gateway version 2026.2.21-1 is not supported. Minimum supported version is 2026.2.21-2."},
		{"2026.2.21-10", "2026.2.21-9", ""},
		{"2026.2.21", "2026.2.21-0", ""},
		{"2026.02.20", "2026.2.20", ""},
		{"2026.2.9", "2026.02.9", ""},
		{"2026.2.8", "2026.02.9", "Gateway version 2026.2.8 is not supported. Minimum supported version is 2026.02.9."},
		{"2025.12.31", "2026.1.1", "Gateway version 2025.12.31 is not supported. Minimum supported version is 2026.1.1."},
		{"2026.10.1", "2026.9.30", ""},
		{"v2026.4.2", " ", ""},
		{"2026.1.29", "", "Gateway version 2026.1.29 is not supported. Minimum supported version is 2026.1.30."},
		{"", "2026.02.9", "Unable to determine gateway version from runtime metadata. Minimum supported version is 2026.02.9."},
		{"dev", "2026.02.9", "Gateway reported an unsupported version format 'dev'. Minimum supported version is 2026.02.9."},
		{"latest", "2026.02.9", "Gateway reported an unsupported version format 'latest'. Minimum supported version is 2026.02.9."},
		{"2026.13.1", "2026.02.9", "Gateway reported an unsupported version format '2026.13.1'. Minimum supported version is 2026.02.9."},
		{"2026.2.32", "2026.02.9", "Gateway reported an unsupported version format '2026.2.32'. Minimum supported version is 2026.02.9."},
		{"2026.2.0-beta", "2026.02.9", "Gateway reported an unsupported version format '2026.2.0-beta'. Minimum supported version is 2026.02.9."},
		{"2026.4.2", "latest", "Server configuration error: GATEWAY_MIN_VERSION is invalid. Expected CalVer 'YYYY.M.D' or 'YYYY.M.D-REV', got 'latest'."},
	} {
		if ok, got := judgeVersion(tc.current, tc.minimum); got != tc.want || ok != (tc.want == "") {
			t.Errorf("%q against %q: %v, %q, want %q", tc.current, tc.minimum, ok, got, tc.want)
		}
	}
}

func FuzzCalVer(f *testing.F) {
	for _, seed := range []string{"2026.2.21-2", "v2026.02.09", "2026.13.1", "dev", "2026.2.0-beta", " 2026.1.1 ", "2026.1.1-99999999999999999999", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := parseCalVer(s)
		if !ok {
			return
		}
		if v.month < 1 || v.month > 12 || v.day < 1 || v.day > 31 || v.year < 0 || v.revision < 0 {
			t.Errorf("%q is %+v", s, v)
		}
		if w, ok := parseCalVer("v" + strings.TrimPrefix(strings.TrimSpace(s), "v")); !ok || v.compare(w) != 0 {
			t.Errorf("%q with a v is %+v", s, w)
		}
		if ok, message := judgeVersion(s, s); !ok {
			t.Errorf("%q is less than itself: %s", s, message)
		}
	})
}
