package activity

import (
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// ActivityEventRead is an activity event as clients see it, with the page of
// the web UI that shows what it is about.
type ActivityEventRead struct {
	ID          mc.ID              `json:"id"`
	EventType   mc.EventType       `json:"event_type"`
	Message     *string            `json:"message"`
	AgentID     *mc.ID             `json:"agent_id"`
	TaskID      *mc.ID             `json:"task_id"`
	UserID      *mc.ID             `json:"user_id" doc:"The person who did it; null for an agent."`
	BoardID     *mc.ID             `json:"board_id" doc:"Board it is about: its own, else that of its task."`
	RouteName   *string            `json:"route_name" doc:"Page that shows it: board, board.approvals or activity."`
	RouteParams *map[string]string `json:"route_params" doc:"Parameters of that page."`
	CreatedAt   mc.Time            `json:"created_at"`
}

func eventView(e store.FeedEvent) ActivityEventRead {
	if e.BoardID == nil {
		e.BoardID = e.TaskBoardID
	}
	name, params := route(e.ActivityEvent)
	return ActivityEventRead{
		ID: e.ID, EventType: e.Type, Message: e.Message, AgentID: e.AgentID, UserID: e.ActorUserID, TaskID: e.TaskID, BoardID: e.BoardID,
		RouteName: &name, RouteParams: &params, CreatedAt: e.CreatedAt,
	}
}

// route says which page shows what an event is about, and with what parameters.
func route(e mc.ActivityEvent) (name string, params map[string]string) {
	if e.BoardID == nil {
		params = map[string]string{"eventId": e.ID.String(), "eventType": string(e.Type), "createdAt": e.CreatedAt.String()}
		if e.TaskID != nil {
			params["taskId"] = e.TaskID.String()
		}
		return "activity", params
	}
	params = map[string]string{"boardId": e.BoardID.String()}
	switch {
	case e.Type == mc.EventTaskComment && e.TaskID != nil:
		params["taskId"], params["commentId"] = e.TaskID.String(), e.ID.String()
	case strings.HasPrefix(string(e.Type), "approval."):
		return "board.approvals", params
	case strings.HasPrefix(string(e.Type), "board."):
		params["panel"] = "chat"
	case e.TaskID != nil:
		params["taskId"] = e.TaskID.String()
	}
	return "board", params
}

// ActivityTaskCommentFeedItemRead is a comment as the feed across boards shows
// it: with its author, task and board.
type ActivityTaskCommentFeedItemRead struct {
	ID        mc.ID   `json:"id"`
	CreatedAt mc.Time `json:"created_at"`
	Message   *string `json:"message"`
	AgentID   *mc.ID  `json:"agent_id" doc:"Author; null for a person."`
	AgentName *string `json:"agent_name"`
	AgentRole *string `json:"agent_role" doc:"Role in the author's identity profile."`
	UserID    *mc.ID  `json:"user_id" doc:"The person who wrote it; null for an agent."`
	UserName  *string `json:"user_name" doc:"What that person is called."`
	TaskID    mc.ID   `json:"task_id"`
	TaskTitle string  `json:"task_title"`
	BoardID   mc.ID   `json:"board_id"`
	BoardName string  `json:"board_name"`
}

func commentView(c store.FeedComment) ActivityTaskCommentFeedItemRead {
	item := ActivityTaskCommentFeedItemRead{
		ID: c.ID, CreatedAt: c.CreatedAt, Message: c.Message, AgentID: c.AgentID, AgentName: c.AgentName, UserID: c.UserID, UserName: c.UserName,
		TaskID: c.TaskID, TaskTitle: c.TaskTitle, BoardID: c.BoardID, BoardName: c.BoardName,
	}
	if role := mc.IdentityValue(c.IdentityProfile, "role", ""); role != "" {
		item.AgentRole = &role
	}
	return item
}
