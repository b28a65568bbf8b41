package tasks

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// TaskStreamItem is the data of an event of the task stream: a change with the
// task as it is when the event is sent, or a comment.
type TaskStreamItem struct {
	Type     mc.EventType     `json:"type"`
	Activity StreamActivity   `json:"activity"`
	Task     *views.TaskRead  `json:"task,omitempty"`
	Comment  *TaskCommentRead `json:"comment,omitempty"`
}

// StreamActivity is the activity event behind a stream's event.
type StreamActivity struct {
	ID        mc.ID        `json:"id"`
	EventType mc.EventType `json:"event_type"`
	Message   *string      `json:"message"`
	AgentID   *mc.ID       `json:"agent_id"`
	TaskID    *mc.ID       `json:"task_id"`
	CreatedAt mc.Time      `json:"created_at"`
}

// streamed are the types of events that the stream carries.
var streamed = map[mc.EventType]bool{
	mc.EventTaskCreated: true, mc.EventTaskUpdated: true, mc.EventTaskStatusChanged: true, mc.EventTaskComment: true,
}

// backlogChunk bounds what catching up holds in memory.
const backlogChunk = 200

// Stream opens the event stream of a board's tasks.
func (f *Feature) Stream(ctx context.Context, board mc.ID, cursor httpapi.Cursor) (httpapi.Feed[*live.Item], error) {
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		Topics: []live.Topic{{Kind: store.KindActivity, Scope: board}},
		Backlog: func(ctx context.Context, since mc.Time, after int64) ([]feed.Frame, int64, bool, error) {
			events, err := f.store.TaskEvents(ctx, board, since, after, backlogChunk)
			if err != nil || len(events) == 0 {
				return nil, after, true, err
			}
			frames, err := f.frames(ctx, board, events)
			return frames, events[len(events)-1].Seq, len(events) < backlogChunk, err
		},
		Wants: isStreamed,
		Show:  f.show, Kind: taskStream{},
	})
}

// Shows is what the stream of everything shows of tasks.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{
		{
			Event: "task", Kind: store.KindActivity, Audience: feed.BoardReaders, Wants: isStreamed, Show: f.show, Key: taskStream{},
			Data: reflect.TypeFor[TaskStreamItem](), Doc: "A task was made or changed, or commented on.",
		},
		feed.Gone(store.KindTaskDeleted, "task_id", feed.BoardReaders, "A task was deleted, and its comments with it."),
	}
}

func isStreamed(c store.Change) bool { return streamed[mc.EventType(c.Detail)] }

// taskStream names the way in which the streams of a board show an event.
type taskStream struct{}

func (f *Feature) show(ctx context.Context, c store.Change) (*feed.Frame, error) {
	event, err := f.store.Event(ctx, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // deleted with its task meanwhile
	}
	if err != nil {
		return nil, err
	}
	frames, err := f.frames(ctx, c.Scope, []mc.ActivityEvent{event})
	if err != nil || len(frames) == 0 {
		return nil, err
	}
	return &frames[0], nil
}

// frames shows events with the state their tasks have now. Events of tasks that
// no longer exist are left out.
func (f *Feature) frames(ctx context.Context, board mc.ID, events []mc.ActivityEvent) ([]feed.Frame, error) {
	var ids []mc.ID
	for _, e := range events {
		if e.TaskID != nil {
			ids = append(ids, *e.TaskID)
		}
	}
	rows, err := f.store.TasksByID(ctx, board, mc.DedupeIDs(ids))
	if err != nil {
		return nil, err
	}
	shown, err := views.Tasks(ctx, f.store.Reader, rows)
	if err != nil {
		return nil, err
	}
	tasks := make(map[mc.ID]*views.TaskRead, len(shown))
	for i := range shown {
		tasks[shown[i].ID] = &shown[i]
	}
	frames := make([]feed.Frame, 0, len(events))
	for _, e := range events {
		if e.TaskID == nil || tasks[*e.TaskID] == nil {
			continue
		}
		data, err := json.Marshal(streamItem(e, tasks[*e.TaskID]))
		if err != nil {
			return nil, err
		}
		frames = append(frames, feed.Frame{Event: httpapi.Event{ID: e.Seq, Name: "task", Data: data}, At: e.CreatedAt})
	}
	return frames, nil
}

func streamItem(e mc.ActivityEvent, task *views.TaskRead) TaskStreamItem {
	item := TaskStreamItem{
		Type:     e.Type,
		Activity: StreamActivity{ID: e.ID, EventType: e.Type, Message: e.Message, AgentID: e.AgentID, TaskID: e.TaskID, CreatedAt: e.CreatedAt},
	}
	if e.Type == mc.EventTaskComment {
		comment := commentView(e)
		item.Comment = &comment
	} else {
		item.Task = task
	}
	return item
}
