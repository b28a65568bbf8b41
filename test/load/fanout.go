package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// fanOut is how events reached many streams.
type fanOut struct {
	Streams int `json:"streams"`
	Events  int `json:"events"`
	Lost    int `json:"lost"` // frames that never came
	// SinceAnswer is from the moment at which the change was answered, and so
	// committed; a frame that came earlier counts as 0.
	SinceAnswer spread `json:"since_answer"`
	// SinceRequest is from the moment at which the change was sent: it holds the
	// request, too.
	SinceRequest spread  `json:"since_request"`
	Memory       memory  `json:"memory"`        // of the server, with the streams open
	PerStream    float64 `json:"kb_per_stream"` // what it has grown by as they opened
	// Quiet and Watched are a plain request without streams, and beside them.
	Quiet   figure `json:"quiet"`
	Watched figure `json:"watched"`
}

// spread sums up durations.
type spread struct {
	P50 time.Duration `json:"p50_ns"`
	P95 time.Duration `json:"p95_ns"`
	P99 time.Duration `json:"p99_ns"`
	Max time.Duration `json:"max_ns"`
}

func spreadOf(d []time.Duration) spread {
	if len(d) == 0 {
		return spread{}
	}
	slices.Sort(d)
	at := func(q float64) time.Duration { return d[min(int(q*float64(len(d))), len(d)-1)] }
	return spread{P50: at(0.50), P95: at(0.95), P99: at(0.99), Max: d[len(d)-1]}
}

const (
	openWithin = 30 * time.Second
	// frameWithin is when a frame counts as lost.
	frameWithin = 5 * time.Second
	// pause keeps one event from running into the next.
	pause = 20 * time.Millisecond
	// settle lets a server that answers first and subscribes then do so.
	settle = 300 * time.Millisecond
	// mark begins the text by which an event is found in its frames.
	mark = "bench-event-"
)

func measureFanOut(ctx context.Context, o options, subjects []*subject, r *results) error {
	for i, s := range subjects {
		quiet, err := plainRequests(ctx, o, s)
		if err != nil {
			return err
		}
		a := newAudience(s, o.streams, o.events)
		a.beside = func(ctx context.Context) (figure, error) { return plainRequests(ctx, o, s) }
		f, err := a.measure(ctx)
		if err != nil {
			return fmt.Errorf("fan-out of %s: %w", s.name, err)
		}
		f.Quiet = quiet
		progress("fan-out of %s: p50 %s ms, p99 %s ms", s.name, ms(f.SinceAnswer.P50), ms(f.SinceAnswer.P99))
		if i == 0 {
			r.FanOut.Ours = f
		} else {
			r.FanOut.Floor = f
		}
	}
	return nil
}

// plainRequests sends the first operation for a round.
func plainRequests(ctx context.Context, o options, s *subject) (f figure, err error) {
	l := newLoad(s, operations[0], o.connections)
	one, err := l.attack(ctx, o.each)
	f.samples = []sample{one}
	f.finish(l)
	return f, err
}

// audience is the streams that watch one board.
type audience struct {
	subject *subject
	streams int
	events  int
	began   time.Time
	beside  func(ctx context.Context) (figure, error) // what is measured with the streams open; nil: nothing
	// heard is when which stream got which event, since began; 0: not yet.
	heard [][]time.Duration
	// waiting is how many streams an event is still to reach.
	waiting []atomic.Int64
	reached []chan struct{} // closed when it has reached all
}

func newAudience(s *subject, streams, events int) *audience {
	a := &audience{subject: s, streams: streams, events: events, began: time.Now(), waiting: make([]atomic.Int64, events)}
	for i := range events {
		a.heard = append(a.heard, make([]time.Duration, streams))
		a.waiting[i].Store(int64(streams))
		a.reached = append(a.reached, make(chan struct{}))
	}
	return a
}

