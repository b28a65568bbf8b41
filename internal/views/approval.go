package views

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// ApprovalRead is an approval as clients see it.
type ApprovalRead struct {
	ActionType      string            `json:"action_type"`
	TaskID          *mc.ID            `json:"task_id" doc:"The first of the tasks."`
	TaskIDs         []mc.ID           `json:"task_ids" doc:"All tasks that the decision is about."`
	Payload         mc.JSON           `json:"payload" jsontype:"object"`
	Confidence      mc.Float          `json:"confidence" minimum:"0" maximum:"100"`
	RubricScores    mc.JSON           `json:"rubric_scores" jsontype:"integers"`
	Status          mc.ApprovalStatus `json:"status" default:"pending"`
	ID              mc.ID             `json:"id"`
	BoardID         mc.ID             `json:"board_id"`
	TaskTitles      []string          `json:"task_titles" doc:"What the tasks are called now, in their order."`
	AgentID         *mc.ID            `json:"agent_id" doc:"The agent that asks."`
	CreatedAt       mc.Time           `json:"created_at"`
	ResolvedAt      *mc.Time          `json:"resolved_at" doc:"When it was last decided; stays when it is reopened."`
	UpdatedAt       mc.Time           `json:"updated_at" doc:"When anything of it last changed."`
	DecidedByUserID *mc.ID            `json:"decided_by_user_id" doc:"Who last decided it."`
}

// Approval shows an approval about these tasks.
func Approval(a mc.Approval, tasks []store.ApprovalTask) ApprovalRead {
	shown := ApprovalRead{
		ActionType: a.ActionType, TaskIDs: make([]mc.ID, len(tasks)), Payload: a.Payload, Confidence: a.Confidence, RubricScores: a.RubricScores,
		Status: a.Status, ID: a.ID, BoardID: a.BoardID, TaskTitles: make([]string, 0, len(tasks)), AgentID: a.AgentID, CreatedAt: a.CreatedAt,
		ResolvedAt: a.ResolvedAt, UpdatedAt: a.UpdatedAt, DecidedByUserID: a.DecidedByUserID,
	}
	for i, task := range tasks {
		shown.TaskIDs[i] = task.TaskID
		if task.Title != nil {
			shown.TaskTitles = append(shown.TaskTitles, *task.Title)
		}
	}
	if len(tasks) > 0 {
		shown.TaskID = &shown.TaskIDs[0]
	}
	return shown
}

// ETag names the approval's version.
func (a ApprovalRead) ETag() string { return mc.VersionTag(a.UpdatedAt) }

// Approvals shows a list of approvals, with the tasks of each.
func Approvals(approvals []mc.Approval, tasks map[mc.ID][]store.ApprovalTask) []ApprovalRead {
	shown := make([]ApprovalRead, len(approvals))
	for i, a := range approvals {
		shown[i] = Approval(a, tasks[a.ID])
	}
	return shown
}
