package story_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// ear is a client as a careful one is written: it keeps the id of the last
// frame, and comes back with it whenever its stream ends.
type ear struct {
	t      *testing.T
	outage *outage
	client client
	path   string
	opened chan struct{}
	once   sync.Once
	more   chan struct{} // something was heard

	last int64

	mu    sync.Mutex
	texts map[string]int // of the comments, and how often each came
}

// listen comes back until the test is over.
func (e *ear) listen() {
	for e.t.Context().Err() == nil {
		epoch := e.outage.mark()
		why, err := e.readOne(e.t.Context())
		switch {
		case e.t.Context().Err() != nil, e.outage.excuses(epoch):
		case err != nil:
			e.t.Errorf("%s failed while the server was up: %v", e.path, err)
			return
		default:
			e.t.Errorf("%s ended while the server was up: %s", e.path, why)
			return
		}
		time.Sleep(restTime) // a client does not storm a server that is away
	}
}

// streaming is the client of streams, which last longer than calls.
var streaming = &http.Client{Transport: &http.Transport{MaxIdleConns: -1, DisableCompression: true, ReadBufferSize: 2 << 10}}

// readOne reads one stream to its end.
func (e *ear) readOne(ctx context.Context) (why string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.client.base+e.path, http.NoBody)
	if err != nil {
		return "", err
	}
	req.Header = e.client.header.Clone()
	req.Header.Set("Last-Event-ID", strconv.FormatInt(e.last, 10))
	resp, err := streaming.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return resp.Status, nil
	}
	lines := bufio.NewReaderSize(resp.Body, 2<<10)
	var name string
	var id int64
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err.Error(), nil // every stream ends somehow
		}
		e.once.Do(func() { close(e.opened) }) // the first comment is there
		switch field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ": "); field {
		case "event":
			name = value
		case "id":
			id, _ = strconv.ParseInt(value, 10, 64) // 0 fails below
		case "data":
			e.hear(name, id, value)
		}
	}
}

// hear takes a frame. It counts once it is whole: of one that was cut nobody
// has heard.
func (e *ear) hear(name string, id int64, data string) {
	if id <= e.last {
		e.t.Errorf("%s: %s %d after %d", e.path, name, id, e.last)
	}
	e.last = id
	var frame struct {
		Comment *comment `json:"comment"`
	}
	if err := json.Unmarshal([]byte(data), &frame); err != nil {
		e.t.Errorf("%s: %v: %s", e.path, err, data)
	}
	if frame.Comment == nil {
		if name == "reset" {
			e.t.Errorf("%s was told to load anew", e.path)
		}
		return
	}
	e.mu.Lock()
	e.texts[frame.Comment.Message]++
	e.mu.Unlock()
	select {
	case e.more <- struct{}{}:
	default:
	}
}

// send is call without any judgment.
func (c client) send(method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	req.Header = c.header.Clone()
	req.Header.Set("Content-Type", "application/json")
	return httpClient.Do(req)
}
