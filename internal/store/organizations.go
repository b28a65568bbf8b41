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

// LockOrganization holds the row of an organization until the end of the
// transaction: meanwhile nobody joins it, and nothing is added to it.
func (tx *Tx) LockOrganization(ctx context.Context, id mc.ID) error {
	_, err := get[mc.ID](ctx, tx.Reader, `SELECT o.id FROM organizations o WHERE o.id = ?`+tx.forUpdate(), id)
	return err
}

// LockOrganizationNames makes transactions that choose a name for an
// organization wait for each other. An index cannot tell names apart: several
// personal organizations are called the same.
func (tx *Tx) LockOrganizationNames(ctx context.Context) error {
	if tx.dialect != PostgreSQL {
		return nil // has the whole database for itself
	}
	_, err := exec(ctx, tx, `SELECT pg_advisory_xact_lock(hashtext('organization_names'))`)
	return err
}

// OrganizationNameTaken reports whether any organization but one has the name,
// in any case.
func (r Reader) OrganizationNameTaken(ctx context.Context, name string, but mc.ID) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM organizations WHERE lower(name) = lower(?) AND id <> ?`, name, but)
}

// UpdateOrganization writes everything of an organization that may change.
func (tx *Tx) UpdateOrganization(ctx context.Context, o mc.Organization) error {
	return organizationTable.update(ctx, tx, &o, "name", "updated_at")
}

// Membership is an organization as one of its members sees it.
type Membership struct {
	ID   mc.ID   `db:"id"`
	Name string  `db:"name"`
	Role mc.Role `db:"role"`
}

// Organization is the organization, as far as it is loaded.
func (m Membership) Organization() mc.Organization { return mc.Organization{ID: m.ID, Name: m.Name} }

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

// HasOtherMembers reports whether anybody but the user belongs to an
// organization. Services do not count: nobody would be left to use them.
func (r Reader) HasOtherMembers(ctx context.Context, organization, user mc.ID) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM organization_members m JOIN users u ON u.id = m.user_id
		WHERE m.organization_id = ? AND m.user_id <> ? AND NOT u.is_service`, organization, user)
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

// InsertMember adds a membership.
func (tx *Tx) InsertMember(ctx context.Context, m mc.Member) error {
	return memberTable.insert(ctx, tx, &m)
}

// DeleteMember ends the membership of a user, with its access to boards and the
// tokens that act in the organization. A service ends with it.
func (tx *Tx) DeleteMember(ctx context.Context, organization, user mc.ID) error {
	tx.Announce(KindAccess, user, user)
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`DELETE FROM access_tokens WHERE organization_id = ? AND user_id = ?`, []any{organization, user}},
		{`DELETE FROM organization_members WHERE organization_id = ? AND user_id = ?`, []any{organization, user}},
		{`DELETE FROM users WHERE id = ? AND is_service`, []any{user}},
	} {
		if _, err := exec(ctx, tx, step.sql, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// EnsureOwner gives an organization that has lost its last owner a new one: the
// oldest admin or, without admins, the oldest member. It returns who that is and
// what they were before; nil when it needs none. The caller holds the organization.
func (tx *Tx) EnsureOwner(ctx context.Context, organization mc.ID) (heir *mc.Member, was mc.Role, err error) {
	heir, err = find[mc.Member](ctx, tx.Reader, `
		SELECT `+memberCols+` FROM organization_members m JOIN users u ON u.id = m.user_id
		WHERE m.organization_id = ? AND NOT u.is_service AND NOT EXISTS (SELECT 1 FROM organization_members o WHERE o.organization_id = ? AND o.role = ?)
		ORDER BY CASE m.role WHEN ? THEN 0 ELSE 1 END, m.created_at, m.id LIMIT 1`, organization, organization, mc.RoleOwner, mc.RoleAdmin)
	if err != nil || heir == nil {
		return nil, "", err
	}
	was = heir.Role
	heir.Role, heir.UpdatedAt = mc.RoleOwner, tx.Now()
	return heir, was, tx.UpdateMember(ctx, *heir)
}

// DeleteOrganization removes an organization with everything in it: boards with
// their tasks and agents, gateways with their main agents, groups, skills, tags,
// fields, invites, members and its audit log; in that of the installation stays
// that it was there. Users who acted in it act nowhere until their next request,
// and streams that showed it end. No rows are read; most of it follows by the
// foreign keys of the schema.
func (tx *Tx) DeleteOrganization(ctx context.Context, o mc.Organization) error {
	target := o.AuditTarget()
	target.OrganizationID = nil
	tx.Audit(mc.AuditOrganizationDeleted, target, nil)
	tx.Announce(KindAccess, o.ID, o.ID)
	id := o.ID
	const agents = `SELECT a.id FROM agents a WHERE
		a.board_id IN (SELECT b.id FROM boards b WHERE b.organization_id = ?) OR a.gateway_id IN (SELECT g.id FROM gateways g WHERE g.organization_id = ?)`
	const tasks = `SELECT t.id FROM tasks t JOIN boards b ON b.id = t.board_id WHERE b.organization_id = ?`
	for _, step := range []struct {
		sql  string
		args []any
	}{
		// Events without a board would stay, without what they are about.
		{`DELETE FROM activity_events WHERE agent_id IN (` + agents + `)`, []any{id, id}},
		{`DELETE FROM activity_events WHERE task_id IN (` + tasks + `)`, []any{id}},
		// Boards before their gateways, to which they only refer.
		{`DELETE FROM boards WHERE organization_id = ?`, []any{id}},
		{`DELETE FROM users WHERE is_service AND id IN (SELECT m.user_id FROM organization_members m WHERE m.organization_id = ?)`, []any{id}},
		{`DELETE FROM organizations WHERE id = ?`, []any{id}},
	} {
		if _, err := exec(ctx, tx, step.sql, step.args...); err != nil {
			return err
		}
	}
	tx.Announce(KindAccess, id, id)
	return nil
}

// InsertGrant opens a board to a member.
func (tx *Tx) InsertGrant(ctx context.Context, g mc.BoardGrant) error {
	user, err := get[mc.ID](ctx, tx.Reader, `SELECT m.user_id FROM organization_members m WHERE m.id = ?`, g.MemberID)
	if err != nil {
		return err
	}
	tx.Announce(KindAccess, user, user)
	return grantTable.insert(ctx, tx, &g)
}
