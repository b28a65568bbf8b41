package mc

import "testing"

func TestTagSlug(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sent       *string
		name, want string
	}{
		{nil, "Release / QA", "release-qa"},
		{Ref("  "), "Beta", "beta"},
		{Ref(" My  Slug! "), "Beta", "my-slug"},
		{Ref("###"), "Beta", "tag"},
		{nil, "日本", "tag"},
	} {
		if got := TagSlug(tc.sent, tc.name); got != tc.want {
			t.Errorf("%v, %q: %q, want %q", tc.sent, tc.name, got, tc.want)
		}
	}
}

func TestTagColor(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		" ##FFAA00 ": "ffaa00", "9e9e9e": "9e9e9e", "": "", "#": "", "fff": "", "gggggg": "", "ffaa00a": "", "ffaa00\nx": "", "# ffaa00": "",
	} {
		color, ok := TagColor(sent)
		if ok != (want != "") || ok && color != want {
			t.Errorf("%q: %q %v, want %q", sent, color, ok, want)
		}
	}
}
