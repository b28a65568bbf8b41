package boards_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestCreateWithAllDefaults(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		got := w.owner("POST", path, fmt.Sprintf(`{"name":" N ","slug":" S ","description":"  d  ","gateway_id":%q,"id":"x","organization_id":7,"nonsense":1}`, w.gateway.ID))
		want := map[string]any{
			"name": " N ", "slug": " S ", "description": "d", "gateway_id": w.gateway.ID.String(), "board_group_id": nil, "board_type": "goal", "objective": nil,
			"success_metrics": nil, "target_date": nil, "goal_confirmed": false, "goal_source": nil, "require_approval_for_done": true,
			"require_review_before_done": false, "comment_required_for_review": false, "block_status_changes_with_pending_approval": false,
			"only_lead_can_change_status": false, "max_agents": 1.0, "id": got.At("id"), "organization_id": w.Organization.ID.String(),
			"created_at": got.At("created_at"), "updated_at": got.At("created_at"), "runtime": "openclaw",
		}
		if diff := cmp.Diff(any(want), got.Body); diff != "" || got.Status != 200 {
			t.Fatalf("%d (-want +got):\n%s", got.Status, diff)
		}
		if read := w.owner("GET", path+"/"+got.At("id").(string), ""); cmp.Diff(got.Body, read.Body) != "" {
			t.Errorf("reading it back gives %v", read.Body)
		}
	})
}

func TestCreateWithEverything(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		group := w.group(w.Organization.ID)
		got := w.owner("POST", path, fmt.Sprintf(`{"name":"Full","slug":"full","description":"d","gateway_id":%q,"board_group_id":%q,"board_type":"general","objective":"Ship",
			"success_metrics":{"users":5,"nested":{"a":[1]}},"target_date":"2031-05-01T14:00:00+02:00","goal_confirmed":"yes","goal_source":"manual","require_approval_for_done":0,
			"require_review_before_done":true,"comment_required_for_review":true,"block_status_changes_with_pending_approval":true,"only_lead_can_change_status":true,"max_agents":"7"}`, w.gateway.ID, group))
		for key, want := range map[string]any{
			"board_group_id": group.String(), "board_type": "general", "objective": "Ship", "success_metrics": map[string]any{"users": 5.0, "nested": map[string]any{"a": []any{1.0}}},
			"target_date": "2031-05-01T12:00:00", "goal_confirmed": true, "goal_source": "manual", "require_approval_for_done": false, "require_review_before_done": true,
			"comment_required_for_review": true, "block_status_changes_with_pending_approval": true, "only_lead_can_change_status": true, "max_agents": 7.0,
		} {
			if diff := cmp.Diff(want, got.At(key)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", key, diff)
			}
		}
	})
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		other, _ := w.NewOrganization("Other")
		foreign, foreignGroup := w.gatewayOf(other.ID, nil), w.group(other.ID)
		mute := w.gatewayOf(w.Organization.ID, nil) // has no main agent
		none := mc.NewID()
		with := func(fields string) string {
			return fmt.Sprintf(`{"name":"x","slug":"x","description":"d","gateway_id":%q%s}`, w.gateway.ID, fields)
		}
		on := func(gateway mc.ID, fields string) string {
			return fmt.Sprintf(`{"name":"x","slug":"x","description":"d","gateway_id":%q%s}`, gateway, fields)
		}
		const withoutMain = "gateway must have a gateway main agent before boards can be created or updated"
		for name, tc := range map[string]struct {
			body   string
			status int
			detail any
		}{
			"nothing given":             {`{}`, 422, `["body","name"] ["body","slug"] ["body","description"]`},
			"blank description":         {with(`,"description":"  "`), 422, `["body"]`},
			"no gateway":                {`{"name":"x","slug":"x","description":"d"}`, 422, `["body"]`},
			"gateway null":              {with(`,"gateway_id":null`), 422, `["body"]`},
			"gateway is no id":          {with(`,"gateway_id":"nope"`), 422, `["body","gateway_id"]`},
			"unknown gateway":           {on(none, ""), 422, "gateway_id is invalid"},
			"gateway of others":         {on(foreign.ID, ""), 422, "gateway_id is invalid"},
			"gateway without main":      {on(mute.ID, ""), 422, withoutMain},
			"unknown group":             {with(fmt.Sprintf(`,"board_group_id":%q`, none)), 422, "board_group_id is invalid"},
			"group of others":           {with(fmt.Sprintf(`,"board_group_id":%q`, foreignGroup)), 422, "board_group_id is invalid"},
			"gateway before group":      {on(none, fmt.Sprintf(`,"board_group_id":%q`, none)), 422, "gateway_id is invalid"},
			"confirmed, without a goal": {with(`,"goal_confirmed":true`), 422, `["body"]`},
			"too few agents":            {with(`,"max_agents":-1`), 422, `["body","max_agents"]`},
			"too many agents":           {with(`,"max_agents":2147483648`), 422, `["body","max_agents"]`},
			"max_agents null":           {with(`,"max_agents":null`), 422, `["body","max_agents"]`},
			"metrics are a list":        {with(`,"success_metrics":[1]`), 422, `["body","success_metrics"]`},
			"NUL in a text":             {with(`,"objective":"a\u0000"`), 422, `["body","objective"]`},
			"no such runtime":           {with(`,"runtime":"cloud"`), 422, `["body","runtime"]`},
			"external, unknown gateway": {on(none, `,"runtime":"external"`), 422, "gateway_id is invalid"},
			"all places are named": {`{"name":5,"slug":null,"description":"d","gateway_id":"nope","goal_confirmed":"maybe"}`, 422,
				`["body","name"] ["body","slug"] ["body","gateway_id"] ["body","goal_confirmed"]`},
		} {
			if got := w.owner("POST", path, tc.body); got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: answered %d %v, want %d %v", name, got.Status, got.Detail(), tc.status, tc.detail)
			}
		}
		if got := w.owner("GET", path, ""); got.At("total") != 0.0 {
			t.Errorf("a refused board was made: %v", got.Body)
		}
	})
}

func TestExternalBoardNeedsNoGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		got := w.owner("POST", path, `{"name":"x","slug":"x","description":"d","runtime":"external"}`)
		if got.Status != 200 || got.At("runtime") != "external" || got.At("gateway_id") != nil {
			t.Fatalf("answered %d %v", got.Status, got.Body)
		}
		at := path + "/" + got.At("id").(string)
		for _, step := range []struct {
			about, body      string
			status           int
			detail           any
			runtime, gateway any
		}{
			{"a change leaves it so", `{"name":"y"}`, 200, nil, "external", nil},
			{"openclaw without a gateway", `{"runtime":"openclaw"}`, 422, "gateway_id is required", nil, nil},
			{"openclaw with one", fmt.Sprintf(`{"runtime":"openclaw","gateway_id":%q}`, w.gateway.ID), 200, nil, "openclaw", w.gateway.ID.String()},
			{"external again, the gateway kept", `{"runtime":"external"}`, 200, nil, "external", w.gateway.ID.String()},
			{"and let go", `{"runtime":"external","gateway_id":null}`, 200, nil, "external", nil},
			{"a runtime cannot be null", `{"runtime":null}`, 422, `["body","runtime"]`, nil, nil},
		} {
			got := w.owner("PATCH", at, step.body)
			if got.Status != step.status || got.Detail() != step.detail || got.At("runtime") != step.runtime || got.At("gateway_id") != step.gateway {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
		}
	})
}

// A gateway that is deleted after it was found must not become a 500.
func TestGatewayDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.NewPostgres(t))
	gateway := w.gatewayOf(w.Organization.ID, nil)
	w.MainAgent(gateway)
	answer := make(chan apitest.Answer, 1)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DeleteGateway(ctx, gateway.ID); err != nil {
			return err
		}
		go func() {
			answer <- w.owner("POST", path, fmt.Sprintf(`{"name":"x","slug":"x","description":"d","gateway_id":%q}`, gateway.ID))
		}()
		for waiting := 0; waiting == 0; { // for the insert, which waits for this transaction
			err := w.Store.WriterDB().QueryRowContext(context.WithoutCancel(t.Context()),
				`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
			if err != nil || ctx.Err() != nil {
				return fmt.Errorf("%w %w", err, ctx.Err())
			}
		}
		return nil
	})
	if got := <-answer; got.Status != 422 || got.Detail() != "gateway_id is invalid" {
		t.Errorf("answered %d %v", got.Status, got.Body)
	}
}
