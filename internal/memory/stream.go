package memory

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

// BoardMemoryEvent is the data of an event of a board's stream.
type BoardMemoryEvent struct {
	Memory views.BoardMemoryRead `json:"memory"`
}

// BoardGroupMemoryEvent is the data of an event of a group's stream.
type BoardGroupMemoryEvent struct {
	Memory views.BoardGroupMemoryRead `json:"memory"`
}

// backlogChunk bounds what catching up holds in memory: an entry may be as long
// as a request.
const backlogChunk = 20

// frame is an entry as it goes out.
func frame(e mc.MemoryEntry, event any) (feed.Frame, error) {
	data, err := json.Marshal(event)
	return feed.Frame{Event: httpapi.Event{ID: e.Seq, Name: "memory", Data: data}, At: e.CreatedAt}, err
}

func boardFrame(m mc.BoardMemory) (feed.Frame, error) {
	return frame(m.MemoryEntry, BoardMemoryEvent{views.BoardMemory(m)})
}

func groupFrame(m mc.GroupMemory) (feed.Frame, error) {
	return frame(m.MemoryEntry, BoardGroupMemoryEvent{views.GroupMemory(m)})
}

// backlog makes a page of frames of entries that were read in chunks.
func backlog[T any](entries []T, after int64, show func(T) (feed.Frame, error)) (frames []feed.Frame, scanned int64, done bool, err error) {
	scanned = after
	for _, e := range entries {
		f, err := show(e)
		if err != nil {
			return nil, after, false, err
		}
		frames, scanned = append(frames, f), f.Event.ID
	}
	return frames, scanned, len(entries) < backlogChunk, nil
}

// one makes the frame of an entry that was announced; nil when it went with its
// board or group meanwhile.
func one[T any](entry T, err error, show func(T) (feed.Frame, error)) (*feed.Frame, error) {
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // nothing to show
	}
	if err != nil {
		return nil, err
	}
	f, err := show(entry)
	return &f, err
}

// wants tells which announced entries a stream shows.
func wants(isChat *bool) func(store.Change) bool {
	return func(c store.Change) bool { return isChat == nil || *isChat == (c.Detail == store.MemoryChat) }
}

// StreamBoard opens the stream of a board's memory.
func (f *Feature) StreamBoard(ctx context.Context, board mc.ID, isChat *bool, cursor httpapi.Cursor) (httpapi.Feed[*live.Item], error) {
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		Topics: []live.Topic{{Kind: store.KindBoardMemory, Scope: board}},
		Backlog: func(ctx context.Context, since mc.Time, after int64) ([]feed.Frame, int64, bool, error) {
			entries, err := f.store.BoardMemorySince(ctx, board, isChat, since, after, backlogChunk)
			if err != nil {
				return nil, after, false, err
			}
			return backlog(entries, after, boardFrame)
		},
		Wants: wants(isChat),
		Show:  f.showBoard, Kind: boardStream{},
	})
}

// Shows is what the stream of everything shows of memory.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{
		{
			Event: "memory", Kind: store.KindBoardMemory, Audience: feed.BoardReaders, Show: f.showBoard, Key: boardStream{},
			Data: reflect.TypeFor[BoardMemoryEvent](), Doc: "A board has a new entry in its memory, or its chat.",
		},
		{
			Event: "memory", Kind: store.KindGroupMemory, Audience: feed.GroupReaders, Show: f.showGroup, Key: groupStream{},
			Data: reflect.TypeFor[BoardGroupMemoryEvent](), Doc: "A board group has a new entry in its memory, or its chat; it has board_group_id instead of board_id.",
		},
	}
}

// StreamGroup opens the stream of a board group's memory.
func (f *Feature) StreamGroup(ctx context.Context, group mc.ID, isChat *bool, cursor httpapi.Cursor) (httpapi.Feed[*live.Item], error) {
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		Topics:  []live.Topic{{Kind: store.KindGroupMemory, Scope: group}},
		Backlog: f.groupBacklog(isChat, func(context.Context) (*mc.ID, error) { return &group, nil }),
		Wants:   wants(isChat),
		Show:    f.showGroup, Kind: groupStream{},
	})
}

// StreamThroughBoard opens the stream of the memory of whichever group a board
// is in. It stays open and silent while the board is in none, and follows the
// board when that joins or leaves a group.
func (f *Feature) StreamThroughBoard(ctx context.Context, board mc.ID, isChat *bool, cursor httpapi.Cursor) (httpapi.Feed[*live.Item], error) {
	groupOf := func(ctx context.Context) (*mc.ID, error) {
		b, err := f.store.Board(ctx, board)
		if mc.KindOf(err) == mc.KindNotFound {
			return nil, nil //nolint:nilnil // a board that is gone is in no group
		}
		return b.BoardGroupID, err
	}
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		// Which group it will be is not known, so the entries of all of them pass by.
		Topics:  []live.Topic{{Kind: store.KindGroupMemory}},
		Backlog: f.groupBacklog(isChat, groupOf),
		Wants:   wants(isChat),
		Show: func(ctx context.Context, c store.Change) (*feed.Frame, error) {
			group, err := groupOf(ctx)
			if err != nil || group == nil || *group != c.Scope {
				return nil, err
			}
			return f.showGroup(ctx, c)
		},
		Kind: groupStream{through: board},
	})
}

// The ways in which streams show an entry.
type (
	boardStream struct{}
	groupStream struct{ through mc.ID } // the board whose group it is, if any
)

func (f *Feature) showBoard(ctx context.Context, c store.Change) (*feed.Frame, error) {
	entry, err := f.store.BoardMemoryEntry(ctx, c.Entity)
	return one(entry, err, boardFrame)
}

func (f *Feature) showGroup(ctx context.Context, c store.Change) (*feed.Frame, error) {
	entry, err := f.store.GroupMemoryEntry(ctx, c.Entity)
	return one(entry, err, groupFrame)
}

func (f *Feature) groupBacklog(isChat *bool, groupOf func(context.Context) (*mc.ID, error)) func(context.Context, mc.Time, int64) ([]feed.Frame, int64, bool, error) {
	return func(ctx context.Context, since mc.Time, after int64) ([]feed.Frame, int64, bool, error) {
		group, err := groupOf(ctx)
		if err != nil || group == nil {
			return nil, after, true, err
		}
		entries, err := f.store.GroupMemorySince(ctx, *group, isChat, since, after, backlogChunk)
		if err != nil {
			return nil, after, false, err
		}
		return backlog(entries, after, groupFrame)
	}
}
