// Package agentapi is the API of agents, /api/v1/agent: what they call with
// their own token. It is a front door: what an operation does is mostly the
// business of the feature behind it.
package agentapi

import (
	"context"
	"log/slog"

	"missioncontrol/internal/access"
	"missioncontrol/internal/agents"
	"missioncontrol/internal/approvals"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/memory"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/tasks"
	"missioncontrol/internal/views"
)

// Feature holds what the operations need.
type Feature struct {
	store     *store.Store
	agents    *agents.Feature
	tasks     *tasks.Feature
	memory    *memory.Feature
	approvals *approvals.Feature
	lifecycle *provision.Service
	client    *openclaw.Client
	baseURL   string // public address of the server, put into instructions
	clock     mc.Clock
	log       *slog.Logger
}

// New returns the feature.
func New(st *store.Store, a *agents.Feature, t *tasks.Feature, m *memory.Feature, ap *approvals.Feature, lifecycle *provision.Service, client *openclaw.Client, baseURL string, clock mc.Clock, log *slog.Logger) *Feature {
	return &Feature{store: st, agents: a, tasks: t, memory: m, approvals: ap, lifecycle: lifecycle, client: client, baseURL: baseURL, clock: clock, log: log}
}

var (
	everyAgent = []string{"agent", "agent-lead", "agent-worker", "agent-main"}
	leadOnly   = []string{"agent", "agent-lead"}
	mainOnly   = []string{"agent", "agent-main"}
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agent/healthz", Name: "agent_healthz", Tags: everyAgent,
		Summary:     "Check the agent's own token",
		Description: "Answers who the token belongs to and where it works. Use it to find out whether server and token are right.",
		Hints:       healthHints,
	}, g.Agent(), f.health)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agent/boards", Name: "list_boards", Tags: everyAgent,
		Summary:     "List the agent's boards",
		Description: "The agent's own board; for a gateway's main agent all boards of its organization, newest first.",
		Errors:      []httpapi.ErrorDoc{{Status: 403, Detail: gatewayGone, When: "the gateway of a main agent no longer exists"}},
		Hints:       boardsHints,
	}, g.Agent(), f.listBoards)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agent/boards/{board_id}", Name: "get_board", Tags: everyAgent,
		Summary:     "Read a board as an agent",
		Description: "Goal and rules of the agent's board.",
		Hints:       boardHints,
	}, g.AgentBoard(), f.getBoard)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agent/agents", Name: "list_agents", Tags: everyAgent,
		Summary:     "List the agents one works with",
		Description: "The agents of the caller's board; for a gateway's main agent those of all boards of its organization, and its main agents. Newest first.",
		Errors:      []httpapi.ErrorDoc{{Status: 403, When: "board_id is not one of the caller's boards"}},
		Hints:       rosterHints,
	}, g.Agent(), f.listAgents)
	f.tasks.RegisterForAgents(r, g)
	f.memory.RegisterForAgents(r, g)
	f.approvals.RegisterForAgents(r, g)
	httpapi.Register(r, agents.CreateOp("/api/v1/agent/agents", "agent_lead_create_agent", leadOnly, createHints), g.Lead(), f.createAgent)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/heartbeat", Name: "agent_heartbeat", Tags: everyAgent,
		Summary:     "Check in",
		Description: "Tells Mission Control that the agent is alive. There is no body.",
		Hints:       heartbeatHints,
	}, g.AgentCheckin(), f.heartbeat)
	f.registerNudge(r, g)
	f.registerSoul(r, g)
	f.registerRemove(r, g)
	f.registerAskUser(r, g)
	f.registerMain(r, g)
}

type createInput struct{ Body agents.AgentCreate }

func (f *Feature) createAgent(ctx context.Context, a mc.Agent, in *createInput) (views.AgentRead, error) {
	in.Body.BoardID = a.BoardID // always its own board, whatever the body says
	return f.agents.Create(ctx, access.Actor{Agent: &a}, in.Body)
}

