package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	gatewayTable = tableOf[mc.Gateway]("gateways")
	gatewayCols  = gatewayTable.cols("g")
)

// Gateway loads a gateway of an organization.
func (r Reader) Gateway(ctx context.Context, organization, id mc.ID) (mc.Gateway, error) {
	return get[mc.Gateway](ctx, r, `SELECT `+gatewayCols+` FROM gateways g WHERE g.id = ? AND g.organization_id = ?`, id, organization)
}

// GatewayByID loads a gateway, whatever its organization; for jobs and for
// agents, whose own rows name it.
func (r Reader) GatewayByID(ctx context.Context, id mc.ID) (mc.Gateway, error) {
	return get[mc.Gateway](ctx, r, `SELECT `+gatewayCols+` FROM gateways g WHERE g.id = ?`, id)
}

// GatewayByURL loads an organization's oldest gateway with exactly this url.
func (r Reader) GatewayByURL(ctx context.Context, organization mc.ID, url string) (mc.Gateway, error) {
	return get[mc.Gateway](ctx, r, `SELECT `+gatewayCols+` FROM gateways g WHERE g.organization_id = ? AND g.url = ? ORDER BY g.created_at, g.id LIMIT 1`, organization, url)
}

// Gateways lists a page of an organization's gateways, newest first.
func (r Reader) Gateways(ctx context.Context, organization mc.ID, limit, offset int) ([]mc.Gateway, int64, error) {
	return page[mc.Gateway](ctx, r, gatewayCols, `FROM gateways g WHERE g.organization_id = ?`, `g.created_at DESC, g.id`, limit, offset, organization)
}

// GatewayInUse reports whether a board uses the gateway.
func (r Reader) GatewayInUse(ctx context.Context, id mc.ID) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM boards WHERE gateway_id = ?`, id)
}

// LockGateway loads a gateway of an organization and holds its row until the end
// of the transaction, so that its main agent is made once.
func (tx *Tx) LockGateway(ctx context.Context, organization, id mc.ID) (mc.Gateway, error) {
	return get[mc.Gateway](ctx, tx.Reader, `SELECT `+gatewayCols+` FROM gateways g WHERE g.id = ? AND g.organization_id = ?`+tx.forUpdate(), id, organization)
}

// InsertGateway adds a gateway.
func (tx *Tx) InsertGateway(ctx context.Context, g mc.Gateway) error {
	return gatewayTable.insert(ctx, tx, &g)
}

// UpdateGateway writes everything of a gateway that may change.
func (tx *Tx) UpdateGateway(ctx context.Context, g mc.Gateway) error {
	return gatewayTable.update(ctx, tx, &g, "name", "url", "token", "workspace_root", "allow_insecure_tls", "disable_device_pairing")
}

// DeleteGateway removes a gateway; its agents must be gone.
func (tx *Tx) DeleteGateway(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM gateways WHERE id = ?`, id)
	return err
}

// FollowBoards moves agents that were left on a gateway to the gateway of
// their board.
func (tx *Tx) FollowBoards(ctx context.Context, gateway mc.ID) error {
	moved, err := tx.nextVersion(ctx, "agents", "gateway_id = ?", gateway)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `
		UPDATE agents SET gateway_id = (SELECT b.gateway_id FROM boards b WHERE b.id = agents.board_id), updated_at = ?, changed_at = ?
		WHERE gateway_id = ? AND board_id IS NOT NULL`, moved, moved, gateway)
	return err
}
