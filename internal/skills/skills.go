// Package skills is the catalog of skills of an organization: addresses from
// which agents can learn something, added one by one or found in packs.
//
// A pack is a repository on GitHub. To sync it means to fetch it with git and to
// put what is found there into the catalog. Installing a skill means to ask the
// main agent of a gateway for it, and to remember that it was asked.
package skills

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
)

// Feature is the operations on skills and packs.
type Feature struct {
	store  *store.Store
	client *openclaw.Client
	git    *git
	busy   *busy
}

// New returns the feature.
func New(st *store.Store, client *openclaw.Client) *Feature {
	return &Feature{store: st, client: client, git: newGit(), busy: newBusy()}
}

const (
	noGateway = "Gateway not found"
	noSkill   = "Marketplace skill not found"
	noPack    = "Skill pack not found"
)

// found words what is missing as the contract does.
func found[T any](missing string) func(T, error) (T, error) {
	return func(row T, err error) (T, error) {
		if mc.KindOf(err) == mc.KindNotFound {
			err = mc.NotFound(missing)
		}
		return row, err
	}
}

// List lists skills of an organization, as seen from a gateway. pack, if any,
// is that in whose repository they are.
func (f *Feature) List(ctx context.Context, filter store.SkillFilter, pack *mc.ID, limit *int, offset int) ([]store.SkillCard, int64, error) {
	if _, err := found[mc.Gateway](noGateway)(f.store.Gateway(ctx, filter.OrganizationID, filter.GatewayID)); err != nil {
		return nil, 0, err
	}
	if pack != nil {
		p, err := found[store.CountedPack](noPack)(f.store.SkillPack(ctx, filter.OrganizationID, *pack))
		if err != nil {
			return nil, 0, err
		}
		filter.PackURL = p.SourceURL
	}
	return f.store.SkillCards(ctx, filter, limit, offset)
}

// Create adds a skill, or changes that of the same address.
func (f *Feature) Create(ctx context.Context, organization mc.ID, body MarketplaceSkillCreate) (MarketplaceSkillRead, error) {
	var shown MarketplaceSkillRead
	err := f.store.Write(ctx, func(tx *store.Tx) error {
		url := string(body.SourceURL)
		known, err := tx.SkillsByURL(ctx, organization, url)
		if err != nil {
			return err
		}
		before, exists := known[url]
		skill := before
		if !exists {
			skill = mc.Skill{
				ID: mc.NewID(), OrganizationID: organization, Name: mc.SkillName(url), SourceURL: url, Metadata: mc.JSON(`{}`),
				CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
			}
		}
		if body.Name != nil {
			skill.Name = *body.Name
		}
		if body.Description != nil {
			skill.Description = body.Description
		}
		if !exists || !skill.SameContent(before) {
			skill.UpdatedAt = tx.Now()
			if err := tx.PutSkills(ctx, []mc.Skill{skill}); err != nil {
				return err
			}
			if exists {
				tx.Audit(mc.AuditSkillChanged, skill.AuditTarget(), mc.DifferencesOf(before, skill))
			} else {
				// Somebody may have added it meanwhile: the row tells.
				if known, err = tx.SkillsByURL(ctx, organization, url); err != nil {
					return err
				}
				skill = known[url]
				tx.Audit(mc.AuditSkillCreated, skill.AuditTarget(), map[string]any{"source_url": url})
			}
		}
		shown = skillView(skill)
		tx.Answer(shown)
		return nil
	})
	return shown, err
}

// Delete removes a skill from the catalog. Gateways are not told.
func (f *Feature) Delete(ctx context.Context, organization, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		skill, err := found[mc.Skill](noSkill)(tx.KeepSkill(ctx, organization, id))
		if err != nil {
			return err
		}
		tx.Audit(mc.AuditSkillDeleted, skill.AuditTarget(), map[string]any{"source_url": skill.SourceURL})
		return tx.DeleteSkill(ctx, id)
	})
}
