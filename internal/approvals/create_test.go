package approvals_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestAgentAsksForAnApproval(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		body := fmt.Sprintf(`{"action_type":"deploy","task_id":%q,"payload":{"target":"production","n":1.0,"taskIds":[%q,%q]},"confidence":"72",
			"rubric_scores":{"risk":"60","clarity":80.0},"status":"approved","lead_reasoning":" tests are green "}`, r.beta.ID, r.alpha.ID, mc.NewID())
		got := r.Call(r.asWorker, "POST", r.agentPath, body)
		id, _ := got.At("id").(string)
		made := got.At("created_at")
		want := map[string]any{
			"action_type": "deploy", "task_id": r.beta.ID.String(), "task_ids": []any{r.beta.ID.String(), r.alpha.ID.String()},
			"payload":    map[string]any{"target": "production", "n": 1.0, "taskIds": got.At("payload", "taskIds"), "reason": "tests are green"},
			"confidence": 72.0, "rubric_scores": map[string]any{"risk": 60.0, "clarity": 80.0}, "status": "pending", "id": id, "board_id": r.board.ID.String(),
			"task_titles": []any{"Beta", "Alpha"}, "agent_id": r.worker.ID.String(), "created_at": made, "resolved_at": nil, "updated_at": made, "decided_by_user_id": nil,
		}
		if diff := cmp.Diff(any(want), got.Body); diff != "" || got.Status != 200 {
			t.Fatalf("%d (-want +got):\n%s", got.Status, diff)
		}
		for name, list := range map[string]apitest.Answer{
			"worker": r.Call(r.asWorker, "GET", r.agentPath, ""), "lead": r.Call(r.asLead, "GET", r.path+"?status=pending", ""), "owner": r.Call(r.owner, "GET", r.path, ""),
		} {
			if diff := cmp.Diff([]any{any(want)}, list.At("items")); diff != "" || list.At("total") != 1.0 {
				t.Errorf("the list of the %s (-want +got):\n%s", name, diff)
			}
		}
		if row, err := st.Approval(t.Context(), r.board.ID, mc.MustID(id)); err != nil || string(row.RubricScores) != `{"risk":60,"clarity":80}` {
			t.Errorf("scores are stored as %s, %v", row.RubricScores, err)
		}
	})
}

func TestWhatIsRefusedWhenAsking(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		elsewhere := r.Task(r.Board("Other", nil), "Elsewhere")
		foreignOrg, _ := r.NewOrganization("Foreign")
		foreignBoard := r.BoardOf(foreignOrg, "Foreign", nil)
		foreigner, foreignToken := r.Agent("Fred", &foreignBoard, nil)
		unknown := mc.NewID()
		const head = `{"action_type":"x","confidence":1,"lead_reasoning":"r"`
		missing := func(ids ...mc.ID) any {
			list := make([]any, len(ids))
			for i, id := range ids {
				list[i] = id.String()
			}
			return map[string]any{"message": "One or more tasks were not found on this board.", "missing_task_ids": list}
		}
		for name, tc := range map[string]struct {
			as     apitest.Caller
			body   string
			status int
			detail any
		}{
			"nobody":               {apitest.AsNobody, head + `}`, 401, "Unauthorized"},
			"a reader":             {apitest.As(r.Member(mc.RoleMember, true, false)), head + `}`, 403, "Board access denied"},
			"an agent elsewhere":   {apitest.AsAgent(foreignToken), head + `}`, 403, "Forbidden"},
			"for another agent":    {r.asLead, head + fmt.Sprintf(`,"agent_id":%q}`, r.worker.ID), 403, "Forbidden"},
			"unknown agent":        {r.owner, head + fmt.Sprintf(`,"agent_id":%q}`, unknown), 404, "Not Found"},
			"agent of others":      {r.owner, head + fmt.Sprintf(`,"agent_id":%q}`, foreigner.ID), 404, "Not Found"},
			"unknown tasks":        {r.owner, head + fmt.Sprintf(`,"task_id":%q,"task_ids":[%q,%q]}`, unknown, r.alpha.ID, elsewhere.ID), 404, missing(unknown, elsewhere.ID)},
			"no reason":            {r.owner, `{"action_type":"x","confidence":1}`, 422, `["body"]`},
			"several bad fields":   {r.owner, `{"confidence":101,"task_ids":["t",null],"payload":[],"rubric_scores":{"a":"much","b":1.5},"status":"open","agent_id":"x"}`, 422, `["body","action_type"] ["body","task_ids",0] ["body","task_ids",1] ["body","payload"] ["body","confidence"] ["body","rubric_scores","a"] ["body","rubric_scores","b"] ["body","status"] ["body","agent_id"]`},
			"nulls":                {r.owner, `{"action_type":null,"confidence":null,"task_ids":null,"status":null,"lead_reasoning":"r"}`, 422, `["body","action_type"] ["body","task_ids"] ["body","confidence"] ["body","status"]`},
			"scores are no object": {r.owner, head + `,"rubric_scores":[1]}`, 422, `["body","rubric_scores"]`},
		} {
			got := r.Call(tc.as, "POST", r.path, tc.body)
			if diff := cmp.Diff(tc.detail, got.Detail()); diff != "" || got.Status != tc.status {
				t.Errorf("%s: %d (-want +got):\n%s", name, got.Status, diff)
			}
		}
		if list := r.Call(r.owner, "GET", r.path, ""); list.At("total") != 0.0 {
			t.Errorf("something was kept: %v", list.Body)
		}
		// What only the payload mentions is left out.
		got := r.Call(r.owner, "POST", r.path, head+fmt.Sprintf(`,"payload":{"task_id":%q}}`, elsewhere.ID))
		if diff := cmp.Diff([]any{}, got.At("task_ids")); diff != "" || got.At("task_id") != nil {
			t.Errorf("a mentioned task of another board (-want +got):\n%s", diff)
		}
	})
}

func TestMainAgentsAskOnBoardsOfTheirOrganization(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		main, token := r.MainAgent(r.gateway)
		got := r.Call(apitest.AsAgent(token), "POST", r.agentPath, `{"action_type":"x","confidence":1,"lead_reasoning":"r","agent_id":null}`)
		if got.Status != 200 || got.At("agent_id") != main.ID.String() {
			t.Errorf("%d %v", got.Status, got.Body)
		}
		foreignOrg, _ := r.NewOrganization("Foreign")
		board := r.BoardOf(foreignOrg, "Foreign", nil)
		for _, prefix := range []string{"/api/v1/agent/boards/", "/api/v1/boards/"} {
			for method, body := range map[string]string{"GET": "", "POST": `{"action_type":"x","confidence":1,"lead_reasoning":"r"}`} {
				if got := r.Call(apitest.AsAgent(token), method, prefix+board.ID.String()+"/approvals", body); got.Status != 403 {
					t.Errorf("%s %s of another organization: %d %v", method, prefix, got.Status, got.Body)
				}
			}
		}
	})
}
