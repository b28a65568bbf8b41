package templates

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
)

const standard = "AGENTS HEARTBEAT IDENTITY MEMORY SOUL TOOLS USER"

// seeded is what a gateway lists: all names, those of missing marked.
func seeded(missing string) []ExistingFile {
	var files []ExistingFile
	for name := range strings.FieldsSeq("AGENTS SOUL TOOLS IDENTITY USER HEARTBEAT BOOTSTRAP MEMORY") {
		files = append(files, ExistingFile{Name: name + ".md", Missing: strings.Contains(missing, name)})
	}
	return files
}

func TestWhichFiles(t *testing.T) {
	t.Parallel()
	const withBootstrap = "AGENTS BOOTSTRAP HEARTBEAT IDENTITY MEMORY SOUL TOOLS USER"
	tests := map[string]struct {
		kind Kind
		opts FileOptions
		want string
	}{
		"main, nothing listed":             {Main, FileOptions{Action: Provision}, standard},
		"worker, nothing listed":           {Worker, FileOptions{Action: Provision}, standard},
		"lead, nothing listed":             {Lead, FileOptions{Action: Provision}, withBootstrap},
		"main, seeded":                     {Main, FileOptions{Action: Provision, Existing: seeded("MEMORY")}, withBootstrap},
		"worker, seeded":                   {Worker, FileOptions{Action: Provision, Existing: seeded("MEMORY")}, withBootstrap},
		"worker, not seeded":               {Worker, FileOptions{Action: Provision, Existing: seeded("BOOTSTRAP")}, standard},
		"lead, seeded":                     {Lead, FileOptions{Action: Provision, Existing: seeded("MEMORY")}, withBootstrap},
		"main, update":                     {Main, FileOptions{Action: Update, Existing: seeded("BOOTSTRAP")}, "AGENTS HEARTBEAT IDENTITY SOUL TOOLS USER"},
		"worker, update":                   {Worker, FileOptions{Action: Update, Existing: seeded("BOOTSTRAP")}, "AGENTS HEARTBEAT IDENTITY SOUL TOOLS"},
		"worker, update without memory":    {Worker, FileOptions{Action: Update, Existing: seeded("BOOTSTRAP MEMORY")}, "AGENTS HEARTBEAT IDENTITY MEMORY SOUL TOOLS"},
		"worker, update, nothing listed":   {Worker, FileOptions{Action: Update}, standard},
		"worker, overwrite":                {Worker, FileOptions{Action: Update, Overwrite: true, Existing: seeded("BOOTSTRAP")}, standard},
		"main, overwrite":                  {Main, FileOptions{Action: Update, Overwrite: true, Existing: seeded("BOOTSTRAP")}, standard},
		"worker, bootstrap is not forced":  {Worker, FileOptions{Action: Update, ForceBootstrap: true, Overwrite: true, Existing: seeded("BOOTSTRAP")}, standard},
		"lead, update before bootstrap":    {Lead, FileOptions{Action: Update, Existing: seeded("")}, "AGENTS BOOTSTRAP HEARTBEAT IDENTITY SOUL TOOLS"},
		"lead, update after bootstrap":     {Lead, FileOptions{Action: Update, Existing: seeded("BOOTSTRAP")}, "AGENTS HEARTBEAT IDENTITY SOUL TOOLS"},
		"lead, update, nothing listed":     {Lead, FileOptions{Action: Update}, standard},
		"lead, bootstrap forced":           {Lead, FileOptions{Action: Update, ForceBootstrap: true, Existing: seeded("BOOTSTRAP")}, "AGENTS BOOTSTRAP HEARTBEAT IDENTITY SOUL TOOLS"},
		"lead, bootstrap forced, no files": {Lead, FileOptions{Action: Update, ForceBootstrap: true}, withBootstrap},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := Files(input(test.kind), test.opts)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, f := range files {
				names = append(names, strings.TrimSuffix(f.Name, ".md"))
				if f.Content == "" || strings.TrimSpace(f.Content) != f.Content {
					t.Errorf("%s is empty or not trimmed", f.Name)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(names, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeededBootstrapIsMadeInert(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Main, Worker} {
		if got := rendered(t, input(kind))["BOOTSTRAP.md"]; !strings.HasPrefix(got, "Nothing to do here") {
			t.Errorf("%s: got %q", kind, got)
		}
	}
}

func TestStaleFiles(t *testing.T) {
	t.Parallel()
	existing := append(seeded(""), ExistingFile{Name: "WORKFLOW.md"}, ExistingFile{Name: "APIS.md"}, ExistingFile{Name: "ROLE.md", Missing: true}, ExistingFile{Name: "NOTES.md"})
	if diff := cmp.Diff([]string{"APIS.md", "WORKFLOW.md"}, StaleFiles(Lead, existing)); diff != "" {
		t.Error(diff)
	}
	for _, kind := range []Kind{Main, Worker} {
		if got := StaleFiles(kind, existing); got != nil {
			t.Errorf("%s: got %v", kind, got)
		}
	}
}

func TestOwnTemplatesReplaceTheFile(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		in := input(kind)
		in.Agent.IdentityTemplate, in.Agent.SoulTemplate = mc.Ref(" I am {{ agent_name }} "), mc.Ref("Soul of {{ agent_id }}")
		in.RoleSoul = &RoleSoul{Markdown: "from the directory"}
		files := rendered(t, in)
		if want := "I am " + in.Agent.Name; files["IDENTITY.md"] != want {
			t.Errorf("%s: got %q, want %q", kind, files["IDENTITY.md"], want)
		}
		if want := "Soul of " + in.Agent.ID.String(); files["SOUL.md"] != want {
			t.Errorf("%s: got %q, want %q", kind, files["SOUL.md"], want)
		}
	}
}

func TestEmptyFileIsLeftOut(t *testing.T) {
	t.Parallel()
	in := input(Worker)
	in.Agent.SoulTemplate = mc.Ref("{{ user_context }}")
	if soul, ok := rendered(t, in)["SOUL.md"]; ok {
		t.Errorf("got %q", soul)
	}
}

func TestRoleSoul(t *testing.T) {
	t.Parallel()
	soul := &RoleSoul{Markdown: "Digs deep. {{ not a variable", SourceURL: "https://souls.example/digger"}
	for _, kind := range kinds() {
		in := input(kind)
		in.RoleSoul = soul
		got := rendered(t, in)["SOUL.md"]
		if has := strings.Contains(got, soul.Markdown) && strings.Contains(got, soul.SourceURL); has != (kind == Worker) {
			t.Errorf("%s: %q", kind, got)
		}
	}
	in := input(Worker)
	in.RoleSoul = &RoleSoul{Markdown: " "}
	if got := rendered(t, in)["SOUL.md"]; !strings.Contains(got, "helpful") {
		t.Errorf("got %q", got)
	}
}

func TestFilesRefuses(t *testing.T) {
	t.Parallel()
	in := input(Main)
	in.Agent.SoulTemplate = mc.Ref("{{ board_name }}")
	_, err := Files(in, FileOptions{Action: Provision})
	var templateErr *Error
	if !errors.As(err, &templateErr) || !strings.HasPrefix(err.Error(), "render SOUL.md: ") {
		t.Errorf("got %v", err)
	}
	in = input(Worker)
	in.Board = nil
	if _, err := Files(in, FileOptions{Action: Provision}); err == nil {
		t.Error("a board's agent without board has files")
	}
}
