package groups

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// BoardGroupRead is a board group as clients see it.
type BoardGroupRead struct {
	Name           string  `json:"name"`
	Slug           string  `json:"slug"`
	Description    *string `json:"description"`
	ID             mc.ID   `json:"id"`
	OrganizationID mc.ID   `json:"organization_id"`
	CreatedAt      mc.Time `json:"created_at"`
	UpdatedAt      mc.Time `json:"updated_at"`
}

// BoardGroupSnapshot is a group with what its boards are doing.
type BoardGroupSnapshot struct {
	Group  *BoardGroupRead           `json:"group" doc:"Null when the board is in no group."`
	Boards []BoardGroupBoardSnapshot `json:"boards"`
}

// BoardGroupBoardSnapshot is a board of a group with its first tasks.
type BoardGroupBoardSnapshot struct {
	Board      views.BoardRead         `json:"board"`
	TaskCounts map[mc.TaskStatus]int   `json:"task_counts" doc:"Tasks by status; statuses without tasks are left out."`
	Tasks      []BoardGroupTaskSummary `json:"tasks" doc:"In progress first, then in review, then in the inbox; by priority, then by last change."`
}

// BoardGroupTaskSummary is a task as neighbours of its board see it.
type BoardGroupTaskSummary struct {
	ID              mc.ID          `json:"id"`
	BoardID         mc.ID          `json:"board_id"`
	BoardName       string         `json:"board_name"`
	Title           string         `json:"title"`
	Status          string         `json:"status"`
	Priority        string         `json:"priority"`
	AssignedAgentID *mc.ID         `json:"assigned_agent_id"`
	Assignee        *string        `json:"assignee" doc:"Name of the agent it is assigned to."`
	DueAt           *mc.Time       `json:"due_at"`
	InProgressAt    *mc.Time       `json:"in_progress_at"`
	Tags            []views.TagRef `json:"tags"`
	CreatedAt       mc.Time        `json:"created_at"`
	UpdatedAt       mc.Time        `json:"updated_at"`
}

// BoardGroupHeartbeatApplyResult tells whose heartbeat was changed, and whose
// gateway does not know of it yet.
type BoardGroupHeartbeatApplyResult struct {
	BoardGroupID    mc.ID   `json:"board_group_id"`
	Requested       mc.JSON `json:"requested" jsontype:"object" nullable:"false" doc:"What was asked for."`
	UpdatedAgentIDs []mc.ID `json:"updated_agent_ids"`
	FailedAgentIDs  []mc.ID `json:"failed_agent_ids" doc:"Agents among the updated ones whose gateway could not be told. It is tried again in the background."`
}

func view(g mc.BoardGroup) BoardGroupRead {
	return BoardGroupRead{
		Name: g.Name, Slug: g.Slug, Description: g.Description, ID: g.ID, OrganizationID: g.OrganizationID, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
}

func summary(t store.TopTask, board string, tags []views.TagRef) BoardGroupTaskSummary {
	if tags == nil {
		tags = []views.TagRef{}
	}
	return BoardGroupTaskSummary{
		ID: t.ID, BoardID: t.BoardID, BoardName: board, Title: t.Title, Status: string(t.Status), Priority: t.Priority,
		AssignedAgentID: t.AssignedAgentID, Assignee: t.Assignee, DueAt: t.DueAt, InProgressAt: t.InProgressAt,
		Tags: tags, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
}
