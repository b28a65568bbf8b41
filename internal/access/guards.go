package access

import (
	"net/http"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Level is what a person needs to be allowed on a board.
type Level string

// The levels of access to a board.
const (
	Read  Level = "read"
	Write Level = "write"
)

var (
	errNotSignedIn  = httpapi.ErrorDoc{Status: 401, When: "credentials are missing or wrong"}
	errNotAdmin     = httpapi.ErrorDoc{Status: 403, When: "the caller is neither owner nor admin of the active organization"}
	errNoBoard      = httpapi.ErrorDoc{Status: 404, When: "there is no such board"}
	errNoTask       = httpapi.ErrorDoc{Status: 404, When: "there is no such task on the board"}
	errNoMembership = httpapi.ErrorDoc{Status: 403, Detail: BoardNoOrganization, When: "the user is no member of the board's organization"}
	errNoGrant      = httpapi.ErrorDoc{Status: 403, Detail: BoardDenied, When: "the user has no grant for this board"}
	errOtherBoard   = httpapi.ErrorDoc{Status: 403, When: "the agent belongs to another board or organization"}
)

var (
	boardParam = httpapi.PathParam{Name: "board_id"}
	taskParam  = httpapi.PathParam{Name: "task_id", UUID: true}
)

// User lets every signed-in person in.
func (g *Guards) User() httpapi.Guard[Person] {
	return httpapi.Guard[Person]{
		Auth:   httpapi.Auth{Actors: []string{"user"}, UserRole: "any"},
		Errors: []httpapi.ErrorDoc{errNotSignedIn},
		Resolve: func(r *http.Request) (Person, error) {
			p, err := g.person(r)
			if err != nil {
				return Person{}, err
			}
			return *p, nil
		},
	}
}

// Member lets members of the active organization in, which is every signed-in
// person: whoever belongs to none is given one.
func (g *Guards) Member() httpapi.Guard[Person] {
	guard := g.User()
	guard.Auth.UserRole = "member"
	return guard
}

// OrgAdmin lets owners and admins of the active organization in.
func (g *Guards) OrgAdmin() httpapi.Guard[Person] {
	guard := g.User()
	user := guard.Resolve
	guard.Auth.UserRole = "admin"
	guard.Errors = append(guard.Errors, errNotAdmin)
	guard.Resolve = func(r *http.Request) (Person, error) {
		p, err := user(r)
		if err == nil {
			err = p.reaches(mc.ScopeAdmin)
		}
		if err == nil && !p.Member.Role.IsAdmin() {
			err = mc.Forbidden()
		}
		return p, err
	}
	return guard
}

// OrgOwner lets owners of the active organization in; what admins are told is
// for the operation to say.
func (g *Guards) OrgOwner(detail string) httpapi.Guard[Person] {
	guard := g.OrgAdmin()
	admin := guard.Resolve
	guard.Auth.UserRole = "owner"
	guard.Errors = append(guard.Errors, httpapi.Refusal(403, detail, "the caller is an admin, not an owner"))
	guard.Resolve = func(r *http.Request) (Person, error) {
		p, err := admin(r)
		if err == nil && p.Member.Role != mc.RoleOwner {
			err = mc.Forbidden(detail)
		}
		return p, err
	}
	return guard
}

// Board lets people in who have this level of access to the board in the path.
func (g *Guards) Board(level Level) httpapi.Guard[Board] {
	return httpapi.Guard[Board]{
		Auth:   httpapi.Auth{Actors: []string{"user"}, UserRole: "member", BoardAccess: string(level)},
		Errors: []httpapi.ErrorDoc{errNotSignedIn, errNoBoard, errNoMembership, errNoGrant},
		Path:   []httpapi.PathParam{boardParam},
		Resolve: func(r *http.Request) (Board, error) {
			p, err := g.person(r)
			if err != nil {
				return Board{}, err
			}
			return g.board(r, Actor{Person: p}, level)
		},
	}
}

// BoardActor lets people with this level of access in, and agents of the board.
func (g *Guards) BoardActor(level Level) httpapi.Guard[Board] {
	return httpapi.Guard[Board]{
		Auth:   httpapi.Auth{Actors: []string{"user", "agent"}, UserRole: "member", BoardAccess: string(level), AgentRole: "any", AgentScope: "own-board"},
		Errors: []httpapi.ErrorDoc{errNotSignedIn, errNoBoard, errNoMembership, errNoGrant, errOtherBoard},
		Limit:  g.agentLimit("agent credentials only"),
		Path:   []httpapi.PathParam{boardParam},
		Resolve: func(r *http.Request) (Board, error) {
			actor, err := g.actor(r, touches)
			if err != nil {
				return Board{}, err
			}
			return g.board(r, actor, level)
		},
	}
}

// TaskOfBoard lets people in who may read the board; whether they may change
// the task is for the handler to ask, after the fields are validated.
func (g *Guards) TaskOfBoard() httpapi.Guard[Task] { return taskGuard(g, g.Board(Read)) }

// TaskActor is TaskOfBoard for people and for agents of the board.
func (g *Guards) TaskActor() httpapi.Guard[Task] { return taskGuard(g, g.BoardActor(Read)) }

// AgentTask lets agents of the board in.
func (g *Guards) AgentTask() httpapi.Guard[Task] {
	board := g.AgentBoard()
	check, loose := board.After, board.Resolve
	// With a task in the path the board is checked before anything of the task.
	board.After = nil
	board.Resolve = func(r *http.Request) (Board, error) {
		b, err := loose(r)
		if err == nil {
			err = check(r.Context(), b)
		}
		return b, err
	}
	return taskGuard(g, board)
}

// taskGuard adds the task in the path to a guard of its board.
func taskGuard(g *Guards, board httpapi.Guard[Board]) httpapi.Guard[Task] {
	return httpapi.Guard[Task]{
		Auth: board.Auth, Limit: board.Limit,
		Errors: append(board.Errors, errNoTask),
		Path:   append(board.Path, taskParam),
		Resolve: func(r *http.Request) (Task, error) {
			b, err := board.Resolve(r)
			if err != nil {
				return Task{}, err
			}
			id, ok := mc.ParseID(r.PathValue(taskParam.Name))
			if !ok {
				return Task{Board: b}, httpapi.ErrInvalidPath
			}
			_, err = g.store.Task(r.Context(), b.Board.ID, id)
			return Task{Board: b, TaskID: id}, err
		},
	}
}

// board loads the board in the path and checks what the caller may do there. A
// text that is no UUID is the id of no board.
func (g *Guards) board(r *http.Request, actor Actor, level Level) (Board, error) {
	id, ok := mc.ParseID(r.PathValue(boardParam.Name))
	if !ok {
		return Board{}, mc.NotFound()
	}
	ctx := r.Context()
	board, err := g.store.Board(ctx, id)
	if err != nil {
		return Board{}, err
	}
	if actor.Agent != nil {
		return Board{Actor: actor, Board: board, CanWrite: true}, AgentOnBoard(ctx, g.store.Reader, *actor.Agent, board)
	}
	scope := Board{Actor: actor, Board: board}
	member, read, write, err := BoardMember(ctx, g.store.Reader, *actor.Person, board)
	if err != nil {
		return scope, err
	}
	scope.Member, scope.CanWrite = &member, write
	if !read || level == Write && !write {
		return scope, mc.Forbidden(BoardDenied)
	}
	return scope, nil
}

// MayWrite refuses people who may only read the board.
func (b Board) MayWrite() error {
	if !b.CanWrite {
		return mc.Forbidden(BoardDenied)
	}
	return nil
}
