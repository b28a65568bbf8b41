package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestFieldValuesAreMerged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		field := func(key string) mc.ID {
			id := mc.NewID()
			write(t, st, func(ctx context.Context, tx *store.Tx) error {
				return tx.InsertCustomField(ctx, mc.CustomField{
					ID: id, OrganizationID: f.org.ID, Key: key, Label: key, Type: mc.FieldText, Visibility: mc.FieldAlways, CreatedAt: noon, UpdatedAt: noon,
				})
			})
			return id
		}
		a, b, c := field("a"), field("b"), field("c")
		change := func(changes ...mc.CustomFieldChange) map[mc.ID]mc.CustomFieldValue {
			t.Helper()
			write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.ChangeFieldValues(ctx, f.task.ID, changes) })
			rows, err := store.List[mc.CustomFieldValue](t.Context(), st.Reader, "SELECT * FROM task_custom_field_values WHERE task_id = ?", f.task.ID)
			if err != nil {
				t.Fatal(err)
			}
			byField := map[mc.ID]mc.CustomFieldValue{}
			for _, row := range rows {
				byField[row.FieldID] = row
			}
			return byField
		}
		before := change(mc.CustomFieldChange{FieldID: a, Value: mc.JSON(`"1"`)}, mc.CustomFieldChange{FieldID: b, Value: mc.JSON(`"2"`)})
		after := change(mc.CustomFieldChange{FieldID: b, Value: mc.JSON(`1.0`)}, mc.CustomFieldChange{FieldID: a, Value: mc.JSON("null")}, mc.CustomFieldChange{FieldID: c, Value: mc.JSON(`{"z":1,"a":2}`)})
		want := map[mc.ID]mc.CustomFieldValue{b: before[b], c: after[c]}
		changed := want[b]
		changed.Value, changed.UpdatedAt = mc.JSON(`1.0`), after[b].UpdatedAt
		want[b] = changed
		if diff := cmp.Diff(want, after, cmp.Comparer(func(x, y mc.Time) bool { return x.Equal(y) })); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if !after[b].UpdatedAt.After(before[b].UpdatedAt) {
			t.Errorf("changed at %s, and before at %s", after[b].UpdatedAt, before[b].UpdatedAt)
		}
		if string(after[c].Value) != `{"z":1,"a":2}` {
			t.Errorf("stored as %s", after[c].Value)
		}
		if got := change(); len(got) != 2 {
			t.Errorf("a change of nothing left %v", got)
		}
	})
}

func TestBindingsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f, other := seed(t, st), seed(t, st)
		field := mc.CustomField{ID: mc.NewID(), OrganizationID: f.org.ID, Key: "k", Label: "k", Type: mc.FieldText, Visibility: mc.FieldAlways, CreatedAt: noon, UpdatedAt: noon}
		boards := make([]mc.ID, 5)
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			for i := range boards {
				board := f.board
				board.ID = mc.NewID()
				boards[i] = board.ID
				if err := tx.InsertBoard(ctx, board); err != nil {
					return err
				}
			}
			if err := tx.InsertCustomField(ctx, field); err != nil {
				return err
			}
			return tx.BindCustomField(ctx, field.ID, boards)
		})
		rows, err := store.List[mc.ID](t.Context(), st.Reader, "SELECT board_id FROM board_task_custom_fields ORDER BY created_at")
		if diff := cmp.Diff(boards, rows); diff != "" || err != nil {
			t.Errorf("%v (-bound +stored):\n%s", err, diff)
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			known, err := tx.KeepBoards(ctx, f.org.ID, []mc.ID{other.board.ID, boards[0], mc.NewID()})
			if diff := cmp.Diff([]mc.ID{boards[0]}, known); diff != "" {
				t.Errorf("of the organization (-want +got):\n%s", diff)
			}
			return err
		})
	})
}
