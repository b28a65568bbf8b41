package gateways_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
)

func TestCreateAndRead(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.Set(func(o *openclawtest.Options) { o.Token = "secret" })
		got := f.Call(f.owner, "POST", path, f.body("Home", `,"token":"  secret "`))
		want(t, "create", got, 200, nil)
		id, _ := got.At("id").(string)
		if got.At("token") != "secret" || got.At("organization_id") != f.Organization.ID.String() || got.At("allow_insecure_tls") != false {
			t.Errorf("got %v", got.Body)
		}
		if diff := cmp.Diff(got.Body, f.Call(f.owner, "GET", path+"/"+id, "").Body); diff != "" {
			t.Error(diff)
		}
		main := f.main(id)
		if main.Status != mc.AgentOnline || !f.fake.HasAgent("mc-gateway-"+id) || len(f.fake.Messages(*main.SessionKey)) != 1 {
			t.Errorf("the main agent is %+v", main)
		}
		second := f.Call(f.owner, "POST", path, f.body("Lab", `,"token":"secret"`))
		list := f.Call(f.owner, "GET", path+"?limit=1", "")
		if list.At("total") != 2.0 || list.At("items", 0, "id") != second.At("id") {
			t.Errorf("the list is %v", list.Body)
		}
	})
}

func TestRefusedBeforeAnythingIsWritten(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		create := func(body string) apitest.Answer { return f.Call(f.owner, "POST", path, body) }
		got := create(`{"name":"x","url":"ws://127.0.0.1:9","workspace_root":"/srv"}`)
		if detail, _ := got.Detail().(string); got.Status != 502 || !strings.HasPrefix(detail, "Gateway compatibility check failed: ") {
			t.Errorf("nothing listens: %d %v", got.Status, got.Detail())
		}
		f.fake.Set(func(o *openclawtest.Options) { o.Version = "2026.2.8" })
		want(t, "too old", create(f.body("x", "")), 422, "Gateway version 2026.2.8 is not supported. Minimum supported version is 2026.02.9.")
		dials := len(f.fake.Connections())
		want(t, "blank", create(`{"name":" ","url":"","workspace_root":"\t"}`), 422, `["body","name"] ["body","url"] ["body","workspace_root"]`)
		want(t, "missing", create(`{}`), 422, `["body","name"] ["body","url"] ["body","workspace_root"]`)
		member := f.Member(mc.RoleMember, true, true)
		want(t, "a member", f.Call(apitest.As(member), "POST", path, f.body("x", "")), 403, "Forbidden")
		want(t, "nobody", f.Call(apitest.AsNobody, "POST", path, f.body("x", "")), 401, "Unauthorized")
		if len(f.fake.Connections()) != dials {
			t.Error("the gateway was dialled")
		}
		if list := f.Call(f.owner, "GET", path, ""); list.At("total") != 0.0 {
			t.Errorf("written was %v", list.Body)
		}
	})
}

func TestProvisioningFails(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.fake.FailWith("agents.files.set", 2, "disk is full")
		want(t, "create", f.Call(f.owner, "POST", path, f.body("Home", "")), 502, "Gateway provision failed: disk is full")
		id, _ := f.Call(f.owner, "GET", path, "").At("items", 0, "id").(string)
		if got := f.main(id); got.StatusAt(mc.SystemClock()) != mc.AgentProvisioning {
			t.Errorf("the main agent is %s", got.Status)
		}
		want(t, "change", f.Call(f.owner, "PATCH", path+"/"+id, `{"name":"House"}`), 502, "Gateway update failed: disk is full")
		if f.row(id).Name != "House" || f.main(id).Name != "House Gateway Agent" {
			t.Error("the change is lost")
		}
		want(t, "once more", f.Call(f.owner, "PATCH", path+"/"+id, `{}`), 200, nil)
		if got := f.main(id); got.Status != mc.AgentOnline || len(f.fake.Messages(*got.SessionKey)) != 1 {
			t.Errorf("the main agent is %+v", got)
		}
	})
}

