package mc

import (
	"regexp"
	"strings"
)

// Tag is a label for the tasks of an organization.
type Tag struct {
	ID             ID      `db:"id"`
	OrganizationID ID      `db:"organization_id"`
	Name           string  `db:"name"`
	Slug           string  `db:"slug"`  // unique in the organization
	Color          string  `db:"color"` // six hex digits in lower case
	Description    *string `db:"description"`
	CreatedAt      Time    `db:"created_at"`
	UpdatedAt      Time    `db:"updated_at"`
}

// TagAssignment says that a task carries a tag.
type TagAssignment struct {
	ID        ID   `db:"id"`
	TaskID    ID   `db:"task_id"`
	TagID     ID   `db:"tag_id"`
	CreatedAt Time `db:"created_at"` // gives the order of a task's tags
}

// TagSlug makes the slug of a tag from the text that was sent for it or, when
// that is blank or missing, from the tag's name.
func TagSlug(sent *string, name string) string {
	text := name
	if sent != nil && strings.TrimSpace(*sent) != "" {
		text = *sent
	}
	if slug := Slug(text); slug != "" {
		return slug
	}
	return "tag"
}

var sixHexDigits = regexp.MustCompile(`^[0-9a-f]{6}$`)

// TagColor returns a color in its stored form, and whether it is one.
func TagColor(sent string) (color string, ok bool) {
	color = strings.TrimLeft(strings.ToLower(strings.TrimSpace(sent)), "#")
	return color, sixHexDigits.MatchString(color)
}
