package mc_test

import (
	"strings"
	"testing"

	"missioncontrol/internal/mc"
)

func TestSkillURL(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		" HTTPS://Example.COM ":                     "https://example.com/",
		"https://example.com:443/A/../b c":          "https://example.com/b%20c",
		"http://localhost:8080/x?q#f":               "http://localhost:8080/x?q#f",
		"https://bücher.example/":                   "https://xn--bcher-kva.example/",
		"ftp://example.com/":                        "",
		"acme/x":                                    "",
		"https://":                                  "",
		"https://e.com/" + strings.Repeat("ä", 400): "",
	} {
		got, err := mc.SkillURL("").Read(sent)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.60q: %q, %v", sent, got, err)
		}
	}
}

func TestPackURL(t *testing.T) {
	t.Parallel()
	for sent, want := range map[mc.SkillURL]string{
		"https://github.com/Acme/Pack.git/": "https://github.com/Acme/Pack",
		"https://github.com/a/b/c?x":        "https://github.com/a/b/c?x",
		"http://github.com/a/b":             "Unsupported pack source URL scheme: 'http'",
		"https://localhost/a/b":             mc.PackURLLocal,
		"https://www.github.com/a/b":        mc.PackURLNotGitHub,
		"https://github.com/a":              mc.PackURLNotGitHub,
		"https://github.com/":               mc.PackURLNotGitHub,
		"https://me@github.com/a/b":         mc.PackURLNotGitHub,
		"https://github.com:8443/a/b":       mc.PackURLNotGitHub,
		"https://127.0.0.1/a/b":             mc.PackURLNotGitHub,
	} {
		got, err := mc.PackURL(sent)
		if err != nil {
			got = mc.DetailText(err)
			if mc.KindOf(err) != mc.KindBadRequest {
				t.Errorf("%s: %v", sent, err)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", sent, got, want)
		}
	}
}

func TestSkillNamesAndBranches(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.com/skills/my-cool_skill.git": "my cool skill",
		"https://example.com/":                         "example.com",
		"https://example.com/a%20b/":                   "a b",
		"https://example.com/-_":                       "Skill",
		"skills/two-b":                                 "two b",
	} {
		if got := mc.SkillName(address); got != want {
			t.Errorf("name of %s: %q, want %q", address, got, want)
		}
	}
	for sent, want := range map[string]string{
		" feature/x ": "feature/x", "": "main", "a b": "main", "-x": "main", "a..b": "main", "/a": "main", "a/": "main", "a.lock": "main", "v1.2": "v1.2",
	} {
		if got := mc.Branch(sent); got != want {
			t.Errorf("branch %q: %q, want %q", sent, got, want)
		}
	}
}
