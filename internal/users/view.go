package users

import "missioncontrol/internal/mc"

// UserRead is a user as they see themselves.
type UserRead struct {
	ClerkUserID   string  `json:"clerk_user_id" doc:"Who the user is at the identity provider."`
	Email         *string `json:"email"`
	Name          *string `json:"name"`
	PreferredName *string `json:"preferred_name" doc:"What agents call the user."`
	Pronouns      *string `json:"pronouns"`
	Timezone      *string `json:"timezone"`
	Notes         *string `json:"notes"`
	Context       *string `json:"context" doc:"What agents should know of the user."`
	ID            mc.ID   `json:"id"`
	IsSuperAdmin  bool    `json:"is_super_admin" doc:"Kept for old clients; opens nothing."`
}

// UserUpdate is the body that changes a user.
type UserUpdate struct {
	Name          mc.Opt[string] `json:"name"`
	PreferredName mc.Opt[string] `json:"preferred_name"`
	Pronouns      mc.Opt[string] `json:"pronouns"`
	Timezone      mc.Opt[string] `json:"timezone"`
	Notes         mc.Opt[string] `json:"notes"`
	Context       mc.Opt[string] `json:"context"`
}

// View shows a user.
func View(u mc.User) UserRead {
	return UserRead{
		ClerkUserID: u.ClerkUserID, Email: u.Email, Name: u.Name, PreferredName: u.PreferredName, Pronouns: u.Pronouns, Timezone: u.Timezone,
		Notes: u.Notes, Context: u.Context, ID: u.ID, IsSuperAdmin: u.IsSuperAdmin,
	}
}

func (c UserUpdate) apply(u mc.User) mc.User {
	c.Name.ApplyPtr(&u.Name)
	c.PreferredName.ApplyPtr(&u.PreferredName)
	c.Pronouns.ApplyPtr(&u.Pronouns)
	c.Timezone.ApplyPtr(&u.Timezone)
	c.Notes.ApplyPtr(&u.Notes)
	c.Context.ApplyPtr(&u.Context)
	return u
}
