package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// load sends one operation to one server, round after round.
type load struct {
	subject     *subject
	op          operation
	connections int
	client      *http.Client
	sent        atomic.Int64
	latencies   vegeta.LatencyMetrics // of the rounds that count
}

// sample is what one round measured.
type sample struct {
	rate      float64 // answers per second
	requests  uint64
	cpu       time.Duration // of the server, per request; 0: unknown
	driverCPU time.Duration // per request
}

func newLoad(s *subject, op operation, connections int) *load {
	return &load{
		subject: s, op: op, connections: connections,
		client: &http.Client{
			Timeout: callWithin,
			Transport: &http.Transport{
				MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections,
				DisableCompression: true, // on loopback it would only be work
			},
		},
	}
}

// attack sends requests for a while, on every connection the next one as soon
// as the one before it is answered. Wrong answers are an error.
func (l *load) attack(ctx context.Context, d time.Duration) (sample, error) {
	if d <= 0 {
		return sample{}, nil
	}
	workers := uint64(l.connections)
	attacker := vegeta.NewAttacker(
		vegeta.Client(l.client), vegeta.Workers(workers), vegeta.MaxWorkers(workers),
		vegeta.MaxBody(0), // read, and thrown away
	)
	detach := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer detach()

	cpu, own := l.subject.process.cpu(), driverCPU()
	var metrics vegeta.Metrics
	for result := range attacker.Attack(l.target, vegeta.Rate{}, d, "") {
		metrics.Add(result)
		l.latencies.Add(result.Latency)
	}
	metrics.Close()
	cpu, own = l.subject.process.cpu()-cpu, driverCPU()-own
	switch {
	case ctx.Err() != nil:
		return sample{}, ctx.Err()
	case metrics.Requests == 0 || metrics.Success < 1:
		return sample{}, fmt.Errorf("%s on %s: %d requests, answers %v, errors %q", l.op.name, l.subject.name, metrics.Requests, metrics.StatusCodes, metrics.Errors)
	}
	n := time.Duration(metrics.Requests)
	return sample{rate: metrics.Throughput, requests: metrics.Requests, cpu: cpu / n, driverCPU: own / n}, nil
}

// target is the next request, as the load library wants it.
func (l *load) target(t *vegeta.Target) error {
	r := l.op.request(l.subject.world, int(l.sent.Add(1)-1))
	t.Method, t.URL, t.Body, t.Header = r.method, l.subject.api.base+r.path, r.body, l.subject.api.headers(r)
	return nil
}
