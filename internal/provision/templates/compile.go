package templates

import (
	"fmt"
	"strings"
)

// compile reads a template. It knows four forms:
//
//	{{ variable }}
//	{% if variable %} ... {% else %} ... {% endif %}
//
// with the else being optional, and conditions nesting. A tag {% ... %} alone on
// its line takes the line away with it. Every other use of {{ and {% is an error
// rather than text, so that a template meant for a richer language is refused
// instead of being shown to an agent as it is.
func compile(source string) (program, error) {
	if len(source) > MaxSource {
		return nil, &Error{Problem: fmt.Sprintf("is longer than %d bytes", MaxSource)}
	}
	c := compiler{source: source}
	for c.next() {
		if err := c.tag(); err != nil {
			return nil, err
		}
	}
	if len(c.open) > 0 {
		return nil, c.problem(c.open[len(c.open)-1].at, "if without endif")
	}
	return c.program, nil
}

type compiler struct {
	source  string
	program program
	pos     int // what is before is compiled
	start   int // of the tag that next found
	open    []condition
}

// condition is an if that waits for its endif.
type condition struct {
	at      int // in the source
	step    int // whose jump is not known yet
	hadElse bool
}

// next moves to the next tag. What is left without one is text.
func (c *compiler) next() bool {
	for i := c.pos; i < len(c.source)-1; i++ {
		if c.source[i] == '{' && (c.source[i+1] == '{' || c.source[i+1] == '%') {
			c.start = i
			return true
		}
	}
	c.write(c.source[c.pos:])
	return false
}

func (c *compiler) tag() error {
	closing := "}}"
	isBlock := c.source[c.start+1] == '%'
	if isBlock {
		closing = "%}"
	}
	opening, rest := c.source[c.start:c.start+2], c.source[c.start+2:]
	inside, _, isClosed := strings.Cut(rest, closing)
	if !isClosed {
		return c.problem(c.start, opening+" without "+closing)
	}
	end := c.start + len(opening) + len(inside) + len(closing)
	text := c.source[c.pos:c.start]
	words := strings.Fields(inside)
	if isBlock {
		text, end = c.alone(text, end)
		c.write(text)
		c.pos = end
		return c.block(words)
	}
	if len(words) != 1 || !isName(words[0]) {
		return c.problem(c.start, "only the name of a variable may stand in {{ }}")
	}
	c.write(text)
	c.pos = end
	c.program = append(c.program, step{op: show, text: words[0]})
	return nil
}

func (c *compiler) block(words []string) error {
	last := len(c.open) - 1
	keyword := strings.Join(words, " ")
	switch {
	case len(words) == 2 && words[0] == "if" && isName(words[1]):
		c.open = append(c.open, condition{at: c.start, step: len(c.program)})
		c.program = append(c.program, step{op: unless, text: words[1]})
	case keyword == "else" && last >= 0 && !c.open[last].hadElse:
		c.program = append(c.program, step{op: jump})
		c.program[c.open[last].step].to = len(c.program)
		c.open[last].step = len(c.program) - 1
		c.open[last].hadElse = true
	case keyword == "endif" && last >= 0:
		c.program[c.open[last].step].to = len(c.program)
		c.open = c.open[:last]
	case keyword == "else" || keyword == "endif":
		return c.problem(c.start, keyword+" without if")
	default:
		return c.problem(c.start, "only if with the name of a variable, else and endif may stand in {% %}")
	}
	return nil
}

// alone takes the blanks before a tag and the rest of its line after it away,
// when nothing else is on the line.
func (c *compiler) alone(before string, end int) (string, int) {
	trimmed := strings.TrimRight(before, " \t")
	at := c.start - (len(before) - len(trimmed))
	if at > 0 && c.source[at-1] != '\n' {
		return before, end
	}
	rest := end
	for rest < len(c.source) && strings.IndexByte(" \t\r", c.source[rest]) >= 0 {
		rest++
	}
	switch {
	case rest == len(c.source):
		return trimmed, rest
	case c.source[rest] == '\n':
		return trimmed, rest + 1
	}
	return before, end
}

func (c *compiler) write(text string) {
	if text != "" {
		c.program = append(c.program, step{op: write, text: text})
	}
}

func (c *compiler) problem(at int, what string) error {
	return &Error{Line: 1 + strings.Count(c.source[:at], "\n"), Problem: what}
}

// isName reports whether s can be the name of a variable: ASCII letters, digits
// and underscores, not starting with a digit.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		isLetter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !isLetter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
