package livestream

import (
	"bytes"
	"context"
	"fmt"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// everywhere names the way in which the streams of this package show a change,
// by the index of its feed.Shown.
type everywhere int

// render works out the frame of a change, once for all streams; nil when there
// is nothing to show any more.
func (f *Feature) render(ctx context.Context, item *live.Item, index int) (*httpapi.Event, error) {
	return live.Render(ctx, item, everywhere(index), func(ctx context.Context, c store.Change) (*httpapi.Event, error) {
		shown := f.shown[index]
		frame, err := live.Render(ctx, item, shown.Key, shown.Show)
		if err != nil || frame == nil {
			return nil, err
		}
		event := httpapi.Event{ID: c.Seq, Name: shown.Event, Data: frame.Event.Data}
		switch shown.Audience {
		case feed.BoardReaders, feed.BoardAdmins:
			event.Data = withID(event.Data, "board_id", c.Scope)
		case feed.GroupReaders:
			event.Data = withID(event.Data, "board_group_id", c.Scope)
		case feed.Organization, feed.FormerReaders:
		}
		return &event, nil
	})
}

// withID adds an id to an object. The object is not decoded for that: its values
// stay as they are, to the last digit.
func withID(object []byte, key string, id mc.ID) []byte {
	body, ok := bytes.CutSuffix(object, []byte("}"))
	if !ok {
		return object
	}
	comma := ","
	if bytes.Equal(body, []byte("{")) {
		comma = ""
	}
	return fmt.Appendf(bytes.Clone(body), `%s"%s":"%s"}`, comma, key, id)
}
