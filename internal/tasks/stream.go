package tasks

import (
	"context"
	"encoding/json"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TaskStreamItem is the data of an event of the task stream: a change with the
// task as it is when the event is sent, or a comment.
type TaskStreamItem struct {
	Type     mc.EventType     `json:"type"`
	Activity StreamActivity   `json:"activity"`
	Task     *TaskRead        `json:"task,omitempty"`
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

// Stream opens the event stream of a board's tasks. It subscribes first and
// catches up then, so that nothing falls between.
func (f *Feature) Stream(_ context.Context, board mc.ID, cursor httpapi.Cursor) httpapi.Feed[*live.Item] {
	sub := f.broker.Subscribe(live.Topic{Kind: store.KindActivity, Scope: board})
	s := &taskStream{f: f, board: board, cursor: cursor}
	return httpapi.Feed[*live.Item]{CatchUp: s.catchUp, Items: sub.Items(), Emit: s.emit, Close: sub.Close}
}

type taskStream struct {
	f      *Feature
	board  mc.ID
	cursor httpapi.Cursor
	sent   int64 // number of the last event sent
}

func (s *taskStream) catchUp(ctx context.Context, emit func(httpapi.Event) error) error {
	switch {
	case s.cursor.Resumes:
		s.sent = s.cursor.After
	case !s.cursor.HasSince:
		return nil
	}
	for {
		events, err := s.f.store.TaskEvents(ctx, s.board, s.since(), s.sent, backlogChunk)
		if err != nil {
			return err
		}
		frames, err := s.f.frames(ctx, s.board, events)
		if err != nil {
			return err
		}
		for i := range frames {
			if err := emit(frames[i]); err != nil {
				return err
			}
			s.sent = frames[i].ID
		}
		if len(events) < backlogChunk {
			return nil
		}
		s.sent = events[len(events)-1].Seq
	}
}

// since is the time before which nothing is sent; a resumed stream has none.
func (s *taskStream) since() mc.Time {
	if s.cursor.Resumes {
		return mc.Time{}
	}
	return s.cursor.Since
}

// taskFrame is how all streams of a board show an announced event.
type taskFrame struct {
	frame *httpapi.Event // nil: nothing to show
	at    mc.Time
}

func (s *taskStream) emit(ctx context.Context, item *live.Item, emit func(httpapi.Event) error) error {
	if item.Seq <= s.sent || !streamed[mc.EventType(item.Detail)] {
		return nil
	}
	shown, err := live.Render(ctx, item, taskFrame{}, s.f.renderFrame)
	if err != nil || shown.frame == nil || s.cursor.HasSince && !s.cursor.Resumes && shown.at.Before(s.cursor.Since) {
		return err
	}
	s.sent = item.Seq
	return emit(*shown.frame)
}

func (f *Feature) renderFrame(ctx context.Context, c store.Change) (taskFrame, error) {
	event, err := f.store.Event(ctx, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound {
		return taskFrame{}, nil // deleted with its task meanwhile
	}
	if err != nil {
		return taskFrame{}, err
	}
	frames, err := f.frames(ctx, c.Scope, []mc.ActivityEvent{event})
	if err != nil || len(frames) == 0 {
		return taskFrame{}, err
	}
	return taskFrame{frame: &frames[0], at: event.CreatedAt}, nil
}

// frames shows events with the state their tasks have now. Events of tasks that
// no longer exist are left out.
func (f *Feature) frames(ctx context.Context, board mc.ID, events []mc.ActivityEvent) ([]httpapi.Event, error) {
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
	views, err := View(ctx, f.store.Reader, rows)
	if err != nil {
		return nil, err
	}
	tasks := make(map[mc.ID]*TaskRead, len(views))
	for i := range views {
		tasks[views[i].ID] = &views[i]
	}
	frames := make([]httpapi.Event, 0, len(events))
	for _, e := range events {
		if e.TaskID == nil || tasks[*e.TaskID] == nil {
			continue
		}
		data, err := json.Marshal(streamItem(e, tasks[*e.TaskID]))
		if err != nil {
			return nil, err
		}
		frames = append(frames, httpapi.Event{ID: e.Seq, Name: "task", Data: data})
	}
	return frames, nil
}

func streamItem(e mc.ActivityEvent, task *TaskRead) TaskStreamItem {
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
