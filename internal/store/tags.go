package store

import (
	"context"
	"slices"

	"missioncontrol/internal/mc"
)

var (
	tagTable        = tableOf[mc.Tag]("tags")
	tagCols         = tagTable.cols("g")
	assignmentTable = tableOf[mc.TagAssignment]("tag_assignments")
)

// CountedTag is a tag with the number of tasks that carry it.
type CountedTag struct {
	mc.Tag
	TaskCount int64 `db:"task_count"`
}

var countedTagCols = tagCols + `, (SELECT count(*) FROM tag_assignments s WHERE s.tag_id = g.id) AS task_count`

// Tag loads a tag, whatever its organization.
func (r Reader) Tag(ctx context.Context, id mc.ID) (CountedTag, error) {
	return get[CountedTag](ctx, r, `SELECT `+countedTagCols+` FROM tags g WHERE g.id = ?`, id)
}

// LockTag loads a tag, whatever its organization, and holds its row until the
// end of the transaction.
func (tx *Tx) LockTag(ctx context.Context, id mc.ID) (CountedTag, error) {
	return get[CountedTag](ctx, tx.Reader, `SELECT `+countedTagCols+` FROM tags g WHERE g.id = ?`+tx.forUpdate(), id)
}

// Tags lists a page of an organization's tags by name without case, and of
// those that share a name the oldest first.
func (r Reader) Tags(ctx context.Context, organization mc.ID, limit, offset int) ([]CountedTag, int64, error) {
	return page[CountedTag](ctx, r, countedTagCols, `FROM tags g WHERE g.organization_id = ?`, r.tagOrder(), limit, offset, organization)
}

// AllTags lists the tags of an organization in the order of Tags.
func (r Reader) AllTags(ctx context.Context, organization mc.ID) ([]mc.Tag, error) {
	return list[mc.Tag](ctx, r, `SELECT `+tagCols+` FROM tags g WHERE g.organization_id = ? ORDER BY `+r.tagOrder(), organization)
}

func (r Reader) tagOrder() string { return r.folded("g.name") + ", g.created_at, g.id" }

// InsertTag adds tags, usually one, and announces them; a DuplicateError of
// organization_id and slug when a slug is taken.
func (tx *Tx) InsertTag(ctx context.Context, tags ...mc.Tag) error {
	rows := make([]*mc.Tag, len(tags))
	for i := range tags {
		rows[i] = &tags[i]
		tx.Announce(KindTag, tags[i].OrganizationID, tags[i].ID)
	}
	return tagTable.insert(ctx, tx, rows...)
}

// UpdateTag writes everything of a tag that may change, with InsertTag's errors.
func (tx *Tx) UpdateTag(ctx context.Context, t mc.Tag) error {
	tx.Announce(KindTag, t.OrganizationID, t.ID)
	return tagTable.update(ctx, tx, &t, "name", "slug", "color", "description", "updated_at")
}

// DeleteTag removes a tag, and with it its assignments to tasks.
func (tx *Tx) DeleteTag(ctx context.Context, id mc.ID) error {
	organization, err := find[mc.ID](ctx, tx.Reader, `DELETE FROM tags WHERE id = ? RETURNING organization_id`, id)
	if err == nil && organization != nil {
		tx.Announce(KindTag, *organization, id)
	}
	return err
}

// KeepTags returns which of these tags belong to the organization, and keeps
// others from deleting them until the end of the transaction.
func (tx *Tx) KeepTags(ctx context.Context, organization mc.ID, ids []mc.ID) ([]mc.ID, error) {
	// Taken in one order, so that transactions do not lock each other out.
	return listIn[mc.ID](ctx, tx.Reader, `SELECT g.id FROM tags g WHERE g.organization_id = ? AND g.id`,
		slices.SortedFunc(slices.Values(ids), mc.CompareIDs), ` ORDER BY g.id`+tx.forKeyShare("g"), organization)
}

// TaskTag is a tag on a task.
type TaskTag struct {
	TaskID mc.ID `db:"task_id"`
	mc.Tag
}

// TagsOfTasks lists the tags of these tasks, those of each task in the order
// they were set.
func (r Reader) TagsOfTasks(ctx context.Context, tasks []mc.ID) ([]TaskTag, error) {
	return listIn[TaskTag](ctx, r, `
		SELECT s.task_id, `+tagCols+`
		FROM tag_assignments s JOIN tags g ON g.id = s.tag_id
		WHERE s.task_id`, tasks, `
		ORDER BY s.created_at, s.id`)
}

// ReplaceTags sets the tags of a task, in this order. None may be named twice.
func (tx *Tx) ReplaceTags(ctx context.Context, task mc.ID, tags []mc.ID) error {
	if _, err := exec(ctx, tx, `DELETE FROM tag_assignments WHERE task_id = ?`, task); err != nil {
		return err
	}
	rows := make([]*mc.TagAssignment, len(tags))
	for i, id := range tags {
		rows[i] = &mc.TagAssignment{ID: mc.NewID(), TaskID: task, TagID: id, CreatedAt: tx.Tick()}
	}
	return assignmentTable.insert(ctx, tx, rows...)
}
