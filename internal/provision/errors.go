package provision

import (
	"errors"
	"fmt"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
)

// errSuperseded says that a newer run owns the agent.
var errSuperseded = errors.New("a newer run owns the agent")

// errGone is what callers are told of an agent that is not there.
func errGone() error { return mc.NotFound("Agent not found") }

// storeFailure is an error of the database in the middle of a run: nothing is
// known of the gateway, and the job of the run will find out.
type storeFailure struct{ error }

func (e storeFailure) Unwrap() error { return e.error }

// isGateway reports whether a gateway, or the way to it, is at fault.
func isGateway(err error) bool {
	_, answered := errors.AsType[*openclaw.Error](err)
	return answered
}

// runError words a failed run as the contract does.
func runError(action Action, err error) error {
	if isGateway(err) {
		refused := mc.Upstream(fmt.Sprintf("Gateway %s failed: %s", action, err))
		refused.Cause = err
		return refused
	}
	return mc.Failure(fmt.Sprintf("Unexpected error %sing gateway provisioning.", action), err)
}

// Reason is what a gateway, or the way to it, said: the text that an error of
// this package adds to the contract's own.
func Reason(err error) string {
	if e, ok := errors.AsType[*mc.Error](err); ok && e.Cause != nil {
		return e.Cause.Error()
	}
	return err.Error()
}
