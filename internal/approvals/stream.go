package approvals

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// ApprovalStreamItem is the data of an event of the approval stream: an approval
// that was made or changed, and how many there are, when the event is sent.
type ApprovalStreamItem struct {
	Approval              views.ApprovalRead `json:"approval"`
	PendingApprovalsCount int                `json:"pending_approvals_count" doc:"Of the whole board."`
	TaskCounts            taskCounts         `json:"task_counts,omitempty"`
}

// CorrectSchema says that task_counts may also be a single one.
func (ApprovalStreamItem) CorrectSchema(s *huma.Schema) {
	list := s.Properties["task_counts"]
	s.Properties["task_counts"] = &huma.Schema{
		Description: "Of the tasks that the approval is about: one object, a list of several, absent for none.", AnyOf: []*huma.Schema{list.Items, list},
	}
}

// ApprovalTaskCounts is how many approvals a task has.
type ApprovalTaskCounts struct {
	TaskID                mc.ID `json:"task_id"`
	ApprovalsCount        int   `json:"approvals_count"`
	ApprovalsPendingCount int   `json:"approvals_pending_count"`
}

// taskCounts is written as an object when there is one, as a list when there are several.
type taskCounts []ApprovalTaskCounts

// MarshalJSON chooses the form.
func (c taskCounts) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]ApprovalTaskCounts(c))
}

// backlogChunk bounds what catching up holds in memory.
const backlogChunk = 200

// Stream opens the event stream of a board's approvals.
func (f *Feature) Stream(ctx context.Context, board mc.ID, cursor httpapi.Cursor) (httpapi.Feed[*live.Item], error) {
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		Topics: []live.Topic{{Kind: store.KindApproval, Scope: board}},
		Backlog: func(ctx context.Context, since mc.Time, after int64) ([]feed.Frame, int64, bool, error) {
			rows, err := f.store.ApprovalsAfter(ctx, board, since, after, backlogChunk)
			if err != nil || len(rows) == 0 {
				return nil, after, true, err
			}
			frames, err := f.frames(ctx, board, rows)
			return frames, rows[len(rows)-1].Seq, len(rows) < backlogChunk, err
		},
		Show: f.show, Kind: approvalStream{},
	})
}

// Shows is what the stream of everything shows of approvals.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{{
		Event: "approval", Kind: store.KindApproval, Audience: feed.BoardReaders, Show: f.show, Key: approvalStream{},
		Data: reflect.TypeFor[ApprovalStreamItem](), Doc: "An approval was asked for, decided or changed.",
	}}
}

// approvalStream names the way in which the streams of a board show an approval.
type approvalStream struct{}

func (f *Feature) show(ctx context.Context, c store.Change) (*feed.Frame, error) {
	row, err := f.store.Approval(ctx, c.Scope, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // deleted with its task meanwhile
	}
	if err != nil {
		return nil, err
	}
	frames, err := f.frames(ctx, c.Scope, []mc.Approval{row})
	if err != nil {
		return nil, err
	}
	return &frames[0], nil
}

// frames shows approvals of a board with the counts of now, in a fixed number of
// queries. The time of the last change is that of creation or decision, except
// for one that was reopened, which no other time of it tells.
func (f *Feature) frames(ctx context.Context, board mc.ID, rows []mc.Approval) ([]feed.Frame, error) {
	shown, err := View(ctx, f.store.Reader, rows)
	if err != nil {
		return nil, err
	}
	pending, err := f.store.PendingApprovals(ctx, board)
	if err != nil {
		return nil, err
	}
	var tasks []mc.ID
	for _, a := range shown {
		tasks = append(tasks, a.TaskIDs...)
	}
	counts, err := f.store.ApprovalCounts(ctx, mc.DedupeIDs(tasks))
	if err != nil {
		return nil, err
	}
	frames := make([]feed.Frame, 0, len(rows))
	for i, row := range rows {
		item := ApprovalStreamItem{Approval: shown[i], PendingApprovalsCount: pending}
		for _, id := range item.Approval.TaskIDs {
			item.TaskCounts = append(item.TaskCounts, ApprovalTaskCounts{id, counts[id].Total, counts[id].Pending})
		}
		data, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		frames = append(frames, feed.Frame{Event: httpapi.Event{ID: row.Seq, Name: "approval", Data: data}, At: row.UpdatedAt})
	}
	return frames, nil
}
