package notify

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// QueueGroupNotice tells every agent of these boards that a board has joined
// their group or left it, each by the gateway of its own board.
func (s *Sender) QueueGroupNotice(ctx context.Context, tx *store.Tx, notice mc.GroupNotice, recipients ...mc.Board) error {
	boards := make(map[mc.ID]mc.Board, len(recipients))
	ids := make([]mc.ID, len(recipients))
	for i, b := range recipients {
		ids[i], boards[b.ID] = b.ID, b
	}
	agents, err := tx.AgentsOfBoards(ctx, ids)
	if err != nil {
		return err
	}
	messages := make([]Message, len(agents))
	for i, a := range agents {
		board := boards[*a.BoardID]
		messages[i] = Message{To: a, Label: a.Name, Text: notice.Message(board), Record: notice.Record(a, board), Board: board}
	}
	return s.Queue(ctx, tx, messages...)
}
