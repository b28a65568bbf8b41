package livestream

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
)

// Register declares the operation.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	doc := httpapi.StreamDoc{Example: example}
	for _, s := range f.shown {
		doc.Events = append(doc.Events, httpapi.StreamEvent{Name: s.Event, Data: s.Data, Doc: s.Doc})
	}
	doc.Events = append(doc.Events, httpapi.StreamEvent{
		Name: resetEvent, Data: reflect.TypeFor[struct{}](), Doc: "What happened since the given id or time is no longer known: load everything anew. What follows is live.",
	})
	httpapi.RegisterStream(r, httpapi.Op{
		Method: http.MethodGet, Path: "/api/v1/stream", Name: "stream_everything", Tags: []string{"activity"},
		Summary: "Stream everything",
		Description: "Sends what happens in the active organization, on the boards that the caller may read: one connection instead of one per board and kind. " +
			"Frames come in the order of their ids; a change that several kinds of events tell of gives several frames with one id, written together. " +
			"Resume with Last-Event-ID.",
		Errors: []httpapi.ErrorDoc{{Status: http.StatusForbidden, When: "board_id names a board that is unknown or that the caller may not read"}},
	}, doc, g.Member(), f.open)
}

type input struct {
	Topics  string `query:"topics" default:"" doc:"Names of the events wanted, with commas between them; all if absent."`
	BoardID *mc.ID `query:"board_id" doc:"Only what happens on this board."`
	httpapi.StreamQuery
}

func (f *Feature) open(ctx context.Context, p access.Person, in *input) (opened httpapi.Feed[*live.Item], err error) {
	topics := strings.FieldsFunc(in.Topics, func(r rune) bool { return r == ',' || r == ' ' })
	if err := f.checkTopics(topics); err != nil {
		return opened, err
	}
	return f.Open(ctx, p, topics, in.BoardID, in.Cursor())
}

const example = "event: board.deleted\r\nid: 42\r\n" +
	`data: {"board_id":"11111111-1111-4111-8111-111111111111"}` + "\r\n\r\n" +
	"event: task.deleted\r\nid: 43\r\n" +
	`data: {"task_id":"22222222-2222-4222-8222-222222222222","board_id":"11111111-1111-4111-8111-111111111111"}` + "\r\n\r\n"
