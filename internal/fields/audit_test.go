package fields_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestChangesOfFieldsAreTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		field := w.define(t, "cost", "")
		for _, call := range [][2]string{{"PATCH", `{"label":"Costs"}`}, {"PATCH", `{"label":"Costs"}`}, {"DELETE", ""}} {
			if got := w.Call(w.owner, call[0], field, call[1]); got.Status != 200 {
				t.Fatalf("%s was answered %d %v", call[0], got.Status, got.Body)
			}
		}
		want := []string{"custom_field.created cost by user", "custom_field.changed cost by user", "custom_field.deleted cost by user"}
		if diff := cmp.Diff(want, w.Audited()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}
