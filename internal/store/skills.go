package store

import (
	"context"
	"slices"
	"strings"

	"missioncontrol/internal/mc"
)

var (
	skillTable     = tableOf[mc.Skill]("marketplace_skills")
	skillCols      = skillTable.cols("s")
	installedTable = tableOf[mc.InstalledSkill]("gateway_installed_skills")
)

// SkillFilter chooses skills of an organization.
type SkillFilter struct {
	OrganizationID mc.ID
	GatewayID      mc.ID  // of which it is told what is installed
	Search         string // part of a text; empty: any
	Category, Risk string // Uncategorized: without one; empty: any
	PackURL        string // address of the repository they are in; empty: any
}

// Uncategorized is what chooses skills without one, as a category or risk of a filter.
const Uncategorized = "uncategorized"

// SkillCard is a skill with whether a gateway was asked to install it.
type SkillCard struct {
	mc.Skill
	InstalledAt *mc.Time `db:"installed_at"`
}

// Skill loads a skill of an organization.
func (r Reader) Skill(ctx context.Context, organization, id mc.ID) (mc.Skill, error) {
	return get[mc.Skill](ctx, r, `SELECT `+skillCols+` FROM marketplace_skills s WHERE s.id = ? AND s.organization_id = ?`, id, organization)
}

// SkillCards lists skills, newest first. A limit of nil stands for all of them.
func (r Reader) SkillCards(ctx context.Context, f SkillFilter, limit *int, offset int) ([]SkillCard, int64, error) {
	from := `FROM marketplace_skills s LEFT JOIN gateway_installed_skills i ON i.skill_id = s.id AND i.gateway_id = ? WHERE s.organization_id = ?`
	args := []any{f.GatewayID, f.OrganizationID}
	where := func(condition string, values ...any) {
		from += " AND (" + condition + ")"
		args = append(args, values...)
	}
	for _, by := range []struct{ column, value string }{{"s.category", f.Category}, {"s.risk", f.Risk}} {
		switch by.value {
		case "":
		case Uncategorized:
			where(`trim(coalesce(`+by.column+`, '')) = '' OR lower(trim(`+by.column+`)) = ?`, Uncategorized)
		default:
			where(`lower(trim(`+by.column+`)) = ?`, by.value)
		}
	}
	if f.PackURL != "" {
		inside := f.PackURL + "/"
		where(`lower(s.source_url) = lower(?) OR lower(substr(s.source_url, 1, length(?))) = lower(?)`, f.PackURL, inside, inside)
	}
	if f.Search != "" {
		var conditions []string
		var values []any
		for _, column := range []string{"name", "description", "category", "risk", "source"} {
			conditions = append(conditions, `lower(s.`+column+`) LIKE lower(?) ESCAPE '!'`)
			values = append(values, "%"+likeEscaper.Replace(f.Search)+"%")
		}
		where(strings.Join(conditions, " OR "), values...)
	}
	columns, order := skillCols+`, i.created_at AS installed_at`, `s.created_at DESC, s.id`
	if limit != nil {
		return page[SkillCard](ctx, r, columns, from, order, *limit, offset, args...)
	}
	cards, err := list[SkillCard](ctx, r, `SELECT `+columns+` `+from+` ORDER BY `+order, args...)
	return cards, int64(len(cards)), err
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// SkillsByURL finds skills of an organization by their addresses, and holds
// their rows until the end of the transaction.
func (tx *Tx) SkillsByURL(ctx context.Context, organization mc.ID, urls ...string) (map[string]mc.Skill, error) {
	found := map[string]mc.Skill{}
	for part := range slices.Chunk(slices.Sorted(slices.Values(urls)), 1024) {
		placeholders, args := in(part)
		skills, err := list[mc.Skill](ctx, tx.Reader, `
			SELECT `+skillCols+` FROM marketplace_skills s WHERE s.organization_id = ? AND s.source_url IN `+placeholders+`
			ORDER BY s.source_url`+tx.forUpdate(), append([]any{organization}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, s := range skills {
			found[s.SourceURL] = s
		}
	}
	return found, nil
}

// PutSkills writes skills, in place of those of the organization that have the
// same address already: these keep their id and the time of their creation.
func (tx *Tx) PutSkills(ctx context.Context, skills []mc.Skill) error {
	rows := make([]*mc.Skill, len(skills))
	for i := range skills {
		rows[i] = &skills[i]
	}
	return skillTable.upsert(ctx, tx, "organization_id, source_url",
		[]string{"name", "description", "category", "risk", "source", "metadata", "updated_at"}, rows...)
}

// DeleteSkill removes a skill, and with it what says that it is installed.
func (tx *Tx) DeleteSkill(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM marketplace_skills WHERE id = ?`, id)
	return err
}

// KeepSkill loads a skill of an organization, and keeps others from deleting it
// until the end of the transaction.
func (tx *Tx) KeepSkill(ctx context.Context, organization, id mc.ID) (mc.Skill, error) {
	return get[mc.Skill](ctx, tx.Reader, `SELECT `+skillCols+` FROM marketplace_skills s WHERE s.id = ? AND s.organization_id = ?`+tx.forKeyShare("s"), id, organization)
}

// PutInstalledSkill remembers that a skill is installed. When that is known
// already, only the time of the last change is set.
func (tx *Tx) PutInstalledSkill(ctx context.Context, i mc.InstalledSkill) error {
	return installedTable.upsert(ctx, tx, "gateway_id, skill_id", []string{"updated_at"}, &i)
}

// DeleteInstalledSkill forgets that a skill is installed.
func (tx *Tx) DeleteInstalledSkill(ctx context.Context, gateway, skill mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM gateway_installed_skills WHERE gateway_id = ? AND skill_id = ?`, gateway, skill)
	return err
}
