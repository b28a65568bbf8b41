package mc

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestMentions(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 40)
	for text, want := range map[string][]string{
		"":                             nil,
		"nobody":                       nil,
		"@walt":                        {"walt"},
		"hi @WALT, and @Ann-Lee_2":     {"ann-lee_2", "walt"},
		"@walt @walt":                  {"walt"},
		"mail x@walt.com":              {"walt"},
		"@@walt":                       {"walt"},
		"@ab@cd":                       {"ab", "cd"},
		"@1st @_x @-y @ z @":           nil,
		"@älter":                       nil,
		"@zoë":                         {"zoë"},
		"@JÜRGEN!":                     {"jürgen"},
		"@x٣":                          {"x٣"},
		"@walt.":                       {"walt"},
		"@" + long:                     {long[:32]},
		"@b" + strings.Repeat("ß", 40): {"b" + strings.Repeat("ß", 31)},
		"@walt\xff":                    {"walt"},
	} {
		got := slices.Sorted(maps.Keys(Mentions(text)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	named := func(name string) Agent { return Agent{Name: name} }
	for name, tc := range map[string]struct {
		text  string
		agent Agent
		want  bool
	}{
		"whole name":                        {"@walt", named(" Walt "), true},
		"first word":                        {"@ann", named("Ann Lee"), true},
		"second word":                       {"@lee", named("Ann Lee"), false},
		"part of a word":                    {"@an", named("Ann Lee"), false},
		"the board lead":                    {"@Lead", lead, true},
		"the lead by its name":              {"@boss", Agent{Name: "Boss", IsBoardLead: true}, true},
		"a worker called Lead":              {"@lead", named("Lead"), false},
		"a worker whose first word is Lead": {"@lead", named("Lead Agent"), false},
		"no name":                           {"@walt", named(" "), false},
		"nobody mentioned":                  {"walt", named("Walt"), false},
	} {
		if got := Mentions(tc.text).Reach(tc.agent); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzMentions(f *testing.F) {
	for _, seed := range []string{"@walt", "x@walt.com @@ @ä", "@a\xff", "@" + strings.Repeat("é", 99)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		handles := Mentions(text)
		if len(handles) > strings.Count(text, "@") {
			t.Fatalf("%d handles in %q", len(handles), text)
		}
		for h := range handles {
			if n := utf8.RuneCountInString(h); n < 1 || n > 32 || h[0] < 'a' || h[0] > 'z' || strings.ContainsAny(h, "@ \n") {
				t.Errorf("handle %q of %q", h, text)
			}
			if !Mentions("@" + h).Has(h) {
				t.Errorf("handle %q is not one by itself", h)
			}
		}
	})
}
