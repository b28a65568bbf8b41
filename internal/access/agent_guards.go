package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Who leads, and who does not.
const (
	LeadsOnly     = "Only board leads can perform this action"
	LeadNeedBoard = "Board lead must be assigned to a board"
)

var (
	errNotAgent = httpapi.ErrorDoc{Status: 401, When: "the agent token is missing or unknown"}
	errNotLead  = httpapi.ErrorDoc{Status: 403, Detail: LeadsOnly, When: "the agent does not lead the board"}
)

// Agent lets every agent in.
func (g *Guards) Agent() httpapi.Guard[mc.Agent] { return g.agentGuard(touches) }

// AgentCheckin is Agent for the operation in which an agent checks in.
func (g *Guards) AgentCheckin() httpapi.Guard[mc.Agent] { return g.agentGuard(checksIn) }

func (g *Guards) agentGuard(p presence) httpapi.Guard[mc.Agent] {
	return httpapi.Guard[mc.Agent]{
		Auth:   httpapi.Auth{Actors: []string{"agent"}, AgentRole: "any"},
		Errors: []httpapi.ErrorDoc{errNotAgent},
		Limit:  g.agentLimit("every call"),
		Resolve: func(r *http.Request) (mc.Agent, error) {
			tok, _ := agentToken(r)
			a, err := g.agent(r, tok, p)
			if err != nil {
				return mc.Agent{}, err
			}
			return *a, nil
		},
	}
}

// Lead lets agents in that lead a board.
func (g *Guards) Lead() httpapi.Guard[mc.Agent] {
	guard := g.Agent()
	guard.Auth.AgentRole = "lead"
	guard.Errors = append(guard.Errors, errNotLead)
	guard.After = func(_ context.Context, a mc.Agent) error { return Leads(a) }
	return guard
}

// AgentBoard lets agents of the board in the path in. The board is looked up
// before the fields of the request are validated, whether it is the agent's own
// only after that.
func (g *Guards) AgentBoard() httpapi.Guard[Board] {
	agent := g.Agent()
	return httpapi.Guard[Board]{
		Auth:   httpapi.Auth{Actors: []string{"agent"}, AgentRole: "any", AgentScope: "own-board"},
		Errors: append(agent.Errors, errNoBoard, errOtherBoard),
		Limit:  agent.Limit,
		Path:   []httpapi.PathParam{boardParam},
		Resolve: func(r *http.Request) (Board, error) {
			a, err := agent.Resolve(r)
			if err != nil {
				return Board{}, err
			}
			id, ok := mc.ParseID(r.PathValue(boardParam.Name))
			if !ok {
				return Board{}, mc.NotFound()
			}
			board, err := g.store.Board(r.Context(), id)
			return Board{Actor: Actor{Agent: &a}, Board: board, CanWrite: true}, err
		},
		After: func(ctx context.Context, b Board) error {
			return AgentOnBoard(ctx, g.store.Reader, *b.Agent, b.Board)
		},
	}
}

// AgentLead lets the lead of the board in the path in.
func (g *Guards) AgentLead() httpapi.Guard[Board] {
	guard := g.AgentBoard()
	own := guard.After
	guard.Auth.AgentRole = "lead"
	guard.Errors = append(guard.Errors, errNotLead)
	guard.After = func(ctx context.Context, b Board) error {
		if err := own(ctx, b); err != nil {
			return err
		}
		return Leads(*b.Agent)
	}
	return guard
}

// AgentLeadTask lets the lead in, with a task of the board in the path.
func (g *Guards) AgentLeadTask() httpapi.Guard[Task] {
	guard := g.AgentTask()
	guard.Auth.AgentRole = "lead"
	guard.Errors = append(guard.Errors, errNotLead)
	guard.After = func(_ context.Context, t Task) error { return Leads(*t.Agent) }
	return guard
}

// Leads refuses agents that lead no board.
func Leads(a mc.Agent) error {
	if !a.IsBoardLead {
		return mc.Forbidden(LeadsOnly)
	}
	if a.BoardID == nil {
		return mc.Forbidden(LeadNeedBoard)
	}
	return nil
}

// Actor lets every person and every agent in; the handler asks for more.
func (g *Guards) Actor() httpapi.Guard[Actor] { return g.actorGuard(touches) }

// ActorCheckin is Actor for operations in which an agent checks in.
func (g *Guards) ActorCheckin() httpapi.Guard[Actor] { return g.actorGuard(checksIn) }

func (g *Guards) actorGuard(p presence) httpapi.Guard[Actor] {
	return httpapi.Guard[Actor]{
		Auth:    httpapi.Auth{Actors: []string{"user", "agent"}, UserRole: "member", AgentRole: "any"},
		Errors:  []httpapi.ErrorDoc{errNotSignedIn},
		Limit:   g.agentLimit("agent credentials only"),
		Resolve: func(r *http.Request) (Actor, error) { return g.actor(r, p) },
	}
}