func (f *Feature) heartbeat(ctx context.Context, a mc.Agent, _ *httpapi.None) (views.AgentRead, error) {
	return f.agents.CheckIn(ctx, a, "")
}

// HealthRead says who an agent token belongs to.
type HealthRead struct {
	OK          bool   `json:"ok"`
	AgentID     mc.ID  `json:"agent_id"`
	BoardID     *mc.ID `json:"board_id"`
	GatewayID   mc.ID  `json:"gateway_id" doc:"All zeros for an external agent."`
	Status      string `json:"status"`
	IsBoardLead bool   `json:"is_board_lead"`
}

// SchemaName is the name in the document.
func (HealthRead) SchemaName() string { return "AgentHealthStatusResponse" }

func (f *Feature) health(_ context.Context, a mc.Agent, _ *httpapi.None) (HealthRead, error) {
	out := HealthRead{OK: true, AgentID: a.ID, BoardID: a.BoardID, Status: string(a.Status), IsBoardLead: a.IsBoardLead}
	if a.GatewayID != nil {
		out.GatewayID = *a.GatewayID
	}
	return out, nil
}

const gatewayGone = "Agent gateway not found; cannot determine organization scope."

func (f *Feature) listBoards(ctx context.Context, a mc.Agent, in *httpapi.PageQuery) (page httpapi.Page[views.BoardRead], err error) {
	if a.BoardID != nil {
		board, err := f.store.Board(ctx, *a.BoardID)
		if err != nil {
			return page, err
		}
		items := []views.BoardRead{views.Board(board)}
		return httpapi.NewPage(items[min(in.Offset, 1):], 1, *in), nil
	}
	organization, err := access.OrganizationOfAgent(ctx, f.store.Reader, a)
	if mc.KindOf(err) == mc.KindNotFound {
		return page, mc.Forbidden(gatewayGone)
	}
	if err != nil {
		return page, err
	}
	boards, total, err := f.store.BoardsOfOrganization(ctx, organization, in.Limit, in.Offset)
	return httpapi.NewPage(views.Boards(boards), total, *in), err
}

func (f *Feature) getBoard(_ context.Context, b access.Board, _ *httpapi.None) (views.BoardRead, error) {
	return views.Board(b.Board), nil
}

type rosterInput struct {
	BoardID *mc.ID `query:"board_id" doc:"Only agents of this board."`
	httpapi.PageQuery
}

func (f *Feature) listAgents(ctx context.Context, a mc.Agent, in *rosterInput) (page httpapi.Page[views.AgentRead], err error) {
	filter, err := f.roster(ctx, a, in.BoardID)
	if err != nil {
		return page, err
	}
	rows, total, err := f.store.Agents(ctx, filter, in.Limit, in.Offset)
	return httpapi.NewPage(views.Agents(rows, f.clock()), total, in.PageQuery), err
}

// roster is whom an agent may see: its own board, or, for a main agent, the
// boards of its organization.
func (f *Feature) roster(ctx context.Context, a mc.Agent, board *mc.ID) (store.AgentFilter, error) {
	if a.BoardID != nil {
		if board != nil && *board != *a.BoardID {
			return store.AgentFilter{}, mc.Forbidden()
		}
		return store.AgentFilter{BoardID: a.BoardID}, nil
	}
	organization, err := access.OrganizationOfAgent(ctx, f.store.Reader, a)
	if mc.KindOf(err) == mc.KindNotFound {
		return store.AgentFilter{}, mc.Forbidden()
	}
	if err != nil || board == nil {
		return store.AgentFilter{OrganizationID: &organization}, err
	}
	row, err := f.store.Board(ctx, *board)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && row.OrganizationID != organization {
		return store.AgentFilter{}, mc.Forbidden()
	}
	return store.AgentFilter{BoardID: board}, err
}
