package agents

import (
	"context"
	"reflect"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"agents"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agents", Name: "list_agents", Tags: tag,
		Summary:          "List agents",
		Description:      "Lists the agents on boards of the active organization that the caller may read, and the main agents of its gateways, newest first.",
		Errors:           listErrors,
		ResponseExamples: map[string]any{"agents": httpapi.NewPage([]views.AgentRead{exampleAgent}, 1, httpapi.PageQuery{Limit: 200})},
	}, g.OrgAdmin(), f.list)
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agents/stream", Name: "stream_agents", Tags: tag,
		Summary:     "Stream changes of agents",
		Description: "Sends an event for each agent that changes or gives a sign of life, on the boards that the caller may read when the stream opens. Main agents are left out.",
		Errors:      listErrors[:1],
	}, httpapi.StreamDoc{Event: "agent", Data: reflect.TypeFor[AgentStreamItem](), Example: exampleStream}, g.OrgAdmin(), f.stream)
	httpapi.Register(r, CreateOp("/api/v1/agents", "", tag, nil), g.Actor(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agents/{agent_id}", Name: "get_agent", Tags: tag,
		Summary:          "Read an agent",
		Description:      "An agent of the active organization.",
		Errors:           reachErrors,
		ResponseExamples: agentExamples,
	}, g.OrgAdmin(), f.get)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/agents/{agent_id}", Name: "update_agent", Tags: tag,
		Summary: "Change an agent",
		Description: "Changes the fields that are sent, writes the agent's files on its gateway again and wakes it. An empty change does nothing. " +
			"The agent keeps its token unless force is set; then it gets a new one, and the old one works until the new one is first used.",
		Errors:          changeErrors,
		RequestExamples: changeExamples, ResponseExamples: agentExamples,
	}, g.OrgAdmin(), f.update)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/agents/{agent_id}", Name: "delete_agent", Tags: tag,
		Summary:     "Delete an agent",
		Description: "Takes the agent away from its gateway and removes it. Tasks it worked on go back to the inbox. An agent that does not exist is fine.",
		Errors:      deleteErrors,
	}, g.OrgAdmin(), f.remove)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agents/{agent_id}/heartbeat", Name: "heartbeat_agent", Tags: tag,
		Summary:          "Check an agent in",
		Description:      "Notes that the agent is alive. An agent may do that for itself only.",
		Errors:           heartbeatErrors,
		RequestExamples:  map[string]any{"plain": map[string]any{}, "busy": map[string]any{"status": "busy"}},
		ResponseExamples: agentExamples,
	}, g.ActorCheckin(), f.heartbeat)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agents/heartbeat", Name: "heartbeat_or_create_agent", Tags: tag,
		Summary:          "Check an agent in by name",
		Description:      "Notes that the agent of this name in the active organization is alive; one that does not exist is made first. An agent that calls checks itself in, whatever it names.",
		Errors:           namedErrors,
		RequestExamples:  map[string]any{"by_name": map[string]any{"name": "Ada", "board_id": exampleBoard}},
		ResponseExamples: agentExamples,
	}, g.ActorCheckin(), f.heartbeatNamed)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agents/{agent_id}/token", Name: "issue_agent_token", Tags: tag,
		Summary:          "Give an external agent a token",
		Description:      "Makes a new token for an external agent and shows it, this once. A token it had before stops working at once.",
		Errors:           tokenErrors,
		SecretAnswer:     true,
		ResponseExamples: map[string]any{"token": AgentTokenRead{AgentID: exampleAgent.ID, Token: "lJmk6k0Yw0aJ0hPq3b9sF1xW2vT7uQ5rN8cD4eG6iZo"}}, //nolint:gosec // opens nothing
	}, g.OrgAdmin(), f.token)
}

// CreateOp declares the creation of an agent; id is the operation's, where it is
// not made from the path.
func CreateOp(path, id string, tags []string, hints *httpapi.Hints) httpapi.Op {
	return httpapi.Op{
		Method: "POST", Path: path, Name: "create_agent", ID: id, Tags: tags,
		Summary: "Create an agent",
		Description: "Adds an agent to a board, sets up its workspace on the board's gateway and wakes it. Admins create on any board they may change, a lead on its own. " +
			"An external agent needs no gateway: give it a token afterwards. Repeating the request resumes an agent whose set-up has failed.",
		Errors:          createErrors,
		RequestExamples: createExamples, ResponseExamples: agentExamples, Hints: hints,
	}
}

type (
	listInput struct {
		BoardID   *mc.ID `query:"board_id" doc:"Only agents of this board."`
		GatewayID *mc.ID `query:"gateway_id" doc:"Only agents on boards of this gateway, and its main agent."`
		httpapi.PageQuery
	}
	streamInput struct {
		BoardID *mc.ID `query:"board_id" doc:"Only agents of this board."`
		httpapi.StreamQuery
	}
	agentPath struct {
		AgentID string `path:"agent_id"`
	}
	createInput struct{ Body AgentCreate }
	updateInput struct {
		agentPath
		httpapi.Conditional
		Force bool `query:"force" default:"false" doc:"Also when nothing changes: write all files again, give a lead its BOOTSTRAP.md back, and make a new token."`
		Body  AgentUpdate
	}
	heartbeatInput struct {
		agentPath
		Body AgentHeartbeat
	}
	namedInput struct{ Body AgentHeartbeatCreate }
)

func (f *Feature) list(ctx context.Context, p access.Person, in *listInput) (page httpapi.Page[views.AgentRead], err error) {
	items, total, err := f.List(ctx, p.Member, in.BoardID, in.GatewayID, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, in.PageQuery), err
}

func (f *Feature) stream(ctx context.Context, p access.Person, in *streamInput) (httpapi.Feed[*live.Item], error) {
	return f.Stream(ctx, p.Member, in.BoardID, in.Cursor())
}

func (f *Feature) create(ctx context.Context, actor access.Actor, in *createInput) (views.AgentRead, error) {
	return f.Create(ctx, actor, in.Body)
}

func (f *Feature) get(ctx context.Context, p access.Person, in *agentPath) (views.AgentRead, error) {
	return f.Get(ctx, p.Member, in.AgentID)
}

func (f *Feature) update(ctx context.Context, p access.Person, in *updateInput) (views.AgentRead, error) {
	return f.Change(ctx, p, in.AgentID, in.Body, in.Force, in.IfMatch)
}

func (f *Feature) remove(ctx context.Context, p access.Person, in *agentPath) (httpapi.OK, error) {
	return httpapi.Done, f.DeleteByID(ctx, p.Member, in.AgentID)
}

func (f *Feature) heartbeat(ctx context.Context, actor access.Actor, in *heartbeatInput) (views.AgentRead, error) {
	reported := ""
	if in.Body.Status != nil {
		reported = *in.Body.Status
	}
	return f.CheckInFor(ctx, actor, in.AgentID, reported)
}

func (f *Feature) heartbeatNamed(ctx context.Context, actor access.Actor, in *namedInput) (views.AgentRead, error) {
	return f.CheckInNamed(ctx, actor, in.Body)
}

func (f *Feature) token(ctx context.Context, p access.Person, in *agentPath) (AgentTokenRead, error) {
	return f.IssueToken(ctx, p.Member, in.AgentID)
}
