package gateways

import (
	"context"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision"
)

// target is the gateway that a caller wants to look into.
type target struct {
	endpoint openclaw.Endpoint
	mainKey  string // session of the main agent; "" when the gateway was named by its url
	mayWrite bool   // whether the caller may change the board that named it
}

const noTarget = "board_id or gateway_url is required"

// byBoard finds the gateway of a board. A text that is no UUID is the id of no
// board.
func (f *Feature) byBoard(ctx context.Context, p access.Person, boardID *string) (target, error) {
	if boardID == nil || *boardID == "" {
		return target{}, mc.Unprocessable(noTarget)
	}
	id, ok := mc.ParseID(*boardID)
	if !ok {
		return target{}, mc.NotFound("Board not found")
	}
	board, err := f.store.Board(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound {
		return target{}, mc.NotFound("Board not found")
	}
	if err != nil {
		return target{}, err
	}
	_, read, write, err := access.BoardMember(ctx, f.store.Reader, p, board)
	if err != nil {
		return target{}, err
	}
	if !read {
		return target{}, mc.Forbidden(access.BoardDenied)
	}
	g, err := provision.BoardGateway(ctx, f.store.Reader, board, provision.NeedURL)
	if err != nil {
		return target{}, err
	}
	if board.OrganizationID != p.Member.OrganizationID {
		return target{}, mc.Forbidden()
	}
	return target{endpoint: provision.Endpoint(g), mainKey: mc.MainSessionKey(g.ID), mayWrite: write}, nil
}

// byURL takes the gateway as the caller describes it. Flags that are not given
// are those of the organization's gateway of this address; its token is not used.
func (f *Feature) byURL(ctx context.Context, organization mc.ID, in statusInput) (target, error) {
	e := openclaw.Endpoint{URL: strings.TrimSpace(*in.GatewayURL)}
	if e.URL == "" {
		return target{}, mc.Unprocessable(noTarget)
	}
	if in.GatewayToken != nil {
		e.Token = strings.TrimSpace(*in.GatewayToken)
	}
	pairing, tls := in.DisableDevicePairing, in.AllowInsecureTLS
	if pairing == nil || tls == nil {
		saved, err := f.store.GatewayByURL(ctx, organization, e.URL)
		if err != nil && mc.KindOf(err) != mc.KindNotFound {
			return target{}, err
		}
		e.DisableDevicePairing, e.AllowInsecureTLS = saved.DisableDevicePairing, saved.AllowInsecureTLS
	}
	if pairing != nil {
		e.DisableDevicePairing = *pairing
	}
	if tls != nil {
		e.AllowInsecureTLS = *tls
	}
	return target{endpoint: e}, nil
}
