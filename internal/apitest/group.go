package apitest

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// BoardGroup adds a board group of the organization and puts boards into it,
// which are changed accordingly.
func (w *World) BoardGroup(name string, boards ...*mc.Board) mc.BoardGroup {
	w.t.Helper()
	now := mc.SystemClock()
	group := mc.BoardGroup{ID: mc.NewID(), OrganizationID: w.Organization.ID, Name: name, Slug: mc.Slug(name), CreatedAt: now, UpdatedAt: now}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertBoardGroup(ctx, group); err != nil {
			return err
		}
		for _, b := range boards {
			b.BoardGroupID = &group.ID
			if err := tx.UpdateBoard(ctx, *b); err != nil {
				return err
			}
		}
		return nil
	})
	return group
}
