// Package telemetry is what the program tells about itself: logs in the two
// formats of the contract, and metrics for Prometheus.
//
// It does not decide what is worth telling. Whoever logs passes ids, counts
// and durations, never tokens, headers or payloads.
package telemetry
