package boards

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// newest is how many approvals and chat messages a snapshot shows.
const newest = 200

// BoardSnapshot is everything that a page of a board shows.
type BoardSnapshot struct {
	Board                 views.BoardRead         `json:"board"`
	Tasks                 []TaskCardRead          `json:"tasks" doc:"All tasks, newest first."`
	Agents                []views.AgentRead       `json:"agents" doc:"All agents, newest first."`
	Approvals             []views.ApprovalRead    `json:"approvals" doc:"The newest 200, newest first."`
	ChatMessages          []views.BoardMemoryRead `json:"chat_messages" doc:"The newest 200, oldest first."`
	PendingApprovalsCount int                     `json:"pending_approvals_count" default:"0" doc:"All that are pending, also beyond the ones shown."`
}

// TaskCardRead is a task as its card on a board shows it.
type TaskCardRead struct {
	views.TaskRead
	Assignee              *string `json:"assignee" doc:"Name of the agent it is assigned to, if that is on the board."`
	ApprovalsCount        int     `json:"approvals_count" default:"0" doc:"Approvals that are about it."`
	ApprovalsPendingCount int     `json:"approvals_pending_count" default:"0"`
}

// Snapshot shows a board, by the same number of queries however much is on it.
func (f *Feature) Snapshot(ctx context.Context, board mc.Board) (BoardSnapshot, error) {
	snapshot := BoardSnapshot{Board: views.Board(board)}
	agents, err := f.store.AgentsOfBoard(ctx, board.ID)
	if err != nil {
		return snapshot, err
	}
	snapshot.Agents = views.Agents(agents, f.clock())
	if snapshot.Tasks, err = f.cards(ctx, board.ID, agents); err != nil {
		return snapshot, err
	}
	if err := f.addApprovals(ctx, board.ID, &snapshot); err != nil {
		return snapshot, err
	}
	chat, err := f.store.NewestChat(ctx, board.ID, newest)
	snapshot.ChatMessages = views.BoardMemories(chat)
	return snapshot, err
}

func (f *Feature) cards(ctx context.Context, board mc.ID, agents []mc.Agent) ([]TaskCardRead, error) {
	rows, err := f.store.AllTasks(ctx, board)
	if err != nil {
		return nil, err
	}
	tasks, err := views.Tasks(ctx, f.store.Reader, rows)
	if err != nil {
		return nil, err
	}
	ids := make([]mc.ID, len(tasks))
	for i, t := range tasks {
		ids[i] = t.ID
	}
	counts, err := f.store.ApprovalCounts(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[mc.ID]*string, len(agents))
	for i := range agents {
		names[agents[i].ID] = &agents[i].Name
	}
	cards := make([]TaskCardRead, len(tasks))
	for i, t := range tasks {
		cards[i] = TaskCardRead{TaskRead: t, ApprovalsCount: counts[t.ID].Total, ApprovalsPendingCount: counts[t.ID].Pending}
		if t.AssignedAgentID != nil {
			cards[i].Assignee = names[*t.AssignedAgentID]
		}
	}
	return cards, nil
}

func (f *Feature) addApprovals(ctx context.Context, board mc.ID, snapshot *BoardSnapshot) error {
	approvals, err := f.store.NewestApprovals(ctx, board, newest)
	if err != nil {
		return err
	}
	about, err := f.store.TasksOfApprovals(ctx, approvals)
	if err != nil {
		return err
	}
	snapshot.Approvals = views.Approvals(approvals, about)
	snapshot.PendingApprovalsCount, err = f.store.PendingApprovals(ctx, board)
	return err
}
