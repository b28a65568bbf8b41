package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/config"
)

func TestDocumentationIsUpToDate(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../../README.md", "../../docs/configuration.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := render(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if diff := cmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s: run make generate (-want +got):\n%s", path, diff)
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	all, err := render([]byte("above\n<!-- settings -->\nold\n<!-- /settings -->\nbelow\n"))
	if want := "above\n<!-- settings -->\n" + config.Markdown() + "<!-- /settings -->\nbelow\n"; err != nil || string(all) != want {
		t.Errorf("all settings: %v\n%s", err, cmp.Diff(want, string(all)))
	}
	some, err := render([]byte("<!-- settings: Server, Logs -->\n<!-- /settings -->"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"`LISTEN_ADDR`": true, "`LOG_LEVEL`": true, "`AUTH_MODE`": false} {
		if strings.Contains(string(some), name) != want {
			t.Errorf("groups Server and Logs: has %s = %v, want %v", name, !want, want)
		}
	}
	if _, err := render([]byte("nothing")); err == nil {
		t.Error("a text without a place for the table is no error")
	}
}
