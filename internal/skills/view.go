package skills

import (
	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// MarketplaceSkillCreate is the body that adds a skill.
type MarketplaceSkillCreate struct {
	SourceURL   mc.SkillURL `json:"source_url" minLength:"1" format:"uri" doc:"Where the skill is; http or https."`
	Name        *string     `json:"name" trim:"true" minLength:"1" doc:"Made from the address when it is missing."`
	Description *string     `json:"description"`
}

// MarketplaceSkillRead is a skill as clients see it.
type MarketplaceSkillRead struct {
	ID             mc.ID   `json:"id"`
	OrganizationID mc.ID   `json:"organization_id"`
	Name           string  `json:"name"`
	Description    *string `json:"description"`
	Category       *string `json:"category"`
	Risk           *string `json:"risk"`
	Source         *string `json:"source" doc:"In a list the address; else the path within the pack."`
	SourceURL      string  `json:"source_url"`
	Metadata       mc.JSON `json:"metadata" jsontype:"object" default:"{}" doc:"How it was found."`
	CreatedAt      mc.Time `json:"created_at"`
	UpdatedAt      mc.Time `json:"updated_at"`
}

// MarketplaceSkillCardRead is a skill as seen from a gateway.
type MarketplaceSkillCardRead struct {
	MarketplaceSkillRead
	Installed   bool     `json:"installed" doc:"Whether the gateway was asked to install it."`
	InstalledAt *mc.Time `json:"installed_at"`
}

func skillView(s mc.Skill) MarketplaceSkillRead {
	return MarketplaceSkillRead{
		ID: s.ID, OrganizationID: s.OrganizationID, Name: s.Name, Description: s.Description, Category: s.Category, Risk: s.Risk,
		Source: s.Source, SourceURL: s.SourceURL, Metadata: s.Metadata, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

func cardView(c store.SkillCard) MarketplaceSkillCardRead {
	card := MarketplaceSkillCardRead{MarketplaceSkillRead: skillView(c.Skill), Installed: c.InstalledAt != nil, InstalledAt: c.InstalledAt}
	if c.SourceURL != "" {
		card.Source = &c.SourceURL
	}
	return card
}

// MarketplaceSkillActionResponse tells what a gateway was asked.
type MarketplaceSkillActionResponse struct {
	OK        bool  `json:"ok" default:"true"`
	SkillID   mc.ID `json:"skill_id"`
	GatewayID mc.ID `json:"gateway_id"`
	Installed bool  `json:"installed" doc:"Asked for, not confirmed."`
}

// SkillPackCreate is the body that adds or replaces a pack.
type SkillPackCreate struct {
	SourceURL   mc.SkillURL `json:"source_url" minLength:"1" format:"uri" doc:"A repository on GitHub."`
	Name        *string     `json:"name" trim:"true" minLength:"1" doc:"Made from the address when it is missing."`
	Description *string     `json:"description"`
	Branch      string      `json:"branch" default:"main" doc:"What cannot be a branch counts as main."`
	Metadata    mc.JSON     `json:"metadata" jsontype:"object" default:"{}"`
	// MetadataToo is another name that clients may send it under.
	MetadataToo mc.JSON `json:"metadata_" jsontype:"object"`
}

// CorrectSchema keeps the other name out of the document.
func (SkillPackCreate) CorrectSchema(s *huma.Schema) { delete(s.Properties, "metadata_") }

// pack is the pack that the body describes.
func (c SkillPackCreate) pack(organization mc.ID, url string) mc.SkillPack {
	p := mc.SkillPack{OrganizationID: organization, Name: mc.SkillName(url), Description: c.Description, SourceURL: url, Branch: mc.Branch(c.Branch), Metadata: c.Metadata}
	if c.Name != nil {
		p.Name = *c.Name
	}
	if !c.MetadataToo.IsNull() {
		p.Metadata = c.MetadataToo
	}
	if p.Metadata.IsNull() {
		p.Metadata = mc.JSON(`{}`)
	}
	return p
}

// SkillPackRead is a pack as clients see it.
type SkillPackRead struct {
	ID             mc.ID   `json:"id"`
	OrganizationID mc.ID   `json:"organization_id"`
	Name           string  `json:"name"`
	Description    *string `json:"description"`
	SourceURL      string  `json:"source_url"`
	Branch         string  `json:"branch"`
	Metadata       mc.JSON `json:"metadata" jsontype:"object" default:"{}"`
	SkillCount     int64   `json:"skill_count" default:"0" doc:"How many skills of the catalog are in its repository."`
	CreatedAt      mc.Time `json:"created_at"`
	UpdatedAt      mc.Time `json:"updated_at"`
}

func packView(p store.CountedPack) SkillPackRead {
	return SkillPackRead{
		ID: p.ID, OrganizationID: p.OrganizationID, Name: p.Name, Description: p.Description, SourceURL: p.SourceURL, Branch: p.Branch,
		Metadata: p.Metadata, SkillCount: p.SkillCount, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

// SkillPackSyncResponse tells what a sync did.
type SkillPackSyncResponse struct {
	OK       bool     `json:"ok" default:"true"`
	PackID   mc.ID    `json:"pack_id"`
	Synced   int      `json:"synced" doc:"Skills that were found."`
	Created  int      `json:"created"`
	Updated  int      `json:"updated" doc:"Skills that were there and are different now."`
	Warnings []string `json:"warnings" default:"[]" doc:"What of the repository could not be used."`
}
