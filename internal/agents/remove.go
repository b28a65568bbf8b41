package agents

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// DeleteByID removes an agent for an admin. One that does not exist is fine.
func (f *Feature) DeleteByID(ctx context.Context, m mc.Member, id string) error {
	parsed, ok := mc.ParseID(id)
	if !ok {
		return nil
	}
	a, err := f.store.Agent(ctx, parsed)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.checkReach(ctx, m, a, access.Write); err != nil {
		return err
	}
	return f.Delete(ctx, a)
}

// Delete takes an agent away from its gateway and then removes it: its tasks are
// released, its traces stay without it. When the gateway refuses, nothing is
// removed. The main agent is asked to clean up what is left on disk.
func (f *Feature) Delete(ctx context.Context, a mc.Agent) error {
	gateway, err := f.gatewayOf(ctx, a)
	if err != nil {
		return err
	}
	if gateway != nil {
		if err := f.lifecycle.Remove(ctx, a, *gateway); err != nil {
			text := "Delete message failed: " + provision.Reason(err)
			return firstOf(f.record(ctx, mc.ActivityEvent{Type: mc.EventAgentDeleteFailed, Message: &text, AgentID: &a.ID, BoardID: a.BoardID}), err)
		}
	}
	return f.store.Write(ctx, func(tx *store.Tx) error {
		ctx := tx.Context()
		row, err := tx.LockAgent(ctx, a.ID)
		if mc.KindOf(err) == mc.KindNotFound {
			return nil // somebody was faster
		}
		if err != nil {
			return err
		}
		tx.Record(mc.ActivityEvent{Type: mc.EventAgentDeleted, Message: mc.Ref("Deleted agent " + row.Name + "."), BoardID: row.BoardID})
		if gateway != nil && !row.IsMain() {
			f.lifecycle.AskCleanup(tx, row, *gateway)
		}
		if err := tx.AuditAgent(ctx, mc.AuditAgentDeleted, row, nil); err != nil {
			return err
		}
		tx.Announce(store.KindAgentDeleted, boardOf(row), row.ID)
		return tx.DeleteAgent(ctx, row.ID)
	})
}

// gatewayOf returns the gateway that an agent is to be taken away from; nil when
// there is none: of an external agent, and of a main agent that cannot be reached.
func (f *Feature) gatewayOf(ctx context.Context, a mc.Agent) (*mc.Gateway, error) {
	if a.IsExternal() {
		return nil, nil //nolint:nilnil // no gateway is ordinary
	}
	if a.BoardID != nil {
		board, err := f.boardNamed(ctx, *a.BoardID)
		if err != nil {
			return nil, err
		}
		gateway, err := provision.BoardGateway(ctx, f.store.Reader, board, provision.NeedWorkspace)
		return &gateway, err
	}
	gateway, err := f.store.GatewayByID(ctx, *a.GatewayID)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && blankToNil(&gateway.URL) == nil {
		return nil, nil //nolint:nilnil // as above
	}
	return &gateway, err
}

func (f *Feature) record(ctx context.Context, e mc.ActivityEvent) error {
	return f.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		tx.Record(e)
		return nil
	})
}

func boardOf(a mc.Agent) (board mc.ID) {
	if a.BoardID != nil {
		board = *a.BoardID
	}
	return board
}
