package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Outcome is how a job or a call ended.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "ok"
	Failed  Outcome = "failed"  // for good
	Retried Outcome = "retried" // failed, and will be tried again
)

// Metrics counts what the program does. The labels are bounded as long as the
// names passed in come from the program and never from a request.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	jobs     *prometheus.HistogramVec
	gateway  *prometheus.HistogramVec
	streams  *prometheus.GaugeVec
	dropped  *prometheus.CounterVec
}

// NewMetrics returns metrics with a registry of their own, the process's and
// the runtime's metrics included.
func NewMetrics() *Metrics {
	const namespace = "mission_control"
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "http_request_duration_seconds", Help: "Time until the head of the response, by operation.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"operation", "method", "status"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "job_duration_seconds", Help: "Time that a run of a background job took.",
			Buckets: prometheus.ExponentialBuckets(.005, 4, 8),
		}, []string{"kind", "outcome"}),
		gateway: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "gateway_call_duration_seconds", Help: "Time that a call to a gateway took.",
			Buckets: prometheus.ExponentialBuckets(.005, 4, 8),
		}, []string{"call", "outcome"}),
		streams: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "streams_open", Help: "Event streams that are open now.",
		}, []string{"stream"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "streams_dropped_total", Help: "Event streams that were ended because their client read too slowly.",
		}, []string{"stream"}),
	}
	m.registry.MustRegister(m.requests, m.jobs, m.gateway, m.streams, m.dropped,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request. The operation is its id in the API's
// document, "" for a request that none was found for.
func (m *Metrics) Request(operation, method string, status int, took time.Duration) {
	if operation == "" {
		operation = "none"
	}
	m.requests.WithLabelValues(operation, knownMethod(method), strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// Job counts a run of a background job.
func (m *Metrics) Job(kind string, outcome Outcome, took time.Duration) {
	m.jobs.WithLabelValues(kind, string(outcome)).Observe(took.Seconds())
}

// GatewayCall counts a call to a gateway.
func (m *Metrics) GatewayCall(call string, outcome Outcome, took time.Duration) {
	m.gateway.WithLabelValues(call, string(outcome)).Observe(took.Seconds())
}

// StreamOpened counts an event stream until closed is called.
func (m *Metrics) StreamOpened(stream string) (closed func()) {
	open := m.streams.WithLabelValues(stream)
	open.Inc()
	return open.Dec
}

// StreamDropped counts an event stream that was ended for reading too slowly.
func (m *Metrics) StreamDropped(stream string) {
	m.dropped.WithLabelValues(stream).Inc()
}

// Handler serves the metrics in Prometheus's format. It asks for no
// credentials: who may reach it is for the server to decide.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// knownMethod keeps what clients make up out of the labels.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
