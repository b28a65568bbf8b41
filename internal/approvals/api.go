package approvals

import (
	"context"
	"reflect"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// Register declares the operations on approvals for people, and for agents that
// call beside their own API.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"approvals"}
	const path = "/api/v1/boards/{board_id}/approvals"
	httpapi.Register(r, listOp(path, tag, nil), g.BoardActor(access.Read), f.list)
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: path + "/stream", Name: "stream_approvals", Tags: tag,
		Summary:     "Stream approvals",
		Description: "Sends an event for each approval of the board that is made, decided or reopened, with the number of those that are pending.",
	}, httpapi.StreamDoc{Event: "approval", Data: reflect.TypeFor[ApprovalStreamItem](), Example: exampleStream}, g.BoardActor(access.Read), f.stream)
	httpapi.Register(r, createOp(path, tag, nil), g.BoardActor(access.Write), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: path + "/{approval_id}", Name: "update_approval", Tags: tag,
		Summary:         "Decide an approval",
		Description:     "Approves, rejects or reopens an approval. The board's lead is told of a decision; the tasks stay where they are.",
		Errors:          changeErrors,
		RequestExamples: changeExamples, ResponseExamples: map[string]any{"approved": exampleApproved},
	}, g.Board(access.Write), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/approvals", Name: "list_approvals", Tags: tag,
		Summary:          "List approvals across boards",
		Description:      "Lists the approvals of all boards of the active organization that the caller may read, newest first.",
		Errors:           inboxErrors,
		ResponseExamples: map[string]any{"inbox": httpapi.NewPage([]BoardApprovalRead{{ApprovalRead: examplePending, BoardName: "Billing"}}, 1, examplePage)},
	}, g.Member(), f.inbox)
}

// RegisterForAgents declares listing and asking as part of the agents' own API.
func (f *Feature) RegisterForAgents(r *httpapi.Router, g *access.Guards) {
	tags := []string{"agent", "agent-lead", "agent-worker"}
	const path = "/api/v1/agent/boards/{board_id}/approvals"
	httpapi.Register(r, listOp(path, tags, listHints), g.AgentBoard(), f.list)
	httpapi.Register(r, createOp(path, tags, createHints), g.AgentBoard(), f.create)
}

func listOp(path string, tags []string, hints *httpapi.Hints) httpapi.Op {
	return httpapi.Op{
		Method: "GET", Path: path, Name: "list_approvals", Tags: tags,
		Summary:          "List approvals",
		Description:      "Lists the approvals of a board, newest first.",
		ResponseExamples: map[string]any{"waiting": httpapi.NewPage([]views.ApprovalRead{examplePending}, 1, examplePage)},
		Hints:            hints,
	}
}

func createOp(path string, tags []string, hints *httpapi.Hints) httpapi.Op {
	return httpapi.Op{
		Method: "POST", Path: path, Name: "create_approval", Tags: tags,
		Summary: "Ask for an approval",
		Description: "Adds an approval about tasks of the board, or about none. It has to say why: in payload.reason, payload.decision.reason or lead_reasoning. " +
			"What an agent makes is always pending; a task can have only one pending approval.",
		Errors:          createErrors,
		RequestExamples: createExamples, ResponseExamples: map[string]any{"pending": examplePending},
		Hints: hints,
	}
}

// ApprovalCreate is the body that makes an approval.
type ApprovalCreate struct{ mc.ApprovalDraft }

// ApprovalUpdate is the body that decides one.
type ApprovalUpdate struct {
	Status mc.Opt[mc.ApprovalStatus] `json:"status"`
}

// Validate refuses to decide for nothing.
func (u ApprovalUpdate) Validate() error {
	if u.Status.IsNull() {
		return mc.Invalid("status is required", "body")
	}
	return nil
}

type (
	listInput struct {
		Status *mc.ApprovalStatus `query:"status" doc:"Only approvals of this status."`
		httpapi.PageQuery
	}
	createInput struct{ Body ApprovalCreate }
	changeInput struct {
		ApprovalID string `path:"approval_id"`
		httpapi.Conditional
		Body ApprovalUpdate
	}
	inboxInput struct {
		Status  *mc.ApprovalStatus `query:"status" doc:"Only approvals of this status."`
		BoardID *mc.ID             `query:"board_id" doc:"Only approvals of this board."`
		httpapi.PageQuery
	}
)

func place(b access.Board) Place { return Place{Actor: b.TaskActor(), Board: b.Board} }

func (f *Feature) list(ctx context.Context, b access.Board, in *listInput) (httpapi.Page[views.ApprovalRead], error) {
	items, total, err := f.List(ctx, b.Board.ID, in.Status, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, in.PageQuery), err
}

func (f *Feature) stream(ctx context.Context, b access.Board, in *httpapi.StreamQuery) (httpapi.Feed[*live.Item], error) {
	return f.Stream(ctx, b.Board.ID, in.Cursor())
}

func (f *Feature) create(ctx context.Context, b access.Board, in *createInput) (views.ApprovalRead, error) {
	return f.Create(ctx, place(b), in.Body.ApprovalDraft)
}

func (f *Feature) change(ctx context.Context, b access.Board, in *changeInput) (views.ApprovalRead, error) {
	return f.Decide(ctx, place(b), in.ApprovalID, in.Body, in.IfMatch)
}

func (f *Feature) inbox(ctx context.Context, p access.Person, in *inboxInput) (httpapi.Page[BoardApprovalRead], error) {
	items, total, err := f.Inbox(ctx, p.Member, in.BoardID, in.Status, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, in.PageQuery), err
}
