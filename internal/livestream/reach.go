package livestream

import (
	"context"
	"slices"

	"missioncontrol/internal/access"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// What a member may read is looked up when a stream opens, and again when their
// access changes, because then it is opened anew. In between only new boards,
// and groups, are asked about, once for all streams where it can be.

// lookAround finds out which boards the stream is about.
func (s *stream) lookAround(ctx context.Context) error {
	var boards []mc.ID
	if s.board != nil {
		reads, err := access.ReadsBoard(ctx, s.feature.store.Reader, s.member, *s.board)
		if err == nil && !reads {
			err = mc.Forbidden()
		}
		if err != nil {
			return err
		}
		boards = []mc.ID{*s.board}
	} else {
		var err error
		if boards, err = s.feature.store.ReadableBoardIDs(ctx, s.member); err != nil {
			return err
		}
		slices.SortFunc(boards, compareIDs)
	}
	s.boards.Store(&boards)
	s.groups = map[mc.ID]bool{}
	return nil
}

// mayBeNew reports whether a change may be of a board that the member can read
// and the stream does not know yet.
func (s *stream) mayBeNew(c store.Change) bool {
	return c.Kind == store.KindBoard && s.board == nil && s.member.ReadsAllBoards()
}

// groupMayBeMine reports whether a group's memory may be open to the member.
// It is asked by the broker, too, so it does not look at what the stream knows.
func (s *stream) groupMayBeMine(group mc.ID) bool { return s.board == nil && group != (mc.ID{}) }

// getToKnow learns what a change takes to judge it, and reports false when it is
// not for this member.
func (s *stream) getToKnow(ctx context.Context, item *live.Item, from origin) (bool, error) {
	boards := *s.boards.Load()
	switch item.Kind {
	case store.KindBoard:
		clear(s.groups) // the board may have joined or left one
		if has(boards, item.Entity) {
			return true, nil
		}
		if !s.mayBeNew(item.Change) {
			return false, nil
		}
		mine, err := s.isOfMine(ctx, item, s.feature.organizationOfBoard)
		if mine {
			more := append(slices.Clone(boards), item.Entity)
			slices.SortFunc(more, compareIDs)
			s.boards.Store(&more)
		}
		return mine, err
	case store.KindBoardDeleted:
		// Of a board that is gone nobody can say any more who could read it; who
		// comes back is told its id, and nothing else.
		return from == isLogged || has(boards, item.Entity), nil
	case store.KindGroupMemory:
		mine, err := s.isOfMine(ctx, item, s.feature.organizationOfGroup)
		if !mine {
			return false, err
		}
		reads, known := s.groups[item.Scope]
		if !known {
			group := mc.BoardGroup{ID: item.Scope, OrganizationID: s.member.OrganizationID}
			err = access.MemberInGroup(ctx, s.feature.store.Reader, s.member, group, access.Read)
			if reads = err == nil; reads || mc.KindOf(err) == mc.KindForbidden {
				s.groups[item.Scope], err = reads, nil
			}
		}
		return reads, err
	}
	return true, nil
}

// forget takes a board out of those the stream is about.
func (s *stream) forget(board mc.ID) {
	boards := *s.boards.Load()
	if i, found := slices.BinarySearchFunc(boards, board, compareIDs); found {
		fewer := slices.Delete(slices.Clone(boards), i, i+1)
		s.boards.Store(&fewer)
	}
}

// isOfMine reports whether a change belongs to the member's organization, which
// is looked up once for all streams.
func (s *stream) isOfMine(ctx context.Context, item *live.Item, of func(context.Context, store.Change) (mc.ID, error)) (bool, error) {
	organization, err := live.Render(ctx, item, organizationOf{}, of)
	return err == nil && organization == s.member.OrganizationID, err
}

type organizationOf struct{}

func (f *Feature) organizationOfBoard(ctx context.Context, c store.Change) (mc.ID, error) {
	b, err := f.store.Board(ctx, c.Entity)
	return b.OrganizationID, orNobodys(err)
}

func (f *Feature) organizationOfGroup(ctx context.Context, c store.Change) (mc.ID, error) {
	g, err := f.store.BoardGroup(ctx, c.Scope)
	return g.OrganizationID, orNobodys(err)
}

// orNobodys takes what is gone for nobody's.
func orNobodys(err error) error {
	if mc.KindOf(err) == mc.KindNotFound {
		return nil
	}
	return err
}
