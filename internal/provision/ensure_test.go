package provision_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

func TestEnsureMain(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ensure := func() (main mc.Agent, changed bool) {
			f.Write(func(ctx context.Context, tx *store.Tx) (err error) {
				main, changed, err = f.service.EnsureMain(ctx, tx, f.gateway)
				return err
			})
			return main, changed
		}
		made, changed := ensure()
		if !changed || made.Name != "Home Gateway Agent" || !made.IsMain() || *made.SessionKey != mc.MainSessionKey(f.gateway.ID) || mc.IdentityValue(made.IdentityProfile, "role", "") != "Gateway Agent" {
			t.Errorf("made was %+v", made)
		}
		if again, changed := ensure(); changed || again.ID != made.ID {
			t.Errorf("again: %+v", again)
		}
		f.change(made, func(a *mc.Agent) { a.Name, a.SessionKey, a.HeartbeatConfig = "Bob", nil, mc.JSON(`{"every":"5m"}`) })
		if got, changed := ensure(); !changed || got.Name != made.Name || got.SessionKey == nil || string(got.HeartbeatConfig) != `{"every":"5m"}` {
			t.Errorf("after a change: %+v", got)
		}
	})
}

func TestEnsureLead(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Billing", &f.gateway)
		tok, err := provision.NewToken()
		if err != nil {
			t.Fatal(err)
		}
		ensure := func(spec provision.LeadSpec) (lead mc.Agent, created bool) {
			f.Write(func(ctx context.Context, tx *store.Tx) (err error) {
				lead, created, err = f.service.EnsureLead(ctx, tx, board, f.gateway, spec)
				return err
			})
			return lead, created
		}
		lead, created := ensure(provision.LeadSpec{Profile: mc.JSON(`{"emoji":" ","role":"Captain","verbosity":"concise"}`), Token: tok})
		if !created || lead.Name != mc.DefaultLeadName || !lead.IsBoardLead || *lead.SessionKey != "agent:lead-"+board.ID.String()+":main" || !f.accepts(lead, tok.Clear) {
			t.Errorf("made was %+v", lead)
		}
		want := `{"role":"Captain","communication_style":"direct, concise, practical","emoji":":gear:","verbosity":"concise"}`
		if diff := cmp.Diff(want, string(lead.IdentityProfile)); diff != "" {
			t.Error(diff)
		}
		f.change(lead, func(a *mc.Agent) { a.Name, a.SessionKey = "Ava", nil })
		if got, created := ensure(provision.LeadSpec{Token: tok}); created || got.Name != "Ava" || got.SessionKey == nil {
			t.Errorf("one that is there: %+v", got)
		}
		if got, created := ensure(provision.LeadSpec{Name: mc.Ref("Mia")}); created || got.Name != "Mia" || f.row(lead).Name != "Mia" {
			t.Errorf("with a name: %+v", got)
		}
	})
}

func TestEnsureLeadOfExternalBoard(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		board := f.Board("Outside", nil)
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			lead, _, err := f.service.EnsureLead(ctx, tx, board, mc.Gateway{}, provision.LeadSpec{})
			if !lead.IsExternal() || lead.GatewayID != nil || lead.SessionKey != nil {
				t.Errorf("made was %+v", lead)
			}
			return err
		})
	})
}

func TestBoardGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		other, _ := f.NewOrganization("Other")
		rootless := f.gateway
		rootless.ID, rootless.WorkspaceRoot = mc.NewID(), " "
		nowhere := rootless
		nowhere.ID, nowhere.URL = mc.NewID(), ""
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.InsertGateway(ctx, nowhere); err != nil {
				return err
			}
			return tx.InsertGateway(ctx, rootless)
		})
		tests := map[string]struct {
			board mc.Board
			need  provision.Need
			want  string
		}{
			"no gateway":                 {f.Board("a", nil), provision.NeedURL, "Board gateway_id is required"},
			"of another organization":    {f.BoardOf(other, "b", &f.gateway), provision.NeedURL, "Board gateway_id is invalid"},
			"no address":                 {f.Board("c", &nowhere), provision.NeedURL, "Gateway url is required"},
			"neither root nor address":   {f.Board("d", &nowhere), provision.NeedWorkspace, "Gateway workspace_root is required"},
			"no root, but none needed":   {f.Board("e", &rootless), provision.NeedURL, ""},
			"no root":                    {f.Board("f", &rootless), provision.NeedWorkspace, "Gateway workspace_root is required"},
			"everything that agents ask": {f.Board("g", &f.gateway), provision.NeedWorkspace, ""},
		}
		for name, test := range tests {
			_, err := provision.BoardGateway(t.Context(), f.Store.Reader, test.board, test.need)
			got := ""
			if err != nil {
				got = mc.DetailText(err)
			}
			if got != test.want || err != nil && mc.KindOf(err) != mc.KindInvalid {
				t.Errorf("%s: got %q, want %q", name, got, test.want)
			}
		}
	})
}

func TestCheckGateway(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		e := provision.Endpoint(f.gateway)
		if err := f.service.CheckGateway(t.Context(), e); err != nil {
			t.Error(err)
		}
		f.fake.Set(func(o *openclawtest.Options) { o.Version = "2026.2.8" })
		err := f.service.CheckGateway(t.Context(), e)
		want := "Gateway version 2026.2.8 is not supported. Minimum supported version is 2026.02.9."
		if mc.KindOf(err) != mc.KindInvalid || mc.DetailText(err) != want || f.service.GatewayVerdict(t.Context(), e) != want {
			t.Errorf("too old: %v", err)
		}
		f.fake.Set(func(o *openclawtest.Options) { o.Token = "secret" })
		err = f.service.CheckGateway(t.Context(), e)
		if mc.KindOf(err) != mc.KindUpstream || mc.DetailText(err) != "Gateway compatibility check failed: Gateway authentication failed. Verify gateway token and operator scopes." {
			t.Errorf("no token: %v", err)
		}
	})
}
