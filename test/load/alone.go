package main

import (
	"context"
	"errors"
	"net/http"
	"runtime"
)

// What the floor has no counterpart of is measured on the server alone: the
// numbers belong to the machine, and only compare runs on the same one.

// largeTasks is how many tasks the board has whose snapshot is taken.
const largeTasks = 500

var newMemory = []byte(`{"content": "The weekly report goes out on Fridays; whoever is on duty sends it.", "tags": ["decision"]}`)

var aloneOperations = []operation{
	{name: "board snapshot of 500 tasks", request: func(w *world, _ int) request {
		return request{method: http.MethodGet, path: "/api/v1/boards/" + w.large + "/snapshot"}
	}},
	{name: "memory append", writes: true, request: func(w *world, _ int) request {
		return request{method: http.MethodPost, path: "/api/v1/boards/" + w.large + "/memory", body: newMemory}
	}},
}

// alone is an operation on the server alone.
type alone struct {
	Name string `json:"name"`
	figure
}

func measureAlone(ctx context.Context, o options, s *subject, r *results) error {
	for _, op := range aloneOperations {
		if !o.only.MatchString(op.name) {
			continue
		}
		if s.world.large == "" {
			if err := s.world.enlarge(ctx, s.api, o); err != nil {
				return err
			}
		}
		err := s.api.do(ctx, op.request(s.world, 0), nil)
		if refused := (*refusal)(nil); errors.As(err, &refused) && refused.status == http.StatusNotFound {
			progress("%s: the server does not have it", op.name)
			r.Absent = append(r.Absent, op.name)
			continue
		}
		if err != nil {
			return err
		}
		m := &alone{Name: op.name}
		if err := measureFigure(ctx, o, s, op, &m.figure); err != nil {
			return err
		}
		progress("%-28s %8.0f/s, p50 %s ms", op.name, m.Rate, ms(m.P50))
		r.Alone = append(r.Alone, m)
	}
	return nil
}

// measureFigure loads one server with one operation.
func measureFigure(ctx context.Context, o options, s *subject, op operation, f *figure) error {
	warm := newLoad(s, op, o.connections)
	if _, err := warm.attack(ctx, o.warmup); err != nil {
		return err
	}
	l := newLoad(s, op, o.connections)
	l.sent.Store(warm.sent.Load())
	for range o.rounds {
		runtime.GC()
		one, err := l.attack(ctx, o.each)
		if err != nil {
			return err
		}
		f.samples = append(f.samples, one)
	}
	f.finish(l)
	return nil
}

// enlarge makes a board with many tasks, on this server only.
func (w *world) enlarge(ctx context.Context, a api, o options) (err error) {
	gateway := ""
	if o.server != "" {
		gateway = o.gateway
	}
	if w.large, err = makeBoard(ctx, a, boardCount, gateway); err == nil {
		_, err = makeTasks(ctx, a, w.large, largeTasks)
	}
	return err
}
