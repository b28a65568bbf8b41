package tasks

import (
	"context"
	"slices"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Register declares the operations on tasks for people, and for agents that
// call beside their own API.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"tasks"}
	httpapi.RegisterStream(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/boards/{board_id}/tasks/stream", Name: "stream_tasks", Tags: tag,
		Summary:     "Stream task changes",
		Description: "Sends an event for each task that is created or changed on the board and for each comment, as it happens.",
	}, streamDoc(), g.BoardActor(access.Read), f.stream)
	httpapi.Register(r, ListOp("/api/v1/boards/{board_id}/tasks", tag), g.BoardActor(access.Read), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/tasks", Name: "create_task", Tags: tag,
		Summary:         "Create a task",
		Description:     "Adds a task to the board. The board's lead is told of it, and so is the agent it is assigned to.",
		Errors:          createErrors,
		RequestExamples: createExamples, ResponseExamples: taskExamples,
	}, g.Board(access.Write), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/boards/{board_id}/tasks/{task_id}", Name: "update_task", Tags: tag,
		Summary:         "Change a task",
		Description:     "Changes the fields that are sent. What a caller may change depends on who it is; what a status does by itself depends on the rules of the board.",
		Errors:          changeErrors,
		RequestExamples: changeExamples, ResponseExamples: taskExamples,
	}, g.TaskActor(), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/boards/{board_id}/tasks/{task_id}", Name: "delete_task", Tags: tag,
		Summary:     "Delete a task",
		Description: "Removes the task with its comments and dependencies. An approval about it alone goes with it. Nobody is told.",
	}, g.TaskOfBoard(), f.remove)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/tasks/bulk", Name: "change_tasks", Tags: tag,
		Summary: "Change or delete many tasks",
		Description: "Applies one change to each of these tasks, or deletes them, in the order of their ids. Each is changed by itself, as if it had been asked for alone: " +
			"what is refused for one is done for the others. The answer says for each with which status it would have been answered.",
		RequestExamples: bulkExamples, ResponseExamples: bulkAnswers,
	}, g.Board(access.Write), f.bulk(r))
	httpapi.Register(r, CommentsOp("/api/v1/boards/{board_id}/tasks/{task_id}/comments", tag), g.TaskActor(), f.comments)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/boards/{board_id}/tasks/{task_id}/comments", Name: "create_task_comment", Tags: tag,
		Summary:         "Comment on a task",
		Description:     "Adds a comment. Agents that it mentions are told, or the assignee when it mentions nobody.",
		Errors:          commentErrors,
		RequestExamples: commentExamples,
	}, g.TaskActor(), f.comment)
}

// RegisterForAgents declares the same operations as part of the agents' own API.
func (f *Feature) RegisterForAgents(r *httpapi.Router, g *access.Guards) {
	tags := []string{"agent", "agent-lead", "agent-worker"}
	list := ListOp("/api/v1/agent/boards/{board_id}/tasks", tags)
	list.Hints = listHints
	httpapi.Register(r, list, g.AgentBoard(), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/boards/{board_id}/tasks", Name: "create_task", ID: "agent_lead_create_task", Tags: []string{"agent", "agent-lead"},
		Summary:         "Create a task as the board's lead",
		Description:     "Adds a task to the board and tells the agent it is assigned to.",
		Errors:          slices.Concat(createErrors, leadCreateErrors),
		RequestExamples: createExamples, ResponseExamples: taskExamples, Hints: createHints,
	}, g.AgentLead(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/agent/boards/{board_id}/tasks/{task_id}", Name: "update_task", Tags: tags,
		Summary:         "Change a task as an agent",
		Description:     "Workers change the status of their own and of unassigned tasks, leads assign and plan tasks and decide about those in review.",
		Errors:          changeErrors,
		RequestExamples: changeExamples, ResponseExamples: taskExamples, Hints: changeHints,
	}, g.AgentTask(), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/agent/boards/{board_id}/tasks/{task_id}", Name: "delete_task", Tags: tags,
		Summary:     "Delete a task as the board's lead",
		Description: "Removes the task with its comments and dependencies. An approval about it alone goes with it. Nobody is told.",
		Hints:       deleteHints,
	}, g.AgentLeadTask(), f.remove)
	comments := CommentsOp("/api/v1/agent/boards/{board_id}/tasks/{task_id}/comments", tags)
	comments.Hints = commentsHints
	httpapi.Register(r, comments, g.AgentTask(), f.comments)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/agent/boards/{board_id}/tasks/{task_id}/comments", Name: "create_task_comment", Tags: tags,
		Summary:         "Comment on a task as an agent",
		Description:     "Adds a comment. Agents that it mentions are told, or the assignee when it mentions nobody.",
		Errors:          commentErrors,
		RequestExamples: commentExamples, Hints: commentHints,
	}, g.AgentTask(), f.comment)
}

