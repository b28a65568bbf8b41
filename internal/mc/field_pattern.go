package mc

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// Pattern is a regular expression that a text has to match as a whole. It may
// look around and refer back, which Go's own engine cannot; what backtracking
// may cost is bounded in time. The dialect is Python's, in which patterns were
// written before us, as far as it differs from that of the engine. The empty
// Pattern is none.
type Pattern string

const (
	// patternPatience is how long a pattern may look at one text. The engine looks
	// at its clock about every tenth of a second.
	patternPatience = 100 * time.Millisecond
	// maxPatternLength keeps compiling cheap; nobody writes such a pattern by hand.
	maxPatternLength = 10_000
)

// Read trims a pattern and refuses one that does not compile. It is for decoders.
func (Pattern) Read(sent string) (string, error) {
	text := strings.TrimSpace(sent)
	if len(text) > maxPatternLength {
		return "", fmt.Errorf("validation_regex is invalid: longer than %d bytes", maxPatternLength)
	}
	if _, err := Pattern(text).compile(); err != nil {
		return "", fmt.Errorf("validation_regex is invalid: %w", err)
	}
	return text, nil
}

// Matches reports whether the whole text matches. A pattern that takes too long
// or does not compile, as one of an adopted database may, matches nothing.
func (p Pattern) Matches(text string) bool {
	re, err := p.compile()
	if err != nil {
		return false
	}
	ok, err := re.MatchString(text)
	return ok && err == nil
}

func (p Pattern) compile() (*regexp2.Regexp, error) {
	own := translatePattern(string(p))
	// By itself first: "a)(b" must not become right by what is put around it.
	if _, err := regexp2.Compile(own, regexp2.None); err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(`\A(?:`+own+`)\z`, regexp2.None)
	if err != nil {
		// With the flag x a comment may have swallowed the end.
		re, err = regexp2.Compile(`\A(?:`+own+"\n"+`)\z`, regexp2.None)
	}
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternPatience
	return re, nil
}

// translatePattern writes a pattern of Python's dialect in that of the engine:
// named groups and references to them, the end of the text, {,n}, escapes of
// what needs none, and brackets in a class, which here would subtract.
func translatePattern(p string) string {
	var b strings.Builder
	class := false // within [ ]
	for p != "" {
		out, rest := p[:1], p[1:]
		switch {
		case p[0] == '\\':
			out, rest = translateEscape(p, class)
		case class && p[0] == '[':
			out = `\[`
		case class && p[0] == ']':
			class = false
		case class:
		case p[0] == '[':
			class = true
			out, rest = openClass(p)
		case strings.HasPrefix(p, "(?P<"):
			out, rest = "(?<", p[len("(?P<"):]
		case strings.HasPrefix(p, "(?P="):
			if name, after, ok := strings.Cut(p[len("(?P="):], ")"); ok {
				out, rest = `\k<`+name+`>`, after
			}
		case strings.HasPrefix(p, "{,"):
			if n, after, ok := strings.Cut(p[len("{,"):], "}"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
				out, rest = "{0,"+n+"}", after
			}
		}
		b.WriteString(out)
		p = rest
	}
	return b.String()
}

func translateEscape(p string, class bool) (out, rest string) {
	r, size := utf8.DecodeRuneInString(p[1:])
	out, rest = p[:1+size], p[1+size:]
	switch {
	case r == 'Z' && !class:
		out = `\z`
	case size > 0 && (r == '_' || r >= utf8.RuneSelf):
		out = p[1 : 1+size]
	}
	return out, rest
}

// openClass reads the beginning of a class, in which a bracket that closes
// stands for itself.
func openClass(p string) (out, rest string) {
	out, rest = "[", p[1:]
	if strings.HasPrefix(rest, "^") {
		out, rest = out+"^", rest[1:]
	}
	if strings.HasPrefix(rest, "]") {
		out, rest = out+`\]`, rest[1:]
	}
	return out, rest
}
