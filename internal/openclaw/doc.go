// Package openclaw is a client of the OpenClaw gateway: a WebSocket server that
// hosts agents. It speaks the gateway's protocol, versions 3 to 4: handshake
// with device identity, requests and responses over one multiplexed connection
// per gateway, typed calls, deadlines, retries, a breaker for gateways that are
// away, and configuration writes that survive the restart they cause.
//
// It knows nothing of Mission Control: no boards, no tasks, no rows. What is
// sent to which agent, and when a failure is tried again, is for others to say.
package openclaw
