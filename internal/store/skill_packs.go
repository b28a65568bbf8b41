package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	packTable = tableOf[mc.SkillPack]("skill_packs")
	packCols  = packTable.cols("p")
)

// CountedPack is a pack with how many skills of its organization are in it.
type CountedPack struct {
	mc.SkillPack
	SkillCount int64 `db:"skill_count"`
}

// A skill is in the repository whose address stands before /tree/.
var countedPackCols = packCols + `, (
	SELECT count(*) FROM marketplace_skills s WHERE s.organization_id = p.organization_id AND (
		substr(s.source_url, 1, length(p.source_url) + 6) = p.source_url || '/tree/' OR
		substr(s.source_url, 1, length(p.source_url) + 10) = p.source_url || '.git/tree/')) AS skill_count`

// SkillPacks lists the packs of an organization, newest first.
func (r Reader) SkillPacks(ctx context.Context, organization mc.ID) ([]CountedPack, error) {
	return list[CountedPack](ctx, r, `SELECT `+countedPackCols+` FROM skill_packs p WHERE p.organization_id = ? ORDER BY p.created_at DESC, p.id`, organization)
}

// SkillPack loads a pack of an organization.
func (r Reader) SkillPack(ctx context.Context, organization, id mc.ID) (CountedPack, error) {
	return get[CountedPack](ctx, r, `SELECT `+countedPackCols+` FROM skill_packs p WHERE p.id = ? AND p.organization_id = ?`, id, organization)
}

// LockSkillPack loads a pack of an organization and holds its row until the end
// of the transaction.
func (tx *Tx) LockSkillPack(ctx context.Context, organization, id mc.ID) (mc.SkillPack, error) {
	return get[mc.SkillPack](ctx, tx.Reader, `SELECT `+packCols+` FROM skill_packs p WHERE p.id = ? AND p.organization_id = ?`+tx.forUpdate(), id, organization)
}

// LockSkillPackByURL is LockSkillPack by the address; nil when there is none.
func (tx *Tx) LockSkillPackByURL(ctx context.Context, organization mc.ID, url string) (*mc.SkillPack, error) {
	return find[mc.SkillPack](ctx, tx.Reader, `SELECT `+packCols+` FROM skill_packs p WHERE p.organization_id = ? AND p.source_url = ?`+tx.forUpdate(), organization, url)
}

// EnsureSkillPack adds a pack unless the organization has one of that address,
// and tells whether it did.
func (tx *Tx) EnsureSkillPack(ctx context.Context, p mc.SkillPack) (added bool, err error) {
	n, err := exec(ctx, tx, packTable.head+packTable.row+` ON CONFLICT (organization_id, source_url) DO NOTHING`, packTable.values([]*mc.SkillPack{&p})...)
	return n > 0, err
}

// UpdateSkillPack writes everything of a pack that may change; a DuplicateError
// of organization_id and source_url when another one has the address.
func (tx *Tx) UpdateSkillPack(ctx context.Context, p mc.SkillPack) error {
	return packTable.update(ctx, tx, &p, "name", "description", "source_url", "branch", "metadata", "updated_at")
}

// DeleteSkillPack removes a pack. Its skills stay.
func (tx *Tx) DeleteSkillPack(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM skill_packs WHERE id = ?`, id)
	return err
}
