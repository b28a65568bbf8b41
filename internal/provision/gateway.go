package provision

import (
	"context"
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision/templates"
	"missioncontrol/internal/store"
)

// Action is why an agent's files are written.
type Action = templates.Action

// The actions.
const (
	Provision = templates.Provision // everything is new
	Update    = templates.Update    // what the agent wrote itself is kept
)

// Endpoint returns how a gateway is reached.
func Endpoint(g mc.Gateway) openclaw.Endpoint {
	e := openclaw.Endpoint{URL: g.URL, AllowInsecureTLS: g.AllowInsecureTLS, DisableDevicePairing: g.DisableDevicePairing}
	if g.Token != nil {
		e.Token = *g.Token
	}
	return e
}

// Need is what a caller wants of a board's gateway.
type Need int

// The needs.
const (
	NeedURL       Need = iota // to talk to it
	NeedWorkspace             // to keep agents on it: a workspace root as well
)

// BoardGateway loads the gateway of a board; mc.KindInvalid with the contract's
// text when the board has none or it lacks what is needed.
func BoardGateway(ctx context.Context, r store.Reader, board mc.Board, need Need) (mc.Gateway, error) {
	if board.GatewayID == nil {
		return mc.Gateway{}, mc.Unprocessable("Board gateway_id is required")
	}
	g, err := r.Gateway(ctx, board.OrganizationID, *board.GatewayID)
	switch {
	case mc.KindOf(err) == mc.KindNotFound:
		return g, mc.Unprocessable("Board gateway_id is invalid")
	case err != nil:
		return g, err
	case need == NeedWorkspace && strings.TrimSpace(g.WorkspaceRoot) == "":
		return g, mc.Unprocessable("Gateway workspace_root is required")
	case strings.TrimSpace(g.URL) == "":
		return g, mc.Unprocessable("Gateway url is required")
	}
	return g, nil
}

// CheckGateway dials a gateway anew and refuses it when it cannot be reached
// (mc.KindUpstream) or its version does not do (mc.KindInvalid).
func (s *Service) CheckGateway(ctx context.Context, e openclaw.Endpoint) error {
	ok, message, err := openclaw.CheckVersion(ctx, s.client, e, s.minVersion)
	if err != nil {
		refused := mc.Upstream("Gateway compatibility check failed: " + openclaw.NormalizedMessage(err))
		refused.Cause = err
		return refused
	}
	if !ok {
		return mc.Unprocessable(message)
	}
	return nil
}

// GatewayVerdict is CheckGateway for showing: what is wrong in one line, or "".
func (s *Service) GatewayVerdict(ctx context.Context, e openclaw.Endpoint) string {
	_, message, err := openclaw.CheckVersion(ctx, s.client, e, s.minVersion)
	if err != nil {
		return openclaw.NormalizedMessage(err)
	}
	return message
}
