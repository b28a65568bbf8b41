package templates

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRender(t *testing.T) {
	t.Parallel()
	values := map[string]string{"name": "Ada", "yes": "true", "no": "false", "none": "", "zero": "0", "code": "{{ name }}{% if yes %}x{% endif %}"}
	tests := map[string]struct{ source, want string }{
		"text":                    {"plain } }} %} {# text { {", "plain } }} %} {# text { {"},
		"empty":                   {"", ""},
		"blanks only":             {" \n\t", ""},
		"variable":                {"I am {{ name }}.", "I am Ada."},
		"without blanks":          {"{{name}}{{\tname\n}}", "AdaAda"},
		"trimmed at both ends":    {"\n  {{ none }} x {{ none }} \n", "x"},
		"a value is not expanded": {"{{ code }}", "{{ name }}{% if yes %}x{% endif %}"},
		"if true":                 {"{% if yes %}a{% else %}b{% endif %}", "a"},
		"if false":                {"{% if no %}a{% else %}b{% endif %}", "b"},
		"if empty":                {"{% if none %}a{% endif %}.", "."},
		"any other text is true":  {"{% if zero %}a{% endif %}", "a"},
		"nested":                  {"{% if yes %}{% if no %}a{% else %}b{% endif %}c{% else %}d{% endif %}e", "bce"},
		"nested in else":          {"{% if no %}a{% else %}{% if yes %}b{% endif %}{% endif %}", "b"},
		"one after another":       {"{% if no %}a{% endif %}{% if yes %}b{% endif %}", "b"},
		"tags alone on a line":    {"a\n  {% if yes %}\t\r\nb\n{% else %}\nc\n{% endif %}\nd", "a\nb\nd"},
		"tags within a line":      {"a {% if yes %}b{% endif %}\nc", "a b\nc"},
		"tags side by side":       {"a\n{% if yes %}{% endif %}\nb", "a\n\nb"},
		"a variable alone":        {"a\n{{ none }}\nb", "a\n\nb"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := render(test.source, values)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ source, want string }{
		"unknown":             {"{{ age }}", "unknown template variable: age"},
		"several unknown":     {"{{ b }}{% if a %}{{ b }}{{ name }}{% endif %}", "unknown template variables: b, a"},
		"unknown, not shown":  {"{% if none %}{{ age }}{% endif %}", "unknown template variable: age"},
		"expression":          {"\n{{ 7 * 7 }}", "template line 2: only the name of a variable may stand in {{ }}"},
		"attribute":           {"{{ name.__class__ }}", "template line 1: only the name of a variable may stand in {{ }}"},
		"call":                {"{{ name() }}", "template line 1: only the name of a variable may stand in {{ }}"},
		"filter":              {"{{ name | upper }}", "template line 1: only the name of a variable may stand in {{ }}"},
		"nothing":             {"{{ }}", "template line 1: only the name of a variable may stand in {{ }}"},
		"digit first":         {"{{ 1a }}", "template line 1: only the name of a variable may stand in {{ }}"},
		"not ASCII":           {"{{ größe }}", "template line 1: only the name of a variable may stand in {{ }}"},
		"not closed":          {"a\nb {{ name }", "template line 2: {{ without }}"},
		"tag not closed":      {"{% if name }}", "template line 1: {% without %}"},
		"half a tag":          {"{%}", "template line 1: {% without %}"},
		"other tag":           {"{% for x in y %}", "template line 1: only if with the name of a variable, else and endif may stand in {% %}"},
		"condition":           {"{% if name == 1 %}", "template line 1: only if with the name of a variable, else and endif may stand in {% %}"},
		"no endif":            {"\n{% if name %}a{% if name %}{% endif %}", "template line 2: if without endif"},
		"endif alone":         {"{% endif %}", "template line 1: endif without if"},
		"else alone":          {"{% else %}", "template line 1: else without if"},
		"a second else":       {"{% if name %}{% else %}{% else %}{% endif %}", "template line 1: else without if"},
		"too long":            {strings.Repeat("a", MaxSource+1), "template is longer than 65536 bytes"},
		"too much comes out":  {strings.Repeat("{{ big }}", 600), "template gives more than 524288 bytes"},
		"wrong before unseen": {"{{ age }}{{", "template line 1: {{ without }}"},
	}
	values := map[string]string{"name": "Ada", "none": "", "big": strings.Repeat("x", 1000)}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := render(test.source, values)
			var templateErr *Error
			if !errors.As(err, &templateErr) {
				t.Fatalf("got error %v, want an *Error", err)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Deep nesting and many tags on one line are what a slow or recursive engine
// would stumble over.
func TestRenderTakesWhatFits(t *testing.T) {
	t.Parallel()
	depth := MaxSource / len("{% if a %}{% endif %}")
	deep := strings.Repeat("{% if a %}", depth) + strings.Repeat("{% endif %}", depth)
	wide := strings.Repeat("  {% if a %}x{% endif %}", MaxSource/25)
	for _, source := range []string{deep, wide, strings.Repeat("{", MaxSource/2-1), strings.Repeat(" ", MaxSource)} {
		_, err := render(source, map[string]string{"a": "1"})
		if err != nil && !strings.HasPrefix(source, "{{") {
			t.Errorf("%.20s...: %v", source, err)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, seed := range []string{"a {{ name }} b", "{% if name %}\nx\n{% else %}y{% endif %}", "{{ {% }} %}", "{%if a%}{%endif%}", "{{{{name}}}}", "\n {% endif %} \n"} {
		f.Add(seed, "value", "other")
	}
	f.Fuzz(func(t *testing.T, source, first, second string) {
		p, err := compile(source)
		if err != nil {
			return
		}
		values := map[string]string{}
		for i, name := range p.names() {
			values[name] = []string{first, second}[i%2]
		}
		got, err := p.run(values)
		if err != nil {
			return
		}
		// Values never re-expand: marking every brace in them only marks braces of the result.
		marked := map[string]string{}
		for name, value := range values {
			marked[name] = strings.ReplaceAll(value, "{", "\x00")
		}
		inMarked, err := p.run(marked)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(got, "{", "\x00") != strings.ReplaceAll(inMarked, "{", "\x00") {
			t.Errorf("braces in values change what %q gives: %q, %q", source, got, inMarked)
		}
		if strings.TrimSpace(got) != got {
			t.Errorf("%q is not trimmed", got)
		}
	})
}