func (a *audience) measure(ctx context.Context) (*fanOut, error) {
	ctx, cancel := context.WithCancel(ctx)
	var listeners sync.WaitGroup
	defer listeners.Wait()
	defer cancel()
	before := a.subject.process.memory()
	if err := a.open(ctx, &listeners); err != nil {
		return nil, err
	}
	f := &fanOut{Streams: a.streams, Events: a.events, Memory: a.subject.process.memory()}
	f.PerStream = max(0, f.Memory.RSS-before.RSS) * 1000 / float64(a.streams)
	if a.beside != nil {
		var err error
		if f.Watched, err = a.beside(ctx); err != nil {
			return nil, err
		}
	}
	var sinceAnswer, sinceRequest []time.Duration
	for n := range a.events {
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
		sent := time.Since(a.began)
		if err := a.subject.api.do(ctx, a.event(n), nil); err != nil {
			return nil, err
		}
		answered := time.Since(a.began)
		select {
		case <-a.reached[n]:
		case <-time.After(frameWithin):
			f.Lost += int(a.waiting[n].Load())
			continue // what came of it is not looked at: it may still be coming
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		for _, at := range a.heard[n] {
			sinceAnswer = append(sinceAnswer, max(0, at-answered))
			sinceRequest = append(sinceRequest, at-sent)
		}
	}
	f.SinceAnswer, f.SinceRequest = spreadOf(sinceAnswer), spreadOf(sinceRequest)
	return f, nil
}

// event is a comment or, every other time, a change of a task.
func (a *audience) event(n int) request {
	w := a.subject.world
	r := request{method: http.MethodPost, path: taskPath(w.stage, w.staged[n%len(w.staged)])}
	field := "message"
	if n%2 == 1 {
		r.method, field = http.MethodPatch, "title"
	} else {
		r.path += "/comments"
	}
	r.body = fmt.Appendf(nil, `{"%s": "%s%d."}`, field, mark, n)
	return r
}

// open opens all streams and returns when each of them was answered.
func (a *audience) open(ctx context.Context, listeners *sync.WaitGroup) error {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, ReadBufferSize: 2 << 10, WriteBufferSize: 1 << 10}}
	begun := make(chan error, a.streams)
	for i := range a.streams {
		listeners.Go(func() { a.listen(ctx, client, i, begun) })
	}
	deadline := time.After(openWithin)
	for range a.streams {
		select {
		case err := <-begun:
			if err != nil {
				return err
			}
		case <-deadline:
			return errors.New("the streams did not open in time")
		}
	}
	return sleep(ctx, settle)
}

// listen reads one stream until it ends.
func (a *audience) listen(ctx context.Context, client *http.Client, stream int, begun chan<- error) {
	r := request{method: http.MethodGet, path: "/api/v1/boards/" + a.subject.world.stage + "/tasks/stream"}
	req, err := http.NewRequestWithContext(ctx, r.method, a.subject.api.base+r.path, http.NoBody)
	if err != nil {
		begun <- err
		return
	}
	req.Header = a.subject.api.headers(r)
	resp, err := client.Do(req)
	if err != nil {
		begun <- err
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		begun <- &refusal{r, resp.StatusCode, ""}
		return
	}
	begun <- nil
	lines := bufio.NewReaderSize(resp.Body, 4<<10)
	for {
		line, err := lines.ReadSlice('\n')
		a.note(stream, line)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return // the end of the stream, ours or the server's
		}
	}
}

// note finds out which events a line is about and remembers when it came. A
// task keeps the title of an earlier event, so that there may be several.
func (a *audience) note(stream int, line []byte) {
	at := time.Since(a.began)
	for {
		var found bool
		if _, line, found = bytes.Cut(line, []byte(mark)); !found {
			return
		}
		number, _, _ := bytes.Cut(line, []byte("."))
		n, err := strconv.Atoi(string(number))
		if err != nil || n < 0 || n >= a.events || a.heard[n][stream] != 0 {
			continue
		}
		a.heard[n][stream] = at
		if a.waiting[n].Add(-1) == 0 {
			close(a.reached[n])
		}
	}
}
