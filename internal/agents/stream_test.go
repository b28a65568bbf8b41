package agents_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func TestStream(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		elsewhere := f.Board("Elsewhere", &f.gateway)
		main, _ := f.MainAgent(f.gateway)
		ann, annToken := f.Agent("Ann", &f.board, nil)
		f.Agent("Bob", &f.board, nil)
		cid, cidToken := f.Agent("Cid", &elsewhere, nil)
		limited := f.Member(mc.RoleAdmin, false, false)
		f.Grant(limited, elsewhere, false)
		beat := func(token string, id mc.ID, status string) {
			t.Helper()
			want(t, "heartbeat", f.Call(apitest.AsAgent(token), "POST", "/api/v1/agents/"+id.String()+"/heartbeat", `{"status":"`+status+`"}`), 200, nil)
		}
		const path = "/api/v1/agents/stream"
		backlog := f.Open(f.owner, path+"?since=2020-01-01T00:00:00Z&board_id="+f.board.ID.String(), nil)
		for _, name := range []string{"Ann", "Bob"} {
			if got := backlog.Next(); got.Event != "agent" || agentIn(got, "name") != name {
				t.Errorf("the backlog has %+v, want %s", got, name)
			}
		}
		all, one := f.Open(f.owner, path, nil), f.Open(f.owner, path+"?board_id="+f.board.ID.String(), nil)
		future := f.Open(f.owner, path+"?since="+mc.SystemClock().Add(time.Hour).String(), nil)
		of := f.Open(apitest.As(limited), path, nil)
		beat(cidToken, cid.ID, "reviewing")
		want(t, "main", f.Call(f.owner, "POST", "/api/v1/agents/"+main.ID.String()+"/heartbeat", `{}`), 200, nil)
		beat(annToken, ann.ID, "busy")
		first := all.Next()
		if agentIn(first, "name") != "Cid" || agentIn(first, "status") != "reviewing" || agentIn(all.Next(), "name") != "Ann" {
			t.Errorf("live on all boards: %+v", first)
		}
		for name, s := range map[string]*apitest.Stream{"one board": one, "backlog": backlog} {
			if got := s.Next(); agentIn(got, "status") != "busy" {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if got := of.Next(); agentIn(got, "name") != "Cid" {
			t.Errorf("an admin with one board: %+v", got)
		}
		resumed := f.Open(f.owner, path, http.Header{"Last-Event-Id": {first.ID}})
		if got := resumed.Next(); agentIn(got, "name") != "Ann" {
			t.Errorf("resumed: %+v", got)
		}
		for name, s := range map[string]*apitest.Stream{"all": all, "one": one, "backlog": backlog, "future": future, "one board only": of, "resumed": resumed} {
			if rest := s.Close(); len(rest) > 0 {
				t.Errorf("%s: too much was sent: %+v", name, rest)
			}
		}
	})
}

func agentIn(f apitest.Frame, key string) any {
	agent, _ := f.Data["agent"].(map[string]any)
	return agent[key]
}

// A stream that is opened again because access changed goes on where it was,
// also when it began at a time.
func TestStreamGoesOnWhenAccessChanges(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ann, token := f.Agent("Ann", &f.board, nil)
		stream := f.Open(f.owner, "/api/v1/agents/stream?since=2020-01-01T00:00:00Z", nil)
		if got := stream.Next(); agentIn(got, "name") != "Ann" {
			t.Fatalf("the backlog has %+v", got)
		}
		f.Write(func(_ context.Context, tx *store.Tx) error {
			tx.Announce(store.KindAccess, f.Owner.ID, f.Organization.ID)
			return nil
		})
		want(t, "heartbeat", f.Call(apitest.AsAgent(token), "POST", "/api/v1/agents/"+ann.ID.String()+"/heartbeat", `{"status":"busy"}`), 200, nil)
		if got := stream.Next(); agentIn(got, "status") != "busy" {
			t.Errorf("after the change of access: %+v", got)
		}
		if rest := stream.Close(); len(rest) > 0 {
			t.Errorf("sent again: %+v", rest)
		}
	})
}
