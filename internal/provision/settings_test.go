package provision_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/provision"
)

func TestParseSettings(t *testing.T) {
	t.Parallel()
	content := strings.Join([]string{
		"# Tools", "BASE_URL=http://mc.example", "- `AUTH_TOKEN=abc-_9`", "* AGENT_NAME=Wanda = the first", "  + ` EMPTY= `  ", "AUTH_TOKEN=second", "# COMMENT=1",
		"lower=1", "=nothing", "A B=1", "no setting at all", "CRLF=yes\r", "`UNCLOSED=1",
	}, "\n")
	want := map[string]string{
		"BASE_URL": "http://mc.example", "AUTH_TOKEN": "abc-_9", "AGENT_NAME": "Wanda = the first", "EMPTY": "", "CRLF": "yes", "UNCLOSED": "1",
	}
	if diff := cmp.Diff(want, provision.ParseSettings(content)); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add("- `AUTH_TOKEN=abc`")
	f.Add("A=1\r\n\tB=2\n```\nC==\n```")
	f.Fuzz(func(t *testing.T, content string) {
		for key, value := range provision.ParseSettings(content) {
			if key == "" || strings.ContainsAny(key, " =`\n") || strings.Contains(value, "\n") || !strings.Contains(content, key+"=") {
				t.Errorf("%q has %q = %q", content, key, value)
			}
		}
	})
}
