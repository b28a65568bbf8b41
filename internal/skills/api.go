package skills

import (
	"context"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

const (
	needsRoot = "Gateway workspace_root is required"
	needsURL  = "Gateway url is required"
)

// Register declares the operations. All are for owners and admins.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag, admin := []string{"skills"}, g.OrgAdmin()
	errNoGateway := httpapi.Refusal(404, noGateway, "the organization has no such gateway")
	errNoSkill := httpapi.Refusal(404, noSkill, "the organization has no such skill")
	errNoPack := httpapi.Refusal(404, noPack, "the organization has no such pack")
	asking := []httpapi.ErrorDoc{
		errNoGateway, errNoSkill, httpapi.Refusal(422, needsRoot, "the gateway has no workspace_root"),
		httpapi.Refusal(422, needsURL, "the gateway has no address"), httpapi.Refusal(502, "{error}", "the gateway refuses or stays away"),
	}
	addresses := []httpapi.ErrorDoc{
		httpapi.Refusal(400, "Unsupported pack source URL scheme: '{scheme}'", "the address is not https"),
		httpapi.Refusal(400, mc.PackURLLocal, "the address is of this machine"),
		httpapi.Refusal(400, mc.PackURLNotGitHub, "the address is of no repository on GitHub"),
	}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/skills/marketplace", Name: "list_marketplace_skills", Tags: tag,
		Summary: "List skills",
		Description: "Lists the skills of the catalog, newest first, with whether the gateway was asked to install them. " +
			"With limit it is a page, and the headers X-Total-Count, X-Limit and X-Offset tell which.",
		Errors: []httpapi.ErrorDoc{errNoGateway, errNoPack},
	}, admin, f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/skills/marketplace", Name: "create_marketplace_skill", Tags: tag,
		Summary:         "Add a skill",
		Description:     "Adds a skill by its address. If it is there already, the name and description that are sent replace those it has.",
		RequestExamples: map[string]any{"skill": map[string]any{"source_url": "https://github.com/acme/skills/tree/main/log-reader", "name": "Log reader"}},
	}, admin, f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/skills/marketplace/{skill_id}", Name: "delete_marketplace_skill", Tags: tag,
		Summary:     "Delete a skill",
		Description: "Takes a skill off the catalog. Gateways that have it are not told.",
		Errors:      []httpapi.ErrorDoc{errNoSkill},
	}, admin, f.remove)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/skills/marketplace/{skill_id}/install", Name: "install_marketplace_skill", Tags: tag,
		Summary:     "Install a skill",
		Description: "Asks the main agent of a gateway to install or update a skill. The answer tells that it was asked, not that it is done.",
		Errors:      asking,
	}, admin, f.install)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/skills/marketplace/{skill_id}/uninstall", Name: "uninstall_marketplace_skill", Tags: tag,
		Summary:     "Uninstall a skill",
		Description: "Asks the main agent of a gateway to remove a skill, whether or not it is known to be installed.",
		Errors:      asking,
	}, admin, f.uninstall)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/skills/packs", Name: "list_skill_packs", Tags: tag,
		Summary:     "List packs",
		Description: "Lists the packs of the active organization, newest first.",
	}, admin, f.packs)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/skills/packs", Name: "create_skill_pack", Tags: tag,
		Summary: "Add a pack",
		Description: "Adds a repository on GitHub. If it is there already, branch and metadata are set, and name and description if they are sent. " +
			"Its skills come with the next sync.",
		Errors:          addresses,
		RequestExamples: map[string]any{"pack": map[string]any{"source_url": "https://github.com/acme/skills", "branch": "main"}},
	}, admin, f.createPack)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/skills/packs/{pack_id}", Name: "get_skill_pack", Tags: tag,
		Summary:     "Get a pack",
		Description: "Returns a pack of the active organization.",
		Errors:      []httpapi.ErrorDoc{errNoPack},
	}, admin, f.pack)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/skills/packs/{pack_id}", Name: "update_skill_pack", Tags: tag,
		Summary:     "Replace a pack",
		Description: "Sets all fields of a pack; those that are not sent get their defaults.",
		Errors:      append([]httpapi.ErrorDoc{errNoPack, httpapi.Refusal(409, urlTaken, "another pack has the address")}, addresses...),
	}, admin, f.replacePack)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/skills/packs/{pack_id}", Name: "delete_skill_pack", Tags: tag,
		Summary:     "Delete a pack",
		Description: "Removes a pack. Its skills stay in the catalog.",
		Errors:      []httpapi.ErrorDoc{errNoPack},
	}, admin, f.removePack)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/skills/packs/{pack_id}/sync", Name: "sync_skill_pack", Tags: tag,
		Summary: "Sync a pack",
		Description: "Fetches the repository and puts the skills that are listed in its skills_index.json, or else those that have a SKILL.md, into the catalog. " +
			"Skills that are no longer there stay. The answer comes when all is done, which may take minutes.",
		Errors: append([]httpapi.ErrorDoc{
			errNoPack, httpapi.Refusal(409, syncing, "the pack is being synced"),
			httpapi.Refusal(502, "unable to clone pack repository: {reason}", "the repository or its branch cannot be had"),
			httpapi.Refusal(502, tooSlow, "the repository takes more than ten minutes"),
			httpapi.Refusal(502, tooBig, "the repository is too large"),
			httpapi.Refusal(502, noGit, "git is not installed"),
		}, addresses...),
	}, admin, f.sync)
}

