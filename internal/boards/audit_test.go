package boards_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestChangesOfBoardsAreTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		owner := apitest.As(w.Owner)
		made := w.Call(owner, "POST", "/api/v1/boards", `{"name":"Launch","slug":"launch","description":"d","runtime":"external"}`)
		path := "/api/v1/boards/" + made.At("id").(string)
		if got := w.Call(owner, "PATCH", path, `{"name":"Landing","max_agents":3}`); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if got := w.Call(owner, "DELETE", path, ""); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		if diff := cmp.Diff([]string{"board.created Launch by user", "board.changed Landing by user", "board.deleted Landing by user"}, w.Audited()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		entries, _, err := st.AuditLog(t.Context(), store.AuditFilter{OrganizationID: w.Organization.ID, Action: mc.AuditBoardChanged}, 10, 0)
		if err != nil || len(entries) != 1 || string(entries[0].Details) != `{"max_agents":{"old":1,"new":3},"name":{"old":"Launch","new":"Landing"}}` {
			t.Errorf("details: %+v, %v", entries, err)
		}
	})
}
