package mc

import "strings"

// Invite is an offer to join an organization, to whoever has its token or, at
// their first sign-in, its address.
type Invite struct {
	ID               ID      `db:"id"`
	OrganizationID   ID      `db:"organization_id"`
	InvitedEmail     string  `db:"invited_email"` // normalized; not necessarily an address
	Token            string  `db:"token"`
	TokenSHA256      *string `db:"token_sha256"` // nil in an adopted database
	Role             Role    `db:"role"`
	AllBoardsRead    bool    `db:"all_boards_read"`
	AllBoardsWrite   bool    `db:"all_boards_write"`
	CreatedByUserID  *ID     `db:"created_by_user_id"`
	AcceptedByUserID *ID     `db:"accepted_by_user_id"`
	AcceptedAt       *Time   `db:"accepted_at"` // nil: pending
	ExpiresAt        *Time   `db:"expires_at"`  // nil: never
	CreatedAt        Time    `db:"created_at"`
	UpdatedAt        Time    `db:"updated_at"`
}

// InviteGrant opens one board to whoever accepts an invite.
type InviteGrant struct {
	ID        ID   `db:"id"`
	InviteID  ID   `db:"organization_invite_id"`
	BoardID   ID   `db:"board_id"`
	CanRead   bool `db:"can_read"`
	CanWrite  bool `db:"can_write"`
	CreatedAt Time `db:"created_at"`
	UpdatedAt Time `db:"updated_at"`
}

// NormalizeEmail trims and lower-cases an address, as addresses are compared.
func NormalizeEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// IsFor reports whether a person with this address may accept the invite. Who
// has no address may accept any.
func (i Invite) IsFor(email *string) bool {
	if email == nil {
		return true
	}
	invited, own := NormalizeEmail(i.InvitedEmail), NormalizeEmail(*email)
	return invited == "" || own == "" || invited == own
}

// GrantsAllBoards reports whether the invite opens boards by a flag; single
// boards play no part then.
func (i Invite) GrantsAllBoards() bool { return i.AllBoardsRead || i.AllBoardsWrite }

// Membership is what a user becomes who accepts the invite.
func (i Invite) Membership(user ID, now Time) Member {
	return Member{
		ID: NewID(), OrganizationID: i.OrganizationID, UserID: user, Role: i.Role,
		AllBoardsRead: i.AllBoardsRead, AllBoardsWrite: i.AllBoardsWrite, CreatedAt: now, UpdatedAt: now,
	}
}

// Merged is what a member becomes who accepts one more invite: nothing is lost.
// changed is false when the invite has nothing to add, single boards aside.
func (m Member) Merged(i Invite, now Time) (_ Member, changed bool) {
	before := m
	if i.Role.rank() > m.Role.rank() {
		m.Role = i.Role
	}
	m.AllBoardsRead = m.AllBoardsRead || i.GrantsAllBoards()
	m.AllBoardsWrite = m.AllBoardsWrite || i.AllBoardsWrite
	if changed = m != before; changed {
		m.UpdatedAt = now
	}
	return m, changed
}

// rank orders the roles that mean something above all others.
func (r Role) rank() int {
	switch r {
	case RoleOwner:
		return 2
	case RoleAdmin:
		return 1
	}
	return 0
}

// BoardAccess is what somebody is to be allowed on one board.
type BoardAccess struct {
	BoardID  ID   `json:"board_id"`
	CanRead  bool `json:"can_read"`
	CanWrite bool `json:"can_write"`
}

// MergeBoardAccess makes one entry per board, in the order of their first
// mention, that allows what any of them does.
func MergeBoardAccess(list []BoardAccess) []BoardAccess {
	at := make(map[ID]int, len(list))
	var merged []BoardAccess
	for _, a := range list {
		i, known := at[a.BoardID]
		if !known {
			at[a.BoardID] = len(merged)
			merged = append(merged, a)
			continue
		}
		merged[i].CanRead = merged[i].CanRead || a.CanRead
		merged[i].CanWrite = merged[i].CanWrite || a.CanWrite
	}
	return merged
}

// What is said when somebody meddles with owners.
const (
	OwnersOnly     = "Only owners can manage owners"
	OwnerNeeded    = "Organization must have at least one owner"
	ServiceNoOwner = "A service cannot own an organization"
)
