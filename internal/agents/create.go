package agents

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Create makes an agent, as an admin does or a board's lead, and brings it to
// life on the board's gateway; the answer waits for that. When it fails the
// agent stays, a job tries again, and creating it once more resumes it.
func (f *Feature) Create(ctx context.Context, actor access.Actor, in AgentCreate) (views.AgentRead, error) {
	board, err := f.creationBoard(ctx, actor, in.BoardID)
	if err != nil {
		return views.AgentRead{}, err
	}
	runtime := board.Runtime
	if in.Runtime != nil {
		runtime = *in.Runtime
	}
	if in.IsBoardLead && runtime != mc.RuntimeExternal {
		return views.AgentRead{}, mc.Invalid("only external agents can be created as lead", "body", "is_board_lead")
	}
	a := mc.Agent{
		ID: mc.NewID(), BoardID: &board.ID, Name: in.Name, Status: mc.AgentProvisioning, Runtime: runtime, IsBoardLead: in.IsBoardLead,
		HeartbeatConfig: mc.HeartbeatConfigOrDefault(in.HeartbeatConfig), IdentityProfile: mc.NormalizeIdentityProfile(in.IdentityProfile),
		IdentityTemplate: blankToNil(in.IdentityTemplate), SoulTemplate: blankToNil(in.SoulTemplate),
	}
	a, err = f.enter(ctx, a, func(tx *store.Tx, a *mc.Agent) error {
		return f.admit(tx.Context(), tx, actor.Agent != nil, board.ID, a)
	}, userOf(actor))
	return f.show(a), err
}

// creationBoard says on which board an actor creates an agent.
func (f *Feature) creationBoard(ctx context.Context, actor access.Actor, wanted *mc.ID) (mc.Board, error) {
	if lead := actor.Agent; lead != nil {
		switch {
		case !lead.IsBoardLead:
			return mc.Board{}, mc.Forbidden("Only board leads can create agents")
		case lead.BoardID == nil:
			return mc.Board{}, mc.Forbidden(access.LeadNeedBoard)
		case wanted != nil && *wanted != *lead.BoardID:
			return mc.Board{}, mc.Forbidden("Board leads can only create agents in their own board")
		}
		return f.boardNamed(ctx, *lead.BoardID)
	}
	if !actor.Person.Member.Role.IsAdmin() {
		return mc.Board{}, mc.Forbidden()
	}
	if wanted == nil {
		return mc.Board{}, mc.Unprocessable("board_id is required")
	}
	board, err := f.boardNamed(ctx, *wanted)
	if err != nil {
		return board, err
	}
	member, _, write, err := access.BoardMember(ctx, f.store.Reader, *actor.Person, board)
	switch {
	case err != nil:
		return board, err
	case !write:
		return board, mc.Forbidden(access.BoardDenied)
	case !member.Role.IsAdmin(): // an admin here, but not where the board is
		return board, mc.Forbidden()
	}
	return board, nil
}

