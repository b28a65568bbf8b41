package views

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TaskRead is a task as clients see it.
type TaskRead struct {
	Title             string        `json:"title"`
	Description       *string       `json:"description"`
	Status            mc.TaskStatus `json:"status" default:"inbox"`
	Priority          string        `json:"priority" default:"medium"`
	DueAt             *mc.Time      `json:"due_at"`
	AssignedAgentID   *mc.ID        `json:"assigned_agent_id"`
	DependsOnTaskIDs  []mc.ID       `json:"depends_on_task_ids" doc:"Tasks that this one waits for, in the order set."`
	TagIDs            []mc.ID       `json:"tag_ids"`
	ID                mc.ID         `json:"id"`
	BoardID           *mc.ID        `json:"board_id"`
	CreatedByUserID   *mc.ID        `json:"created_by_user_id"`
	InProgressAt      *mc.Time      `json:"in_progress_at"`
	CreatedAt         mc.Time       `json:"created_at"`
	UpdatedAt         mc.Time       `json:"updated_at"`
	BlockedByTaskIDs  []mc.ID       `json:"blocked_by_task_ids" doc:"Dependencies that are not done; empty for a done task."`
	IsBlocked         bool          `json:"is_blocked" default:"false"`
	Tags              []TagRef      `json:"tags"`
	CustomFieldValues mc.JSON       `json:"custom_field_values" jsontype:"values" doc:"All custom fields of the board by key: the value of the task, else the default, else null."`
}

// ETag names the task's version. What others do to the tasks it waits for, or to
// its tags, makes no version of it.
func (t TaskRead) ETag() string { return mc.VersionTag(t.UpdatedAt) }

// Tasks shows a list of tasks, with what their rows do not hold. It takes the
// same few queries whatever their number.
func Tasks(ctx context.Context, r store.Reader, tasks []mc.Task) ([]TaskRead, error) {
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
	fields, err := fieldsOf(ctx, r, tasks, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]TaskRead, len(tasks))
	for i, t := range tasks {
		shown[i] = task(t, dependsOn[t.ID], status, carries[t.ID])
		shown[i].CustomFieldValues = fields.of(t)
	}
	return shown, nil
}

// fieldValues are the custom fields of boards and what tasks have in them.
type fieldValues struct {
	bound map[mc.ID][]mc.CustomField  // by board
	held  map[mc.ID]map[mc.ID]mc.JSON // by task and field
}

func fieldsOf(ctx context.Context, r store.Reader, tasks []mc.Task, ids []mc.ID) (v fieldValues, err error) {
	boards := make([]mc.ID, len(tasks))
	for i, t := range tasks {
		boards[i] = t.BoardID
	}
	bound, err := r.FieldsOfBoards(ctx, mc.DedupeIDs(boards))
	if err != nil || len(bound) == 0 {
		return v, err
	}
	v.bound, v.held = map[mc.ID][]mc.CustomField{}, make(map[mc.ID]map[mc.ID]mc.JSON, len(tasks))
	for _, b := range bound {
		v.bound[b.BoardID] = append(v.bound[b.BoardID], b.CustomField)
	}
	held, err := r.FieldValuesOfTasks(ctx, ids)
	for _, h := range held {
		if v.held[h.TaskID] == nil {
			v.held[h.TaskID] = map[mc.ID]mc.JSON{}
		}
		v.held[h.TaskID][h.FieldID] = h.Value
	}
	return v, err
}

func (v fieldValues) of(t mc.Task) mc.JSON { return mc.ShowFields(v.bound[t.BoardID], v.held[t.ID]) }

func task(t mc.Task, dependsOn []mc.ID, status map[mc.ID]mc.TaskStatus, tags []mc.Tag) TaskRead {
	if dependsOn == nil {
		dependsOn = []mc.ID{}
	}
	blockedBy := mc.BlockedBy(t.Status, dependsOn, func(id mc.ID) (mc.TaskStatus, bool) {
		s, ok := status[id]
		return s, ok
	})
	tagIDs, refs := make([]mc.ID, len(tags)), make([]TagRef, len(tags))
	for i, tag := range tags {
		tagIDs[i], refs[i] = tag.ID, Tag(tag)
	}
	return TaskRead{
		Title: t.Title, Description: t.Description, Status: t.Status, Priority: t.Priority, DueAt: t.DueAt,
		AssignedAgentID: t.AssignedAgentID, DependsOnTaskIDs: dependsOn, TagIDs: tagIDs,
		ID: t.ID, BoardID: &t.BoardID, CreatedByUserID: t.CreatedByUserID, InProgressAt: t.InProgressAt,
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
		BlockedByTaskIDs: blockedBy, IsBlocked: len(blockedBy) > 0, Tags: refs,
	}
}

// Task shows one task as Tasks does.
func Task(ctx context.Context, r store.Reader, t mc.Task) (TaskRead, error) {
	shown, err := Tasks(ctx, r, []mc.Task{t})
	if err != nil {
		return TaskRead{}, err
	}
	return shown[0], nil
}
