package templates

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// api answers as Mission Control does, from a list of "METHOD /path" and body,
// and remembers what it was asked.
type api struct {
	answers map[string]string
	mu      sync.Mutex
	calls   []string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.Path
	a.mu.Lock()
	a.calls = append(a.calls, call)
	a.mu.Unlock()
	body, ok := a.answers[call]
	switch {
	case r.URL.Path != "/healthz" && r.URL.Path != "/openapi.json" && r.Header.Get("X-Agent-Token") != token:
		w.WriteHeader(http.StatusUnauthorized)
	case !ok:
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = w.Write([]byte(body))
}

// asked returns the calls since the last time.
func (a *api) asked() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := a.calls
	a.calls = nil
	return calls
}

// runner runs the commands that a file gives an agent of the kind, each time in
// the same folder.
func runner(t *testing.T, kind Kind, name string, block int, answers map[string]string) (*api, string, func() (string, error)) {
	t.Helper()
	for _, tool := range []string{"sh", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	server := &api{answers: answers}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	in := input(kind)
	in.BaseURL = listener.URL
	script := shellBlock.FindAllStringSubmatch(rendered(t, in)[name], -1)[block][1]
	folder := t.TempDir()
	return server, folder, func() (string, error) {
		command := exec.CommandContext(t.Context(), "sh", "-c", script)
		command.Dir = folder
		out, err := command.Output()
		return string(out), err
	}
}

const boardPath = "/api/v1/agent/boards/0f7b6a3e-92d5-4c18-a4e6-7d1c3b5f8e20"

func boardAnswers() map[string]string {
	return map[string]string{
		"GET /healthz":                 `{"ok":true}`,
		"POST /api/v1/agent/heartbeat": `{"status":"online"}`,
		"GET /api/v1/agent/boards":     `{"items":[]}`,
		"GET " + boardPath + "/tasks":  `{"items":[]}`,
		"GET " + boardPath + "/memory": `{"items":[]}`,
		"GET /api/v1/boards/0f7b6a3e-92d5-4c18-a4e6-7d1c3b5f8e20/group-memory": `{"items":[]}`,
	}
}

func TestIdleHeartbeatSaysNothing(t *testing.T) {
	t.Parallel()
	tests := map[Kind][]string{
		Lead: {"GET /healthz", "POST /api/v1/agent/heartbeat", "GET /api/v1/agent/boards", "GET " + boardPath + "/tasks", "GET " + boardPath + "/memory",
			"GET /api/v1/boards/0f7b6a3e-92d5-4c18-a4e6-7d1c3b5f8e20/group-memory"},
		Worker: {"GET /healthz", "POST /api/v1/agent/heartbeat", "GET /api/v1/agent/boards", "GET " + boardPath + "/tasks"},
	}
	for kind, want := range tests {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			server, _, run := runner(t, kind, "HEARTBEAT.md", 0, boardAnswers())
			out, err := run()
			if err != nil || out != "" {
				t.Errorf("got %q, %v", out, err)
			}
			if diff := cmp.Diff(want, server.asked()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHeartbeatStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Lead, Worker} {
		for _, broken := range []string{"GET /healthz", "POST /api/v1/agent/heartbeat", "GET /api/v1/agent/boards", "GET " + boardPath + "/tasks"} {
			t.Run(string(kind)+" "+broken, func(t *testing.T) {
				t.Parallel()
				answers := boardAnswers()
				delete(answers, broken)
				server, _, run := runner(t, kind, "HEARTBEAT.md", 0, answers)
				if out, err := run(); err == nil || out != "" {
					t.Errorf("got %q, %v", out, err)
				}
				if calls := server.asked(); calls[len(calls)-1] != broken {
					t.Errorf("it went on: %v", calls)
				}
			})
		}
	}
}

func TestHeartbeatShowsWhatWaits(t *testing.T) {
	t.Parallel()
	const tasks = `{"items":[
		{"id":"t1","status":"inbox","title":"First","priority":"high","is_blocked":false,"assigned_agent_id":"w","updated_at":"2999-01-01T00:00:00"},
		{"id":"t2","status":"in_progress","title":"Second \\ \"quoted\"","priority":"medium","is_blocked":false,"assigned_agent_id":"w","updated_at":"2001-01-01T00:00:00.000001"},
		{"id":"t3","status":"inbox","title":"Third","priority":"low","is_blocked":true,"assigned_agent_id":null,"updated_at":"2001-01-01T00:00:00"},
		{"id":"t4","status":"inbox","title":"Fourth","priority":"low","is_blocked":false,"assigned_agent_id":null,"updated_at":"2999-01-01T00:00:00"},
		{"id":"t5","status":"review","title":"Fifth","priority":"low","is_blocked":false,"assigned_agent_id":"l","updated_at":"2999-01-01T00:00:00"}]}`
	const memory = `{"items":[{"created_at":"2031-01-02T00:00:00.000002","source":null,"content":"new\nline"},{"created_at":"2031-01-01T00:00:00","source":"Ann","content":"old"}]}`
	tests := map[Kind][]string{
		Lead:   {"in_progress\tt2\tw\t2001-01-01T00:00:00.000001\tSecond \\\\ \"quoted\"", "inbox\tt4\tunassigned\t2999-01-01T00:00:00\tFourth", "review\tt5\tl\t2999-01-01T00:00:00\tFifth"},
		Worker: {"in_progress\tt2\tmedium\tSecond \\\\ \"quoted\"", "inbox\tt1\thigh\tFirst", "inbox\tt4\tlow\tFourth", "review\tt5\tlow\tFifth"},
	}
	for kind, want := range tests {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			answers := boardAnswers()
			answers["GET "+boardPath+"/tasks"], answers["GET "+boardPath+"/memory"] = tasks, memory
			_, _, run := runner(t, kind, "HEARTBEAT.md", 0, answers)
			news := []string{"news\t2031-01-02T00:00:00.000002\t\tnew\\nline", "news\t2031-01-01T00:00:00\tAnn\told"}
			for _, want := range [][]string{append(append([]string{}, want...), news...), want} { // news are shown once
				out, err := run()
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, strings.Split(strings.TrimRight(out, "\n"), "\n")); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestMainHeartbeat(t *testing.T) {
	t.Parallel()
	server, _, run := runner(t, Main, "HEARTBEAT.md", 0, boardAnswers())
	out, err := run()
	if err != nil || out != "" {
		t.Errorf("got %q, %v", out, err)
	}
	if diff := cmp.Diff([]string{"POST /api/v1/agent/heartbeat"}, server.asked()); diff != "" {
		t.Error(diff)
	}
	_, _, run = runner(t, Main, "HEARTBEAT.md", 0, nil)
	if _, err := run(); err == nil {
		t.Error("a failure is not shown")
	}
}

func TestOperationsIndex(t *testing.T) {
	t.Parallel()
	const document = `{"paths":{
		"/a":{"parameters":[{"name":"x"}],"get":{"tags":["agent","agent-lead"],"operationId":"a_get","x-llm-intent":"look","x-when-to-use":["One.","Two."],"x-routing-policy":["R."]},
			"post":{"tags":["agent","agent-main"],"operationId":"a_post"}},
		"/b":{"get":{"operationId":"b_get"},"put":{"tags":["agent-worker","agent-lead"],"operationId":"b_put"}}}}`
	tests := map[Kind]string{
		Main:   "POST\t/a\ta_post\t\t\t\n",
		Lead:   "GET\t/a\ta_get\tlook\tOne. Two.\tR.\nPUT\t/b\tb_put\t\t\t\n",
		Worker: "PUT\t/b\tb_put\t\t\t\n",
	}
	for kind, want := range tests {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			_, folder, run := runner(t, kind, "TOOLS.md", 1, map[string]string{"GET /openapi.json": document})
			if out, err := run(); err != nil || out != "" {
				t.Fatalf("got %q, %v", out, err)
			}
			got, err := os.ReadFile(filepath.Join(folder, "api", "agent-"+string(kind)+"-operations.tsv"))
			if err != nil {
				t.Fatal(err)
			}
			want = "METHOD\tPATH\tOP_ID\tX_LLM_INTENT\tX_WHEN_TO_USE\tX_ROUTING_POLICY\n" + want
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
