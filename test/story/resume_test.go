package story_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"missioncontrol/internal/store/storetest"
)

// The long form of the test below:
//
//	go test ./test/story -run Restarts -resume.streams 1000 -resume.writers 50 -resume.restarts 6 -v
var (
	resumeStreams  = flag.Int("resume.streams", 100, "streams that are open while the server restarts")
	resumeWriters  = flag.Int("resume.writers", 10, "writers that go on meanwhile")
	resumeRestarts = flag.Int("resume.restarts", 2, "restarts, by SIGKILL and SIGTERM in turns")
)

// Whatever is committed while the server is killed, ended and started again
// under its clients reaches each of them: nothing is lost, nothing comes twice,
// and everything in the order of its numbers.
func TestStreamsOutliveRestarts(t *testing.T) {
	t.Parallel()
	for engine, settings := range map[string]func(t *testing.T) []string{
		"sqlite":   func(*testing.T) []string { return nil },
		"postgres": func(t *testing.T) []string { return []string{"DATABASE_URL=" + storetest.PostgresURL(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			playRestarts(t, newPlace(t, settings(t)...))
		})
	}
}

const (
	writesBetween = 100 // at least so many writes are answered before each restart, and after the last
	restTime      = 5 * time.Millisecond
)

// outage tells when the server may be away: errors are expected then, and only
// then.
type outage struct {
	down  atomic.Bool
	epoch atomic.Int64 // counts the outages that have begun
}

// mark names the present, for excuses.
func (o *outage) mark() int64 {
	if o.down.Load() {
		return -1
	}
	return o.epoch.Load()
}

// excuses reports whether an error may have come from an outage, of whoever
// began at a mark.
func (o *outage) excuses(since int64) bool { return o.down.Load() || o.epoch.Load() != since }

func playRestarts(t *testing.T, p *place) {
	s := p.serve(t)
	c := p.signedIn(t)
	var board identified
	c.must(t, "POST", "/api/v1/boards", map[string]any{"name": "B", "slug": "b", "description": "d", "runtime": "external"}, &board)
	tasks := make([]string, *resumeWriters)
	for i := range tasks {
		var made identified
		c.must(t, "POST", "/api/v1/boards/"+board.ID+"/tasks", map[string]any{"title": "T" + strconv.Itoa(i)}, &made)
		tasks[i] = made.ID
	}
	o := &outage{}
	ears := openEars(t, o, c, board.ID)

	var writers sync.WaitGroup
	var written atomic.Int64
	stop := make(chan struct{})
	for i, task := range tasks {
		writers.Go(func() { keepWriting(t, o, c, board.ID, task, i, &written, stop) })
	}
	for i := range *resumeRestarts {
		waitFor(t, "writes", func() bool { return written.Load() >= int64((i+1)*writesBetween) })
		o.down.Store(true)
		o.epoch.Add(1)
		if i%2 == 0 {
			s.kill()
		} else {
			s.stop()
		}
		s = p.serve(t)
		o.down.Store(false)
	}
	waitFor(t, "writes", func() bool { return written.Load() >= int64((*resumeRestarts+1)*writesBetween) })
	close(stop)
	writers.Wait()

	// What was committed is what the rows say: an answer may have been lost.
	committed := map[string]int{}
	for _, task := range tasks {
		for _, text := range c.allComments(t, board.ID, task) {
			committed[text]++
		}
	}
	if len(committed) < int(written.Load()) {
		t.Errorf("%d writes were answered, %d are there", written.Load(), len(committed))
	}
	began := time.Now()
	for _, e := range ears {
		e.hears(t, committed)
	}
	t.Logf("%d streams heard %d comments over %d restarts; the last of them %s after the last write", len(ears), len(committed), *resumeRestarts, time.Since(began).Round(time.Millisecond))
}

type identified struct {
	ID string `json:"id"`
}

// keepWriting comments on a task, each time with another text. What fails in an
// outage is not repeated: it may have happened.
func keepWriting(t *testing.T, o *outage, c client, board, task string, writer int, written *atomic.Int64, stop <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(restTime):
		}
		epoch := o.mark()
		body := fmt.Sprintf(`{"message":"%d-%d"}`, writer, n)
		resp, err := c.send("POST", "/api/v1/boards/"+board+"/tasks/"+task+"/comments", strings.NewReader(body))
		switch {
		case err == nil && resp.StatusCode == http.StatusOK:
			written.Add(1)
		case o.excuses(epoch):
		case err != nil:
			t.Errorf("a write failed while the server was up: %v", err)
		default:
			t.Errorf("a write was answered %s while the server was up", resp.Status)
		}
		if err == nil {
			resp.Body.Close()
		}
	}
}

// openEars opens the streams: of everything and of the board's tasks in turns.
func openEars(t *testing.T, o *outage, c client, board string) []*ear {
	paths := []string{"/api/v1/stream?topics=comment", "/api/v1/boards/" + board + "/tasks/stream", "/api/v1/activity/task-comments/stream"}
	ears := make([]*ear, *resumeStreams)
	for i := range ears {
		ears[i] = &ear{t: t, outage: o, client: c, path: paths[i%len(paths)], texts: map[string]int{}, opened: make(chan struct{}), more: make(chan struct{}, 1)}
		go ears[i].listen()
	}
	for _, e := range ears {
		select {
		case <-e.opened:
		case <-time.After(patience):
			t.Fatal("the streams do not open")
		}
	}
	return ears
}

// hears waits until a stream has brought every comment, each once.
func (e *ear) hears(t *testing.T, committed map[string]int) {
	t.Helper()
	deadline := time.After(patience)
	for {
		e.mu.Lock()
		heard := maps.Clone(e.texts)
		e.mu.Unlock()
		if len(heard) >= len(committed) {
			if !maps.Equal(heard, committed) {
				t.Errorf("%s brought %v, committed was %v", e.path, twice(heard), len(committed))
			}
			return
		}
		select {
		case <-e.more:
		case <-deadline:
			missing := slices.DeleteFunc(slices.Sorted(maps.Keys(committed)), func(text string) bool { return heard[text] > 0 })
			t.Errorf("%s lost %d of %d: %v", e.path, len(missing), len(committed), missing[:min(5, len(missing))])
			return
		}
	}
}

func twice(heard map[string]int) (texts []string) {
	for text, n := range heard {
		if n > 1 {
			texts = append(texts, text)
		}
	}
	return texts
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(restTime) // of what other processes do there is no signal
	}
}

// allComments returns the texts of all comments on a task.
func (c client) allComments(t *testing.T, board, task string) (texts []string) {
	t.Helper()
	for {
		var found page[comment]
		c.must(t, "GET", fmt.Sprintf("/api/v1/boards/%s/tasks/%s/comments?offset=%d", board, task, len(texts)), nil, &found)
		for _, one := range found.Items {
			texts = append(texts, one.Message)
		}
		if len(texts) >= found.Total || len(found.Items) == 0 {
			return texts
		}
	}
}
