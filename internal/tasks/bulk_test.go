package tasks_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// statuses are what each task of a bulk change was answered.
func statuses(a apitest.Answer) (got []any) {
	results, _ := a.At("results").([]any)
	for i := range results {
		got = append(got, a.At("results", i, "status"))
	}
	return got
}

func TestBulkChangeTreatsEachTaskAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		first := r.create(t, `{"title":"First"}`)
		second := r.create(t, fmt.Sprintf(`{"title":"Second","depends_on_task_ids":[%q]}`, first))
		r.Write(func(ctx context.Context, tx *store.Tx) error {
			r.board.RequireReviewBeforeDone = true
			return tx.UpdateBoard(ctx, r.board)
		})
		third := r.create(t, `{"title":"Third","status":"review"}`)
		unknown, elsewhere := mc.NewID().String(), r.Task(r.Board("Other", nil), "Elsewhere").ID.String()

		body := fmt.Sprintf(`{"ids":[%q,%q,%q,%q,%q,%q],"patch":{"status":"done","priority":"high"}}`, first, unknown, third, elsewhere, first, second)
		got := r.Call(r.owner, "POST", r.path("/bulk"), body)
		// The blocked one is put back into the inbox, as a person's change of it alone would.
		if diff := cmp.Diff([]any{409.0, 404.0, 200.0, 404.0, 200.0}, statuses(got)); diff != "" || got.Status != http.StatusOK {
			t.Fatalf("%d %v (-want +got):\n%s", got.Status, got.Body, diff)
		}
		if got.At("results", 0, "id") != first || got.At("results", 0, "detail", "message") != "Task can only be marked done from review when the board rule is enabled." || got.At("results", 0, "task") != nil {
			t.Errorf("the refused one: %v", got.At("results", 0))
		}
		if got.At("results", 1, "detail") != "Not Found" {
			t.Errorf("the unknown one: %v", got.At("results", 1))
		}
		if got.At("results", 2, "task", "status") != "done" || got.At("results", 2, "task", "priority") != "high" || got.At("results", 4, "task", "status") != "inbox" || got.At("results", 4, "task", "priority") != "high" {
			t.Errorf("the changed ones: %v", got.Body)
		}

		got = r.Call(r.owner, "POST", r.path("/bulk"), fmt.Sprintf(`{"ids":[%q,%q,%q],"delete":true}`, third, unknown, first))
		if diff := cmp.Diff([]any{200.0, 404.0, 200.0}, statuses(got)); diff != "" {
			t.Errorf("deleted (-want +got):\n%s", diff)
		}
		if left := r.Call(r.owner, "GET", r.path(), ""); left.At("total") != 1.0 || left.At("items", 0, "id") != second || left.At("items", 0, "is_blocked") != false {
			t.Errorf("left over: %v", left.Body)
		}
	})
}

func TestBulkChangeIsForPeopleWhoMayWrite(t *testing.T) {
	t.Parallel()
	r := newRoom(t, storetest.New(t), nil)
	id := r.create(t, `{"title":"A"}`)
	one := fmt.Sprintf(`{"ids":[%q],"delete":true}`, id)
	many := `{"delete":true,"ids":[` + strings.TrimSuffix(strings.Repeat(fmt.Sprintf("%q,", id), 201), ",") + `]}`
	for name, tc := range map[string]struct {
		as     apitest.Caller
		body   string
		status int
		detail any
	}{
		"nobody":         {apitest.AsNobody, one, 401, "Unauthorized"},
		"an agent":       {r.asLead, one, 401, "Unauthorized"},
		"a reader":       {apitest.As(r.Member(mc.RoleMember, true, false)), one, 403, "Board access denied"},
		"nothing to do":  {r.owner, fmt.Sprintf(`{"ids":[%q]}`, id), 422, `["body"]`},
		"both":           {r.owner, fmt.Sprintf(`{"ids":[%q],"delete":true,"patch":{}}`, id), 422, `["body"]`},
		"none":           {r.owner, `{"ids":[],"delete":true}`, 422, `["body","ids"]`},
		"too many":       {r.owner, many, 422, `["body","ids"]`},
		"no id":          {r.owner, `{"ids":["x"],"delete":true}`, 422, `["body","ids",0]`},
		"a bad patch":    {r.owner, fmt.Sprintf(`{"ids":[%q],"patch":{"status":"later","title":null}}`, id), 422, `["body","patch","title"] ["body","patch","status"]`},
		"a null status":  {r.owner, fmt.Sprintf(`{"ids":[%q],"patch":{"status":null}}`, id), 422, `["body"]`},
		"no list at all": {r.owner, `{"delete":true}`, 422, `["body","ids"]`},
	} {
		got := r.Call(tc.as, "POST", r.path("/bulk"), tc.body)
		if diff := cmp.Diff(tc.detail, got.Detail()); diff != "" || got.Status != tc.status {
			t.Errorf("%s: %d (-want +got):\n%s", name, got.Status, diff)
		}
	}
	if left := r.Call(r.owner, "GET", r.path(), ""); left.At("total") != 1.0 {
		t.Errorf("a refused change did something: %v", left.Body)
	}
}
