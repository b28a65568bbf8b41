package agents

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/provision/templates"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Change applies a PATCH to an agent, brings what changed to the gateway and
// wakes the agent; the answer waits for that. The agent's token stays, unless
// force is set or its files do not show it; then a new one is made, and the old
// one is accepted until the new one is first used. The session is emptied only
// when files were written anew. When the gateway fails the change stays, and a
// job tries again.
func (f *Feature) Change(ctx context.Context, p access.Person, id string, u AgentUpdate, force bool, expected *mc.Precondition) (views.AgentRead, error) {
	a, err := f.reach(ctx, p.Member, id, access.Write)
	if err != nil {
		return views.AgentRead{}, err
	}
	if u.Status.Present() {
		return views.AgentRead{}, mc.Forbidden("status is controlled by agent heartbeat")
	}
	if board, ok := u.BoardID.Get(); ok {
		if err := f.checkUse(ctx, p.Member, board, access.Write); err != nil {
			return views.AgentRead{}, err
		}
	}
	_, converts := u.IsGatewayMain.Get()
	if u.nothing() && !converts && !force {
		return f.show(a), f.expect(a, expected)
	}
	known := ""
	if !force {
		known = f.tokenInFiles(ctx, a)
	}
	var lease provision.Lease
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.LockAgent(tx.Context(), a.ID)
		if err != nil {
			return err
		}
		if err := f.expect(before, expected); err != nil {
			return err
		}
		run := provision.Run{
			AgentID: a.ID, Action: provision.Update, UserID: &p.User.ID, Wake: true, Deliver: true, ForceBootstrap: force,
			Reset: force || converts || u.writesFiles(),
		}
		if mc.Same(a.TokenSHA256, before.TokenSHA256) {
			run.Token = known // else somebody has given it a new one meanwhile
		}
		lease, err = f.change(tx, before, u, run)
		return err
	})
	switch {
	case store.IsDuplicate(err, "agents", "board_id"):
		err = mc.LeadTaken()
	case store.IsDuplicate(err, "agents", "gateway_id"):
		err = mc.MainTaken()
	}
	if err != nil || a.IsExternal() {
		return f.show(lease.Agent()), err
	}
	a, err = f.finish(ctx, lease, provision.Update)
	return f.show(a), err
}

// expect refuses an agent that is no longer what the caller expects.
func (f *Feature) expect(a mc.Agent, expected *mc.Precondition) error {
	return a.Expect(expected, func() (mc.Versioned, error) { return f.show(a), nil })
}

// tokenInFiles is the agent's token, if its files show it.
func (f *Feature) tokenInFiles(ctx context.Context, a mc.Agent) string {
	if a.IsExternal() || a.GatewayID == nil {
		return ""
	}
	gateway, err := f.store.GatewayByID(ctx, *a.GatewayID)
	if err != nil {
		return ""
	}
	return f.lifecycle.TokenInFiles(ctx, a, gateway)
}

// change writes the agent as it is to be and begins the run that tells the
// gateway. What the agent leaves behind where it lived before is removed.
func (f *Feature) change(tx *store.Tx, before mc.Agent, u AgentUpdate, run provision.Run) (provision.Lease, error) {
	ctx := tx.Context()
	after := before
	u.apply(&after)
	if err := place(ctx, tx, &after, u); err != nil {
		return provision.Lease{}, err
	}
	if err := checkTemplates(templates.KindOf(after), after.IdentityTemplate, after.SoulTemplate); err != nil {
		return provision.Lease{}, err
	}
	after.Change(tx.Now())
	if err := tx.UpdateAgent(ctx, after); err != nil {
		return provision.Lease{}, err
	}
	if err := tx.AuditAgent(ctx, mc.AuditAgentChanged, before, mc.AgentDifferences(before, after)); err != nil {
		return provision.Lease{}, err
	}
	if !after.IsExternal() && before.GatewayID != nil && (!mc.Same(before.GatewayID, after.GatewayID) || mc.GatewayAgentID(before) != mc.GatewayAgentID(after)) {
		former, err := tx.GatewayByID(ctx, *before.GatewayID)
		if err != nil {
			return provision.Lease{}, err
		}
		f.lifecycle.RemoveInBackground(tx, before, former)
	}
	return f.lifecycle.Begin(ctx, tx, run)
}

