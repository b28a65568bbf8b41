package gateways

import (
	"context"
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Create connects a gateway: it is tried first, then written with its main
// agent, and then that agent is brought to life. When only the last step fails,
// the rows stay and a job goes on trying.
func (f *Feature) Create(ctx context.Context, organization, user mc.ID, body GatewayCreate) (GatewayRead, error) {
	g := mc.Gateway{
		ID: mc.NewID(), OrganizationID: organization, Name: body.Name, URL: body.URL, Token: cleanToken(body.Token), WorkspaceRoot: body.WorkspaceRoot,
		AllowInsecureTLS: body.AllowInsecureTLS, DisableDevicePairing: body.DisableDevicePairing,
	}
	if err := f.lifecycle.CheckGateway(ctx, provision.Endpoint(g)); err != nil {
		return GatewayRead{}, err
	}
	var lease provision.Lease
	err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
		g.CreatedAt, g.UpdatedAt = tx.Now(), tx.Now()
		if err := tx.InsertGateway(ctx, g); err != nil {
			return err
		}
		tx.Audit(mc.AuditGatewayCreated, g.AuditTarget(), nil)
		lease, err = f.beginMain(ctx, tx, g, user, provision.Provision)
		return err
	})
	if err == nil {
		_, err = f.lifecycle.Finish(ctx, lease)
	}
	return viewOf(g), err
}

// Change changes a gateway. New ways to reach it are tried before anything is
// written; its main agent is then told of the change, whatever it was.
func (f *Feature) Change(ctx context.Context, organization, user, id mc.ID, change GatewayUpdate) (GatewayRead, error) {
	g, err := found(f.store.Gateway(ctx, organization, id))
	if err != nil {
		return GatewayRead{}, err
	}
	change.apply(&g)
	if change.reconnects() && strings.TrimSpace(g.URL) != "" {
		if err := f.lifecycle.CheckGateway(ctx, provision.Endpoint(g)); err != nil {
			return GatewayRead{}, err
		}
	}
	var lease provision.Lease
	err = f.store.Write(ctx, func(tx *store.Tx) (err error) {
		if g, err = found(tx.LockGateway(ctx, organization, id)); err != nil {
			return err
		}
		before := g
		change.apply(&g)
		if err := tx.UpdateGateway(ctx, g); err != nil {
			return err
		}
		tx.Audit(mc.AuditGatewayChanged, g.AuditTarget(), mc.GatewayDifferences(before, g))
		lease, err = f.beginMain(ctx, tx, g, user, provision.Update)
		return err
	})
	if err == nil {
		_, err = f.lifecycle.Finish(ctx, lease)
	}
	return viewOf(g), err
}

// beginMain begins the run that tells the main agent of its gateway.
func (f *Feature) beginMain(ctx context.Context, tx *store.Tx, g mc.Gateway, user mc.ID, action provision.Action) (provision.Lease, error) {
	main, _, err := f.lifecycle.EnsureMain(ctx, tx, g)
	if err != nil {
		return provision.Lease{}, err
	}
	return f.lifecycle.Begin(ctx, tx, provision.Run{AgentID: main.ID, Action: action, UserID: &user, Wake: true, Deliver: true})
}

// Delete disconnects a gateway that no board uses. Its main agent goes with it,
// on the gateway too if that can be reached; agents that were left on it when
// their board moved away follow their board.
func (f *Feature) Delete(ctx context.Context, organization, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		g, err := found(tx.LockGateway(ctx, organization, id))
		if err != nil {
			return err
		}
		used, err := tx.GatewayInUse(ctx, id)
		if err != nil {
			return err
		}
		if used {
			return mc.Conflict("Gateway is used by boards")
		}
		main, err := tx.MainAgents(ctx, id)
		if err != nil {
			return err
		}
		for _, a := range main {
			f.lifecycle.RemoveWithGateway(tx, a, g)
			if err := tx.DeleteAgent(ctx, a.ID); err != nil {
				return err
			}
		}
		if err := tx.FollowBoards(ctx, id); err != nil {
			return err
		}
		tx.Audit(mc.AuditGatewayDeleted, g.AuditTarget(), nil)
		return tx.DeleteGateway(ctx, id)
	})
}

// Sync writes the files of a gateway's agents again.
func (f *Feature) Sync(ctx context.Context, organization, user, id mc.ID, o provision.SyncOptions) (GatewayTemplatesSyncResult, error) {
	g, err := found(f.store.Gateway(ctx, organization, id))
	if err != nil {
		return GatewayTemplatesSyncResult{}, err
	}
	result, err := f.lifecycle.SyncTemplates(ctx, g, user, o)
	return reportOf(id, o, result), err
}
