// Package agents is about the organization's agents as people manage them:
// directory, creation, changes, removal, the tokens of external ones, the
// stream of their changes, and their check-ins.
//
// How an agent is brought to life on its gateway is the business of package
// provision; what an agent may call itself is that of agentapi, which uses the
// use cases from here.
package agents

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Feature holds what the use cases need.
type Feature struct {
	store     *store.Store
	broker    *live.Broker
	lifecycle *provision.Service
	clock     mc.Clock
}

// New returns the feature.
func New(st *store.Store, broker *live.Broker, lifecycle *provision.Service, clock mc.Clock) *Feature {
	return &Feature{store: st, broker: broker, lifecycle: lifecycle, clock: clock}
}

func (f *Feature) show(a mc.Agent) views.AgentRead { return views.Agent(a, f.clock()) }

// List returns a page of the agents that a member may see, newest first: those
// on boards the member may read, and the main agents of the organization's
// gateways. A board the member may not read is refused, and so is a gateway the
// organization does not have.
func (f *Feature) List(ctx context.Context, m mc.Member, board, gateway *mc.ID, limit, offset int) ([]views.AgentRead, int64, error) {
	if err := f.checkBoard(ctx, m, board); err != nil {
		return nil, 0, err
	}
	if gateway != nil {
		if _, err := f.store.Gateway(ctx, m.OrganizationID, *gateway); err != nil {
			return nil, 0, err
		}
	}
	rows, total, err := f.store.Agents(ctx, store.AgentFilter{Member: &m, BoardID: board, GatewayID: gateway}, limit, offset)
	return views.Agents(rows, f.clock()), total, err
}

// Get returns one agent.
func (f *Feature) Get(ctx context.Context, m mc.Member, id string) (views.AgentRead, error) {
	a, err := f.reach(ctx, m, id, access.Read)
	return f.show(a), err
}

// checkBoard refuses a filter by a board that the member may not read.
func (f *Feature) checkBoard(ctx context.Context, m mc.Member, board *mc.ID) error {
	if board == nil {
		return nil
	}
	reads, err := access.ReadsBoard(ctx, f.store.Reader, m, *board)
	if err == nil && !reads {
		err = mc.Forbidden()
	}
	return err
}

// reach loads an agent for an admin of an organization.
func (f *Feature) reach(ctx context.Context, m mc.Member, id string, level access.Level) (mc.Agent, error) {
	parsed, ok := mc.ParseID(id)
	if !ok {
		return mc.Agent{}, mc.NotFound()
	}
	a, err := f.store.Agent(ctx, parsed)
	if err != nil {
		return mc.Agent{}, err
	}
	return a, f.checkReach(ctx, m, a, level)
}

// checkReach refuses agents of other organizations as if they did not exist,
// and agents of boards that the admin may not use at this level.
func (f *Feature) checkReach(ctx context.Context, m mc.Member, a mc.Agent, level access.Level) error {
	if a.BoardID != nil {
		return f.checkUse(ctx, m, *a.BoardID, level)
	}
	if a.GatewayID == nil {
		return mc.NotFound()
	}
	_, err := f.store.Gateway(ctx, m.OrganizationID, *a.GatewayID)
	return err
}

func (f *Feature) checkUse(ctx context.Context, m mc.Member, id mc.ID, level access.Level) error {
	board, err := f.store.Board(ctx, id)
	if err != nil {
		return err
	}
	if board.OrganizationID != m.OrganizationID {
		return mc.NotFound()
	}
	read, write, err := access.MemberAccess(ctx, f.store.Reader, m, id)
	if err == nil && (!read || level == access.Write && !write) {
		err = mc.Forbidden()
	}
	return err
}
