package boards

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// BoardSummaryRead is a board as lists of boards show it.
type BoardSummaryRead struct {
	BoardID               mc.ID                 `json:"board_id"`
	Name                  string                `json:"name"`
	BoardGroupID          *mc.ID                `json:"board_group_id"`
	TaskCounts            map[mc.TaskStatus]int `json:"task_counts" doc:"Tasks by status; statuses without tasks are left out."`
	PendingApprovalsCount int                   `json:"pending_approvals_count"`
	Lead                  *BoardLeadRead        `json:"lead" doc:"Null when the board has no lead."`
	LastActivityAt        *mc.Time              `json:"last_activity_at" doc:"When something was last recorded on the board; null when nothing was."`
}

// BoardLeadRead is the lead of a board in a summary.
type BoardLeadRead struct {
	ID     mc.ID  `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status" doc:"As in the list of agents."`
}

// Summaries lists a page of the boards that a member may read, each in a few
// words, by the same number of queries however many they are.
func (f *Feature) Summaries(ctx context.Context, member mc.Member, limit, offset int) ([]BoardSummaryRead, int64, error) {
	boards, total, err := f.store.Boards(ctx, store.BoardFilter{Reader: member}, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]mc.ID, len(boards))
	for i, b := range boards {
		ids[i] = b.ID
	}
	counts, err := f.store.TaskCounts(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	byBoard := make(map[mc.ID]map[mc.TaskStatus]int, len(boards))
	for _, id := range ids {
		byBoard[id] = map[mc.TaskStatus]int{}
	}
	for _, c := range counts {
		byBoard[c.BoardID][c.Status] = c.Count
	}
	pending, err := f.store.PendingApprovalsOf(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	leads, err := f.store.LeadsOf(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	last, err := f.store.LastActivityOf(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	now := f.clock()
	shown := make([]BoardSummaryRead, len(boards))
	for i, b := range boards {
		shown[i] = BoardSummaryRead{BoardID: b.ID, Name: b.Name, BoardGroupID: b.BoardGroupID, TaskCounts: byBoard[b.ID], PendingApprovalsCount: pending[b.ID]}
		if lead, ok := leads[b.ID]; ok {
			shown[i].Lead = &BoardLeadRead{ID: lead.ID, Name: lead.Name, Status: string(lead.StatusAt(now))}
		}
		if at, ok := last[b.ID]; ok {
			shown[i].LastActivityAt = &at
		}
	}
	return shown, total, nil
}
