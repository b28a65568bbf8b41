package orgs

import (
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// OrganizationMemberRead is a member of an organization.
type OrganizationMemberRead struct {
	ID             mc.ID                         `json:"id" doc:"Of the membership, not of the user."`
	OrganizationID mc.ID                         `json:"organization_id"`
	UserID         mc.ID                         `json:"user_id"`
	Role           string                        `json:"role" doc:"owner, admin, or anything else for a plain member."`
	AllBoardsRead  bool                          `json:"all_boards_read"`
	AllBoardsWrite bool                          `json:"all_boards_write"`
	CreatedAt      mc.Time                       `json:"created_at"`
	UpdatedAt      mc.Time                       `json:"updated_at"`
	User           *OrganizationUserRead         `json:"user"`
	BoardAccess    []OrganizationBoardAccessRead `json:"board_access" default:"[]" doc:"Boards that are open one by one. Only where a single member is read; empty everywhere else."`
}

// OrganizationUserRead is a member as a person.
type OrganizationUserRead struct {
	ID            mc.ID   `json:"id"`
	Email         *string `json:"email"`
	Name          *string `json:"name"`
	PreferredName *string `json:"preferred_name"`
	IsService     bool    `json:"is_service" doc:"It is no person but a program that acts through a token of the organization."`
}

// OrganizationBoardAccessRead is a board that is open to a member.
type OrganizationBoardAccessRead struct {
	ID        mc.ID   `json:"id"`
	BoardID   mc.ID   `json:"board_id"`
	CanRead   bool    `json:"can_read"`
	CanWrite  bool    `json:"can_write" doc:"Includes reading."`
	CreatedAt mc.Time `json:"created_at"`
	UpdatedAt mc.Time `json:"updated_at"`
}

// OrganizationMemberUpdate is the body that changes a member.
type OrganizationMemberUpdate struct {
	Role mc.Opt[string] `json:"role" notnull:"true" doc:"Blanks around it are cut and letters are lowered; a blank one is member."`
}

func (u OrganizationMemberUpdate) role() *mc.Role {
	text, sent := u.Role.Get()
	if !sent {
		return nil
	}
	return mc.Ref(mc.ParseRole(text))
}

// OrganizationBoardAccessSpec opens one board.
type OrganizationBoardAccessSpec struct {
	BoardID  mc.ID `json:"board_id"`
	CanRead  bool  `json:"can_read" default:"true"`
	CanWrite bool  `json:"can_write" default:"false" doc:"Includes reading."`
}

// accessSpec is the access to boards that a body asks for.
type accessSpec struct {
	AllBoardsRead  bool                          `json:"all_boards_read" default:"false"`
	AllBoardsWrite bool                          `json:"all_boards_write" default:"false" doc:"Includes reading."`
	BoardAccess    []OrganizationBoardAccessSpec `json:"board_access" default:"[]" doc:"Boards of the organization. Counts only when neither flag is set; a board that is named twice gets both rights."`
}

// boards are the boards that are named, each once.
func (a accessSpec) boards() []mc.BoardAccess {
	boards := make([]mc.BoardAccess, len(a.BoardAccess))
	for i, b := range a.BoardAccess {
		boards[i] = mc.BoardAccess{BoardID: b.BoardID, CanRead: b.CanRead, CanWrite: b.CanWrite}
	}
	return mc.MergeBoardAccess(boards)
}

func accessOf(grants []mc.BoardGrant) []mc.BoardAccess {
	boards := make([]mc.BoardAccess, len(grants))
	for i, g := range grants {
		boards[i] = mc.BoardAccess{BoardID: g.BoardID, CanRead: g.CanRead, CanWrite: g.CanWrite}
	}
	return boards
}

// OrganizationMemberAccessUpdate is the body that replaces a member's access.
type OrganizationMemberAccessUpdate struct{ accessSpec }

// OrganizationInviteCreate is the body that invites somebody.
type OrganizationInviteCreate struct {
	InvitedEmail string `json:"invited_email" doc:"Blanks around it are cut and letters are lowered. Nothing is sent to it."`
	Role         string `json:"role" default:"member"`
	accessSpec
}

// OrganizationInviteAccept is the body that accepts an invite.
type OrganizationInviteAccept struct {
	Token string `json:"token"`
}

// OrganizationInviteRead is an invite as admins see it.
type OrganizationInviteRead struct {
	ID               mc.ID    `json:"id"`
	OrganizationID   mc.ID    `json:"organization_id"`
	InvitedEmail     string   `json:"invited_email"`
	Role             string   `json:"role"`
	AllBoardsRead    bool     `json:"all_boards_read"`
	AllBoardsWrite   bool     `json:"all_boards_write"`
	Token            string   `json:"token" doc:"Whoever has it can accept the invite, unless they have another address."`
	CreatedByUserID  *mc.ID   `json:"created_by_user_id"`
	AcceptedByUserID *mc.ID   `json:"accepted_by_user_id"`
	AcceptedAt       *mc.Time `json:"accepted_at"`
	ExpiresAt        *mc.Time `json:"expires_at" doc:"From then on it cannot be accepted; null: it never ends."`
	CreatedAt        mc.Time  `json:"created_at"`
	UpdatedAt        mc.Time  `json:"updated_at"`
}

func memberView(m store.MemberUser, grants []mc.BoardGrant) OrganizationMemberRead {
	view := OrganizationMemberRead{
		ID: m.ID, OrganizationID: m.OrganizationID, UserID: m.UserID, Role: string(m.Role), AllBoardsRead: m.AllBoardsRead, AllBoardsWrite: m.AllBoardsWrite,
		CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, User: &OrganizationUserRead{ID: m.UserID, Email: m.Email, Name: m.Name, PreferredName: m.PreferredName, IsService: m.IsService},
		BoardAccess: make([]OrganizationBoardAccessRead, len(grants)),
	}
	for i, g := range grants {
		view.BoardAccess[i] = OrganizationBoardAccessRead{ID: g.ID, BoardID: g.BoardID, CanRead: g.CanRead, CanWrite: g.CanWrite, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt}
	}
	return view
}

func inviteView(i mc.Invite) OrganizationInviteRead {
	return OrganizationInviteRead{
		ID: i.ID, OrganizationID: i.OrganizationID, InvitedEmail: i.InvitedEmail, Role: string(i.Role), AllBoardsRead: i.AllBoardsRead, AllBoardsWrite: i.AllBoardsWrite,
		Token: i.Token, CreatedByUserID: i.CreatedByUserID, AcceptedByUserID: i.AcceptedByUserID, AcceptedAt: i.AcceptedAt, ExpiresAt: i.ExpiresAt,
		CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
}
