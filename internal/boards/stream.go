package boards

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
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
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // nothing to show is ordinary
	}
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(BoardStreamItem{Board: views.Board(board)})
	return &feed.Frame{Event: httpapi.Event{ID: c.Seq, Name: "board", Data: data}, At: board.UpdatedAt}, err
}
