package mc

import "strings"

// User is a person. Each belongs to at least one organization.
type User struct {
	ID                   ID      `db:"id"`
	ClerkUserID          string  `db:"clerk_user_id"` // subject of the identity provider
	Email                *string `db:"email"`
	EmailVerified        bool    `db:"email_verified"` // the identity provider vouches for Email
	Name                 *string `db:"name"`
	PreferredName        *string `db:"preferred_name"`
	Pronouns             *string `db:"pronouns"`
	Timezone             *string `db:"timezone"`
	Notes                *string `db:"notes"`
	Context              *string `db:"context"`
	IsSuperAdmin         bool    `db:"is_super_admin"`
	IsService            bool    `db:"is_service"` // a program of an organization, and no person
	ActiveOrganizationID *ID     `db:"active_organization_id"`
}

// DisplayName is what others call the person.
func (u User) DisplayName() string {
	for _, name := range []*string{u.PreferredName, u.Name} {
		if name != nil && *name != "" {
			return *name
		}
	}
	return "User"
}

// The single user of local mode.
const (
	LocalUserSubject = "local-auth-user"
	LocalUserEmail   = "admin@home.local"
	LocalUserName    = "Local User"
)

// Organization is a tenant.
type Organization struct {
	ID        ID     `db:"id"`
	Name      string `db:"name"`
	CreatedAt Time   `db:"created_at"`
	UpdatedAt Time   `db:"updated_at"`
}

// PersonalOrganization is the name of the organization made for a user who belongs to none.
const PersonalOrganization = "Personal"

// Role is what a member is in an organization. Any text is kept; only owner and
// admin mean something.
type Role string

// The roles that mean something, and the default.
const (
	RoleOwner  Role = "owner"
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
)

// ParseRole trims and lower-cases a role; an empty one is a member.
func ParseRole(s string) Role {
	if r := strings.ToLower(strings.TrimSpace(s)); r != "" {
		return Role(r)
	}
	return RoleMember
}

// IsAdmin reports whether the role administers its organization.
func (r Role) IsAdmin() bool { return r == RoleOwner || r == RoleAdmin }

// Member is a user's membership of an organization.
type Member struct {
	ID             ID   `db:"id"`
	OrganizationID ID   `db:"organization_id"`
	UserID         ID   `db:"user_id"`
	Role           Role `db:"role"`
	AllBoardsRead  bool `db:"all_boards_read"`
	AllBoardsWrite bool `db:"all_boards_write"`
	CreatedAt      Time `db:"created_at"`
	UpdatedAt      Time `db:"updated_at"`
}

// BoardGrant opens one board to a member who has no blanket right.
type BoardGrant struct {
	ID        ID   `db:"id"`
	MemberID  ID   `db:"organization_member_id"`
	BoardID   ID   `db:"board_id"`
	CanRead   bool `db:"can_read"`
	CanWrite  bool `db:"can_write"`
	CreatedAt Time `db:"created_at"`
	UpdatedAt Time `db:"updated_at"`
}

// ReadsAllBoards reports whether the member may read every board of the organization.
func (m Member) ReadsAllBoards() bool { return m.AllBoardsRead || m.AllBoardsWrite }

// CanRead reports whether the member may read a board, given its grant for it (nil: none).
// The role plays no part: an owner without a flag or grant is refused.
func (m Member) CanRead(g *BoardGrant) bool {
	return m.ReadsAllBoards() || g != nil && (g.CanRead || g.CanWrite)
}

// CanWrite reports whether the member may change a board, given its grant for it (nil: none).
func (m Member) CanWrite(g *BoardGrant) bool {
	return m.AllBoardsWrite || g != nil && g.CanWrite
}
