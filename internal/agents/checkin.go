package agents

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// CheckIn is an agent's own sign of life. The caller is the agent as the guard
// of a check-in gives it. A reported status is kept as it is; empty leaves it.
func (f *Feature) CheckIn(ctx context.Context, caller mc.Agent, reported string) (views.AgentRead, error) {
	shown, err := f.checkIn(ctx, caller.ID, reported, func(row mc.Agent, now mc.Time) mc.Agent {
		row, _ = row.Touch(now)
		if caller.PreviousTokenSHA256 == nil && mc.Same(row.TokenSHA256, caller.TokenSHA256) {
			row.PreviousTokenSHA256 = nil // its new token is in use
		}
		return row
	})
	if mc.KindOf(err) == mc.KindNotFound {
		err = mc.Unauthorized() // deleted meanwhile, and its token with it
	}
	return shown, err
}

// CheckInFor checks an agent in on behalf of an actor: an admin any agent that
// they may change, an agent itself.
func (f *Feature) CheckInFor(ctx context.Context, actor access.Actor, id, reported string) (views.AgentRead, error) {
	if actor.Agent != nil {
		target, ok := mc.ParseID(id)
		if !ok {
			return views.AgentRead{}, mc.NotFound()
		}
		if _, err := f.store.Agent(ctx, target); err != nil {
			return views.AgentRead{}, err
		}
		if target != actor.Agent.ID {
			return views.AgentRead{}, mc.Forbidden()
		}
		return f.CheckIn(ctx, *actor.Agent, reported)
	}
	if !actor.Person.Member.Role.IsAdmin() {
		return views.AgentRead{}, mc.Forbidden()
	}
	a, err := f.reach(ctx, actor.Person.Member, id, access.Write)
	if err != nil {
		return views.AgentRead{}, err
	}
	return f.checkIn(ctx, a.ID, reported, asItIs)
}

// CheckInNamed checks in the agent of a name, on a board if one is given, in the
// admin's organization; one that does not exist is made and brought to life
// first. An agent that calls checks itself in, whatever it names.
func (f *Feature) CheckInNamed(ctx context.Context, actor access.Actor, in AgentHeartbeatCreate) (views.AgentRead, error) {
	reported := ""
	if in.Status != nil {
		reported = *in.Status
	}
	if actor.Agent != nil {
		return f.CheckIn(ctx, *actor.Agent, reported)
	}
	person := *actor.Person
	if !person.Member.Role.IsAdmin() {
		return views.AgentRead{}, mc.Forbidden()
	}
	a, err := f.store.AgentByName(ctx, person.Member.OrganizationID, in.Name, in.BoardID)
	switch {
	case mc.KindOf(err) == mc.KindNotFound:
		a, err = f.appear(ctx, actor, in)
	case err == nil:
		a, err = f.awaken(ctx, person, a)
	}
	if err != nil {
		return f.show(a), err
	}
	return f.checkIn(ctx, a.ID, reported, func(row mc.Agent, _ mc.Time) mc.Agent {
		if !row.IsExternal() {
			row.SessionKey = mc.Ref(mc.SessionKeyOf(row))
		}
		return row
	})
}

// appear makes an agent that checks in for the first time. Its name is not
// compared with others but for being exactly the same.
func (f *Feature) appear(ctx context.Context, actor access.Actor, in AgentHeartbeatCreate) (mc.Agent, error) {
	board, err := f.creationBoard(ctx, actor, in.BoardID)
	if err != nil {
		return mc.Agent{}, err
	}
	a := mc.Agent{
		ID: mc.NewID(), BoardID: &board.ID, Name: in.Name, Status: mc.AgentProvisioning, Runtime: board.Runtime, HeartbeatConfig: mc.DefaultHeartbeatConfig(),
	}
	return f.enter(ctx, a, func(tx *store.Tx, a *mc.Agent) error {
		locked, err := tx.LockBoard(tx.Context(), board.ID)
		if err != nil {
			return err
		}
		if err := settle(tx.Context(), tx, locked, a); err != nil {
			return err
		}
		twin, err := tx.AgentByName(tx.Context(), board.OrganizationID, a.Name, &board.ID)
		if mc.KindOf(err) == mc.KindNotFound {
			return nil
		}
		a.ID, a.CreatedAt = twin.ID, twin.CreatedAt // another request was faster
		return err
	}, userOf(actor))
}

// awaken brings an agent to life that has never had a token.
func (f *Feature) awaken(ctx context.Context, p access.Person, a mc.Agent) (mc.Agent, error) {
	if err := f.checkReach(ctx, p.Member, a, access.Write); err != nil {
		return a, err
	}
	if a.IsExternal() || a.TokenHash != nil || a.TokenSHA256 != nil {
		return a, nil
	}
	var lease provision.Lease
	err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
		lease, err = f.lifecycle.Begin(tx.Context(), tx, provision.Run{
			AgentID: a.ID, Action: provision.Provision, UserID: &p.User.ID, Reset: true, Wake: true, Deliver: true,
		})
		return err
	})
	if err != nil {
		return a, err
	}
	return f.finish(ctx, lease, provision.Provision)
}

func asItIs(row mc.Agent, _ mc.Time) mc.Agent { return row }

// checkIn writes a check-in in one update and one event of the log. before is
// applied to the row first.
func (f *Feature) checkIn(ctx context.Context, id mc.ID, reported string, before func(row mc.Agent, now mc.Time) mc.Agent) (views.AgentRead, error) {
	var a mc.Agent
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		row, err := tx.LockAgent(tx.Context(), id)
		if err != nil {
			return err
		}
		a = before(row, tx.Now()).CheckIn(mc.Reported(reported), tx.Now())
		if row.PreviousTokenSHA256 != nil && a.PreviousTokenSHA256 == nil {
			tx.Announce(store.KindAccess, a.ID, a.ID) // its old token has ended
		}
		if err := tx.UpdateAgent(tx.Context(), a); err != nil {
			return err
		}
		e := mc.HeartbeatEvent(a)
		tx.Record(mc.ActivityEvent{Type: e.Type, Message: &e.Message, AgentID: &a.ID, BoardID: a.BoardID})
		return nil
	})
	return f.show(a), err
}
