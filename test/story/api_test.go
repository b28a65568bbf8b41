package story_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// client looks at a server from outside, beside the story that is played.
type client struct {
	base   string
	header http.Header
}

var httpClient = &http.Client{Timeout: patience}

// signedIn returns a client with the token in the data folder.
func (p *place) signedIn(t *testing.T) client {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(p.folder, "data", "local-token"))
	if err != nil {
		t.Fatal(err)
	}
	return client{p.base(), http.Header{"Authorization": {"Bearer " + strings.TrimSpace(string(token))}}}
}

// call sends a request and decodes its answer into out, unless that is nil. It
// returns the status.
func (c client) call(t *testing.T, method, path string, body, out any) int {
	t.Helper()
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+path, payload)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = c.header.Clone()
	req.Header.Set("Content-Type", "application/json")
	resp, err := httpClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if out != nil && resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(raw, out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	} else if resp.StatusCode != http.StatusOK {
		t.Logf("%s %s: %s: %s", method, path, resp.Status, raw)
	}
	return resp.StatusCode
}

// must is call for what has to succeed.
func (c client) must(t *testing.T, method, path string, body, out any) {
	t.Helper()
	if status := c.call(t, method, path, body, out); status != http.StatusOK {
		t.Fatalf("%s %s: status %d", method, path, status)
	}
}

type page[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

type task struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Status    string   `json:"status"`
	Assignee  *string  `json:"assigned_agent_id"`
	DependsOn []string `json:"depends_on_task_ids"`
	Blocked   bool     `json:"is_blocked"`
	DueAt     *string  `json:"due_at"`
	BlockedBy []string `json:"blocked_by_task_ids"`
}

type comment struct {
	Message string  `json:"message"`
	AgentID *string `json:"agent_id"`
	TaskID  string  `json:"task_id"`
}

// tasks returns the tasks of a board by their ids.
func (c client) tasks(t *testing.T, board string) map[string]task {
	t.Helper()
	var found page[task]
	c.must(t, "GET", "/api/v1/boards/"+board+"/tasks", nil, &found)
	byID := map[string]task{}
	for _, one := range found.Items {
		byID[one.ID] = one
	}
	return byID
}

func (c client) comments(t *testing.T, board, task string) []string {
	t.Helper()
	var found page[comment]
	c.must(t, "GET", "/api/v1/boards/"+board+"/tasks/"+task+"/comments", nil, &found)
	texts := make([]string, len(found.Items))
	for i, one := range found.Items {
		texts[i] = one.Message
	}
	return texts
}

// frame is an event of the task stream.
type frame struct {
	ID   int64
	At   time.Time // when it was read
	Type string    `json:"type"`
	Task *task     `json:"task"`
	// Comment is set instead of Task for a comment.
	Comment *comment `json:"comment"`
}
