// Package httpapi is what every operation of the HTTP API shares: the
// declaration from which route, guard, limits and documentation come, decoding
// and validation, errors, pages, event streams and middleware.
//
// It knows nothing of tasks, boards or agents: features declare operations
// here, and access supplies the guards.
package httpapi
