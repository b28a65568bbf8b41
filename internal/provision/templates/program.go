package templates

import (
	"fmt"
	"strings"
)

// Limits of a template, in bytes. They are far above what a gateway shows an
// agent, and keep a template from being used to fill memory.
const (
	MaxSource = 64 << 10
	maxOutput = 512 << 10
)

// Error says why a text is no template, or none for its kind of agent.
type Error struct {
	Unknown []string // names of variables that do not exist, each once, in the order of the text
	Line    int      // where Problem is, from 1; 0 if it concerns the whole text
	Problem string   // what is wrong with the form, when Unknown is empty
}

// Error says it in one line that may be shown to whoever wrote the template.
func (e *Error) Error() string {
	switch {
	case len(e.Unknown) == 1:
		return "unknown template variable: " + e.Unknown[0]
	case len(e.Unknown) > 1:
		return "unknown template variables: " + strings.Join(e.Unknown, ", ")
	case e.Line > 0:
		return fmt.Sprintf("template line %d: %s", e.Line, e.Problem)
	}
	return "template " + e.Problem
}

// program is a compiled template: steps that are run one after the other, with
// jumps that only go forward, so running it ends and needs no recursion.
type program []step

type step struct {
	op   op
	text string // of write: what is written; of show and unless: the variable's name
	to   int    // of unless and jump: the step to go on with
}

type op int

const (
	write  op = iota
	show      // the value of a variable
	unless    // jump when a variable is not true
	jump
)

// names returns the variables the program uses, each once, in order.
func (p program) names() []string {
	var names []string
	seen := map[string]bool{}
	for _, s := range p {
		if (s.op == show || s.op == unless) && !seen[s.text] {
			seen[s.text] = true
			names = append(names, s.text)
		}
	}
	return names
}

// check reports the variables of the program that are not in known.
func (p program) check(known map[string]string) error {
	var unknown []string
	for _, name := range p.names() {
		if _, ok := known[name]; !ok {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return &Error{Unknown: unknown}
	}
	return nil
}

// run renders the program, trimmed at both ends. Values are written as they are:
// a value that looks like a template stays text.
func (p program) run(values map[string]string) (string, error) {
	if err := p.check(values); err != nil {
		return "", err
	}
	var out strings.Builder
	for i := 0; i < len(p); i++ {
		text := ""
		switch s := p[i]; s.op {
		case write:
			text = s.text
		case show:
			text = values[s.text]
		case unless:
			if !isTrue(values[s.text]) {
				i = s.to - 1
			}
		case jump:
			i = s.to - 1
		}
		if out.Len()+len(text) > maxOutput {
			return "", &Error{Problem: fmt.Sprintf("gives more than %d bytes", maxOutput)}
		}
		out.WriteString(text)
	}
	return strings.TrimSpace(out.String()), nil
}

func isTrue(value string) bool { return value != "" && value != "false" }

// render compiles and runs a template.
func render(source string, values map[string]string) (string, error) {
	p, err := compile(source)
	if err != nil {
		return "", err
	}
	return p.run(values)
}
