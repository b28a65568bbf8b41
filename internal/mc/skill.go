package mc

// Skill is an entry of an organization's catalog: a place on the web from which
// agents can learn something.
type Skill struct {
	ID             ID      `db:"id"`
	OrganizationID ID      `db:"organization_id"`
	Name           string  `db:"name"`
	Description    *string `db:"description"`
	Category       *string `db:"category"`
	Risk           *string `db:"risk"`
	Source         *string `db:"source"`     // path within the pack it was found in
	SourceURL      string  `db:"source_url"` // unique in the organization
	Metadata       JSON    `db:"metadata"`
	CreatedAt      Time    `db:"created_at"`
	UpdatedAt      Time    `db:"updated_at"`
}

// SameContent reports whether a sync that found other would change nothing.
func (s Skill) SameContent(other Skill) bool {
	return s.Name == other.Name && Same(s.Description, other.Description) && Same(s.Category, other.Category) &&
		Same(s.Risk, other.Risk) && Same(s.Source, other.Source) && string(s.Metadata) == string(other.Metadata)
}

// AuditTarget is the skill as something that is acted on.
func (s Skill) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &s.OrganizationID, Kind: "skill", ID: s.ID, Name: s.Name}
}

// InstalledSkill remembers that a gateway was asked to install a skill.
type InstalledSkill struct {
	ID        ID   `db:"id"`
	GatewayID ID   `db:"gateway_id"`
	SkillID   ID   `db:"skill_id"`
	CreatedAt Time `db:"created_at"`
	UpdatedAt Time `db:"updated_at"`
}

// SkillPack is a repository in which skills are found.
type SkillPack struct {
	ID             ID      `db:"id"`
	OrganizationID ID      `db:"organization_id"`
	Name           string  `db:"name"`
	Description    *string `db:"description"`
	SourceURL      string  `db:"source_url"` // unique in the organization
	Branch         string  `db:"branch"`
	Metadata       JSON    `db:"metadata"`
	CreatedAt      Time    `db:"created_at"`
	UpdatedAt      Time    `db:"updated_at"`
}

// AuditTarget is the pack as something that is acted on.
func (p SkillPack) AuditTarget() AuditTarget {
	return AuditTarget{OrganizationID: &p.OrganizationID, Kind: "skill_pack", ID: p.ID, Name: p.Name}
}
