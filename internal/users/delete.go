package users

import (
	"context"
	"slices"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Delete removes a user's account. Organizations that nobody else belongs to
// go with it, whole; the others go on, if need be with a new owner. What the
// user made there stays, without their name.
func (f *Feature) Delete(ctx context.Context, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		memberships, err := tx.Memberships(ctx, id)
		if err != nil {
			return err
		}
		// In one order for everybody, so that members who leave at the same time
		// do not wait for each other in a circle.
		slices.SortFunc(memberships, func(a, b store.Membership) int { return slices.Compare(a.ID[:], b.ID[:]) })
		for _, m := range memberships {
			if err := f.leave(ctx, tx, m.ID, id); err != nil {
				return err
			}
		}
		return tx.DeleteUser(ctx, id)
	})
}

// leave takes a user out of an organization, which ends with its last member.
func (f *Feature) leave(ctx context.Context, tx *store.Tx, organization, user mc.ID) error {
	if err := tx.LockOrganization(ctx, organization); err != nil {
		return err
	}
	others, err := tx.HasOtherMembers(ctx, organization, user)
	if err != nil {
		return err
	}
	if !others {
		if err := f.leaveGateways(ctx, tx, organization); err != nil {
			return err
		}
		return tx.DeleteOrganization(ctx, organization)
	}
	if err := tx.DeleteMember(ctx, organization, user); err != nil {
		return err
	}
	return tx.EnsureOwner(ctx, organization)
}

// agentsAtOnce bounds what is held in memory of an organization that ends.
const agentsAtOnce = 50

// leaveGateways leaves the agents of an organization to jobs that take them off
// their gateways, for as long as those can be reached. Nothing waits for that:
// the tokens of the agents open nothing from the commit on.
func (f *Feature) leaveGateways(ctx context.Context, tx *store.Tx, organization mc.ID) error {
	gateways := map[mc.ID]mc.Gateway{}
	for offset, more := 0, true; more; offset += agentsAtOnce {
		agents, total, err := tx.Agents(ctx, store.AgentFilter{OrganizationID: &organization}, agentsAtOnce, offset)
		if err != nil {
			return err
		}
		for _, a := range agents {
			if a.IsExternal() || a.GatewayID == nil {
				continue
			}
			g, known := gateways[*a.GatewayID]
			if !known {
				if g, err = tx.GatewayByID(ctx, *a.GatewayID); err != nil {
					return err
				}
				gateways[g.ID] = g
			}
			f.lifecycle.RemoveWithGateway(tx, a, g)
		}
		if err := tx.Flush(ctx); err != nil { // what is queued is no longer held here
			return err
		}
		more = int64(offset+agentsAtOnce) < total
	}
	return nil
}