type (
	listInput struct {
		GatewayID mc.ID   `query:"gateway_id" doc:"Gateway of which it is told what is installed."`
		Search    *string `query:"search" doc:"Part of name, description, category, risk or source."`
		Category  *string `query:"category" doc:"Category without case; uncategorized finds those without one."`
		Risk      *string `query:"risk" doc:"Risk without case; uncategorized finds those without one."`
		PackID    *mc.ID  `query:"pack_id" doc:"Pack in whose repository the skills are."`
		Limit     *int    `query:"limit" minimum:"1" maximum:"200" doc:"Greatest number of skills; all when it is missing."`
		Offset    int     `query:"offset" default:"0" minimum:"0" doc:"Number of skills to skip, with limit."`
	}
	createInput struct{ Body MarketplaceSkillCreate }
	skillInput  struct {
		ID mc.ID `path:"skill_id"`
	}
	askInput struct {
		ID        mc.ID `path:"skill_id"`
		GatewayID mc.ID `query:"gateway_id" doc:"Gateway whose main agent is asked."`
	}
	createPackInput struct{ Body SkillPackCreate }
	packInput       struct {
		ID mc.ID `path:"pack_id"`
	}
	replacePackInput struct {
		ID   mc.ID `path:"pack_id"`
		Body SkillPackCreate
	}
)

func (f *Feature) list(ctx context.Context, p access.Person, in *listInput) (out httpapi.Listing[MarketplaceSkillCardRead], err error) {
	filter := store.SkillFilter{
		OrganizationID: p.Member.OrganizationID, GatewayID: in.GatewayID,
		Search: trimmed(in.Search), Category: strings.ToLower(trimmed(in.Category)), Risk: strings.ToLower(trimmed(in.Risk)),
	}
	cards, total, err := f.List(ctx, filter, in.PackID, in.Limit, in.Offset)
	for _, c := range cards {
		out.Items = append(out.Items, cardView(c))
	}
	if in.Limit != nil {
		out.Paged = &httpapi.Paged{Total: total, Limit: *in.Limit, Offset: in.Offset}
	}
	return out, err
}

func trimmed(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (MarketplaceSkillRead, error) {
	return f.Create(ctx, p.Member.OrganizationID, in.Body)
}

func (f *Feature) remove(ctx context.Context, p access.Person, in *skillInput) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, p.Member.OrganizationID, in.ID)
}

func (f *Feature) install(ctx context.Context, p access.Person, in *askInput) (MarketplaceSkillActionResponse, error) {
	return f.Install(ctx, p.Member.OrganizationID, in.GatewayID, in.ID)
}

func (f *Feature) uninstall(ctx context.Context, p access.Person, in *askInput) (MarketplaceSkillActionResponse, error) {
	return f.Uninstall(ctx, p.Member.OrganizationID, in.GatewayID, in.ID)
}

func (f *Feature) packs(ctx context.Context, p access.Person, _ *httpapi.None) ([]SkillPackRead, error) {
	return f.Packs(ctx, p.Member.OrganizationID)
}

func (f *Feature) createPack(ctx context.Context, p access.Person, in *createPackInput) (SkillPackRead, error) {
	return f.CreatePack(ctx, p.Member.OrganizationID, in.Body)
}

func (f *Feature) pack(ctx context.Context, p access.Person, in *packInput) (SkillPackRead, error) {
	return f.Pack(ctx, p.Member.OrganizationID, in.ID)
}

func (f *Feature) replacePack(ctx context.Context, p access.Person, in *replacePackInput) (SkillPackRead, error) {
	return f.ReplacePack(ctx, p.Member.OrganizationID, in.ID, in.Body)
}

func (f *Feature) removePack(ctx context.Context, p access.Person, in *packInput) (httpapi.OK, error) {
	return httpapi.Done, f.DeletePack(ctx, p.Member.OrganizationID, in.ID)
}

func (f *Feature) sync(ctx context.Context, p access.Person, in *packInput) (SkillPackSyncResponse, error) {
	return f.Sync(ctx, p.Member.OrganizationID, in.ID)
}