func (f *Feature) boardNamed(ctx context.Context, id mc.ID) (mc.Board, error) {
	board, err := f.store.Board(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound {
		err = mc.NotFound("Board not found")
	}
	return board, err
}

func userOf(actor access.Actor) *mc.ID {
	if actor.Person == nil {
		return nil
	}
	return &actor.Person.User.ID
}

// admit checks, with board and gateway locked, whether there is room and a name
// for a new agent, and completes it. An agent of the name that was never brought
// to life is taken up again instead: a then carries its id.
func (f *Feature) admit(ctx context.Context, tx *store.Tx, byLead bool, boardID mc.ID, a *mc.Agent) error {
	board, err := tx.LockBoard(ctx, boardID)
	if err != nil {
		return err
	}
	onBoard, onGateway, err := tx.AgentNamed(ctx, a.Name, board.ID, board.GatewayID)
	if err != nil {
		return err
	}
	resumes := onBoard != nil && onBoard.NeverProvisioned() && !onBoard.IsBoardLead && !a.IsExternal()
	if byLead && !resumes {
		workers, err := tx.WorkerCount(ctx, board.ID)
		if err != nil {
			return err
		}
		if err := board.CheckWorkerLimit(workers); err != nil {
			return err
		}
	}
	if err := settle(ctx, tx, board, a); err != nil {
		return err
	}
	if !a.IsExternal() { // somebody may have taken the name while we waited for the gateway
		if onBoard, onGateway, err = tx.AgentNamed(ctx, a.Name, board.ID, board.GatewayID); err != nil {
			return err
		}
	}
	switch {
	case resumes && onBoard != nil && onBoard.NeverProvisioned():
		a.ID, a.CreatedAt = onBoard.ID, onBoard.CreatedAt
		return nil
	case onBoard != nil:
		return mc.NameTakenOnBoard()
	case onGateway != nil && !a.IsExternal():
		return mc.NameTakenOnGateway()
	}
	if !a.IsBoardLead {
		return nil
	}
	_, err = tx.Lead(ctx, board.ID)
	if err == nil {
		return mc.LeadTaken()
	}
	if mc.KindOf(err) == mc.KindNotFound {
		return nil
	}
	return err
}

// settle puts an agent where its board's gateway is, and locks that gateway, on
// which names are unique. External agents live on none.
func settle(ctx context.Context, tx *store.Tx, board mc.Board, a *mc.Agent) error {
	if a.IsExternal() {
		return nil
	}
	gateway, err := provision.BoardGateway(ctx, tx.Reader, board, provision.NeedWorkspace)
	if err != nil {
		return err
	}
	if _, err := tx.LockGateway(ctx, gateway.OrganizationID, gateway.ID); err != nil {
		return err
	}
	a.GatewayID = &gateway.ID
	a.SessionKey = mc.Ref(mc.SessionKeyOf(*a))
	return nil
}

// enter writes a new agent, or one that is taken up again, in the transaction in
// which it was admitted, and brings it to life.
func (f *Feature) enter(ctx context.Context, a mc.Agent, admit func(tx *store.Tx, a *mc.Agent) error, user *mc.ID) (mc.Agent, error) {
	var token provision.Token
	if !a.IsExternal() {
		var err error
		if token, err = provision.NewToken(); err != nil {
			return a, err
		}
	}
	fresh := a
	var lease provision.Lease
	err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
		a = fresh // a transaction may run again
		if err := admit(tx, &a); err != nil {
			return err
		}
		if a, err = write(tx.Context(), tx, a, token); err != nil || a.IsExternal() {
			return err
		}
		lease, err = f.lifecycle.Begin(tx.Context(), tx, provision.Run{
			AgentID: a.ID, Action: provision.Provision, Token: token.Clear, UserID: user, Reset: true, Wake: true, Deliver: true,
		})
		return err
	})
	if store.IsDuplicate(err, "agents", "board_id") {
		err = mc.LeadTaken()
	}
	if err != nil || a.IsExternal() {
		return a, err
	}
	return f.finish(ctx, lease, provision.Provision)
}

// write inserts an agent, or writes it over the row whose id it carries.
func write(ctx context.Context, tx *store.Tx, a mc.Agent, token provision.Token) (mc.Agent, error) {
	if a.CreatedAt.IsZero() {
		a.CreatedAt, a.UpdatedAt = tx.Now(), tx.Now()
		if !a.IsExternal() {
			token.Issue(&a)
		}
		if err := tx.AuditAgent(ctx, mc.AuditAgentCreated, a, nil); err != nil {
			return a, err
		}
		return a, tx.InsertAgent(ctx, a)
	}
	row, err := tx.LockAgent(ctx, a.ID)
	if err != nil {
		return a, err
	}
	row.Name, row.GatewayID, row.SessionKey, row.HeartbeatConfig, row.IdentityProfile = a.Name, a.GatewayID, mc.Ref(mc.SessionKeyOf(row)), a.HeartbeatConfig, a.IdentityProfile
	row.IdentityTemplate, row.SoulTemplate = a.IdentityTemplate, a.SoulTemplate
	row.Change(tx.Now())
	token.Issue(&row)
	if err := tx.AuditAgent(ctx, mc.AuditAgentTokenIssued, row, nil); err != nil {
		return row, err
	}
	return row, tx.UpdateAgent(ctx, row)
}

// finish does a run that was begun and writes into the activity log how it went.
func (f *Feature) finish(ctx context.Context, lease provision.Lease, action provision.Action) (mc.Agent, error) {
	a, err := f.lifecycle.Finish(ctx, lease)
	if a.ID == (mc.ID{}) {
		a = lease.Agent()
	}
	events := mc.RunEvents(a.Name, action == provision.Update, err)
	ctx = context.WithoutCancel(ctx)
	recordErr := f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Agent(ctx, a.ID); mc.KindOf(err) == mc.KindNotFound {
			return nil // deleted meanwhile: there is nothing to tell of it
		}
		for _, e := range events {
			tx.Record(mc.ActivityEvent{Type: e.Type, Message: &e.Message, AgentID: &a.ID, BoardID: a.BoardID})
		}
		return nil
	})
	return a, firstOf(err, recordErr)
}