// place puts the agent where the change wants it: on a board, or as the main
// agent of a gateway.
func place(ctx context.Context, tx *store.Tx, a *mc.Agent, u AgentUpdate) error {
	toMain, converts := u.IsGatewayMain.Get()
	switch {
	case converts && toMain:
		return makeMain(ctx, tx, a, u.BoardID.Ptr())
	case converts:
		if u.BoardID.Ptr() == nil {
			return mc.Unprocessable("board_id is required when converting a gateway-main agent to board scope")
		}
		a.BoardID = u.BoardID.Ptr()
	case a.IsMain(): // stays what it is, whatever board is named
		return settleMain(ctx, tx, a)
	case u.BoardID.IsNull():
		return mc.Unprocessable("board_id is required")
	case u.BoardID.Present():
		a.BoardID = u.BoardID.Ptr()
	}
	board, err := tx.Board(ctx, *a.BoardID)
	if err != nil {
		return err
	}
	if err := checkOnlyLead(ctx, tx, *a); err != nil {
		return err
	}
	if a.IsExternal() {
		return nil
	}
	gateway, err := provision.BoardGateway(ctx, tx.Reader, board, provision.NeedWorkspace)
	if err != nil {
		return err
	}
	a.GatewayID = &gateway.ID
	a.SessionKey = mc.Ref(mc.SessionKeyOf(*a))
	return nil
}

// makeMain turns an agent into the main agent of the gateway of a board, which
// is its own when none is named.
func makeMain(ctx context.Context, tx *store.Tx, a *mc.Agent, boardID *mc.ID) error {
	if a.IsExternal() {
		return mc.Conflict("External agents have no gateway")
	}
	if boardID == nil {
		boardID = a.BoardID
	}
	if boardID == nil {
		return mc.Unprocessable("board_id is required")
	}
	board, err := tx.Board(ctx, *boardID)
	if err != nil {
		return err
	}
	gateway, err := provision.BoardGateway(ctx, tx.Reader, board, provision.NeedWorkspace)
	if err != nil {
		return err
	}
	others, err := tx.MainAgents(ctx, gateway.ID)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID != a.ID {
			return mc.MainTaken()
		}
	}
	a.BoardID, a.IsBoardLead, a.GatewayID = nil, false, &gateway.ID
	a.SessionKey = mc.Ref(mc.MainSessionKey(gateway.ID))
	return nil
}

// settleMain refuses a main agent whose gateway cannot be reached.
func settleMain(ctx context.Context, tx *store.Tx, a *mc.Agent) error {
	missing := mc.Unprocessable("Gateway agent requires a gateway configuration")
	if a.GatewayID == nil {
		return missing
	}
	gateway, err := tx.GatewayByID(ctx, *a.GatewayID)
	switch {
	case mc.KindOf(err) == mc.KindNotFound, err == nil && blankToNil(&gateway.URL) == nil:
		return missing
	case err != nil:
		return err
	case blankToNil(&gateway.WorkspaceRoot) == nil:
		return mc.Unprocessable("Gateway workspace_root is required")
	}
	a.SessionKey = mc.Ref(mc.MainSessionKey(gateway.ID))
	return nil
}

// checkOnlyLead refuses a lead that moves to a board which has another one.
func checkOnlyLead(ctx context.Context, tx *store.Tx, a mc.Agent) error {
	if !a.IsBoardLead {
		return nil
	}
	lead, err := tx.Lead(ctx, *a.BoardID)
	switch {
	case mc.KindOf(err) == mc.KindNotFound, err == nil && lead.ID == a.ID:
		return nil
	case err != nil:
		return err
	}
	return mc.LeadTaken()
}
