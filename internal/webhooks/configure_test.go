package webhooks_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestConfiguration(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		elsewhere := y.Board("Elsewhere", nil)
		stranger, _ := y.Agent("Sue", &elsewhere, nil)
		for body, want := range map[string]any{
			`{"description":" "}`:            `["body","description"]`,
			`{}`:                             `["body","description"]`,
			`{"description":"d","secret":5}`: `["body","secret"]`,
			`{"description":"d","signature_header":"X Sig"}`:              `["body","signature_header"]`,
			`{"description":"d","signature_header":7}`:                    `["body","signature_header"]`,
			`{"description":"d","delivery_id_header":"a:b"}`:              `["body","delivery_id_header"]`,
			`{"description":"d","retention_days":0}`:                      `["body","retention_days"]`,
			`{"description":"d","enabled":null}`:                          `["body","enabled"]`,
			`{"description":"d","agent_id":"x"}`:                          `["body","agent_id"]`,
			fmt.Sprintf(`{"description":"d","agent_id":%q}`, stranger.ID): "agent_id must reference an agent on this board.",
			fmt.Sprintf(`{"description":"d","agent_id":%q}`, mc.NewID()):  "agent_id must reference an agent on this board.",
		} {
			if got := y.Call(y.owner, "POST", y.path, body); got.Status != 422 || got.Detail() != want {
				t.Errorf("%s: %d %v, want %v", body, got.Status, got.Detail(), want)
			}
		}
		path := y.hook(fmt.Sprintf(`{"description":" d ","agent_id":%q,"secret":" s ","signature_header":" X-Sig ","delivery_id_header":"X-Id","retention_days":3}`, y.worker.ID))
		made := y.Call(y.owner, "GET", path, "")
		for key, want := range map[string]any{
			"description": "d", "enabled": true, "has_secret": true, "signature_header": "X-Sig", "delivery_id_header": "X-Id", "retention_days": 3.0, "retention_count": nil,
			"agent_id": y.worker.ID.String(), "endpoint_path": path, "endpoint_url": "http://mc:8000" + path, "secret": nil,
		} {
			if diff := cmp.Diff(want, made.At(key)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", key, diff)
			}
		}
		if same := y.Call(y.owner, "PATCH", path, `{}`); same.At("updated_at") != made.At("updated_at") {
			t.Errorf("nothing was changed at %v", same.At("updated_at"))
		}
		if touched := y.Call(y.owner, "PATCH", path, `{"enabled":true}`); touched.At("updated_at") == made.At("updated_at") || touched.At("has_secret") != true {
			t.Errorf("touched: %v", touched.Body)
		}
		for body, want := range map[string]any{
			`{"description":null}`: `["body","description"]`, `{"enabled":null}`: `["body","enabled"]`, `{"secret":[]}`: `["body","secret"]`,
			fmt.Sprintf(`{"agent_id":%q}`, stranger.ID): "agent_id must reference an agent on this board.",
		} {
			if got := y.Call(y.owner, "PATCH", path, body); got.Status != 422 || got.Detail() != want {
				t.Errorf("%s: %d %v, want %v", body, got.Status, got.Detail(), want)
			}
		}
		cleared := y.Call(y.owner, "PATCH", path, `{"agent_id":null,"secret":" ","signature_header":"","delivery_id_header":null,"retention_days":null,"retention_count":9}`)
		for key, want := range map[string]any{"agent_id": nil, "has_secret": false, "signature_header": nil, "delivery_id_header": nil, "retention_days": nil, "retention_count": 9.0} {
			if diff := cmp.Diff(want, cleared.At(key)); diff != "" {
				t.Errorf("cleared %s (-want +got):\n%s", key, diff)
			}
		}
		if got := y.Call(y.owner, "DELETE", path, ""); got.Status != 200 || got.At("ok") != true {
			t.Errorf("deleting: %d %v", got.Status, got.Body)
		}
		if got := y.Call(y.owner, "PATCH", path, `{}`); got.Status != 404 {
			t.Errorf("changing what is gone: %d", got.Status)
		}
		want := []string{"webhook.created d by user", "webhook.changed d by user", "webhook.deleted d by user"}
		if diff := cmp.Diff(want, y.Audited()); diff != "" {
			t.Errorf("audited (-want +got):\n%s", diff)
		}
	})
}

func TestWhoMayConfigure(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		y := newYard(t, st)
		path := y.hook(`{"description":"d"}`)
		payload := path + "/payloads/" + y.took(path, `{}`)
		reader, writer, outsider := y.Member(mc.RoleMember, true, false), y.Member(mc.RoleMember, true, true), y.Member(mc.RoleMember, false, false)
		other := y.Board("Other", nil)
		_, stranger := y.Agent("Sue", &other, nil)
		agentPath := "/api/v1/agent/boards/" + y.board.ID.String() + payload[len("/api/v1/boards/")+36:]
		for _, tc := range []struct {
			method, path, body                      string
			nobody, agent, reader, writer, outsider int
		}{
			{"GET", y.path, "", 401, 401, 200, 200, 403},
			{"POST", y.path, `{"description":"d"}`, 401, 401, 403, 200, 403},
			{"GET", path, "", 401, 401, 200, 200, 403},
			{"PATCH", path, `{"enabled":true}`, 401, 401, 403, 200, 403},
			{"GET", path + "/payloads", "", 401, 401, 200, 200, 403},
			{"GET", path + "/deliveries", "", 401, 401, 200, 200, 403},
			{"GET", payload, "", 401, 401, 200, 200, 403},
			{"POST", payload + "/redeliver", "", 401, 401, 403, 202, 403},
			{"DELETE", path, "", 401, 401, 403, 0, 403},
			{"GET", agentPath, "", 401, 200, 401, 401, 401},
		} {
			for name, caller := range map[string]struct {
				as   apitest.Caller
				want int
			}{
				"nobody": {apitest.AsNobody, tc.nobody}, "agent": {y.asWorker, tc.agent}, "reader": {apitest.As(reader), tc.reader}, "writer": {apitest.As(writer), tc.writer},
				"outsider": {apitest.As(outsider), tc.outsider},
			} {
				if caller.want == 0 { // it would take away what the others need
					continue
				}
				if got := y.Call(caller.as, tc.method, tc.path, tc.body); got.Status != caller.want {
					t.Errorf("%s %s as %s: %d, want %d", tc.method, tc.path, name, got.Status, caller.want)
				}
			}
		}
		if got := y.Call(apitest.AsAgent(stranger), "GET", agentPath, ""); got.Status != 403 {
			t.Errorf("an agent of another board: %d", got.Status)
		}
		foreign := "/api/v1/boards/" + other.ID.String() + path[len("/api/v1/boards/")+36:]
		for _, p := range []string{foreign, foreign + "/payloads", foreign + "/deliveries", path + "/payloads/" + mc.NewID().String()} {
			if got := y.Call(y.owner, "GET", p, ""); got.Status != 404 {
				t.Errorf("%s: %d", p, got.Status)
			}
		}
	})
}
