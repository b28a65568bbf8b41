package tasks

import (
	"context"
	"net/http"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// TaskBulk is the body that changes many tasks in the same way, or deletes them.
type TaskBulk struct {
	IDs    []mc.ID     `json:"ids" minItems:"1" maxItems:"200"`
	Patch  *TaskUpdate `json:"patch" doc:"What to change of each."`
	Delete bool        `json:"delete" default:"false" doc:"Delete them instead."`
}

// Validate refuses a body that asks for both or for nothing.
func (b TaskBulk) Validate() error {
	if (b.Patch != nil) == b.Delete {
		return mc.Invalid("either patch or delete is required", "body")
	}
	return nil
}

// TaskBulkRead says what became of each task.
type TaskBulkRead struct {
	Results []TaskBulkResult `json:"results"`
}

// TaskBulkResult is what a request for this task alone would have been answered.
type TaskBulkResult struct {
	ID     mc.ID           `json:"id"`
	Status int             `json:"status"`
	Task   *views.TaskRead `json:"task,omitempty" doc:"The task after its change."`
	Detail any             `json:"detail,omitempty" doc:"Why it was refused."`
}

type bulkInput struct{ Body TaskBulk }

// bulk treats the tasks one after the other, each in a transaction of its own
// and by the rules of the operation on one. An id that is named again is not
// treated again.
func (f *Feature) bulk(r *httpapi.Router) httpapi.Handler[access.Board, bulkInput, TaskBulkRead] {
	return func(ctx context.Context, b access.Board, in *bulkInput) (out TaskBulkRead, err error) {
		for _, id := range mc.DedupeIDs(in.Body.IDs) {
			result := TaskBulkResult{ID: id, Status: http.StatusOK}
			if in.Body.Delete {
				err = f.Delete(ctx, b.Board.ID, id)
			} else {
				var task views.TaskRead
				task, err = f.Change(ctx, place(b), id, in.Body.Patch.TaskChange, nil)
				result.Task = &task
			}
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			if err != nil {
				result.Task = nil
				result.Status, result.Detail = r.AnswerTo(ctx, err)
			}
			out.Results = append(out.Results, result)
		}
		return out, nil
	}
}
