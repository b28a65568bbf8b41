package views

import "missioncontrol/internal/mc"

// TagRef is a tag as tasks and agents see it.
type TagRef struct {
	ID    mc.ID  `json:"id"`
	Name  string `json:"name"`
	Slug  string `json:"slug"`
	Color string `json:"color" doc:"Six hex digits in lower case, without a number sign."`
}

// Tag shows a tag.
func Tag(t mc.Tag) TagRef { return TagRef{ID: t.ID, Name: t.Name, Slug: t.Slug, Color: t.Color} }
