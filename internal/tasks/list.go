package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// List returns a page of a board's tasks, newest first.
func (f *Feature) List(ctx context.Context, board mc.ID, filter store.TaskFilter, limit, offset int) ([]views.TaskRead, int64, error) {
	rows, total, err := f.store.Tasks(ctx, board, filter, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	shown, err := views.Tasks(ctx, f.store.Reader, rows)
	return shown, total, err
}

// Delete removes a task with its comments and dependencies. Nobody is told.
func (f *Feature) Delete(ctx context.Context, board, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockTask(ctx, board, id); err != nil {
			return err
		}
		tx.Announce(store.KindTaskDeleted, board, id)
		return tx.DeleteTask(ctx, id)
	})
}
