package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// subject is a server under load.
type subject struct {
	name    string
	api     api
	process *process // nil for a server that was there before
	world   *world
}

// run measures everything and stops what it started.
func run(ctx context.Context, o options) (_ *results, err error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.dir, "bench-*")
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	r := &results{
		At: time.Now().UTC().Truncate(time.Second), Machine: machine(),
		Connections: o.connections, Rounds: o.rounds, RoundSeconds: o.each.Seconds(),
	}
	ours, err := openSubject(ctx, o, dir, r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.process.stop()) }()
	floor, err := startFloor(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, floor.process.stop()) }()
	subjects := []*subject{ours, floor}

	for _, s := range subjects {
		if s.world, err = seed(ctx, s.api, o); err != nil {
			return nil, fmt.Errorf("set up %s: %w", s.name, err)
		}
	}
	if r.Differences, err = compareAnswers(ctx, ours, floor); err != nil {
		return nil, err
	}
	if err := measureOperations(ctx, o, subjects, r); err != nil {
		return nil, err
	}
	if o.streams > 0 {
		if err := measureFanOut(ctx, o, subjects, r); err != nil {
			return nil, err
		}
	}
	if err := measureAlone(ctx, o, ours, r); err != nil {
		return nil, err
	}
	r.Memory.AfterLoad = ours.process.memory()
	if o.server == "" {
		if err := measureGrowth(ctx, o, dir, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// openSubject is the server that the run is about. One that is started here is
// timed, and its idle memory read, before anything else happens.
func openSubject(ctx context.Context, o options, dir string, r *results) (*subject, error) {
	if o.server != "" {
		return &subject{name: "server", api: newAPI(o.server, o.token)}, nil
	}
	launch := missionControl(o.binary, filepath.Join(dir, "mission-control"))
	for i := range o.starts {
		p, took, err := start(ctx, launch)
		if err != nil {
			return nil, err
		}
		r.Ready.add(i == 0, took)
		if err := p.stop(); err != nil {
			return nil, fmt.Errorf("stop %s: %w", o.binary, err)
		}
	}
	p, _, err := start(ctx, launch)
	if err != nil {
		return nil, err
	}
	r.Memory.AfterStart = p.memory()
	progress("idle for %v", o.idle)
	if err := sleep(ctx, o.idle); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	r.Memory.Idle = p.memory()
	return &subject{name: "mission-control", api: newAPI(p.url, launch.token), process: p}, nil
}

func startFloor(ctx context.Context, dir string) (*subject, error) {
	launch, err := floorLaunch(filepath.Join(dir, "floor"))
	if err != nil {
		return nil, err
	}
	p, _, err := start(ctx, launch)
	if err != nil {
		return nil, err
	}
	return &subject{name: "floor", api: newAPI(p.url, launch.token), process: p}, nil
}

// measureOperations loads the servers with each operation, in turns.
func measureOperations(ctx context.Context, o options, subjects []*subject, r *results) error {
	for _, op := range operations {
		if !o.only.MatchString(op.name) {
			continue
		}
		if op.agent && subjects[0].world.agentTokens == nil {
			r.Skipped = append(r.Skipped, op.name)
			continue
		}
		m := &measurement{Name: op.name, Writes: op.writes}
		loads := map[*subject]*load{}
		for _, s := range subjects {
			loads[s] = newLoad(s, op, o.connections)
			if _, err := loads[s].attack(ctx, o.warmup); err != nil {
				return err
			}
		}
		for round := range o.rounds {
			turn := slices.Clone(subjects)
			if round%2 == 1 {
				slices.Reverse(turn) // who comes first may have an advantage
			}
			for _, s := range turn {
				runtime.GC() // the driver's garbage should not be collected in the next one's time
				one, err := loads[s].attack(ctx, o.each)
				if err != nil {
					return err
				}
				m.add(s == subjects[0], one)
			}
		}
		m.finish(loads[subjects[0]], loads[subjects[1]])
		progress("%s", m.line())
		r.Operations = append(r.Operations, m)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, "  "+format+"\n", args...) }
