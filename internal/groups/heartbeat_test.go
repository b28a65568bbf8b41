package groups_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
)

func texts(values ...mc.ID) (texts []any) {
	for _, id := range values {
		texts = append(texts, id.String())
	}
	slices.SortFunc(texts, cmpText)
	return texts
}

func cmpText(a, b any) int { return slices.Compare([]byte(a.(string)), []byte(b.(string))) }

// beat sets the heartbeat of a group and returns who was updated and who failed.
func (w *world) beat(group mc.BoardGroup, body string) (updated, failed []any) {
	w.t.Helper()
	got := w.owner("POST", path+"/"+group.ID.String()+"/heartbeat", body)
	if got.Status != http.StatusOK || got.At("board_group_id") != group.ID.String() {
		w.t.Fatalf("answered %d %v", got.Status, got.Body)
	}
	updated, failed = got.At("updated_agent_ids").([]any), got.At("failed_agent_ids").([]any)
	slices.SortFunc(updated, cmpText)
	slices.SortFunc(failed, cmpText)
	return updated, failed
}

func (w *world) beatsOf(a mc.Agent) string {
	w.t.Helper()
	row, err := w.Store.Agent(w.t.Context(), a.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if !row.UpdatedAt.After(a.UpdatedAt) && string(row.HeartbeatConfig) != string(a.HeartbeatConfig) {
		w.t.Errorf("%s changed without its time", a.Name)
	}
	return string(row.HeartbeatConfig)
}

func TestHeartbeatOfAGroup(t *testing.T) {
	each(t, func(w *world) {
		one, two := w.Board("One", &w.gateway), w.Board("Two", &w.gateway)
		group := w.BoardGroup("Team", &one, &two)
		own := func(a *mc.Agent) { a.HeartbeatConfig = mc.JSON(`{"target":"none","prompt":"p"}`) }
		ada, _ := w.Agent("Ada", &one, own)
		bob, _ := w.Agent("Bob", &two, nil)
		lead, _ := w.Agent("Lea", &one, func(a *mc.Agent) { a.IsBoardLead = true })
		apart := w.Board("Apart", &w.gateway)
		other, _ := w.Agent("Otto", &apart, nil)

		updated, failed := w.beat(group, `{"every":"2m"}`)
		if diff := cmp.Diff(texts(ada.ID, bob.ID), updated); diff != "" || len(failed) != 0 {
			w.t.Errorf("%v failed\n%s", failed, diff)
		}
		// One read and one write for all agents of the gateway.
		if diff := cmp.Diff([]string{"config.get", "config.patch"}, w.remote.Methods()); diff != "" {
			w.t.Error(diff)
		}
		for a, want := range map[*mc.Agent]string{
			&ada:   `{"every":"2m","target":"last","includeReasoning":false,"prompt":"p"}`,
			&bob:   `{"every":"2m","target":"last","includeReasoning":false}`,
			&lead:  string(mc.DefaultHeartbeatConfig()),
			&other: string(mc.DefaultHeartbeatConfig()),
		} {
			if got := w.beatsOf(*a); got != want {
				w.t.Errorf("%s beats %s, want %s", a.Name, got, want)
			}
		}
		there := map[string]any{}
		for _, a := range w.remote.Agents()[1:] {
			there[a.ID] = a.Heartbeat.(map[string]any)["every"]
		}
		if diff := cmp.Diff(map[string]any{mc.GatewayAgentID(ada): "2m", mc.GatewayAgentID(bob): "2m"}, there); diff != "" {
			w.t.Error(diff)
		}

		updated, failed = w.beat(group, `{"every":"7m","include_board_leads":true}`)
		if diff := cmp.Diff(texts(ada.ID, bob.ID, lead.ID), updated); diff != "" || len(failed) != 0 {
			w.t.Errorf("%v failed\n%s", failed, diff)
		}
		if jobs := w.Jobs("agent_heartbeat_sync"); len(jobs) != 2 {
			w.t.Errorf("%d jobs look after two requests", len(jobs))
		}
		if updated, failed := w.beat(w.BoardGroup("Empty"), `{"every":"1h"}`); len(updated)+len(failed) != 0 {
			w.t.Errorf("an empty group: %v, %v", updated, failed)
		}
	})
}

func TestHeartbeatThatAGatewayDoesNotGet(t *testing.T) {
	each(t, func(w *world) {
		blank := w.Gateway("")
		good, bad, free := w.Board("Good", &w.gateway), w.Board("Bad", &blank), w.Board("Free", nil)
		group := w.BoardGroup("Team", &good, &bad, &free)
		ada, _ := w.Agent("Ada", &good, nil)
		bob, _ := w.Agent("Bob", &bad, nil)
		ext, _ := w.Agent("Ext", &free, nil)
		updated, failed := w.beat(group, `{"every":"2m"}`)
		if diff := cmp.Diff([][]any{texts(ada.ID, bob.ID, ext.ID), texts(bob.ID)}, [][]any{updated, failed}); diff != "" {
			w.t.Error(diff)
		}
		w.remote.FailWith("config.patch", 1, "no such thing")
		if _, failed = w.beat(group, `{"every":"3m"}`); !slices.Equal(failed, texts(ada.ID, bob.ID)) {
			w.t.Errorf("failed: %v", failed)
		}
		for _, a := range []mc.Agent{ada, bob, ext} {
			if got := w.beatsOf(a); got != `{"every":"3m","target":"last","includeReasoning":false}` {
				w.t.Errorf("%s beats %s", a.Name, got)
			}
		}
		// Of two gateways each has its job.
		if jobs := w.Jobs("agent_heartbeat_sync"); len(jobs) != 4 {
			w.t.Errorf("%d jobs", len(jobs))
		}
	})
}

func TestWhoSetsTheHeartbeatOfAGroup(t *testing.T) {
	each(t, func(w *world) {
		one, two, apart := w.Board("One", nil), w.Board("Two", nil), w.Board("Apart", nil)
		group, empty := w.BoardGroup("Team", &one, &two), w.BoardGroup("Empty")
		leads := func(a *mc.Agent) { a.IsBoardLead = true }
		_, worker := w.Agent("Will", &one, nil)
		_, lead := w.Agent("Lea", &one, leads)
		_, second := w.Agent("Leo", &two, leads)
		_, foreign := w.Agent("Lou", &apart, leads)
		_, main := w.MainAgent(w.gateway)
		writer, narrow := w.Member(mc.RoleMember, true, true), w.Member(mc.RoleAdmin, true, false)
		granted := w.Member(mc.RoleAdmin, false, false)
		w.Grant(granted, two, true)
		_, stranger := w.NewOrganization("Elsewhere")
		visitor := stranger
		w.Join(visitor, w.Organization, mc.RoleAdmin, false, true)
		const yes, no = 200, 403
		for name, tc := range map[string]struct {
			as          apitest.Caller
			team, empty int
		}{
			"nobody":                            {apitest.AsNobody, 401, 401},
			"owner":                             {apitest.As(w.Owner), yes, yes},
			"admin with a board":                {apitest.As(granted), yes, yes},
			"admin who only reads":              {apitest.As(narrow), no, yes},
			"admin without boards":              {apitest.As(w.Member(mc.RoleAdmin, false, false)), no, yes},
			"member who writes":                 {apitest.As(writer), no, no},
			"admin, active in another":          {apitest.As(visitor), yes, yes},
			"lead of a board":                   {apitest.AsAgent(lead), yes, no},
			"lead of the other board":           {apitest.AsAgent(second), yes, no},
			"lead of a board out of the group":  {apitest.AsAgent(foreign), no, no},
			"worker":                            {apitest.AsAgent(worker), no, no},
			"the main agent of a gateway":       {apitest.AsAgent(main), no, no},
			"a member of another organization ": {apitest.As(func() mc.User { _, u := w.NewOrganization("Third"); return u }()), no, no},
		} {
			for id, want := range map[mc.ID]int{group.ID: tc.team, empty.ID: tc.empty} {
				if got := w.Call(tc.as, "POST", path+"/"+id.String()+"/heartbeat", `{"every":"15m"}`); got.Status != want {
					w.t.Errorf("%s: %d %v, want %d", name, got.Status, got.Body, want)
				}
			}
		}
	})
}
