package story_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// document is what the walkthroughs need of /openapi.json.
type document struct {
	Paths        map[string]map[string]operation `json:"paths"`
	Walkthroughs map[string][]step               `json:"x-walkthroughs"`
}

type operation struct {
	ID          string `json:"operationId"`
	RequestBody struct {
		Content map[string]struct {
			Examples map[string]struct {
				Value json.RawMessage `json:"value"`
			} `json:"examples"`
		} `json:"content"`
	} `json:"requestBody"`
	Auth struct {
		Actors []string `json:"actors"`
	} `json:"x-auth"`

	method, path string
}

type step struct {
	OperationID string `json:"operationId"`
	Example     string `json:"example"`
	Note        string `json:"note"`
}

// refused finds the status in the note of a step that is to be refused; all
// others succeed.
var refused = regexp.MustCompile(`\b4\d\d\b`)

// The ids of the document's examples.
const (
	exampleBoard = "11111111-1111-4111-8111-111111111111"
	exampleTask  = "22222222-2222-4222-8222-222222222222"
	exampleAgent = "33333333-3333-4333-8333-333333333333"
)

// since is where a step that opens a stream begins: before everything.
const since = "?since=2020-01-01T00:00:00Z"

// TestWalkthroughs plays the stories of the document, as they are written
// there, against a fresh server each.
func TestWalkthroughs(t *testing.T) {
	t.Parallel()
	doc := loadDocument(t)
	if len(doc.Walkthroughs) == 0 {
		t.Fatal("the document has no walkthroughs")
	}
	for name, steps := range doc.Walkthroughs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, doc, steps)
		})
	}
}

func loadDocument(t *testing.T) document {
	t.Helper()
	p := newPlace(t)
	p.serve(t)
	var doc document
	client{p.base(), http.Header{}}.must(t, "GET", "/openapi.json", nil, &doc)
	return doc
}

func (d document) operation(t *testing.T, id string) operation {
	t.Helper()
	for path, methods := range d.Paths {
		for method, op := range methods {
			if op.ID == id {
				op.method, op.path = strings.ToUpper(method), path
				return op
			}
		}
	}
	t.Fatalf("a walkthrough names the operation %q, which does not exist", id)
	return operation{}
}

func play(t *testing.T, doc document, steps []step) {
	t.Helper()
	p := newPlace(t)
	p.serve(t)
	person := p.signedIn(t)
	board, agentID, agent := outfit(t, person)
	var tasks []task // in the order in which the walkthrough makes them
	var approval string

	for i, s := range steps {
		op := doc.operation(t, s.OperationID)
		ids := map[string]string{exampleBoard: board, exampleAgent: agentID}
		path := strings.ReplaceAll(op.path, "{board_id}", board)
		if len(tasks) > 0 {
			about := tasks[0]
			if strings.Contains(s.Note, "on the dependent task") {
				about = tasks[1]
			}
			ids[exampleTask] = about.ID
			path = strings.ReplaceAll(path, "{task_id}", about.ID)
		}
		path = strings.ReplaceAll(path, "{approval_id}", approval)
		var body any
		if s.Example != "" {
			body = op.example(t, s.Example, ids)
		}
		caller := person
		if !slices.Contains(op.Auth.Actors, "user") {
			caller = agent
		}
		if strings.HasSuffix(path, "/stream") {
			if line := caller.firstLine(t, path+since); !strings.Contains(s.Note, strings.TrimPrefix(line, "event: ")) {
				t.Fatalf("step %d (%s): the stream begins with %q", i+1, s.OperationID, line)
			}
			continue
		}
		want := http.StatusOK
		if said := refused.FindString(s.Note); said != "" {
			want, _ = strconv.Atoi(said)
		}
		var made task
		if got := caller.call(t, op.method, path, body, &made); got != want {
			t.Fatalf("step %d (%s, %s): status %d, want %d", i+1, s.OperationID, s.Example, got, want)
		}
		if op.method == http.MethodPost && strings.HasSuffix(op.path, "/tasks") {
			tasks = append(tasks, made)
		}
		if op.method == http.MethodPost && strings.HasSuffix(op.path, "/approvals") && want == http.StatusOK {
			approval = made.ID
		}
		checkExample(t, s.Example, made, tasks)
	}
}

// example returns a named example of the body, with real ids for its own.
func (op operation) example(t *testing.T, name string, ids map[string]string) json.RawMessage {
	t.Helper()
	found, ok := op.RequestBody.Content["application/json"].Examples[name]
	if !ok {
		t.Fatalf("%s has no example %q", op.ID, name)
	}
	for example, id := range ids {
		found.Value = bytes.ReplaceAll(found.Value, []byte(example), []byte(id))
	}
	return found.Value
}

// checkExample checks what the contract says of the answers to some examples.
func checkExample(t *testing.T, name string, got task, tasks []task) {
	t.Helper()
	switch name {
	case "new_task":
		if got.Status != "inbox" || got.DueAt == nil || *got.DueAt != "2026-03-02T17:00:00" || got.Blocked || len(got.BlockedBy) > 0 {
			t.Errorf("new_task: %+v", got)
		}
	case "dependent_task":
		if !got.Blocked || !slices.Equal(got.BlockedBy, []string{tasks[0].ID}) {
			t.Errorf("dependent_task: %+v, want it blocked by %s", got, tasks[0].ID)
		}
	case "ask_to_deploy":
		if got.Status != "pending" && got.ID != "" {
			t.Errorf("ask_to_deploy: %+v", got)
		}
	case "approve":
		if got.Status != "approved" {
			t.Errorf("approve: %+v", got)
		}
	case "move_with_comment":
		if got.Status != "review" {
			t.Errorf("move_with_comment: %+v", got)
		}
	case "clear_due_date":
		if got.DueAt != nil {
			t.Errorf("clear_due_date: %+v", got)
		}
	}
}

// firstLine opens a stream and returns the first line of its first event.
func (c client) firstLine(t *testing.T, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = c.header.Clone()
	resp, err := httpClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event: ") {
			return lines.Text()
		}
	}
	t.Fatalf("%s ended without an event: %v", path, lines.Err())
	return ""
}

// outfit makes a board and an external agent on it.
func outfit(t *testing.T, person client) (board, agentID string, agent client) {
	t.Helper()
	var made struct {
		ID string `json:"id"`
	}
	person.must(t, "POST", "/api/v1/organizations", map[string]any{"name": "Acme"}, nil)
	person.must(t, "POST", "/api/v1/boards", map[string]any{
		"name": "Exports", "slug": "exports", "description": "Everything that leaves the house", "runtime": "external",
	}, &made)
	board = made.ID
	person.must(t, "POST", "/api/v1/agents", map[string]any{"name": "Scribe", "board_id": board, "runtime": "external"}, &made)
	agentID = made.ID
	var minted struct {
		Token string `json:"token"`
	}
	person.must(t, "POST", "/api/v1/agents/"+agentID+"/token", nil, &minted)
	return board, agentID, client{person.base, http.Header{"X-Agent-Token": {minted.Token}}}
}
