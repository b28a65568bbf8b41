package story_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
)

// watcher reads a stream that a command prints.
type watcher struct {
	t      *testing.T
	frames chan frame
	opened chan struct{}
	seen   []frame // by next, in order
}

// watch runs a block of commands that ends with a stream which stays open, and
// returns when it is open.
func (p *place) watch(t *testing.T, block string) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := p.command(ctx, "bash", "-eo", "pipefail", "-c", block)
	w := &watcher{t: t, frames: make(chan frame, 1000), opened: make(chan struct{})}
	go w.read(start(t, cmd, cancel))
	select {
	case <-w.opened:
	case <-time.After(patience):
		t.Fatal("the stream does not open")
	}
	return w
}

func (w *watcher) read(lines chan string) {
	defer close(w.frames)
	var id int64
	open := false
	for line := range lines {
		line = strings.TrimSuffix(line, "\r")
		switch field, value, _ := strings.Cut(line, ": "); {
		case strings.HasPrefix(line, ": ping") && !open:
			open = true
			close(w.opened)
		case field == "id":
			id, _ = strconv.ParseInt(value, 10, 64) // a frame without a number is told by its id of 0
		case field == "data":
			f := frame{ID: id, At: time.Now()}
			if err := json.Unmarshal([]byte(value), &f); err != nil {
				f.Type = err.Error()
			}
			w.frames <- f
		}
	}
}

// next returns the next frame.
func (w *watcher) next() frame {
	w.t.Helper()
	select {
	case f, open := <-w.frames:
		if !open {
			w.t.Fatalf("the stream has ended after %d frames", len(w.seen))
		}
		if len(w.seen) > 0 && f.ID <= w.seen[len(w.seen)-1].ID {
			w.t.Errorf("frame %d follows frame %d", f.ID, w.seen[len(w.seen)-1].ID)
		}
		w.seen = append(w.seen, f)
		return f
	case <-time.After(patience):
		w.t.Fatalf("no further frame after %d", len(w.seen))
		return frame{}
	}
}

// until reads on until a frame fits, and returns it with all before it.
func (w *watcher) until(fits func(frame) bool) []frame {
	w.t.Helper()
	from := len(w.seen)
	for !fits(w.next()) {
	}
	return w.seen[from:]
}
