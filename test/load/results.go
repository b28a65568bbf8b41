package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// results are what a run found out, as they are saved.
type results struct {
	At           time.Time      `json:"at"`
	Machine      string         `json:"machine"`
	Connections  int            `json:"connections"`
	Rounds       int            `json:"rounds"`
	RoundSeconds float64        `json:"round_seconds"`
	Operations   []*measurement `json:"operations"`
	Alone        []*alone       `json:"alone,omitempty"`
	Growth       []*growth      `json:"growth,omitempty"`
	Skipped      []string       `json:"skipped,omitempty"` // the server lets us have no agents
	Absent       []string       `json:"absent,omitempty"`  // the server does not have them
	Differences  []string       `json:"differences,omitempty"`
	FanOut       struct {
		Ours  *fanOut `json:"ours,omitempty"`
		Floor *fanOut `json:"floor,omitempty"`
	} `json:"fan_out"`
	Memory struct {
		AfterStart memory `json:"after_start"`
		Idle       memory `json:"idle"`
		AfterLoad  memory `json:"after_load"`
	} `json:"memory"`
	Ready readiness `json:"ready"`
}

// readiness is how long starts took, until the server answered that it is ready.
type readiness struct {
	First time.Duration   `json:"first_ns"` // makes the database
	Later []time.Duration `json:"later_ns"`
}

func (r *readiness) add(first bool, took time.Duration) {
	if first {
		r.First = took
	} else {
		r.Later = append(r.Later, took)
	}
}

// measurement is an operation on both servers.
type measurement struct {
	Name   string `json:"name"`
	Writes bool   `json:"writes"`
	Ours   figure `json:"ours"`
	Floor  figure `json:"floor"`
	// Ratio is the throughput of ours by that of the floor: the median of the
	// rounds, each compared with its neighbour.
	Ratio  float64   `json:"ratio"`
	Ratios []float64 `json:"ratios"`
}

// figure is an operation on one server.
type figure struct {
	Rate     float64       `json:"requests_per_second"` // median of the rounds
	Requests uint64        `json:"requests"`
	P50      time.Duration `json:"p50_ns"`
	P95      time.Duration `json:"p95_ns"`
	P99      time.Duration `json:"p99_ns"`
	// CPU is the server's processor time per request: what a ratio would be if
	// the driver cost nothing. 0: unknown.
	CPU       time.Duration `json:"cpu_per_request_ns"`
	DriverCPU time.Duration `json:"driver_cpu_per_request_ns"`

	samples []sample
}

func (m *measurement) add(ours bool, s sample) {
	f := &m.Floor
	if ours {
		f = &m.Ours
	}
	f.samples = append(f.samples, s)
}

func (m *measurement) finish(ours, floor *load) {
	m.Ours.finish(ours)
	m.Floor.finish(floor)
	for i := range m.Ours.samples {
		m.Ratios = append(m.Ratios, m.Ours.samples[i].rate/m.Floor.samples[i].rate)
	}
	m.Ratio = median(m.Ratios)
}

func (f *figure) finish(l *load) {
	var rates []float64
	var cpu, driver time.Duration
	for _, s := range f.samples {
		rates = append(rates, s.rate)
		f.Requests += s.requests
		cpu += s.cpu * time.Duration(s.requests)
		driver += s.driverCPU * time.Duration(s.requests)
	}
	f.Rate = median(rates)
	if f.Requests > 0 {
		f.CPU, f.DriverCPU = cpu/time.Duration(f.Requests), driver/time.Duration(f.Requests)
	}
	f.P50, f.P95, f.P99 = l.latencies.Quantile(0.50), l.latencies.Quantile(0.95), l.latencies.Quantile(0.99)
}

// median is the middle of values, 0 of none; their order stays.
func median[T float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

func (r *results) save(path string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("save the results: %w", err)
	}
	return nil
}
