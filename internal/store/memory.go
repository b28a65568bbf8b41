package store

import (
	"context"
	"errors"
	"slices"

	"missioncontrol/internal/mc"
)

// memoryOf is one of the two tables of memories, which differ in whose they are.
type memoryOf[T any] struct {
	*table[T]
	scope string // column of the board or group
}

var (
	boardMemory = memoryOf[mc.BoardMemory]{tableOf[mc.BoardMemory]("board_memory"), "board_id"}
	groupMemory = memoryOf[mc.GroupMemory]{tableOf[mc.GroupMemory]("board_group_memory"), "board_group_id"}
)

// visible is the part of a query that chooses the entries of a board or group:
// chat, or what is no chat, if that is asked for. Blank entries are never shown.
func (m memoryOf[T]) visible(scope mc.ID, isChat *bool) (from string, args []any) {
	from, args = `FROM `+m.name+` m WHERE m.`+m.scope+` = ? AND ltrim(m.content, ?) <> ''`, []any{scope, blanks}
	if isChat != nil {
		from, args = from+` AND m.is_chat = ?`, append(args, *isChat)
	}
	return from, args
}

const newestMemory = `m.created_at DESC, m.seq DESC`

func (m memoryOf[T]) page(ctx context.Context, r Reader, scope mc.ID, isChat *bool, limit, offset int) ([]T, int64, error) {
	from, args := m.visible(scope, isChat)
	return page[T](ctx, r, m.cols("m"), from, newestMemory, limit, offset, args...)
}

// since lists entries in the order of their numbers: those with a number above
// after that were also written at or after since.
func (m memoryOf[T]) since(ctx context.Context, r Reader, scope mc.ID, isChat *bool, since mc.Time, after int64, limit int) ([]T, error) {
	if after == 0 && !since.IsZero() {
		// Numbers say nothing of times, so that all entries would be looked through
		// for the few since. The sign keeps the engine from doing just that.
		first, err := get[*int64](ctx, r, `SELECT min(+m.seq) FROM `+m.name+` m WHERE m.`+m.scope+` = ? AND m.created_at >= ?`, scope, since)
		if err != nil || first == nil {
			return nil, err
		}
		after = *first - 1
	}
	from, args := m.visible(scope, isChat)
	return list[T](ctx, r, `SELECT `+m.cols("m")+` `+from+` AND m.seq > ? AND m.created_at >= ? ORDER BY m.seq LIMIT ?`, append(args, after, since, limit)...)
}

// add writes an entry. A board or group that is gone meanwhile is not found.
func (m memoryOf[T]) add(ctx context.Context, tx *Tx, entry T) error {
	err := m.insert(ctx, tx, &entry)
	if errors.Is(err, ErrReference) {
		return mc.NotFound()
	}
	return err
}

// What the announcement of an entry says of it.
const (
	MemoryChat = "chat"
	MemoryNote = "note"
)

// memoryDetail is what the announcement of an entry says of it.
func memoryDetail(e mc.MemoryEntry) string {
	if e.IsChat {
		return MemoryChat
	}
	return MemoryNote
}

// BoardMemory lists a page of a board's memory, newest first; isChat nil: all
// of it.
func (r Reader) BoardMemory(ctx context.Context, board mc.ID, isChat *bool, limit, offset int) ([]mc.BoardMemory, int64, error) {
	return boardMemory.page(ctx, r, board, isChat, limit, offset)
}

// NewestChat lists the latest chat entries of a board, oldest first.
func (r Reader) NewestChat(ctx context.Context, board mc.ID, limit int) ([]mc.BoardMemory, error) {
	from, args := boardMemory.visible(board, mc.Ref(true))
	entries, err := list[mc.BoardMemory](ctx, r, `SELECT `+boardMemory.cols("m")+` `+from+` ORDER BY `+newestMemory+` LIMIT ?`, append(args, limit)...)
	slices.Reverse(entries)
	return entries, err
}

// BoardMemorySince lists entries of a board in the order of their numbers: those
// with a number above after that were also written at or after since.
func (r Reader) BoardMemorySince(ctx context.Context, board mc.ID, isChat *bool, since mc.Time, after int64, limit int) ([]mc.BoardMemory, error) {
	return boardMemory.since(ctx, r, board, isChat, since, after, limit)
}

// BoardMemoryEntry loads an entry of a board's memory.
func (r Reader) BoardMemoryEntry(ctx context.Context, id mc.ID) (mc.BoardMemory, error) {
	return get[mc.BoardMemory](ctx, r, `SELECT `+boardMemory.cols("m")+` FROM board_memory m WHERE m.id = ?`, id)
}

// InsertBoardMemory adds an entry to a board's memory and announces it.
func (tx *Tx) InsertBoardMemory(ctx context.Context, m mc.BoardMemory) error {
	tx.Announce(KindBoardMemory, m.BoardID, m.ID, memoryDetail(m.MemoryEntry))
	return boardMemory.add(ctx, tx, m)
}

// GroupMemory lists a page of a board group's memory, newest first; isChat nil:
// all of it.
func (r Reader) GroupMemory(ctx context.Context, group mc.ID, isChat *bool, limit, offset int) ([]mc.GroupMemory, int64, error) {
	return groupMemory.page(ctx, r, group, isChat, limit, offset)
}

// GroupMemorySince is BoardMemorySince for a board group.
func (r Reader) GroupMemorySince(ctx context.Context, group mc.ID, isChat *bool, since mc.Time, after int64, limit int) ([]mc.GroupMemory, error) {
	return groupMemory.since(ctx, r, group, isChat, since, after, limit)
}

// GroupMemoryEntry loads an entry of a board group's memory.
func (r Reader) GroupMemoryEntry(ctx context.Context, id mc.ID) (mc.GroupMemory, error) {
	return get[mc.GroupMemory](ctx, r, `SELECT `+groupMemory.cols("m")+` FROM board_group_memory m WHERE m.id = ?`, id)
}

// InsertGroupMemory adds an entry to a board group's memory and announces it.
func (tx *Tx) InsertGroupMemory(ctx context.Context, m mc.GroupMemory) error {
	tx.Announce(KindGroupMemory, m.GroupID, m.ID, memoryDetail(m.MemoryEntry))
	return groupMemory.add(ctx, tx, m)
}
