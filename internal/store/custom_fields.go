package store

import (
	"context"
	"slices"

	"missioncontrol/internal/mc"
)

var (
	fieldTable      = tableOf[mc.CustomField]("task_custom_field_definitions")
	fieldCols       = fieldTable.cols("f")
	bindingTable    = tableOf[mc.CustomFieldBinding]("board_task_custom_fields")
	fieldValueTable = tableOf[mc.CustomFieldValue]("task_custom_field_values")
)

// CustomFields lists the custom fields of an organization by label without
// case, and of those that share a label the oldest first.
func (r Reader) CustomFields(ctx context.Context, organization mc.ID) ([]mc.CustomField, error) {
	return list[mc.CustomField](ctx, r, `
		SELECT `+fieldCols+` FROM task_custom_field_definitions f
		WHERE f.organization_id = ?
		ORDER BY `+r.folded("f.label")+`, f.created_at, f.id`, organization)
}

// FieldBoard says that a field is bound to a board.
type FieldBoard struct {
	FieldID mc.ID `db:"task_custom_field_definition_id"`
	BoardID mc.ID `db:"board_id"`
}

// BoardsOfFields lists the boards to which these fields are bound, by id.
func (r Reader) BoardsOfFields(ctx context.Context, fields []mc.ID) ([]FieldBoard, error) {
	return listIn[FieldBoard](ctx, r, `
		SELECT b.task_custom_field_definition_id, b.board_id FROM board_task_custom_fields b
		WHERE b.task_custom_field_definition_id`, fields, `
		ORDER BY b.board_id`)
}

// LockCustomField loads a custom field, whatever its organization, and holds its
// row until the end of the transaction.
func (tx *Tx) LockCustomField(ctx context.Context, id mc.ID) (mc.CustomField, error) {
	return get[mc.CustomField](ctx, tx.Reader, `SELECT `+fieldCols+` FROM task_custom_field_definitions f WHERE f.id = ?`+tx.forUpdate(), id)
}

// InsertCustomField adds a custom field that is bound to no board yet; a
// DuplicateError of organization_id and field_key when the key is taken.
func (tx *Tx) InsertCustomField(ctx context.Context, f mc.CustomField) error {
	return fieldTable.insert(ctx, tx, &f)
}

// UpdateCustomField writes everything of a custom field that may change.
func (tx *Tx) UpdateCustomField(ctx context.Context, f mc.CustomField) error {
	return fieldTable.update(ctx, tx, &f, "label", "field_type", "ui_visibility", "validation_regex", "description", "required", "default_value", "updated_at")
}

// DeleteCustomField removes a custom field with its bindings, and with its
// values, so see to it that there are none.
func (tx *Tx) DeleteCustomField(ctx context.Context, id mc.ID) error {
	_, err := exec(ctx, tx, `DELETE FROM task_custom_field_definitions WHERE id = ?`, id)
	return err
}

// CustomFieldInUse reports whether any task has a value in the field.
func (r Reader) CustomFieldInUse(ctx context.Context, id mc.ID) (bool, error) {
	return exists(ctx, r, `SELECT 1 FROM task_custom_field_values v WHERE v.task_custom_field_definition_id = ?`, id)
}

// KeepBoards returns which of these boards belong to the organization, and keeps
// others from deleting them until the end of the transaction.
func (tx *Tx) KeepBoards(ctx context.Context, organization mc.ID, ids []mc.ID) ([]mc.ID, error) {
	return listIn[mc.ID](ctx, tx.Reader, `SELECT b.id FROM boards b WHERE b.organization_id = ? AND b.id`,
		slices.SortedFunc(slices.Values(ids), mc.CompareIDs), ` ORDER BY b.id`+tx.forKeyShare("b"), organization)
}

// BindCustomField sets the boards whose tasks have the field, in this order.
// None may be named twice.
func (tx *Tx) BindCustomField(ctx context.Context, field mc.ID, boards []mc.ID) error {
	if _, err := exec(ctx, tx, `DELETE FROM board_task_custom_fields WHERE task_custom_field_definition_id = ?`, field); err != nil {
		return err
	}
	rows := make([]*mc.CustomFieldBinding, len(boards))
	for i, id := range boards {
		rows[i] = &mc.CustomFieldBinding{ID: mc.NewID(), BoardID: id, FieldID: field, CreatedAt: tx.Tick()}
	}
	return bindingTable.insert(ctx, tx, rows...)
}

// BoundField is a custom field of the tasks of a board.
type BoundField struct {
	BoardID mc.ID `db:"board_id"`
	mc.CustomField
}

// FieldsOfBoards lists the custom fields that tasks of these boards have, the
// oldest first.
func (r Reader) FieldsOfBoards(ctx context.Context, boards []mc.ID) ([]BoundField, error) {
	return listIn[BoundField](ctx, r, `
		SELECT b.board_id, `+fieldCols+fieldsOfBoard, boards, fieldOrder)
}

const (
	fieldsOfBoard = `
		FROM board_task_custom_fields b JOIN task_custom_field_definitions f ON f.id = b.task_custom_field_definition_id
		WHERE b.board_id`
	fieldOrder = ` ORDER BY f.created_at, f.id`
)

// KeepFieldsOfBoard lists the custom fields that tasks of a board have, and
// keeps others from deleting them until the end of the transaction.
func (tx *Tx) KeepFieldsOfBoard(ctx context.Context, board mc.ID) ([]mc.CustomField, error) {
	return list[mc.CustomField](ctx, tx.Reader, `SELECT `+fieldCols+fieldsOfBoard+` = ?`+fieldOrder+tx.forKeyShare("f"), board)
}

// TaskFieldValue is what a task has in a custom field.
type TaskFieldValue struct {
	TaskID  mc.ID   `db:"task_id"`
	FieldID mc.ID   `db:"task_custom_field_definition_id"`
	Value   mc.JSON `db:"value"`
}

// FieldValuesOfTasks lists the values that these tasks have in custom fields,
// also in those that were taken off their board.
func (r Reader) FieldValuesOfTasks(ctx context.Context, tasks []mc.ID) ([]TaskFieldValue, error) {
	return listIn[TaskFieldValue](ctx, r, `
		SELECT v.task_id, v.task_custom_field_definition_id, v.value FROM task_custom_field_values v
		WHERE v.task_id`, tasks, "")
}

// ChangeFieldValues gives a task values in custom fields, and takes those away
// that become null. No field may be named twice.
func (tx *Tx) ChangeFieldValues(ctx context.Context, task mc.ID, changes []mc.CustomFieldChange) error {
	var gone []mc.ID
	var rows []*mc.CustomFieldValue
	for _, c := range changes {
		if c.Value.IsNull() {
			gone = append(gone, c.FieldID)
			continue
		}
		rows = append(rows, &mc.CustomFieldValue{ID: mc.NewID(), TaskID: task, FieldID: c.FieldID, Value: c.Value, CreatedAt: tx.Now(), UpdatedAt: tx.Now()})
	}
	if len(gone) > 0 {
		placeholders, args := in(gone)
		if _, err := exec(ctx, tx, `DELETE FROM task_custom_field_values WHERE task_id = ? AND task_custom_field_definition_id IN `+placeholders, append([]any{task}, args...)...); err != nil {
			return err
		}
	}
	return fieldValueTable.upsert(ctx, tx, "task_id, task_custom_field_definition_id", []string{"value", "updated_at"}, rows...)
}
