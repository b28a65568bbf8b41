package gateways_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func TestChangesOfGatewaysAreTold(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id := f.connect("Home")
		for _, body := range []string{`{"name":"Lab","token":"secret-of-the-lab"}`, `{}`} {
			if got := f.Call(f.owner, "PATCH", path+"/"+id, body); got.Status != 200 {
				t.Fatalf("answered %d %v", got.Status, got.Body)
			}
		}
		if got := f.Call(f.owner, "DELETE", path+"/"+id, ""); got.Status != 200 {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		var ours []string
		for _, told := range f.Audited() {
			if strings.HasPrefix(told, "gateway.") || strings.HasPrefix(told, "agent.created") {
				ours = append(ours, told)
			}
		}
		want := []string{"gateway.created Home by user", "agent.created Home Gateway Agent by user", "gateway.changed Lab by user", "gateway.deleted Lab by user"}
		if diff := cmp.Diff(want, ours); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		entries, _, err := f.Store.AuditLog(t.Context(), store.AuditFilter{OrganizationID: f.Organization.ID, Action: mc.AuditGatewayChanged}, 10, 0)
		if err != nil || len(entries) != 1 || string(entries[0].Details) != `{"name":{"old":"Home","new":"Lab"},"token":{"old":null,"new":"(hidden)"}}` {
			t.Errorf("details: %+v, %v", entries, err)
		}
	})
}
