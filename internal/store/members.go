package store

import (
	"context"

	"missioncontrol/internal/mc"
)

// MemberUser is a membership with whose it is.
type MemberUser struct {
	mc.Member
	Email         *string `db:"email"`
	Name          *string `db:"name"`
	PreferredName *string `db:"preferred_name"`
	IsService     bool    `db:"is_service"`
}

// User is the member as a person, as far as it is loaded.
func (m MemberUser) User() mc.User {
	return mc.User{ID: m.UserID, Email: m.Email, Name: m.Name, PreferredName: m.PreferredName, IsService: m.IsService}
}

const memberFrom = ` FROM organization_members m JOIN users u ON u.id = m.user_id `

var memberUserCols = memberCols + `, u.email, u.name, u.preferred_name, u.is_service`

// Members lists a page of an organization's members by e-mail, those without one
// last, then by name.
func (r Reader) Members(ctx context.Context, organization mc.ID, limit, offset int) ([]MemberUser, int64, error) {
	return page[MemberUser](ctx, r, memberUserCols, memberFrom+`WHERE m.organization_id = ?`,
		`u.email IS NULL, `+r.folded("u.email")+`, coalesce(u.name, ''), m.id`, limit, offset, organization)
}

// MemberByID loads a member of an organization.
func (r Reader) MemberByID(ctx context.Context, organization, id mc.ID) (MemberUser, error) {
	return get[MemberUser](ctx, r, `SELECT `+memberUserCols+memberFrom+`WHERE m.id = ? AND m.organization_id = ?`, id, organization)
}

// IsMemberEmail reports whether somebody with this address, in any case, belongs
// to an organization.
func (r Reader) IsMemberEmail(ctx context.Context, organization mc.ID, email string) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM users u JOIN organization_members m ON m.user_id = u.id AND m.organization_id = ? WHERE lower(u.email) = lower(?)`,
		organization, email)
}

// Grants lists the boards that are open to a member one by one, oldest first.
func (r Reader) Grants(ctx context.Context, member mc.ID) ([]mc.BoardGrant, error) {
	return list[mc.BoardGrant](ctx, r, `SELECT `+grantCols+` FROM organization_board_access g WHERE g.organization_member_id = ? ORDER BY g.created_at, g.id`, member)
}

// LockMembers makes transactions that change who belongs to an organization, and
// as what, wait for each other. Unlike LockOrganization it lets others add things
// to the organization meanwhile.
func (tx *Tx) LockMembers(ctx context.Context, organization mc.ID) error {
	lock := ""
	if tx.dialect == PostgreSQL {
		lock = " FOR NO KEY UPDATE"
	}
	_, err := get[mc.ID](ctx, tx.Reader, `SELECT o.id FROM organizations o WHERE o.id = ?`+lock, organization)
	return err
}

// HasOtherOwners reports whether an organization has an owner besides a member.
func (r Reader) HasOtherOwners(ctx context.Context, organization, member mc.ID) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM organization_members WHERE organization_id = ? AND role = ? AND id <> ?`, organization, mc.RoleOwner, member)
}

// UpdateMember writes everything of a membership that may change.
func (tx *Tx) UpdateMember(ctx context.Context, m mc.Member) error {
	return memberTable.update(ctx, tx, &m, "role", "all_boards_read", "all_boards_write", "updated_at")
}

// LeaveActiveOrganization lets a user who acts in an organization act in the one
// that they joined first of all others, or nowhere.
func (tx *Tx) LeaveActiveOrganization(ctx context.Context, user, organization mc.ID) error {
	_, err := exec(ctx, tx, `
		UPDATE users SET active_organization_id = (
			SELECT m.organization_id FROM organization_members m
			WHERE m.user_id = users.id AND m.organization_id <> ? ORDER BY m.created_at, m.id LIMIT 1)
		WHERE id = ? AND active_organization_id = ?`, organization, user, organization)
	return err
}

// InsertGrants opens boards, each named once, to a member who has none yet.
func (tx *Tx) InsertGrants(ctx context.Context, member mc.ID, boards []mc.BoardAccess) error {
	return grantTable.insert(ctx, tx, tx.grants(member, boards)...)
}

// ReplaceGrants opens exactly these boards to a member, each named once.
func (tx *Tx) ReplaceGrants(ctx context.Context, member mc.ID, boards []mc.BoardAccess) error {
	if _, err := exec(ctx, tx, `DELETE FROM organization_board_access WHERE organization_member_id = ?`, member); err != nil {
		return err
	}
	return tx.InsertGrants(ctx, member, boards)
}

// MergeGrants opens boards to a member, each named once, without closing any.
// Writing implies reading in what is added.
func (tx *Tx) MergeGrants(ctx context.Context, member mc.ID, boards []mc.BoardAccess) error {
	grants := tx.grants(member, boards)
	for _, g := range grants {
		g.CanRead = g.CanRead || g.CanWrite
	}
	return grantTable.write(ctx, tx, `
		ON CONFLICT (organization_member_id, board_id) DO UPDATE SET
			can_read = organization_board_access.can_read OR excluded.can_read,
			can_write = organization_board_access.can_write OR excluded.can_write, updated_at = excluded.updated_at`, grants)
}

func (tx *Tx) grants(member mc.ID, boards []mc.BoardAccess) []*mc.BoardGrant {
	grants := make([]*mc.BoardGrant, len(boards))
	for i, b := range boards {
		grants[i] = &mc.BoardGrant{ID: mc.NewID(), MemberID: member, BoardID: b.BoardID, CanRead: b.CanRead, CanWrite: b.CanWrite, CreatedAt: tx.Tick(), UpdatedAt: tx.Now()}
	}
	return grants
}
