package feed

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Shown is how a kind of change looks on the stream of everything, GET
// /api/v1/stream. Each feature offers one for what it shows there.
type Shown struct {
	Event    string // name of its frames
	Kind     string // of the changes
	Audience Audience
	// Wants, Show and Key are those of the feature's own stream, if it has one
	// (Source): what a change looks like is worked out once for both.
	Wants func(c store.Change) bool
	Show  func(ctx context.Context, c store.Change) (*Frame, error)
	Key   any
	// Data and Doc document it. Data lacks what the stream adds by itself: the
	// board_id or board_group_id of the change.
	Data reflect.Type
	Doc  string
}

// Audience is who, of the members of an organization, sees a change.
type Audience int

// The audiences; each says what the scope of such a change is.
const (
	BoardReaders  Audience = iota // whoever may read the board that is the scope
	BoardAdmins                   // of those, owners and admins
	GroupReaders                  // whoever may read the memory of the board group that is the scope
	Organization                  // every member of the organization that is the scope
	FormerReaders                 // whoever could read the board that is the entity, and is gone; the scope is its organization
)

// Gone is a Shown of what has no row any more: its data is its id, under this key.
func Gone(kind, key string, audience Audience, doc string) Shown {
	return Shown{
		Event: kind, Kind: kind, Audience: audience, Key: "gone", Data: reflect.TypeFor[map[string]mc.ID](), Doc: doc,
		Show: func(_ context.Context, c store.Change) (*Frame, error) {
			data, err := json.Marshal(map[string]mc.ID{key: c.Entity})
			return &Frame{Event: httpapi.Event{ID: c.Seq, Name: kind, Data: data}}, err
		},
	}
}
