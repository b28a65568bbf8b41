package apitest

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Member adds a user who belongs to the organization with this role and the
// given access to all boards, and acts in it.
func (w *World) Member(role mc.Role, readsAll, writesAll bool) mc.User {
	w.t.Helper()
	u := w.user(string(role))
	w.Join(u, w.Organization, role, readsAll, writesAll)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		u.ActiveOrganizationID = &w.Organization.ID
		return tx.UpdateUser(ctx, u)
	})
	return u
}

// Join makes a user a member of an organization.
func (w *World) Join(u mc.User, org mc.Organization, role mc.Role, readsAll, writesAll bool) {
	w.t.Helper()
	now := mc.SystemClock()
	m := mc.Member{
		ID: mc.NewID(), OrganizationID: org.ID, UserID: u.ID, Role: role, AllBoardsRead: readsAll, AllBoardsWrite: writesAll, CreatedAt: now, UpdatedAt: now,
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertMember(ctx, m) })
}

// Grant opens a board to a user who is a member of its organization.
func (w *World) Grant(u mc.User, board mc.Board, canWrite bool) {
	w.t.Helper()
	now := mc.SystemClock()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.Member(ctx, board.OrganizationID, u.ID)
		if err != nil {
			return err
		}
		return tx.InsertGrant(ctx, mc.BoardGrant{ID: mc.NewID(), MemberID: m.ID, BoardID: board.ID, CanRead: true, CanWrite: canWrite, CreatedAt: now, UpdatedAt: now})
	})
}