// ListOp declares a list of tasks.
func ListOp(path string, tags []string) httpapi.Op {
	return httpapi.Op{
		Method: "GET", Path: path, Name: "list_tasks", Tags: tags,
		Summary:     "List tasks",
		Description: "Lists the tasks of a board, newest first.",
		Errors:      []httpapi.ErrorDoc{{Status: 422, Detail: "Unsupported task status filter.", When: "status names something that is no status"}},
	}
}

// CommentsOp declares the list of a task's comments.
func CommentsOp(path string, tags []string) httpapi.Op {
	return httpapi.Op{
		Method: "GET", Path: path, Name: "list_task_comments", Tags: tags,
		Summary:     "List comments of a task",
		Description: "Lists the comments of a task, oldest first.",
	}
}

// TaskCreate is the body that makes a task.
type TaskCreate struct{ mc.TaskDraft }

// TaskUpdate is the body that changes a task.
type TaskUpdate struct{ mc.TaskChange }

// TaskCommentCreate is the body that comments on a task.
type TaskCommentCreate struct {
	Message string `json:"message" trim:"true" minLength:"1"`
}

type (
	listInput struct {
		Status          *string `query:"status" doc:"Statuses to show, separated by commas."`
		AssignedAgentID *mc.ID  `query:"assigned_agent_id" doc:"Only tasks of this agent."`
		Unassigned      *bool   `query:"unassigned" doc:"Only tasks that no agent has."`
		httpapi.PageQuery
	}
	createInput struct{ Body TaskCreate }
	changeInput struct {
		httpapi.Conditional
		Body TaskUpdate
	}
	commentInput struct{ Body TaskCommentCreate }
)

func place(b access.Board) Place { return Place{Actor: b.TaskActor(), Board: b.Board} }

func (f *Feature) list(ctx context.Context, b access.Board, in *listInput) (page httpapi.Page[views.TaskRead], err error) {
	filter := store.TaskFilter{AssigneeID: in.AssignedAgentID, Unassigned: in.Unassigned != nil && *in.Unassigned}
	if in.Status != nil {
		if filter.Statuses, err = mc.ParseStatusFilter(*in.Status); err != nil {
			return page, err
		}
	}
	items, total, err := f.List(ctx, b.Board.ID, filter, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, in.PageQuery), err
}

func (f *Feature) create(ctx context.Context, b access.Board, in *createInput) (views.TaskRead, error) {
	return f.Create(ctx, place(b), in.Body.TaskDraft)
}

func (f *Feature) change(ctx context.Context, t access.Task, in *changeInput) (views.TaskRead, error) {
	if err := t.MayWrite(); err != nil {
		return views.TaskRead{}, err
	}
	return f.Change(ctx, place(t.Board), t.TaskID, in.Body.TaskChange, in.IfMatch)
}

func (f *Feature) remove(ctx context.Context, t access.Task, _ *httpapi.None) (httpapi.OK, error) {
	if err := t.MayWrite(); err != nil {
		return httpapi.OK{}, err
	}
	return httpapi.Done, f.Delete(ctx, t.Board.Board.ID, t.TaskID)
}

func (f *Feature) comments(ctx context.Context, t access.Task, in *httpapi.PageQuery) (httpapi.Page[TaskCommentRead], error) {
	items, total, err := f.Comments(ctx, t.TaskID, in.Limit, in.Offset)
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) comment(ctx context.Context, t access.Task, in *commentInput) (TaskCommentRead, error) {
	if err := t.MayWrite(); err != nil {
		return TaskCommentRead{}, err
	}
	return f.Comment(ctx, place(t.Board), t.TaskID, in.Body.Message)
}

func (f *Feature) stream(ctx context.Context, b access.Board, in *httpapi.StreamQuery) (httpapi.Feed[*live.Item], error) {
	return f.Stream(ctx, b.Board.ID, in.Cursor())
}
