package mc

// BoardGroup is a named set of boards of one organization that share memory.
type BoardGroup struct {
	ID             ID      `db:"id"`
	OrganizationID ID      `db:"organization_id"`
	Name           string  `db:"name"`
	Slug           string  `db:"slug"` // not unique
	Description    *string `db:"description"`
	CreatedAt      Time    `db:"created_at"`
	UpdatedAt      Time    `db:"updated_at"`
}
