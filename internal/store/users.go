package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	userTable = tableOf[mc.User]("users")
	userCols  = userTable.cols("u")
)

// Session is a signed-in user with the membership they act in.
type Session struct {
	User   mc.User
	Member mc.Member
}

// SessionOf loads a user by the subject of the identity provider, together with
// their membership of the active organization, in one query. found is false
// when there is no such user or no such membership.
func (r Reader) SessionOf(ctx context.Context, subject string) (s Session, found bool, err error) {
	row, err := get[struct {
		mc.User
		MemberID       *mc.ID   `db:"member_id"`
		Role           *mc.Role `db:"role"`
		AllBoardsRead  *bool    `db:"all_boards_read"`
		AllBoardsWrite *bool    `db:"all_boards_write"`
		CreatedAt      *mc.Time `db:"created_at"`
		UpdatedAt      *mc.Time `db:"updated_at"`
	}](ctx, r, `
		SELECT `+userCols+`,
			m.id AS member_id, m.role, m.all_boards_read, m.all_boards_write, m.created_at, m.updated_at
		FROM users u
		LEFT JOIN organization_members m ON m.user_id = u.id AND m.organization_id = u.active_organization_id
		WHERE u.clerk_user_id = ?`, subject)
	if mc.KindOf(err) == mc.KindNotFound {
		return s, false, nil
	}
	if err != nil || row.MemberID == nil {
		return Session{User: row.User}, false, err
	}
	return Session{User: row.User, Member: mc.Member{
		ID: *row.MemberID, OrganizationID: *row.ActiveOrganizationID, UserID: row.ID, Role: *row.Role,
		AllBoardsRead: *row.AllBoardsRead, AllBoardsWrite: *row.AllBoardsWrite, CreatedAt: *row.CreatedAt, UpdatedAt: *row.UpdatedAt,
	}}, true, nil
}

// UserBySubject loads a user and, on PostgreSQL, locks the row until the end of
// the transaction.
func (tx *Tx) UserBySubject(ctx context.Context, subject string) (mc.User, error) {
	return get[mc.User](ctx, tx.Reader, `SELECT `+userCols+` FROM users u WHERE u.clerk_user_id = ?`+tx.forUpdate(), subject)
}

// LockUser loads a user and holds the row until the end of the transaction.
func (tx *Tx) LockUser(ctx context.Context, id mc.ID) (mc.User, error) {
	return get[mc.User](ctx, tx.Reader, `SELECT `+userCols+` FROM users u WHERE u.id = ?`+tx.forUpdate(), id)
}

// User loads a user.
func (r Reader) User(ctx context.Context, id mc.ID) (mc.User, error) {
	return get[mc.User](ctx, r, `SELECT `+userCols+` FROM users u WHERE u.id = ?`, id)
}

// OrganizationOwner returns the user of the organization's oldest owner.
func (r Reader) OrganizationOwner(ctx context.Context, organization mc.ID) (mc.User, error) {
	return get[mc.User](ctx, r, `
		SELECT `+userCols+`
		FROM organization_members m JOIN users u ON u.id = m.user_id
		WHERE m.organization_id = ? AND m.role = ?
		ORDER BY m.created_at, m.id LIMIT 1`, organization, mc.RoleOwner)
}

// EnsureUser inserts the user unless one with the same subject exists.
func (tx *Tx) EnsureUser(ctx context.Context, u mc.User) error {
	_, err := exec(ctx, tx, `
		INSERT INTO users (id, clerk_user_id, email, email_verified, name, is_super_admin) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (clerk_user_id) DO NOTHING`, u.ID, u.ClerkUserID, u.Email, u.EmailVerified, u.Name, u.IsSuperAdmin)
	return err
}

// UpdateUser writes the columns of a user that may change.
func (tx *Tx) UpdateUser(ctx context.Context, u mc.User) error {
	return userTable.update(ctx, tx, &u, "email", "email_verified", "name", "preferred_name", "pronouns", "timezone", "notes", "context", "active_organization_id")
}

// SetActiveOrganization lets a user act in an organization; mc.NotFound when
// the user is gone.
func (tx *Tx) SetActiveOrganization(ctx context.Context, user, organization mc.ID) error {
	tx.Announce(KindAccess, user, user)
	n, err := exec(ctx, tx, `UPDATE users SET active_organization_id = ? WHERE id = ?`, organization, user)
	if err == nil && n == 0 {
		return mc.NotFound()
	}
	return err
}

// DeleteUser removes a user with their memberships. What they made stays,
// without their name.
func (tx *Tx) DeleteUser(ctx context.Context, id mc.ID) error {
	tx.Announce(KindAccess, id, id)
	_, err := exec(ctx, tx, `DELETE FROM users WHERE id = ?`, id)
	return err
}
