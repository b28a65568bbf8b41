package tasks

import "missioncontrol/internal/mc"

// TaskCommentRead is a comment as clients see it.
type TaskCommentRead struct {
	ID        mc.ID   `json:"id"`
	Message   *string `json:"message"`
	AgentID   *mc.ID  `json:"agent_id"`
	TaskID    *mc.ID  `json:"task_id"`
	UserID    *mc.ID  `json:"user_id" doc:"The person who wrote it; null for an agent."`
	CreatedAt mc.Time `json:"created_at"`
}

func commentView(e mc.ActivityEvent) TaskCommentRead {
	return TaskCommentRead{ID: e.ID, Message: e.Message, AgentID: e.AgentID, TaskID: e.TaskID, UserID: e.ActorUserID, CreatedAt: e.CreatedAt}
}
