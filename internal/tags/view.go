package tags

import (
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// TagRead is a tag as clients see it.
type TagRead struct {
	Name           string  `json:"name"`
	Slug           string  `json:"slug"`
	Color          string  `json:"color" default:"9e9e9e" doc:"Six hex digits in lower case, without a number sign."`
	Description    *string `json:"description"`
	ID             mc.ID   `json:"id"`
	OrganizationID mc.ID   `json:"organization_id"`
	TaskCount      int64   `json:"task_count" default:"0" doc:"How many tasks carry it."`
	CreatedAt      mc.Time `json:"created_at"`
	UpdatedAt      mc.Time `json:"updated_at"`
}

func view(t store.CountedTag) TagRead {
	return TagRead{
		Name: t.Name, Slug: t.Slug, Color: t.Color, Description: t.Description, ID: t.ID, OrganizationID: t.OrganizationID,
		TaskCount: t.TaskCount, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
}

// TagCreate is the body that makes a tag.
type TagCreate struct {
	Name        string  `json:"name" trim:"true" minLength:"1"`
	Slug        *string `json:"slug" doc:"Made from the name when it is missing or blank."`
	Color       string  `json:"color" default:"9e9e9e" doc:"Six hex digits; number signs in front are dropped."`
	Description *string `json:"description"`
}

// Validate refuses what is no color.
func (c TagCreate) Validate() error {
	if strings.TrimSpace(c.Color) == "" {
		return invalidColor("color is required", c.Color)
	}
	return checkColor(c.Color)
}

// tag is the tag to be stored.
func (c TagCreate) tag(organization mc.ID, now mc.Time) mc.Tag {
	color, _ := mc.TagColor(c.Color)
	return mc.Tag{
		ID: mc.NewID(), OrganizationID: organization, Name: c.Name, Slug: mc.TagSlug(c.Slug, c.Name), Color: color,
		Description: c.Description, CreatedAt: now, UpdatedAt: now,
	}
}

// TagUpdate is the body that changes a tag.
type TagUpdate struct {
	Name        mc.Opt[string] `json:"name" trim:"true" minLength:"1" notnull:"true" doc:"The slug stays as it is."`
	Slug        mc.Opt[string] `json:"slug" doc:"null or blank: made from the name anew."`
	Color       mc.Opt[string] `json:"color" notnull:"true" doc:"Six hex digits; number signs in front are dropped."`
	Description mc.Opt[string] `json:"description"`
}

// Validate refuses a change of nothing, and what is no color.
func (u TagUpdate) Validate() error {
	if !u.Name.Present() && !u.Slug.Present() && !u.Color.Present() && !u.Description.Present() {
		return mc.Invalid("At least one field is required", "body")
	}
	if color, ok := u.Color.Get(); ok {
		return checkColor(color)
	}
	return nil
}

// apply puts the change into a tag.
func (u TagUpdate) apply(t *mc.Tag) {
	u.Name.Apply(&t.Name)
	if u.Slug.Present() {
		t.Slug = mc.TagSlug(u.Slug.Ptr(), t.Name)
	}
	if sent, ok := u.Color.Get(); ok {
		t.Color, _ = mc.TagColor(sent)
	}
	u.Description.ApplyPtr(&t.Description)
}

func checkColor(sent string) error {
	if _, ok := mc.TagColor(sent); !ok {
		return invalidColor("color must be a 6-digit hex value", sent)
	}
	return nil
}

func invalidColor(msg, sent string) error {
	return &mc.Error{Kind: mc.KindInvalid, Fields: []mc.FieldError{{Type: "value_error", Loc: []any{"body", "color"}, Msg: "Value error, " + msg, Input: sent}}}
}
