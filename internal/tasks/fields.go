package tasks

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// fieldValues reads the custom field values of a request. What their patterns
// say is found out here and not in the transaction: a pattern may take its time,
// and on SQLite everybody who writes would wait for it.
func (f *Feature) fieldValues(ctx context.Context, board mc.ID, sent mc.Opt[mc.JSON]) (*mc.FieldValues, error) {
	object, _ := sent.Get()
	values := mc.NewFieldValues(object)
	if values.Empty() {
		return values, nil
	}
	bound, err := f.store.FieldsOfBoards(ctx, []mc.ID{board})
	if err != nil {
		return nil, err
	}
	fields := make([]mc.CustomField, len(bound))
	for i, b := range bound {
		fields[i] = b.CustomField
	}
	values.Prepare(fields)
	return values, nil
}

// setFields gives a new task its custom field values, defaults included.
func setFields(ctx context.Context, tx *store.Tx, task mc.Task, values *mc.FieldValues) error {
	fields, err := tx.KeepFieldsOfBoard(ctx, task.BoardID)
	if err != nil {
		return err
	}
	if err := values.Check(fields, nil); err != nil {
		return err
	}
	return tx.ChangeFieldValues(ctx, task.ID, values.ForNewTask(fields))
}

// changeFields merges custom field values into those of a task.
func changeFields(ctx context.Context, tx *store.Tx, task mc.Task, values *mc.FieldValues) error {
	fields, err := tx.KeepFieldsOfBoard(ctx, task.BoardID)
	if err != nil {
		return err
	}
	held, err := tx.FieldValuesOfTasks(ctx, []mc.ID{task.ID})
	if err != nil {
		return err
	}
	stored := make(map[mc.ID]mc.JSON, len(held))
	for _, h := range held {
		stored[h.FieldID] = h.Value
	}
	if err := values.Check(fields, stored); err != nil {
		return err
	}
	return tx.ChangeFieldValues(ctx, task.ID, values.ForTask(fields))
}