func TestChange(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		at := path + "/" + f.connect("Home")
		change := func(body string) apitest.Answer { return f.Call(f.owner, "PATCH", at, body) }
		before := f.Call(f.owner, "GET", at, "")
		dials := len(f.fake.Connections())
		if got := change(`{"name":"House","workspace_root":"/other"}`); got.Status != 200 || got.At("name") != "House" || got.At("updated_at") != before.At("updated_at") {
			t.Errorf("renamed: %v", got.Body)
		}
		if len(f.fake.Connections()) != dials {
			t.Error("a name was tried on the gateway")
		}
		if agents := f.fake.Agents(); agents[len(agents)-1].Name != "House Gateway Agent" {
			t.Errorf("on the gateway are %v", agents)
		}
		want(t, "nulls", change(`{"name":null,"url":null,"workspace_root":null,"allow_insecure_tls":null,"disable_device_pairing":null}`), 422,
			`["body","name"] ["body","url"] ["body","workspace_root"] ["body","allow_insecure_tls"] ["body","disable_device_pairing"]`)
		want(t, "blanks", change(`{"url":" "}`), 422, `["body","url"]`)
		f.fake.Set(func(o *openclawtest.Options) { o.Token = "secret" })
		want(t, "the token is missing", change(`{"token":" "}`), 502, "Gateway compatibility check failed: Gateway authentication failed. Verify gateway token and operator scopes.")
		if got := change(`{"token":" secret "}`); got.At("token") != "secret" {
			t.Errorf("with the token: %v", got.Body)
		}
		f.fake.Set(func(o *openclawtest.Options) { o.Token = "" })
		if got := change(`{"token":null}`); got.Status != 200 || got.At("token") != nil {
			t.Errorf("without a token: %v", got.Body)
		}
		unknown := path + "/" + mc.NewID().String()
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			body := ""
			if method == "PATCH" {
				body = "{}"
			}
			want(t, method+" unknown", f.Call(f.owner, method, unknown, body), 404, "Gateway not found")
			want(t, method+" no id", f.Call(f.owner, method, path+"/nope", body), 422, `["path","gateway_id"]`)
			_, stranger := f.NewOrganization("Other " + method)
			want(t, method+" of another organization", f.Call(apitest.As(stranger), method, at, body), 404, "Gateway not found")
		}
	})
}

func TestDelete(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id := f.connect("Home")
		at := path + "/" + id
		home := f.row(id)
		other := f.Gateway("ws://other.example")
		moved := f.Board("Moved", &other)
		left, _ := f.Agent("Left behind", &moved, func(a *mc.Agent) { a.GatewayID = &home.ID })
		used := f.Board("Used", &home)
		want(t, "in use", f.Call(f.owner, "DELETE", at, ""), 409, "Gateway is used by boards")
		if main := f.main(id); len(f.Jobs("agent_removal")) != 0 || main.Name != "Home Gateway Agent" {
			t.Error("something happened to the main agent")
		}
		f.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, used.ID) })
		want(t, "unused", f.Call(f.owner, "DELETE", at, ""), 200, nil)
		want(t, "again", f.Call(f.owner, "DELETE", at, ""), 404, "Gateway not found")
		if len(f.Jobs("agent_removal")) != 1 {
			t.Error("nothing takes the main agent off the gateway")
		}
		if got, err := f.Store.Agent(t.Context(), left.ID); err != nil || *got.GatewayID != other.ID {
			t.Errorf("the agent that was left is on %v, %v", got.GatewayID, err)
		}
		if _, err := f.Store.MainAgent(t.Context(), home.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("the main agent: %v", err)
		}
	})
}

func TestSync(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id := f.connect("Home")
		g := f.row(id)
		board := f.Board("Billing", &g)
		worker, _ := f.Agent("Wanda", &board, nil)
		at := path + "/" + id + "/templates/sync"
		got := f.Call(f.owner, "POST", at, "")
		wanted := map[string]any{
			"gateway_id": id, "include_main": true, "reset_sessions": false, "agents_updated": 0.0, "agents_skipped": 1.0, "main_updated": true,
			"errors": []any{map[string]any{
				"agent_id": worker.ID.String(), "agent_name": "Wanda", "board_id": board.ID.String(),
				"message": "Skipping agent: unable to read AUTH_TOKEN from TOOLS.md (run with rotate_tokens=true to re-key).",
			}},
		}
		if diff := cmp.Diff(wanted, got.Body); diff != "" {
			t.Error(diff)
		}
		got = f.Call(f.owner, "POST", at+"?rotate_tokens=true&include_main=no&reset_sessions=true", "")
		if got.At("agents_updated") != 1.0 || got.At("main_updated") != false || got.At("reset_sessions") != true {
			t.Errorf("got %v", got.Body)
		}
		got = f.Call(f.owner, "POST", at+"?board_id="+mc.NewID().String(), "")
		if got.At("errors", 0, "message") != "Board does not belong to this gateway." || got.At("errors", 0, "agent_id") != nil {
			t.Errorf("got %v", got.Body)
		}
		want(t, "unknown", f.Call(f.owner, "POST", path+"/"+mc.NewID().String()+"/templates/sync", ""), 404, "Gateway not found")
	})
}
