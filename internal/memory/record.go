package memory

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
)

// notInGroup is what is said of a board that shares no memory.
const notInGroup = "Board is not in a board group"

// RecordOnBoard adds an entry to the memory of a board. Chat is passed on to
// the agents it concerns.
func (f *Feature) RecordOnBoard(ctx context.Context, board mc.Board, author mc.Author, draft mc.MemoryDraft) (entry mc.BoardMemory, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		entry = draft.ForBoard(board.ID, author, tx.Tick())
		if err := tx.InsertBoardMemory(ctx, entry); err != nil {
			return err
		}
		if !entry.IsChat || board.GatewayID == nil {
			return nil
		}
		agents, err := tx.AgentsOfBoard(ctx, board.ID)
		if err != nil {
			return err
		}
		return f.send(ctx, tx, mc.ChatMessages(entry, board, author, agents, f.baseURL), board)
	})
	return entry, err
}

// RecordThroughBoard adds an entry to the memory of the group that a board is in.
func (f *Feature) RecordThroughBoard(ctx context.Context, board mc.ID, author mc.Author, draft mc.MemoryDraft) (mc.GroupMemory, error) {
	return f.recordInGroup(ctx, author, draft, func(tx *store.Tx) (mc.ID, error) {
		b, err := tx.Board(ctx, board)
		if err == nil && b.BoardGroupID == nil {
			err = mc.Unprocessable(notInGroup)
		}
		if err != nil {
			return mc.ID{}, err
		}
		return *b.BoardGroupID, nil
	})
}

// RecordInGroup adds an entry to the memory of a board group.
func (f *Feature) RecordInGroup(ctx context.Context, group mc.ID, author mc.Author, draft mc.MemoryDraft) (mc.GroupMemory, error) {
	return f.recordInGroup(ctx, author, draft, func(*store.Tx) (mc.ID, error) { return group, nil })
}

// recordInGroup adds an entry to the memory of the group that which names, and
// passes it on to the agents on all of the group's boards whom it concerns.
func (f *Feature) recordInGroup(ctx context.Context, author mc.Author, draft mc.MemoryDraft, which func(tx *store.Tx) (mc.ID, error)) (entry mc.GroupMemory, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		id, err := which(tx)
		if err != nil {
			return err
		}
		group, err := tx.BoardGroup(ctx, id)
		if err != nil {
			return err
		}
		entry = draft.ForGroup(group.ID, author, tx.Tick())
		if err := tx.InsertGroupMemory(ctx, entry); err != nil {
			return err
		}
		audience := draft.GroupAudience()
		if audience == mc.AudienceNone {
			return nil
		}
		return f.tellGroup(ctx, tx, entry, audience, group, author)
	})
	return entry, err
}

func (f *Feature) tellGroup(ctx context.Context, tx *store.Tx, entry mc.GroupMemory, audience mc.Audience, group mc.BoardGroup, author mc.Author) error {
	boards, err := tx.BoardsOfGroup(ctx, store.GroupBoards{Group: group.ID})
	if err != nil {
		return err
	}
	agents, err := tx.AgentsOfGroup(ctx, group.ID)
	if err != nil {
		return err
	}
	return f.send(ctx, tx, mc.GroupMessages(entry, audience, group, author, agents, f.baseURL), boards...)
}

// send queues messages, each over the gateway of its recipient's board, which
// is one of these.
func (f *Feature) send(ctx context.Context, tx *store.Tx, messages []mc.MemoryMessage, boards ...mc.Board) error {
	at := make(map[mc.ID]mc.Board, len(boards))
	for _, b := range boards {
		at[b.ID] = b
	}
	queue := make([]notify.Message, len(messages))
	for i, m := range messages {
		queue[i] = notify.Message{To: m.To, Label: m.To.Name, Text: m.Text, Deliver: m.Deliver, Board: at[*m.To.BoardID]}
	}
	return f.notify.Queue(ctx, tx, queue...)
}
