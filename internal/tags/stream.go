package tags

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TagStreamItem is the data of an event about a tag.
type TagStreamItem struct {
	TagID mc.ID    `json:"tag_id"`
	Tag   *TagRead `json:"tag" doc:"The tag as it is now; null when it was deleted."`
}

// Shows is what the stream of everything shows of tags.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{{
		Event: "tag", Kind: store.KindTag, Audience: feed.Organization, Show: f.render, Key: tagStream{},
		Data: reflect.TypeFor[TagStreamItem](), Doc: "A tag was made, changed or deleted.",
	}}
}

// tagStream names the way in which streams show a tag.
type tagStream struct{}

func (f *Feature) render(ctx context.Context, c store.Change) (*feed.Frame, error) {
	item := TagStreamItem{TagID: c.Entity}
	tag, err := f.store.Tag(ctx, c.Entity)
	switch {
	case err == nil:
		shown := view(tag)
		item.Tag = &shown
	case mc.KindOf(err) != mc.KindNotFound:
		return nil, err
	}
	data, err := json.Marshal(item)
	return &feed.Frame{Event: httpapi.Event{ID: c.Seq, Name: "tag", Data: data}, At: tag.UpdatedAt}, err
}
