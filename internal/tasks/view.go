package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// TaskRead is a task as clients see it.
type TaskRead struct {
	Title             string         `json:"title"`
	Description       *string        `json:"description"`
	Status            mc.TaskStatus  `json:"status" default:"inbox"`
	Priority          string         `json:"priority" default:"medium"`
	DueAt             *mc.Time       `json:"due_at"`
	AssignedAgentID   *mc.ID         `json:"assigned_agent_id"`
	DependsOnTaskIDs  []mc.ID        `json:"depends_on_task_ids" doc:"Tasks that this one waits for, in the order set."`
	TagIDs            []mc.ID        `json:"tag_ids"`
	ID                mc.ID          `json:"id"`
	BoardID           *mc.ID         `json:"board_id"`
	CreatedByUserID   *mc.ID         `json:"created_by_user_id"`
	InProgressAt      *mc.Time       `json:"in_progress_at"`
	CreatedAt         mc.Time        `json:"created_at"`
	UpdatedAt         mc.Time        `json:"updated_at"`
	BlockedByTaskIDs  []mc.ID        `json:"blocked_by_task_ids" doc:"Dependencies that are not done; empty for a done task."`
	IsBlocked         bool           `json:"is_blocked" default:"false"`
	Tags              []views.TagRef `json:"tags"`
	CustomFieldValues mc.JSON        `json:"custom_field_values" jsontype:"values"`
}

// ETag names the task's version. What others do to the tasks it waits for, or to
// its tags, makes no version of it.
func (t TaskRead) ETag() string { return mc.VersionTag(t.UpdatedAt) }

// TaskCommentRead is a comment as clients see it.
type TaskCommentRead struct {
	ID        mc.ID   `json:"id"`
	Message   *string `json:"message"`
	AgentID   *mc.ID  `json:"agent_id"`
	TaskID    *mc.ID  `json:"task_id"`
	CreatedAt mc.Time `json:"created_at"`
}

var noValues = mc.JSON("{}")

// View completes tasks of a board with what their rows do not hold, in a
// bounded number of queries whatever their number.
func View(ctx context.Context, r store.Reader, tasks []mc.Task) ([]TaskRead, error) {
	ids := make([]mc.ID, len(tasks))
	for i, t := range tasks {
		ids[i] = t.ID
	}
	edges, err := r.EdgesOfTasks(ctx, ids)
	if err != nil {
		return nil, err
	}
	dependsOn := make(map[mc.ID][]mc.ID, len(tasks))
	status := make(map[mc.ID]mc.TaskStatus, len(edges))
	for _, e := range edges {
		dependsOn[e.TaskID] = append(dependsOn[e.TaskID], e.DependsOnTaskID)
		status[e.DependsOnTaskID] = e.Status
	}
	tags, err := r.TagsOfTasks(ctx, ids)
	if err != nil {
		return nil, err
	}
	carries := make(map[mc.ID][]mc.Tag, len(tasks))
	for _, t := range tags {
		carries[t.TaskID] = append(carries[t.TaskID], t.Tag)
	}
	shown := make([]TaskRead, len(tasks))
	for i, t := range tasks {
		shown[i] = viewOf(t, dependsOn[t.ID], status, carries[t.ID])
	}
	return shown, nil
}

func viewOf(t mc.Task, dependsOn []mc.ID, status map[mc.ID]mc.TaskStatus, tags []mc.Tag) TaskRead {
	if dependsOn == nil {
		dependsOn = []mc.ID{}
	}
	blockedBy := mc.BlockedBy(t.Status, dependsOn, func(id mc.ID) (mc.TaskStatus, bool) {
		s, ok := status[id]
		return s, ok
	})
	tagIDs, refs := make([]mc.ID, len(tags)), make([]views.TagRef, len(tags))
	for i, tag := range tags {
		tagIDs[i], refs[i] = tag.ID, views.Tag(tag)
	}
	return TaskRead{
		Title: t.Title, Description: t.Description, Status: t.Status, Priority: t.Priority, DueAt: t.DueAt,
		AssignedAgentID: t.AssignedAgentID, DependsOnTaskIDs: dependsOn, TagIDs: tagIDs,
		ID: t.ID, BoardID: &t.BoardID, CreatedByUserID: t.CreatedByUserID, InProgressAt: t.InProgressAt,
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
		BlockedByTaskIDs: blockedBy, IsBlocked: len(blockedBy) > 0, Tags: refs, CustomFieldValues: noValues,
	}
}

func viewOne(ctx context.Context, r store.Reader, t mc.Task) (TaskRead, error) {
	shown, err := View(ctx, r, []mc.Task{t})
	if err != nil {
		return TaskRead{}, err
	}
	return shown[0], nil
}

func commentView(e mc.ActivityEvent) TaskCommentRead {
	return TaskCommentRead{ID: e.ID, Message: e.Message, AgentID: e.AgentID, TaskID: e.TaskID, CreatedAt: e.CreatedAt}
}
