package approvals_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestDecisionsAndTheirTimes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		id := r.ask("")
		nothing := r.Call(r.owner, "PATCH", r.path+"/"+id, `{}`)
		if nothing.Status != 200 || nothing.At("resolved_at") != nil || nothing.At("updated_at") != nothing.At("created_at") {
			t.Errorf("an empty change: %d %v", nothing.Status, nothing.Body)
		}
		approved := r.decide(id, "approved")
		if approved.At("status") != "approved" || approved.At("resolved_at") == nil || approved.At("updated_at") != approved.At("resolved_at") || approved.At("decided_by_user_id") != r.Owner.ID.String() {
			t.Errorf("approved: %v", approved.Body)
		}
		again := r.decide(id, "approved")
		if again.At("resolved_at").(string) <= approved.At("resolved_at").(string) {
			t.Errorf("approved again at %v, first at %v", again.At("resolved_at"), approved.At("resolved_at"))
		}
		reopened := r.decide(id, "pending")
		if reopened.At("status") != "pending" || reopened.At("resolved_at") != again.At("resolved_at") || reopened.At("updated_at").(string) <= again.At("updated_at").(string) {
			t.Errorf("reopened: %v", reopened.Body)
		}
		made := r.Call(r.owner, "POST", r.path, `{"action_type":"x","confidence":1,"lead_reasoning":"r","status":"approved"}`)
		if made.At("status") != "approved" || made.At("resolved_at") != nil || made.At("decided_by_user_id") != r.Owner.ID.String() {
			t.Errorf("made decided: %v", made.Body)
		}
	})
}

func TestLeadIsToldOfNews(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		id := r.ask(about(r.beta, r.alpha))
		// told takes the message to the lead off the queue; nil when there is none.
		told := func() *mc.Delivery {
			d, err := st.NextDelivery(t.Context(), r.lead.ID, mc.LaneNotices)
			if err != nil {
				t.Fatal(err)
			}
			if d != nil {
				r.Write(func(ctx context.Context, tx *store.Tx) error {
					sent := *d
					sent.State = mc.DeliverySent
					return tx.UpdateDelivery(ctx, sent)
				})
			}
			return d
		}
		if d := told(); d != nil {
			t.Errorf("told of the question: %+v", d)
		}
		r.decide(id, "approved")
		d := told()
		if d == nil || d.Label != "Lena" || d.TaskID == nil || *d.TaskID != r.beta.ID || d.SentMessage != "Lead agent notified for approved approval "+id+"." || d.FailedType != "approval.lead_notify_failed" {
			t.Fatalf("told of the decision: %+v", d)
		}
		wantHead := "APPROVAL RESOLVED\nBoard: Billing\nApproval ID: " + id + "\nAction: deploy\nDecision: approved\nConfidence: 70.0\nTask IDs: " + r.beta.ID.String() + ", " + r.alpha.ID.String() + "\n\nTake action: "
		if !strings.HasPrefix(d.Message, wantHead) {
			t.Errorf("message:\n%s", d.Message)
		}
		for _, step := range []struct {
			status string
			news   bool
		}{{"approved", false}, {"pending", false}, {"rejected", true}, {"approved", true}} {
			r.decide(id, step.status)
			if got := told(); (got != nil) != step.news {
				t.Errorf("after %s: %+v", step.status, got)
			}
		}
		r.ask(`,"status":"approved"`)
		if got := told(); got != nil {
			t.Errorf("told of one that was made decided: %+v", got)
		}
	})
}

func TestWhoDecides(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st)
		id := r.ask("")
		other := r.Board("Other", nil)
		reader := apitest.As(r.Member(mc.RoleMember, true, false))
		for name, tc := range map[string]struct {
			as         apitest.Caller
			path, body string
			status     int
			detail     any
		}{
			"nobody":         {apitest.AsNobody, r.path + "/" + id, `{"status":"approved"}`, 401, "Unauthorized"},
			"a worker":       {r.asWorker, r.path + "/" + id, `{"status":"approved"}`, 401, "Unauthorized"},
			"the lead":       {r.asLead, r.path + "/" + id, `{"status":"approved"}`, 401, "Unauthorized"},
			"a reader":       {reader, r.path + "/" + id, `{"status":"approved"}`, 403, "Board access denied"},
			"unknown":        {r.owner, r.path + "/" + mc.NewID().String(), `{"status":"approved"}`, 404, "Not Found"},
			"no id":          {r.owner, r.path + "/x", `{"status":"approved"}`, 404, "Not Found"},
			"other board":    {r.owner, "/api/v1/boards/" + other.ID.String() + "/approvals/" + id, `{"status":"approved"}`, 404, "Not Found"},
			"null":           {r.owner, r.path + "/" + id, `{"status":null}`, 422, `["body"]`},
			"unknown status": {r.owner, r.path + "/" + id, `{"status":"done"}`, 422, `["body","status"]`},
			"no body":        {r.owner, r.path + "/" + id, ``, 422, `["body"]`},
		} {
			got := r.Call(tc.as, "PATCH", tc.path, tc.body)
			if diff := cmp.Diff(tc.detail, got.Detail()); diff != "" || got.Status != tc.status {
				t.Errorf("%s: %d (-want +got):\n%s", name, got.Status, diff)
			}
		}
		if got := r.Call(reader, "GET", r.path, ""); got.Status != 200 || got.At("items", 0, "status") != "pending" {
			t.Errorf("a reader reads: %d %v", got.Status, got.Body)
		}
		if got := r.Call(r.owner, "GET", r.path+"/"+id, ""); got.Status != 405 {
			t.Errorf("GET of one: %d", got.Status)
		}
		if got := r.Call(r.owner, "GET", r.path+"?status=pending,approved", ""); got.Status != 422 || got.Detail() != `["query","status"]` {
			t.Errorf("a list of statuses: %d %v", got.Status, got.Body)
		}
	})
}
