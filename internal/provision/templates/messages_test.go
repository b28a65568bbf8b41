package templates

import (
	"regexp"
	"testing"
)

func TestWakeMessage(t *testing.T) {
	t.Parallel()
	tests := map[Action]string{
		Provision: `^Hello Scout\. .*provisioned.*Start.*BOOTSTRAP\.md first.*AGENTS\.md.*heartbeats`,
		Update:    `^Hello Scout\. .*updated.*Start.*BOOTSTRAP\.md first.*AGENTS\.md.*heartbeats`,
	}
	for action, want := range tests {
		if got := WakeMessage(input(Worker).Agent, action); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%s: %q does not match %s", action, got, want)
		}
	}
}

func TestCleanupMessage(t *testing.T) {
	t.Parallel()
	in := input(Worker)
	want := regexp.MustCompile(`(?s)\nAgent name: Scout\nAgent id: 5b8e2d74-1c3f-4a96-b7d0-2f6a8c4e9d31\n` +
		`Workspace path: ~/\.openclaw/workspace-mc-5b8e2d74-1c3f-4a96-b7d0-2f6a8c4e9d31\n.*Remove.*directory.*NO_REPLY`)
	if got := CleanupMessage(in.Agent, in.Gateway); !want.MatchString(got) {
		t.Errorf("got %q", got)
	}
}
