package boards

import (
	"context"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// BoardStreamItem is the data of an event about a board.
type BoardStreamItem struct {
	Board views.BoardRead `json:"board"`
}

// Shows is what the stream of everything shows of boards.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{
		{
			Event: "board", Kind: store.KindBoard, Audience: feed.BoardReaders, Show: f.render, Key: boardStream{},
			Data: reflect.TypeFor[BoardStreamItem](), Doc: "A board was made or changed.",
		},
		feed.Gone(store.KindBoardDeleted, "board_id", feed.FormerReaders, "A board was deleted with everything on it."),
	}
}

// boardStream names the way in which streams show a board.
type boardStream struct{}

// render builds the frame of a board as it is now; nil when it is gone.
func (f *Feature) render(ctx context.Context, c store.Change) (*feed.Frame, error) {
	board, err := f.store.Board(ctx, c.Entity)
	return feed.FrameOf(board, err, board.UpdatedAt, func(b mc.Board) any { return BoardStreamItem{Board: views.Board(b)} })
}
