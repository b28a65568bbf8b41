package orgs

import (
	"strings"
	"unicode/utf8"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// OrganizationRead is an organization as clients see it.
type OrganizationRead struct {
	ID        mc.ID   `json:"id"`
	Name      string  `json:"name"`
	CreatedAt mc.Time `json:"created_at"`
	UpdatedAt mc.Time `json:"updated_at"`
}

// OrganizationListItem is an organization as one of its members sees it.
type OrganizationListItem struct {
	ID       mc.ID  `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role" doc:"owner, admin, or anything else for a plain member."`
	IsActive bool   `json:"is_active" doc:"Whether the caller acts in it; true for exactly one."`
}

// OrganizationCreate is the body that makes an organization.
type OrganizationCreate struct {
	Name string `json:"name" doc:"Blanks around it are cut. No other organization may have it, in any case of its letters."`
}

// OrganizationActiveUpdate is the body that chooses the active organization.
type OrganizationActiveUpdate struct {
	OrganizationID mc.ID `json:"organization_id"`
}

// maxName is how many characters a name may have.
const maxName = 255

// Validate refuses names that are too long; an empty one is refused in other
// words, later.
func (c OrganizationCreate) Validate() error {
	if utf8.RuneCountInString(strings.TrimSpace(c.Name)) <= maxName {
		return nil
	}
	return &mc.Error{Kind: mc.KindInvalid, Fields: []mc.FieldError{{
		Type: "string_too_long", Loc: []any{"body", "name"}, Msg: "String should have at most 255 characters", Input: c.Name, Ctx: map[string]any{"max_length": maxName},
	}}}
}

// View shows an organization.
func View(o mc.Organization) OrganizationRead {
	return OrganizationRead{ID: o.ID, Name: o.Name, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

func listItems(memberships []store.Membership, active mc.ID) []OrganizationListItem {
	items := make([]OrganizationListItem, len(memberships))
	for i, m := range memberships {
		items[i] = OrganizationListItem{ID: m.ID, Name: m.Name, Role: string(m.Role), IsActive: m.ID == active}
	}
	return items
}
