package onboarding

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/views"
)

// Register declares the operations: those of the user, and the agent's two ways
// to the same one.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"board-onboarding"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/onboarding", Name: "get_onboarding", Tags: tag,
		Summary:          "Read the dialogue about a board's goal",
		Description:      "The latest dialogue, with everything that was said and the draft.",
		Errors:           []httpapi.ErrorDoc{noDialogue},
		ResponseExamples: readExamples,
	}, g.Board(access.Read), f.get)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/onboarding/start", Name: "start_onboarding", Tags: tag,
		Summary:         "Start the dialogue about a board's goal",
		Description:     "Asks the main agent of the board's gateway to question the user. A dialogue that is under way goes on, and what the agent has not answered yet is sent again.",
		Errors:          append(gatewayErrors[:len(gatewayErrors):len(gatewayErrors)], httpapi.Refusal(502, startFailed+": {error}", "the gateway refuses or stays away; nothing is stored"), answerLost),
		RequestExamples: map[string]any{"start": map[string]any{}}, ResponseExamples: readExamples,
	}, g.Board(access.Write), f.start)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/onboarding/answer", Name: "answer_onboarding", Tags: tag,
		Summary:          "Answer the agent",
		Description:      "Sends the user's answer to the main agent and keeps it once it is there.",
		Errors:           append(gatewayErrors[:len(gatewayErrors):len(gatewayErrors)], noDialogue, answerLost),
		RequestExamples:  map[string]any{"option": map[string]any{"answer": "Ship it"}, "typed": map[string]any{"answer": "Other (I'll type it)", "other_text": "paying users"}},
		ResponseExamples: readExamples,
	}, g.Board(access.Write), f.answer)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/onboarding/agent", Name: "agent_onboarding_update", Tags: tag,
		Summary:         "Ask the user, or propose a goal",
		Description:     "A question or the draft of the main agent of the board's gateway. The same as the operation of the agents' own API.",
		Errors:          []httpapi.ErrorDoc{noDialogue, settled},
		RequestExamples: agentExamples, ResponseExamples: readExamples,
	}, f.mainAgent(g), f.hearAgent)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/boards/{board_id}/onboarding", Name: "update_onboarding", Tags: []string{"agent", "agent-lead", "agent-worker"},
		Summary:         "Ask the user, or propose a goal",
		Description:     "A question or the draft of the main agent of the board's gateway, in the dialogue that the user has started.",
		Errors:          []httpapi.ErrorDoc{noDialogue, settled},
		RequestExamples: agentExamples, ResponseExamples: readExamples, Hints: agentHints,
	}, f.mainAgent(g), f.hearAgent)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/onboarding/confirm", Name: "confirm_onboarding", Tags: tag,
		Summary:     "Confirm a board's goal",
		Description: "Gives the board its goal, the user the profile of the draft, and the board its lead; the answer waits until that has come to life.",
		Errors: append(gatewayErrors[:len(gatewayErrors):len(gatewayErrors)], noDialogue, httpapi.Refusal(422, "Gateway workspace_root is required", "the gateway has no workspace root"),
			httpapi.Refusal(502, "Gateway provision failed: {error}", "the gateway fails to set up the lead; what was confirmed stays, and a job tries again"),
			httpapi.Refusal(500, "Unexpected error provisioning gateway provisioning.", "the lead's files cannot be made; what was confirmed stays")),
		RequestExamples: confirmExamples,
	}, g.Board(access.Write), f.confirm)
}

const dedicatedOnly = "Only the dedicated gateway agent may call this endpoint."

// mainAgent lets the main agent of the gateway of the board in the path in. The
// board is looked up before the body is validated, who calls is judged after it.
func (f *Feature) mainAgent(g *access.Guards) httpapi.Guard[access.Board] {
	guard := g.AgentBoard()
	guard.Auth.AgentRole, guard.Auth.AgentScope = "main", "gateway"
	guard.Errors = append(guard.Errors, httpapi.Refusal(403, dedicatedOnly, "the caller is the main agent of another gateway"))
	guard.After = func(ctx context.Context, b access.Board) error {
		if b.Agent.BoardID != nil {
			return mc.Forbidden()
		}
		gateway, err := provision.BoardGateway(ctx, f.store.Reader, b.Board, provision.NeedURL)
		switch {
		case mc.KindOf(err) == mc.KindInvalid: // none that could have a main agent
			return access.AgentOnBoard(ctx, f.store.Reader, *b.Agent, b.Board)
		case err != nil:
			return err
		case b.Agent.SessionKey == nil || *b.Agent.SessionKey != mc.MainSessionKey(gateway.ID):
			return mc.Forbidden(dedicatedOnly)
		}
		return nil
	}
	return guard
}

type (
	startInput   struct{ Body BoardOnboardingStart }
	answerInput  struct{ Body BoardOnboardingAnswer }
	confirmInput struct{ Body BoardOnboardingConfirm }
	agentInput   struct {
		Body httpapi.Either[BoardOnboardingAgentComplete, BoardOnboardingAgentQuestion]
	}
)

func (f *Feature) get(ctx context.Context, b access.Board, _ *httpapi.None) (BoardOnboardingRead, error) {
	return f.Latest(ctx, b.Board.ID)
}

func (f *Feature) start(ctx context.Context, b access.Board, _ *startInput) (BoardOnboardingRead, error) {
	return f.Start(ctx, b.Board)
}

func (f *Feature) answer(ctx context.Context, b access.Board, in *answerInput) (BoardOnboardingRead, error) {
	other := ""
	if in.Body.OtherText != nil {
		other = *in.Body.OtherText
	}
	return f.Answer(ctx, b.Board, in.Body.Answer, other)
}

func (f *Feature) hearAgent(ctx context.Context, b access.Board, in *agentInput) (BoardOnboardingRead, error) {
	if in.Body.A != nil {
		return f.Propose(ctx, b.Board.ID, *in.Body.A)
	}
	return f.Ask(ctx, b.Board.ID, *in.Body.B)
}

func (f *Feature) confirm(ctx context.Context, b access.Board, in *confirmInput) (views.BoardRead, error) {
	return f.Confirm(ctx, b.Person.User, b.Board.ID, in.Body)
}
