package templates

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		source  string
		kind    Kind
		unknown []string
	}{
		"known to all":             {"{{ agent_name }} {{ user_notes }} {{ identity_verbosity }}", Main, nil},
		"board, for a worker":      {"{{ board_name }} {{ directory_role_soul_markdown }}", Worker, nil},
		"board, for a lead":        {"{% if is_board_lead %}{{ workspace_path }}{% endif %}", Lead, nil},
		"board, for a main agent":  {"{{ board_name }} {{ is_main_agent }} {{ workspace_path }}", Main, []string{"board_name", "workspace_path"}},
		"nobody's":                 {"{{ secret }}", Worker, []string{"secret"}},
		"only for the house's own": {"{{ role_tag }}", Worker, []string{"role_tag"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Validate(test.source, test.kind)
			var templateErr *Error
			if errors.As(err, &templateErr) != (test.unknown != nil) {
				t.Fatalf("got error %v, want unknown %v", err, test.unknown)
			}
			if templateErr != nil {
				if diff := cmp.Diff(test.unknown, templateErr.Unknown); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	if err := Validate("{{", Worker); err == nil {
		t.Error("a broken template passes")
	}
}
