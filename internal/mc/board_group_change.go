package mc

import (
	"encoding/hex"
	"strings"
)

// BoardGroupDraft is a board group to be made, with the keys of its body.
// Nothing of it is trimmed.
type BoardGroupDraft struct {
	Name        string  `json:"name"`
	Slug        string  `json:"slug" doc:"Kept as it is; a blank one is made from the name. Groups may share a slug."`
	Description *string `json:"description"`
}

// Group returns the group that the draft describes.
func (d BoardGroupDraft) Group(id, organization ID, now Time) BoardGroup {
	return BoardGroup{
		ID: id, OrganizationID: organization, Name: d.Name, Slug: groupSlug(d.Slug, d.Name), Description: d.Description, CreatedAt: now, UpdatedAt: now,
	}
}

// BoardGroupChange is what a PATCH of a board group asks for. Absent fields stay
// as they are; a new name leaves the slug alone.
type BoardGroupChange struct {
	Name        Opt[string] `json:"name" notnull:"true"`
	Slug        Opt[string] `json:"slug" notnull:"true" doc:"Kept as it is; a blank one is made from the name."`
	Description Opt[string] `json:"description"`
}

// Apply returns the group with the changes.
func (c BoardGroupChange) Apply(g BoardGroup, now Time) BoardGroup {
	name := g.Name
	if sent, _ := c.Name.Get(); sent != "" {
		name = sent
	}
	c.Name.Apply(&g.Name)
	if c.Slug.Apply(&g.Slug) {
		g.Slug = groupSlug(g.Slug, name)
	}
	c.Description.ApplyPtr(&g.Description)
	g.UpdatedAt = now
	return g
}

// groupSlug is the slug that was sent or, if that is blank, one made from the
// name; where the name leaves nothing to make it of, 32 random hex digits.
func groupSlug(sent, name string) string {
	if strings.TrimSpace(sent) != "" {
		return sent
	}
	if slug := Slug(name); slug != "" {
		return slug
	}
	id := NewID()
	return hex.EncodeToString(id[:])
}
