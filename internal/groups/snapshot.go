package groups

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// Shown says what of a group's boards a snapshot shows.
type Shown struct {
	store.GroupBoards
	IncludeDone bool
	PerBoard    int // tasks of each board, at most
}

// Snapshot shows a group and what its boards are doing, by as many queries
// whatever their number.
func (f *Feature) Snapshot(ctx context.Context, group mc.BoardGroup, shown Shown) (BoardGroupSnapshot, error) {
	boards, err := f.store.BoardsOfGroup(ctx, shown.GroupBoards)
	if err != nil {
		return BoardGroupSnapshot{}, err
	}
	snapshot := BoardGroupSnapshot{Group: mc.Ref(view(group)), Boards: make([]BoardGroupBoardSnapshot, len(boards))}
	ids, at := make([]mc.ID, len(boards)), make(map[mc.ID]*BoardGroupBoardSnapshot, len(boards))
	for i, b := range boards {
		ids[i] = b.ID
		snapshot.Boards[i] = BoardGroupBoardSnapshot{Board: views.Board(b), TaskCounts: map[mc.TaskStatus]int{}, Tasks: []BoardGroupTaskSummary{}}
		at[b.ID] = &snapshot.Boards[i]
	}
	counts, err := f.store.TaskCounts(ctx, ids)
	if err != nil {
		return BoardGroupSnapshot{}, err
	}
	for _, c := range counts {
		at[c.BoardID].TaskCounts[c.Status] = c.Count
	}
	if shown.PerBoard == 0 {
		return snapshot, nil
	}
	return snapshot, f.addTasks(ctx, ids, at, shown)
}

func (f *Feature) addTasks(ctx context.Context, ids []mc.ID, at map[mc.ID]*BoardGroupBoardSnapshot, shown Shown) error {
	tags, err := f.store.TagsOfTopTasks(ctx, ids, shown.IncludeDone, shown.PerBoard)
	if err != nil {
		return err
	}
	carries := map[mc.ID][]views.TagRef{}
	for _, t := range tags {
		carries[t.TaskID] = append(carries[t.TaskID], views.Tag(t.Tag))
	}
	tasks, err := f.store.TopTasks(ctx, ids, shown.IncludeDone, shown.PerBoard)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		b := at[t.BoardID]
		b.Tasks = append(b.Tasks, summary(t, b.Board.Name, carries[t.ID]))
	}
	return nil
}

// SnapshotOfBoard shows the neighbours of a board; nothing when it is in no group.
func (f *Feature) SnapshotOfBoard(ctx context.Context, board mc.Board, shown Shown) (BoardGroupSnapshot, error) {
	nothing := BoardGroupSnapshot{Boards: []BoardGroupBoardSnapshot{}}
	if board.BoardGroupID == nil {
		return nothing, nil
	}
	group, err := f.store.BoardGroup(ctx, *board.BoardGroupID)
	if mc.KindOf(err) == mc.KindNotFound {
		return nothing, nil
	}
	if err != nil {
		return nothing, err
	}
	shown.Group = group.ID
	return f.Snapshot(ctx, group, shown)
}
