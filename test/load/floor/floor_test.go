package floor

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const secret = "secret"

// world is a floor with one board, its agent and two tasks, of which the second
// waits for the first.
type world struct {
	*testing.T
	floor         *Server
	url           string
	board, agent  string
	token         string
	first, second string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "floor.db"), secret)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{T: t, floor: s, url: web.URL}
	w.person("POST", "/api/v1/auth/bootstrap", "", 200)
	w.board = w.person("POST", "/api/v1/boards", `{"name": "Bench", "slug": "bench", "description": "d", "max_agents": 3}`, 200)["id"].(string)
	w.agent = w.person("POST", "/api/v1/agents", `{"name": "Ada", "board_id": "`+w.board+`"}`, 200)["id"].(string)
	w.token = w.person("POST", "/api/v1/agents/"+w.agent+"/token", "", 200)["token"].(string)
	w.first = w.person("POST", w.tasks(""), `{"title": "First"}`, 200)["id"].(string)
	w.second = w.person("POST", w.tasks(""), `{"title": "Second", "depends_on_task_ids": ["`+w.first+`"]}`, 200)["id"].(string)
	return w
}

func (w *world) tasks(id string) string {
	return strings.TrimSuffix("/api/v1/boards/"+w.board+"/tasks/"+id, "/")
}

func (w *world) person(method, path, body string, status int) map[string]any {
	w.Helper()
	return w.call(method, path, body, "Authorization", "Bearer "+secret, status)
}

func (w *world) call(method, path, body, header, value string, status int) map[string]any {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set(header, value)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != status {
		w.Fatalf("%s %s: %s, want %d", method, path, resp.Status, status)
	}
	var answer map[string]any
	if status == http.StatusOK {
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			w.Fatal(err)
		}
	}
	return answer
}

// log is what was written down, oldest first: the log of changes with the type
// of the event behind each.
func (w *world) log() []string {
	w.Helper()
	rows, err := w.floor.reads.db.QueryContext(w.Context(), `
		SELECT c.seq || ' ' || c.kind || ' ' || coalesce(e.event_type || ': ' || e.message, '')
		FROM change_log c LEFT JOIN activity_events e ON e.id = c.entity_id AND e.seq = c.seq ORDER BY c.seq`)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	var log []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			w.Fatal(err)
		}
		log = append(log, strings.TrimSpace(line))
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return log
}

func TestWritesAreLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person("PATCH", w.tasks(w.first), `{"status": "in_progress"}`, 200)
	w.person("PATCH", w.tasks(w.first), `{"title": "New"}`, 200)
	w.person("POST", w.tasks(w.first)+"/comments", `{"message": "Hello"}`, 200)
	beat := w.call("POST", "/api/v1/agent/heartbeat", "", "X-Agent-Token", w.token, 200)
	if beat["status"] != "online" || beat["last_seen_at"] == nil {
		t.Errorf("after a heartbeat the agent is %v, seen at %v", beat["status"], beat["last_seen_at"])
	}
	want := []string{
		"1 activity task.created: Task created: First.",
		"2 activity task.created: Task created: Second.",
		"3 activity task.status_changed: Task moved to in_progress: First.",
		"4 activity task.updated: Task updated: New.",
		"5 activity task.comment: Hello",
		"6 agent",
		"7 activity agent.heartbeat: Heartbeat received from Ada.",
	}
	if diff := cmp.Diff(want, w.log()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestListIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.person("GET", w.tasks("")+"?limit=50", "", 200)
	agent := w.call("GET", "/api/v1/agent/boards/"+w.board+"/tasks?limit=50", "", "X-Agent-Token", w.token, 200)
	if diff := cmp.Diff(person, agent); diff != "" {
		t.Errorf("person and agent see different lists:\n%s", diff)
	}
	if person["total"] != 2.0 || person["limit"] != 50.0 {
		t.Errorf("total %v, limit %v", person["total"], person["limit"])
	}
	newest := person["items"].([]any)[0].(map[string]any)
	if newest["id"] != w.second || newest["is_blocked"] != true || !cmp.Equal(newest["blocked_by_task_ids"], []any{w.first}) {
		t.Errorf("the newest task is %v", newest)
	}
}

func TestBlockedTaskStaysInInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.person("PATCH", w.tasks(w.second), `{"status": "in_progress"}`, 200)["status"]; got != "inbox" {
		t.Errorf("a blocked task is %v", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call("GET", "/api/v1/users/me", "", "Authorization", "Bearer wrong", http.StatusUnauthorized)
	w.call("POST", "/api/v1/agent/heartbeat", "", "X-Agent-Token", "wrong", http.StatusUnauthorized)
	w.person("GET", "/api/v1/boards/"+w.first+"/tasks", "", http.StatusNotFound)
	w.person("PATCH", w.tasks(w.board), `{}`, http.StatusNotFound)
	w.person("POST", w.tasks(""), `{`, http.StatusUnprocessableEntity)
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.log()
	w.person("POST", w.tasks(""), `{"title": "Orphan", "depends_on_task_ids": ["`+w.board+`"]}`, http.StatusInternalServerError)
	if diff := cmp.Diff(before, w.log()); diff != "" {
		t.Errorf("log (-before +after):\n%s", diff)
	}
	w.person("POST", w.tasks(""), `{"title": "Next"}`, 200) // the writer goes on
}

func TestStreamTellsOfChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+w.tasks("stream"), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func(prefix string) string {
		for lines.Scan() {
			if after, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				return after
			}
		}
		t.Fatalf("the stream ended without %q: %v", prefix, lines.Err())
		return ""
	}
	next(": ping")
	w.person("POST", w.tasks(w.first)+"/comments", `{"message": "Hello"}`, 200)
	var got struct {
		Type    string
		Comment struct{ Message string }
	}
	if err := json.Unmarshal([]byte(next("data: ")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Type != "task.comment" || got.Comment.Message != "Hello" {
		t.Errorf("the frame tells of %+v", got)
	}
}
