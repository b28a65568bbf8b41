package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	organizationTable = tableOf[mc.Organization]("organizations")
	organizationCols  = organizationTable.cols("o")
	memberTable       = tableOf[mc.Member]("organization_members")
	memberCols        = memberTable.cols("m")
	grantTable        = tableOf[mc.BoardGrant]("organization_board_access")
	grantCols         = grantTable.cols("g")
)

// Organization loads an organization.
func (r Reader) Organization(ctx context.Context, id mc.ID) (mc.Organization, error) {
	return get[mc.Organization](ctx, r, `SELECT `+organizationCols+` FROM organizations o WHERE o.id = ?`, id)
}

// OrganizationNameTaken reports whether any organization has the name, in any case.
func (r Reader) OrganizationNameTaken(ctx context.Context, name string) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM organizations WHERE lower(name) = lower(?)`, name)
}

// Membership is an organization as one of its members sees it.
type Membership struct {
	ID   mc.ID   `db:"id"`
	Name string  `db:"name"`
	Role mc.Role `db:"role"`
}

// Memberships lists the organizations of a user by name.
func (r Reader) Memberships(ctx context.Context, user mc.ID) ([]Membership, error) {
	return list[Membership](ctx, r, `
		SELECT o.id, o.name, m.role
		FROM organization_members m JOIN organizations o ON o.id = m.organization_id
		WHERE m.user_id = ?
		ORDER BY `+r.folded("o.name")+`, o.id`, user)
}

// Member loads the membership of a user in an organization.
func (r Reader) Member(ctx context.Context, organization, user mc.ID) (mc.Member, error) {
	return get[mc.Member](ctx, r, `SELECT `+memberCols+` FROM organization_members m WHERE m.organization_id = ? AND m.user_id = ?`, organization, user)
}

// OldestMember loads the first membership a user ever got.
func (r Reader) OldestMember(ctx context.Context, user mc.ID) (mc.Member, error) {
	return get[mc.Member](ctx, r, `SELECT `+memberCols+` FROM organization_members m WHERE m.user_id = ? ORDER BY m.created_at, m.id LIMIT 1`, user)
}

// Grant loads a member's grant for one board; nil when there is none.
func (r Reader) Grant(ctx context.Context, member, board mc.ID) (*mc.BoardGrant, error) {
	return find[mc.BoardGrant](ctx, r, `SELECT `+grantCols+` FROM organization_board_access g WHERE g.organization_member_id = ? AND g.board_id = ?`, member, board)
}

// InsertOrganization adds an organization with its first member.
func (tx *Tx) InsertOrganization(ctx context.Context, o mc.Organization, owner mc.Member) error {
	if err := organizationTable.insert(ctx, tx, &o); err != nil {
		return err
	}
	return memberTable.insert(ctx, tx, &owner)
}

// SkillPack is a repository from which skills are read.
type SkillPack struct {
	ID             mc.ID   `db:"id"`
	OrganizationID mc.ID   `db:"organization_id"`
	Name           string  `db:"name"`
	Description    *string `db:"description"`
	SourceURL      string  `db:"source_url"`
	CreatedAt      mc.Time `db:"created_at"`
	UpdatedAt      mc.Time `db:"updated_at"`
}

// EnsureSkillPack adds a pack unless the organization has one of that address.
func (tx *Tx) EnsureSkillPack(ctx context.Context, p SkillPack) error {
	_, err := exec(ctx, tx, `
		INSERT INTO skill_packs (id, organization_id, name, description, source_url, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (organization_id, source_url) DO NOTHING`,
		p.ID, p.OrganizationID, p.Name, p.Description, p.SourceURL, p.CreatedAt, p.UpdatedAt)
	return err
}
