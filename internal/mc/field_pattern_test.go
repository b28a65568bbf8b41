package mc

import (
	"strings"
	"testing"
	"time"
)

func TestPatternsMatchTheWholeText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern Pattern
		text    string
		want    bool
	}{
		{"[A-Z]+", "AB", true},
		{"[A-Z]+", "ABc", false},
		{"[A-Z]+", "cAB", false},
		{"[A-Z]+", "AB\n", false},
		{"a|ab", "ab", true}, // the shorter alternative does not end the search
		{"^a$", "a", true},
		{"a|b", "xb", false},
		{"", "", true},
		{".*", "two\nlines", false},
		{"(?s).*", "two\nlines", true},
		{"(?i)abc", "aBC", true},
		{"(?x)a b # and a comment", "ab", true},
		// What Go's own engine refuses.
		{`(?=.*\d)(?=.*[a-z]).{4,}`, "abc1", true},
		{`(?=.*\d)(?=.*[a-z]).{4,}`, "abcd", false},
		{`(?!foo)\w+`, "foobar", false},
		{`\w+(?<!bar)`, "foobar", false},
		{`(\w)\1`, "aa", true},
		{`(\w)\1`, "ab", false},
		// Python's dialect.
		{`(?P<year>\d{4})-(?P=year)`, "2026-2026", true},
		{`(?P<year>\d{4})-(?P=year)`, "2026-2027", false},
		{`a{,2}`, "aa", true},
		{`a{,2}`, "aaa", false},
		{`a{,x}`, "a{,x}", true},
		{`a\Z`, "a", true},
		{`a\_b\é`, "a_bé", true},
		{`[]a]+`, "a]", true},
		{`[^]a]+`, "b]", false},
		{`[+-[]+`, "+[", true},
		{`[a\]Z]+`, "]Z", true},
		{`\d+`, "٢٠٢٦", true},
		{`\w+`, "naïve", true},
		{`.{2}`, "🦊漢", true}, // characters, not bytes
		{`\(\[\\`, `([\`, true},
	} {
		if got := tc.pattern.Matches(tc.text); got != tc.want {
			t.Errorf("%s on %q: %t", tc.pattern, tc.text, got)
		}
	}
}

func TestPatternsThatAreRead(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{" [A-Z]+ ": "[A-Z]+", "  ": "", "(?<=a)b": "(?<=a)b", `(?P<n>x)`: `(?P<n>x)`} {
		if got, err := Pattern("").Read(sent); err != nil || got != want {
			t.Errorf("%q: %q, %v", sent, got, err)
		}
	}
	for _, sent := range []string{"[", "(", "a)(b", ")", "*", "a{2,1}", `\`, "(?P<n", "(?P=n", "(?P=missing)", strings.Repeat("a", maxPatternLength+1)} {
		if got, err := Pattern("").Read(sent); err == nil || !strings.HasPrefix(err.Error(), "validation_regex is invalid: ") {
			t.Errorf("%.20q: %.20q, %v", sent, got, err)
		}
	}
}

// One pattern must not hold the server up, nor may one that no longer compiles
// let everything through.
func TestPatternsThatCannotAnswer(t *testing.T) {
	t.Parallel()
	start := time.Now()
	if Pattern(`(a+)+b`).Matches(strings.Repeat("a", 60)) {
		t.Error("the text matches")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if Pattern(`[`).Matches("[") {
		t.Error("a broken pattern matches")
	}
}

func FuzzPattern(f *testing.F) {
	for _, p := range []string{`[A-Z]+`, `(?P<n>\d)(?P=n)`, `a{,3}`, `[^]]\Z`, `(?x)a # b`, `(?<=a)(?!b)c|d`, `\`, `[`, `(a+)+b`, `\p{L}\u00e9`} {
		f.Add(p, "aab")
	}
	f.Fuzz(func(t *testing.T, p, text string) {
		read, err := Pattern("").Read(p)
		if err != nil {
			return
		}
		Pattern(read).Matches(text) // ends, and does not panic
		if again, err := Pattern("").Read(read); err != nil || again != read {
			t.Errorf("%q is read as %q and then as %q, %v", p, read, again, err)
		}
	})
}
