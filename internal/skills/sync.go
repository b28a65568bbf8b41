package skills

import (
	"context"
	"sync"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

const syncing = "Sync already in progress"

// Sync fetches the repository of a pack and puts what is found there into the
// catalog. What is there no longer stays.
func (f *Feature) Sync(ctx context.Context, organization, id mc.ID) (SkillPackSyncResponse, error) {
	result := SkillPackSyncResponse{OK: true, PackID: id, Warnings: []string{}}
	pack, err := found[store.CountedPack](noPack)(f.store.SkillPack(ctx, organization, id))
	if err != nil {
		return result, err
	}
	url, err := mc.PackURL(mc.SkillURL(pack.SourceURL))
	if err != nil {
		return result, err
	}
	if !f.busy.enter(id) {
		return result, mc.Conflict(syncing)
	}
	defer f.busy.leave(id)
	repo, release, err := f.git.clone(ctx, url, pack.Branch)
	if err != nil {
		return result, err
	}
	defer release()
	found, err := discover(ctx, url, repo)
	if err != nil {
		return result, err
	}
	result.Synced, result.Warnings = len(found.skills), found.warnings
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		result.Created, result.Updated, err = put(ctx, tx, organization, found.skills)
		if err != nil {
			return err
		}
		tx.Answer(result)
		tx.Audit(mc.AuditSkillPackSynced, pack.AuditTarget(), map[string]any{"synced": result.Synced, "created": result.Created, "updated": result.Updated})
		return nil
	})
	return result, err
}

// put writes the skills that are new or different.
func put(ctx context.Context, tx *store.Tx, organization mc.ID, skills []mc.Skill) (created, updated int, err error) {
	urls := make([]string, len(skills))
	for i, s := range skills {
		urls[i] = s.SourceURL
	}
	known, err := tx.SkillsByURL(ctx, organization, urls...)
	if err != nil {
		return 0, 0, err
	}
	var changed []mc.Skill
	for _, s := range skills {
		before, exists := known[s.SourceURL]
		if exists && s.SameContent(before) {
			continue
		}
		s.ID, s.OrganizationID, s.CreatedAt, s.UpdatedAt = mc.NewID(), organization, tx.Tick(), tx.Now()
		if exists {
			updated++
		} else {
			created++
		}
		changed = append(changed, s)
	}
	return created, updated, tx.PutSkills(ctx, changed)
}

// busy knows which packs are being synced by this process. Two processes may
// sync a pack at once: that is wasteful, and the later one wins.
type busy struct {
	mu    sync.Mutex
	packs map[mc.ID]struct{}
}

func newBusy() *busy { return &busy{packs: map[mc.ID]struct{}{}} }

func (b *busy) enter(pack mc.ID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, taken := b.packs[pack]; taken {
		return false
	}
	b.packs[pack] = struct{}{}
	return true
}

func (b *busy) leave(pack mc.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.packs, pack)
}
