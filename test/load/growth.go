package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// How the cost of reading grows with what there is: a server of its own, on a
// database that is filled further and further.

// growingOperations are measured at every size.
var growingOperations = []operation{
	{name: "tasks list of 50", request: func(w *world, _ int) request {
		return request{method: http.MethodGet, path: "/api/v1/boards/" + w.crew + "/tasks?limit=50"}
	}},
	{name: "dashboard, 24 hours", request: func(*world, int) request {
		return request{method: http.MethodGet, path: "/api/v1/metrics/dashboard"}
	}},
	{name: "dashboard, a month and the one before", request: func(*world, int) request {
		return request{method: http.MethodGet, path: "/api/v1/metrics/dashboard?range_key=1m"}
	}},
	{name: "search, a rare word", request: func(_ *world, n int) request {
		return request{method: http.MethodGet, path: fmt.Sprintf("/api/v1/search?q=number%05d", n%10)}
	}},
	{name: "search, words that all have", request: func(*world, int) request {
		return request{method: http.MethodGet, path: "/api/v1/search?q=say+what+stands+ou"}
	}},
}

// growth is an operation at several sizes.
type growth struct {
	Name   string        `json:"name"`
	Points []growthPoint `json:"points"`
}

type growthPoint struct {
	Size int `json:"size"` // documents, and as many events
	figure
	Ratio float64 `json:"ratio"` // of the median latency to that at the first size
}

func measureGrowth(ctx context.Context, o options, dir string, r *results) (err error) {
	var wanted []operation
	for _, op := range growingOperations {
		if o.only.MatchString(op.name) {
			wanted = append(wanted, op)
			r.Growth = append(r.Growth, &growth{Name: op.name})
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	l := missionControl(o.binary, filepath.Join(dir, "growth"))
	w := &world{}
	boards, err := growthBoards(ctx, l, w)
	if err != nil {
		return err
	}
	filled := 0
	for _, size := range o.growth {
		progress("fill a database with %d documents", size)
		if err := fill(ctx, l, boards, filled, size); err != nil {
			return fmt.Errorf("fill the database: %w", err)
		}
		filled = size
		p, _, err := start(ctx, l)
		if err != nil {
			return err
		}
		s := &subject{name: "mission-control", api: newAPI(p.url, l.token), process: p, world: w}
		if err := errors.Join(measureSize(ctx, o, s, wanted, size, r.Growth), p.stop()); err != nil {
			return err
		}
	}
	return nil
}

func measureSize(ctx context.Context, o options, s *subject, wanted []operation, size int, grown []*growth) error {
	for i, op := range wanted {
		point := growthPoint{Size: size}
		if err := measureFigure(ctx, o, s, op, &point.figure); err != nil {
			return err
		}
		g := grown[i]
		point.Ratio = 1
		if len(g.Points) > 0 {
			point.Ratio = float64(point.P50) / float64(g.Points[0].P50)
		}
		g.Points = append(g.Points, point)
		progress("%-38s %7d: p50 %s ms, %.1fx", op.name, size, ms(point.P50), point.Ratio)
	}
	return nil
}

// growthBoards starts the server for the first time, and makes boards on it.
func growthBoards(ctx context.Context, l launch, w *world) (boards []mc.ID, err error) {
	p, _, err := start(ctx, l)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	a := newAPI(p.url, l.token)
	if err := a.post(ctx, "/api/v1/auth/bootstrap", nil, nil); err != nil {
		return nil, err
	}
	for n := range boardCount {
		board, err := makeBoard(ctx, a, n, "")
		if err != nil {
			return nil, err
		}
		w.crew = board
		boards = append(boards, mc.MustID(board))
	}
	return boards, nil
}

const (
	fillAtOnce = 500
	filledDays = 60  // over which what is there has come about
	rareIn     = 100 // of so many documents in a row half have a word that no others have
)

// fill writes documents into the database of a server that does not run: half
// of them tasks, half comments on them, each with an event.
func fill(ctx context.Context, l launch, boards []mc.ID, from, to int) (err error) {
	now := mc.SystemClock()
	st, err := store.Open(ctx, store.Config{
		URL:   "sqlite:" + filepath.Join(l.dir, "data", "mission-control.db"),
		Clock: func() mc.Time { return now },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	end := now
	for n := from; n < to; n += fillAtOnce {
		// Spread over the days, in an order that has nothing to do with time.
		now = end.Add(-time.Duration(n*7919%to) * (filledDays * 24 * time.Hour / time.Duration(to)))
		err := st.Write(ctx, func(tx *store.Tx) error {
			for i := n; i < min(n+fillAtOnce, to); i += 2 {
				if err := fillOne(ctx, tx, boards[i/2%len(boards)], i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func fillOne(ctx context.Context, tx *store.Tx, board mc.ID, n int) error {
	at := tx.Now()
	statuses := mc.TaskStatus("").Values()
	description := fmt.Sprintf("Look at the numbers of last week, say what stands out, and write three sentences about it. This is number%05d.", n/rareIn)
	t := mc.Task{
		ID: mc.NewID(), BoardID: board, Title: fmt.Sprintf("Task %d", n), Description: &description, Status: mc.TaskStatus(statuses[n/2%len(statuses)]),
		Priority: mc.DefaultPriority, CreatedAt: at, UpdatedAt: at,
	}
	if t.Status == mc.StatusReview || t.Status == mc.StatusDone {
		t.WorkStartedAt, t.WorkEndedAt = mc.Ref(at.Add(-time.Duration(n%100)*time.Hour)), &at
	}
	if err := tx.InsertTask(ctx, t); err != nil {
		return err
	}
	tx.Record(mc.ActivityEvent{Type: mc.EventTaskCreated, Message: mc.Ref("Task created: " + t.Title + "."), TaskID: &t.ID, BoardID: &board})
	tx.Record(mc.ActivityEvent{Type: mc.EventTaskComment, Message: mc.Ref("I say that what stands out is the third column."), TaskID: &t.ID, BoardID: &board})
	return nil
}
