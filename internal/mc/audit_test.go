package mc_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
)

func TestAuditEntryTellsWhoAndFromWhere(t *testing.T) {
	t.Parallel()
	user := mc.User{ID: mc.NewID(), Email: mc.Ref("ann@example.com")}
	org := mc.Organization{ID: mc.NewID(), Name: strings.Repeat("ä", 300)}
	ctx := mc.WithOrigin(context.Background(), mc.Origin{Party: user.Party(), Address: "192.0.2.1", RequestID: "r-1"})
	e := mc.NewAuditEntry(mc.OriginOf(ctx), mc.SystemClock(), mc.AuditOrganizationRenamed, org.AuditTarget(), nil)
	if e.ActorKind != mc.PartyUser || *e.ActorID != user.ID || e.ActorName != "ann@example.com" || e.Address != "192.0.2.1" || e.RequestID != "r-1" {
		t.Errorf("who: %+v", e)
	}
	if e.Area != "organization" || *e.OrganizationID != org.ID || e.TargetID != org.ID || len([]rune(e.TargetName)) != 255 || e.Details != nil {
		t.Errorf("what: %+v", e)
	}
	if o := mc.OriginOf(context.Background()); o.Kind != mc.PartySystem || o.ID != nil {
		t.Errorf("nobody is %+v", o)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	before := mc.Board{Name: "A", MaxAgents: 1, SuccessMetrics: mc.JSON(`{"a":1.0}`)}
	after := before
	after.Name, after.Objective, after.RequireReviewBeforeDone = "B", mc.Ref(strings.Repeat("x", 5000)), true
	after.UpdatedAt = mc.SystemClock()
	got := mc.DifferencesOf(before, after)
	want := `{"name":{"old":"A","new":"B"},"objective":{"old":null,"new":"` + strings.Repeat("x", 999) + `…"},"require_review_before_done":{"old":false,"new":true}}`
	if diff := cmp.Diff(want, string(mc.JSONOf(got))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGatewayDifferencesHideSecrets(t *testing.T) {
	t.Parallel()
	before := mc.Gateway{URL: "wss://ann:pw@a.example/x?token=secret-1", Token: mc.Ref("secret-2")}
	after := mc.Gateway{URL: "wss://b.example/?token=secret-3", Token: mc.Ref("secret-4"), AllowInsecureTLS: true}
	got := string(mc.JSONOf(mc.GatewayDifferences(before, after)))
	want := `{"allow_insecure_tls":{"old":false,"new":true},"token":{"old":"(hidden)","new":"(hidden)"},"url":{"old":"wss://a.example/x","new":"wss://b.example/"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	after.Token = nil
	if got := mc.GatewayDifferences(before, after)["token"]; got != (mc.Difference{Old: "(hidden)"}) {
		t.Errorf("a token that is gone: %+v", got)
	}
	if got := mc.GatewayDifferences(after, after); len(got) != 0 {
		t.Errorf("nothing changed: %v", got)
	}
}
