// Package access decides who may call an operation.
//
// It knows who is calling (a person or an agent), loads the board or task that
// the path names, and hands handlers a typed scope. Each guard is a value that
// an operation declares; no handler checks roles by itself. What depends on the
// content of a request, such as which fields an agent may change, is a rule of
// package mc.
package access

import (
	"context"
	"time"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
)

// Person is a signed-in user, acting in their active organization, or whoever
// an access token acts as, in the organization of the token.
type Person struct {
	User   mc.User
	Member mc.Member // of that organization
	// Token is what a program called with; nil for a person who is there in person.
	Token *mc.AccessToken
	// Session is where a person is signed in; nil when they are not in a session.
	Session *mc.SignInSession
}

// Actor is whoever calls: a person or an agent, never both.
type Actor struct {
	Person *Person
	Agent  *mc.Agent
}

// Caller names who calls: a person in one of their organizations, or a token.
func (p Person) Caller() string {
	if p.Token != nil {
		return "token:" + p.Token.ID.String()
	}
	return "user:" + p.User.ID.String() + ":" + p.Member.OrganizationID.String()
}

// Caller names who calls: a person in one of their organizations, or an agent.
func (a Actor) Caller() string {
	if a.Agent != nil {
		return a.Agent.Caller()
	}
	return a.Person.Caller()
}

// Party is the person, or their token, as the one who acts.
func (p Person) Party() mc.Party {
	if p.Token != nil {
		return p.Token.Party()
	}
	return p.User.Party()
}

// Party is whoever calls, as the one who acts.
func (a Actor) Party() mc.Party {
	if a.Agent != nil {
		return a.Agent.Party()
	}
	return a.Person.Party()
}

// TaskActor is the caller as the rules about tasks know it.
func (a Actor) TaskActor() mc.TaskActor {
	if a.Person == nil {
		return mc.TaskActor{Agent: a.Agent}
	}
	return mc.TaskActor{UserID: a.Person.User.ID}
}

// Board is the scope of operations on one board.
type Board struct {
	Actor
	Board mc.Board
	// Member is the membership of a person in the board's organization, which need
	// not be the active one; nil for an agent.
	Member *mc.Member
	// CanWrite tells whether the caller may change the board. Agents of the
	// board always may, within the rules of what they change.
	CanWrite bool
}

// Task is the scope of operations on one task.
type Task struct {
	Board
	TaskID mc.ID
}

// Limits is how often callers may try.
type Limits struct {
	AgentAuth ratelimit.Policy
	// CountFailuresOnly leaves successful calls of agents out of the count.
	CountFailuresOnly bool
	// WebhookIngest is for calls of webhooks, all of them together.
	WebhookIngest ratelimit.Policy
}

// Guards makes the guards of operations.
type Guards struct {
	store   *store.Store
	signIn  auth.Authenticator
	limiter ratelimit.Limiter
	limits  Limits
	clock   mc.Clock
}

// New returns guards that read from st.
func New(st *store.Store, signIn auth.Authenticator, limiter ratelimit.Limiter, limits Limits, clock mc.Clock) *Guards {
	return &Guards{store: st, signIn: signIn, limiter: limiter, limits: limits, clock: clock}
}

func (g *Guards) agentLimit(appliesTo string) *httpapi.LimitPolicy {
	counts := "all"
	if g.limits.CountFailuresOnly {
		counts = "failures"
	}
	return &httpapi.LimitPolicy{
		Name: "agent_auth", Limit: g.limits.AgentAuth.Limit, Window: g.limits.AgentAuth.Window, AppliesTo: appliesTo, Counts: counts,
	}
}

// BoardNoOrganization and BoardDenied are what people are told who may not use a board.
const (
	BoardNoOrganization = "No org access"
	BoardDenied         = "Board access denied"
)

// BoardMember loads the membership of a person in a board's organization and
// tells what it opens. The active organization plays no part, nor does the role.
// An access token opens boards of its own organization only.
func BoardMember(ctx context.Context, r store.Reader, p Person, board mc.Board) (m mc.Member, read, write bool, err error) {
	if p.Token != nil && p.Token.OrganizationID != board.OrganizationID {
		return m, false, false, mc.Forbidden(BoardNoOrganization)
	}
	m, err = r.Member(ctx, board.OrganizationID, p.User.ID)
	m = p.within(m)
	if mc.KindOf(err) == mc.KindNotFound {
		return m, false, false, mc.Forbidden(BoardNoOrganization)
	}
	if err != nil {
		return m, false, false, err
	}
	read, write, err = MemberAccess(ctx, r, m, board.ID)
	return m, read, write, err
}

// MemberAccess tells what a member may do with a board of the member's own
// organization.
func MemberAccess(ctx context.Context, r store.Reader, m mc.Member, board mc.ID) (read, write bool, err error) {
	var grant *mc.BoardGrant
	if !m.AllBoardsWrite {
		if grant, err = r.Grant(ctx, m.ID, board); err != nil {
			return false, false, err
		}
	}
	return m.CanRead(grant), m.CanWrite(grant), nil
}

// ReadsBoard reports whether a member may read the board of this id in the
// member's own organization. A board of another organization is as good as none.
func ReadsBoard(ctx context.Context, r store.Reader, m mc.Member, id mc.ID) (bool, error) {
	board, err := r.Board(ctx, id)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && board.OrganizationID != m.OrganizationID {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	read, _, err := MemberAccess(ctx, r, m, id)
	return read, err
}

// OrganizationOfAgent returns the organization that an agent belongs to: that
// of its board or, for a main agent, that of its gateway.
func OrganizationOfAgent(ctx context.Context, r store.Reader, a mc.Agent) (mc.ID, error) {
	return r.OrganizationOf(ctx, a)
}

// AgentOnBoard refuses agents of other boards, and main agents whose gateway
// belongs to another organization.
func AgentOnBoard(ctx context.Context, r store.Reader, a mc.Agent, board mc.Board) error {
	if a.BoardID != nil {
		if *a.BoardID != board.ID {
			return mc.Forbidden()
		}
		return nil
	}
	organization, err := OrganizationOfAgent(ctx, r, a)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && organization != board.OrganizationID {
		return mc.Forbidden()
	}
	return err
}

// presenceTimeout bounds the little write that keeps an agent's presence.
const presenceTimeout = 5 * time.Second
