package skills

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

const urlTaken = "A pack with this source URL already exists"

// Packs lists the packs of an organization, newest first.
func (f *Feature) Packs(ctx context.Context, organization mc.ID) ([]SkillPackRead, error) {
	packs, err := f.store.SkillPacks(ctx, organization)
	return views.Each(packs, packView), err
}

// Pack returns a pack.
func (f *Feature) Pack(ctx context.Context, organization, id mc.ID) (SkillPackRead, error) {
	p, err := found[store.CountedPack](noPack)(f.store.SkillPack(ctx, organization, id))
	return packView(p), err
}

// CreatePack adds a pack, or changes that of the same address.
func (f *Feature) CreatePack(ctx context.Context, organization mc.ID, body SkillPackCreate) (shown SkillPackRead, err error) {
	url, err := mc.PackURL(body.SourceURL)
	if err != nil {
		return shown, err
	}
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		fresh := body.pack(organization, url)
		fresh.ID, fresh.CreatedAt, fresh.UpdatedAt = mc.NewID(), tx.Now(), tx.Now()
		added, err := tx.EnsureSkillPack(ctx, fresh)
		if err != nil {
			return err
		}
		id := fresh.ID
		if added {
			tx.Audit(mc.AuditSkillPackCreated, fresh.AuditTarget(), map[string]any{"source_url": url})
		} else if id, err = f.updatePack(ctx, tx, organization, url, body); err != nil {
			return err
		}
		p, err := tx.SkillPack(ctx, organization, id)
		shown = packView(p)
		tx.Answer(shown)
		return err
	})
	return shown, err
}

// updatePack changes the pack of an address that was added again.
func (f *Feature) updatePack(ctx context.Context, tx *store.Tx, organization mc.ID, url string, body SkillPackCreate) (mc.ID, error) {
	known, err := tx.LockSkillPackByURL(ctx, organization, url)
	if err != nil {
		return mc.ID{}, err
	}
	if known == nil { // deleted since
		return mc.ID{}, mc.NotFound(noPack)
	}
	before, p := *known, body.pack(organization, url)
	p.ID, p.CreatedAt, p.UpdatedAt = before.ID, before.CreatedAt, tx.Now()
	if body.Name == nil {
		p.Name = before.Name
	}
	if body.Description == nil {
		p.Description = before.Description
	}
	differences := mc.DifferencesOf(before, p)
	if len(differences) == 0 {
		return p.ID, nil
	}
	tx.Audit(mc.AuditSkillPackChanged, p.AuditTarget(), differences)
	return p.ID, tx.UpdateSkillPack(ctx, p)
}

// ReplacePack sets all of a pack.
func (f *Feature) ReplacePack(ctx context.Context, organization, id mc.ID, body SkillPackCreate) (shown SkillPackRead, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		before, err := found[mc.SkillPack](noPack)(tx.LockSkillPack(ctx, organization, id))
		if err != nil {
			return err
		}
		url, err := mc.PackURL(body.SourceURL)
		if err != nil {
			return err
		}
		p := body.pack(organization, url)
		p.ID, p.CreatedAt, p.UpdatedAt = id, before.CreatedAt, tx.Now()
		if err := tx.UpdateSkillPack(ctx, p); store.IsDuplicate(err, "skill_packs", "organization_id", "source_url") {
			return mc.Conflict(urlTaken)
		} else if err != nil {
			return err
		}
		tx.Audit(mc.AuditSkillPackChanged, p.AuditTarget(), mc.DifferencesOf(before, p))
		counted, err := tx.SkillPack(ctx, organization, id)
		shown = packView(counted)
		return err
	})
	return shown, err
}

// DeletePack removes a pack. Its skills stay in the catalog.
func (f *Feature) DeletePack(ctx context.Context, organization, id mc.ID) error {
	return f.store.Write(ctx, func(tx *store.Tx) error {
		p, err := found[mc.SkillPack](noPack)(tx.LockSkillPack(ctx, organization, id))
		if err != nil {
			return err
		}
		tx.Audit(mc.AuditSkillPackDeleted, p.AuditTarget(), map[string]any{"source_url": p.SourceURL})
		return tx.DeleteSkillPack(ctx, id)
	})
}
