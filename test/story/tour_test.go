package story_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/store/storetest"
)

// soon is how long a change may take from its answer to those who watch. A
// stream that looked for changes every two seconds would exceed it now and then.
const soon = time.Second

func TestTour(t *testing.T) {
	t.Parallel()
	t.Run("nothing configured", func(t *testing.T) {
		t.Parallel()
		playTour(t, newPlace(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		playTour(t, newPlace(t, "DATABASE_URL="+storetest.EmptyPostgresURL(t)))
	})
}

func playTour(t *testing.T, p *place) {
	t.Helper()
	srv := p.serve(t)
	checkWelcome(t, p, srv)

	blocks := tour(t, p.base())
	shell := p.terminal(t)
	shell.run(blocks["shorthand"])
	if printed := shell.run(blocks["setup"]); !strings.Contains(printed, `"name":"Acme"`) {
		t.Errorf("the organization is not shown: %s", printed)
	}
	board, agent := shell.value("BOARD"), strings.TrimSpace(shell.run("sed -n 's/^AGENT_ID=//p' data/scribe.env"))
	stream := p.watch(t, blocks["watch"])

	shell.run(blocks["plan"])
	planned := time.Now()
	for range 3 {
		if f := stream.next(); f.Type != "task.created" || f.At.Sub(planned) > soon {
			t.Errorf("got %q %v after the tasks were planned, want task.created at once", f.Type, f.At.Sub(planned))
		}
	}
	count, sort, last := shell.value("COUNT"), shell.value("SORT"), shell.value("LAST")

	shell.run(blocks["work"])
	worked := time.Now()
	moves := 0 // of the last task; a frame shows a task as it is when the frame is sent, so its status does not tell which move it was
	frames := stream.until(func(f frame) bool {
		if f.Type == "task.status_changed" && f.Task.ID == last {
			moves++
		}
		return moves == 2
	})
	if late := frames[len(frames)-1].At.Sub(worked); late > soon {
		t.Errorf("the last task was seen to be done %v after it was", late)
	}
	checkOrder(t, frames, count, sort, last)

	me := p.signedIn(t)
	before := snapshot(t, me, board)
	for id, want := range map[string]string{count: "words: 6", sort: "Amir\nLea\nNora", last: "it is done"} {
		if diff := cmp.Diff([]string{want}, me.comments(t, board, id)); diff != "" {
			t.Errorf("comments on %q (-want +got):\n%s", before.Tasks[id].Title, diff)
		}
		if got := before.Tasks[id]; got.Status != "done" || got.Assignee == nil || *got.Assignee != agent {
			t.Errorf("task %q: %+v, want it done by %s", got.Title, got, agent)
		}
	}

	// As the loss of power would end it: what was answered is still there.
	srv.kill()
	again := p.serve(t)
	if strings.Contains(again.said(), "#token=") {
		t.Error("the second start prints the sign-in link with the token")
	}
	if diff := cmp.Diff(before, snapshot(t, me, board)); diff != "" {
		t.Errorf("after kill -9 (-want +got):\n%s", diff)
	}
	missed := p.watch(t, strings.Replace(blocks["watch"], "curl -sSN", fmt.Sprintf("curl -sSN -H 'Last-Event-ID: %d'", frames[0].ID), 1))
	for _, want := range frames[1:] {
		if got := missed.next(); got.ID != want.ID || got.Type != want.Type {
			t.Errorf("resumed: got frame %d %s, want %d %s", got.ID, got.Type, want.ID, want.Type)
		}
	}
	again.stop()
}

// checkWelcome checks what the first start leaves and prints.
func checkWelcome(t *testing.T, p *place, srv *server) {
	t.Helper()
	path := filepath.Join(p.folder, "data", "local-token")
	token, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v, %v", info.Mode(), err)
	}
	if link := p.base() + "/sign-in#token=" + strings.TrimSpace(string(token)); strings.Count(srv.said(), link) != 1 {
		t.Errorf("the sign-in link is not printed once:\n%s", srv.said())
	}
}

// checkOrder checks that every task was claimed, commented and finished, in
// this order, and the last one only after those it waits for were done.
func checkOrder(t *testing.T, frames []frame, count, sort, last string) {
	t.Helper()
	var story []string
	names := map[string]string{count: "count", sort: "sort", last: "last"}
	for _, f := range frames {
		switch {
		case f.Comment != nil:
			story = append(story, names[f.Comment.TaskID]+" comment")
		case f.Type == "task.status_changed":
			story = append(story, names[f.Task.ID]+" moved")
		}
	}
	want := []string{
		"count moved", "count comment", "count moved",
		"sort moved", "sort comment", "sort moved",
		"last moved", "last comment", "last moved",
	}
	if diff := cmp.Diff(want, story); diff != "" {
		t.Errorf("what the stream told (-want +got):\n%s", diff)
	}
}

type state struct {
	Tasks    map[string]task
	Comments map[string][]string
	Events   []string
}

// snapshot is everything that a person can see of a board's work.
func snapshot(t *testing.T, c client, board string) state {
	t.Helper()
	s := state{Tasks: c.tasks(t, board), Comments: map[string][]string{}}
	for id := range s.Tasks {
		s.Comments[id] = c.comments(t, board, id)
	}
	var feed page[struct {
		ID string `json:"id"`
	}]
	c.must(t, "GET", "/api/v1/activity", nil, &feed)
	for _, event := range feed.Items {
		s.Events = append(s.Events, event.ID)
	}
	slices.Sort(s.Events)
	return s
}
