package story_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// plenty keeps the limit on agents' calls out of the way.
const plenty = "AGENT_AUTH_RATE_LIMIT=10000"

// office is a server with a board and an external agent on it.
type office struct {
	*place
	*server
	person client
	board  string
	agent  client
}

func newOffice(t *testing.T, rules map[string]any, settings ...string) *office {
	t.Helper()
	o := &office{place: newPlace(t, settings...)}
	o.server = o.serve(t)
	o.person = o.signedIn(t)
	o.board, _, o.agent = outfit(t, o.person)
	if rules == nil {
		rules = map[string]any{}
	}
	rules["require_approval_for_done"] = false
	o.person.must(t, "PATCH", "/api/v1/boards/"+o.board, rules, nil)
	return o
}

func (o *office) task(t *testing.T, title string, more map[string]any) task {
	t.Helper()
	body := map[string]any{"title": title}
	for key, value := range more {
		body[key] = value
	}
	var made task
	o.person.must(t, "POST", "/api/v1/boards/"+o.board+"/tasks", body, &made)
	return made
}

func (o *office) status(t *testing.T, one task) string {
	t.Helper()
	return o.tasks(t)[one.ID].Status
}

func (o *office) tasks(t *testing.T) map[string]task { t.Helper(); return o.person.tasks(t, o.board) }

func (o *office) comments(t *testing.T, one task) []string {
	t.Helper()
	return o.person.comments(t, o.board, one.ID)
}

// start runs examples/agent.sh as the office's agent and hands out what it
// prints; it may be ended with the function that is returned.
func (o *office) start(t *testing.T, args ...string) (lines chan string, signal func(syscall.Signal)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := o.command(ctx, "examples/agent.sh", args...)
	cmd.Env = append(cmd.Env, "AUTH_TOKEN="+o.agent.header.Get("X-Agent-Token"))
	lines = start(t, cmd, cancel)
	return lines, func(s syscall.Signal) { _ = cmd.Process.Signal(s) }
}

// work runs examples/agent.sh until it ends and returns what it printed.
func (o *office) work(t *testing.T, args ...string) string {
	t.Helper()
	lines, _ := o.start(t, args...)
	return strings.Join(until(t, lines, ""), "\n")
}

// until reads lines until one contains the text, or to their end for an empty
// text.
func until(t *testing.T, lines chan string, text string) (read []string) {
	t.Helper()
	timeout := time.After(2 * patience)
	for {
		select {
		case line, open := <-lines:
			if !open {
				if text != "" {
					t.Fatalf("ended without %q:\n%s", text, strings.Join(read, "\n"))
				}
				return read
			}
			if read = append(read, line); text != "" && strings.Contains(line, text) {
				return read
			}
		case <-timeout:
			t.Fatalf("no %q in\n%s", text, strings.Join(read, "\n"))
		}
	}
}

