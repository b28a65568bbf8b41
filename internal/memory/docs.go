package memory

import (
	"reflect"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// The ids of examples are the same throughout the document.
const (
	exampleBoard = "11111111-1111-4111-8111-111111111111"
	exampleEntry = "55555555-5555-4555-8555-555555555555"
	exampleGroup = "77777777-7777-4777-8777-777777777777"
)

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var exampleFact = views.BoardMemoryRead{
	ID: mc.MustID(exampleEntry), BoardID: mc.MustID(exampleBoard), Content: "Prefer ISO dates in all exports",
	Tags: &[]string{"decision"}, Source: mc.Ref("Lead"), CreatedAt: exampleTime,
}

var exampleGroupFact = views.BoardGroupMemoryRead{
	ID: mc.MustID(exampleEntry), BoardGroupID: mc.MustID(exampleGroup), Content: "The ledger closes at 18:00 UTC; exports wait until then.",
	Tags: &[]string{"decision"}, Source: mc.Ref("Lead"), CreatedAt: exampleTime,
}

var (
	boardExamples     = map[string]any{"fact": exampleFact}
	boardPageExamples = map[string]any{"page": onePage(exampleFact)}
	groupExamples     = map[string]any{"fact": exampleGroupFact}
	groupPageExamples = map[string]any{"page": onePage(exampleGroupFact)}
)

func onePage[T any](entry T) httpapi.Page[T] {
	return httpapi.NewPage([]T{entry}, 1, httpapi.PageQuery{Limit: 200})
}

var createExamples = map[string]any{
	"fact":  map[string]any{"content": "Prefer ISO dates in all exports", "tags": []string{"decision"}, "source": "Lead"},
	"chat":  map[string]any{"content": "@lead how far is the export?", "tags": []string{mc.TagChat}},
	"pause": map[string]any{"content": mc.CommandPause, "tags": []string{mc.TagChat}},
}

var groupCreateExamples = map[string]any{
	"fact":      map[string]any{"content": "The ledger closes at 18:00 UTC; exports wait until then.", "tags": []string{"decision"}, "source": "Lead"},
	"chat":      map[string]any{"content": "Which of you needs the totals first?", "tags": []string{mc.TagChat}},
	"broadcast": map[string]any{"content": "The ledger is read-only until noon.", "tags": []string{mc.TagBroadcast}},
}

func boardStreamDoc() httpapi.StreamDoc {
	return httpapi.StreamDoc{Event: "memory", Data: reflect.TypeFor[BoardMemoryEvent](), Example: exampleFrame(BoardMemoryEvent{exampleFact})}
}

func groupStreamDoc() httpapi.StreamDoc {
	return httpapi.StreamDoc{Event: "memory", Data: reflect.TypeFor[BoardGroupMemoryEvent](), Example: exampleFrame(BoardGroupMemoryEvent{exampleGroupFact})}
}

func exampleFrame(event any) string {
	return "event: memory\nid: 42\ndata: " + string(mc.JSONOf(event)) + "\n\n: ping\n\n"
}