func TestAgentPassesTextsOnAsTheyAre(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, plenty)
	title := `"Quoted", 100% \n & <b> $(touch gone) ü 漢字 😀 '\`
	text := "first line\n\tsecond \"line\" with \\  \u2028, 😀\n$(touch gone) `touch gone`"
	one := o.task(t, title, map[string]any{"description": text})
	untitled := o.task(t, "sort lines: only a title", nil)

	o.work(t, "--until-empty", "--work", `printf '%s\n' "$TASK_TITLE"; cat`)
	if diff := cmp.Diff([]string{title + "\n" + text}, o.comments(t, one)); diff != "" {
		t.Errorf("title and description (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{untitled.Title + "\n" + untitled.Title}, o.comments(t, untitled)); diff != "" {
		t.Errorf("a task without description (-want +got):\n%s", diff)
	}
}

func TestAgentHandsInWhatItCannotFinish(t *testing.T) {
	t.Parallel()
	o := newOffice(t, map[string]any{"require_review_before_done": true}, plenty)
	good := o.task(t, "Good", map[string]any{"description": "count words: one two"})
	strange := o.task(t, "Strange", map[string]any{"description": "rm -rf /"})
	o.work(t, "--until-empty")
	broken := o.task(t, "Broken", map[string]any{"description": "anything"})
	o.work(t, "--until-empty", "--work", "echo half of it; exit 3")

	for name, want := range map[string]struct {
		task     task
		comments []string
	}{
		"done needs a review":       {good, []string{"words: 2"}},
		"an unknown instruction":    {strange, []string{"I only know these instructions: count words, sort lines, reverse words.\nThis did not work out; please have a look."}},
		"a work command that fails": {broken, []string{"half of it\nThis did not work out; please have a look."}},
	} {
		if got := o.status(t, want.task); got != "review" {
			t.Errorf("%s: the task is %s, want review", name, got)
		}
		if diff := cmp.Diff(want.comments, o.comments(t, want.task)); diff != "" {
			t.Errorf("%s: comments (-want +got):\n%s", name, diff)
		}
	}
}

func TestAgentsShareABoard(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, plenty)
	other := *o
	var made struct {
		ID    string `json:"id"`
		Token string `json:"token"`
	}
	o.person.must(t, "POST", "/api/v1/agents", map[string]any{"name": "Second", "board_id": o.board, "runtime": "external"}, &made)
	second := made.ID
	o.person.must(t, "POST", "/api/v1/agents/"+second+"/token", nil, &made)
	other.agent.header = map[string][]string{"X-Agent-Token": {made.Token}}

	reserved := o.task(t, "For the second", map[string]any{"assigned_agent_id": second, "description": "count words: a"})
	var all []task
	for range 8 {
		all = append(all, o.task(t, "One of many", map[string]any{"description": "count words: a b"}))
	}
	one, _ := o.start(t, "--until-empty")
	two, _ := other.start(t, "--until-empty")
	until(t, one, "")
	until(t, two, "")
	for _, each := range append(all, reserved) {
		if got := o.comments(t, each); len(got) != 1 || o.status(t, each) != "done" {
			t.Errorf("a task is %s with the comments %q, want it done once", o.status(t, each), got)
		}
	}
	if got := o.tasks(t)[reserved.ID].Assignee; got == nil || *got != second {
		t.Errorf("the task of the second agent was done by %v", got)
	}
}

func TestAgentWaitsWhenItIsAskedTo(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, "AGENT_AUTH_RATE_LIMIT=2", "AGENT_AUTH_RATE_WINDOW_SECONDS=1")
	one := o.task(t, "Patience", map[string]any{"description": "reverse words: c b a"})
	if said := o.work(t, "--until-empty"); !strings.Contains(said, "busy or away (429), trying again in 1 s") {
		t.Errorf("the agent did not meet the limit:\n%s", said)
	}
	if diff := cmp.Diff([]string{"a b c"}, o.comments(t, one)); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
}

func TestAgentGivesItsTaskBackWhenItIsStopped(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, plenty)
	one := o.task(t, "Long", nil)
	lines, signal := o.start(t, "--work", "echo begun >&2; exec sleep 60")
	until(t, lines, "begun")
	if got := o.tasks(t)[one.ID]; got.Status != "in_progress" || got.Assignee == nil {
		t.Fatalf("while the agent works, its task is %+v", got)
	}
	signal(syscall.SIGTERM)
	until(t, lines, "")
	if got := o.tasks(t)[one.ID]; got.Status != "inbox" || got.Assignee != nil {
		t.Errorf("after the agent was stopped, its task is %+v", got)
	}
}

func TestAgentOutlivesTheServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, plenty)
	first := o.task(t, "Before", map[string]any{"description": "count words: a"})
	lines, signal := o.start(t, "--interval", "1")
	until(t, lines, "done: Before")
	o.kill()
	until(t, lines, "busy or away (000)")
	o.server = o.serve(t)
	second := o.task(t, "After", map[string]any{"description": "count words: a b"})
	until(t, lines, "done: After")
	signal(syscall.SIGTERM)
	until(t, lines, "")
	for each, want := range map[string]string{first.ID: "words: 1", second.ID: "words: 2"} {
		if diff := cmp.Diff([]string{want}, o.comments(t, task{ID: each})); diff != "" {
			t.Errorf("comments (-want +got):\n%s", diff)
		}
	}
}

func TestAgentGoesOnWithWhatItBegan(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, plenty)
	one := o.task(t, "Interrupted", map[string]any{"description": "count words: a"})
	lines, signal := o.start(t, "--work", "echo begun >&2; exec sleep 60")
	until(t, lines, "begun")
	signal(syscall.SIGKILL)
	o.task(t, "Later", map[string]any{"description": "count words: a"})
	if said := o.work(t, "--once"); !strings.Contains(said, "done: Interrupted") {
		t.Errorf("the agent did something else first:\n%s", said)
	}
	if got := o.status(t, one); got != "done" {
		t.Errorf("the task is %s", got)
	}
}

func TestAgentNeedsItsToken(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil, plenty)
	o.agent.header = map[string][]string{"X-Agent-Token": {"wrong"}}
	if said := o.work(t, "--once"); !strings.Contains(said, "does not accept the token") {
		t.Errorf("a wrong token: %s", said)
	}
}
