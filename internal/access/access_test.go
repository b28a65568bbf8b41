package access_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

const localToken = "the-local-token"

func guardsOf(st *store.Store, limit int, failuresOnly bool) *access.Guards {
	return access.New(st, auth.NewLocal(localToken), ratelimit.NewMemory(time.Now), access.Limits{
		AgentAuth: ratelimit.Policy{Scope: "agent_auth", Limit: limit, Window: time.Minute}, CountFailuresOnly: failuresOnly,
	}, mc.SystemClock)
}

func request(t *testing.T, header map[string]string, path map[string]string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	for k, v := range path {
		r.SetPathValue(k, v)
	}
	return r
}

func bearer(tok string) map[string]string      { return map[string]string{"Authorization": "Bearer " + tok} }
func agentHeader(tok string) map[string]string { return map[string]string{"X-Agent-Token": tok} }

func kind(err error) mc.Kind {
	if err == nil {
		return -1
	}
	return mc.KindOf(err)
}

func TestFirstSignInMakesAPersonalOrganizationOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		user := guardsOf(st, 100, false).User()
		type result struct {
			p   access.Person
			err error
		}
		results := make(chan result, 6)
		for range cap(results) {
			go func() {
				p, err := user.Resolve(request(t, bearer(localToken), nil))
				results <- result{p, err}
			}()
		}
		seen := map[mc.ID]bool{}
		for range cap(results) {
			r := <-results
			if r.err != nil {
				t.Fatal(r.err)
			}
			seen[r.p.Member.OrganizationID] = true
			if *r.p.User.Name != mc.LocalUserName || r.p.Member.Role != mc.RoleOwner || !r.p.Member.AllBoardsWrite {
				t.Errorf("signed in as %+v", r.p)
			}
		}
		if len(seen) != 1 {
			t.Errorf("%d organizations for one new user", len(seen))
		}
	})
}

func TestWhoIsCalling(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		board := w.Board("Alpha", nil)
		agent, tok := w.Agent("Will", &board, nil)
		g := guardsOf(st, 100, false)
		for name, tc := range map[string]struct {
			header map[string]string
			person bool
			want   mc.Kind
		}{
			"a person":                       {bearer(localToken), true, -1},
			"an agent":                       {agentHeader(tok), false, -1},
			"an agent by bearer":             {bearer(tok), false, -1},
			"nobody":                         {nil, false, mc.KindUnauthorized},
			"a wrong bearer":                 {bearer("nonsense"), false, mc.KindUnauthorized},
			"a wrong agent token beats all":  {map[string]string{"X-Agent-Token": "nonsense", "Authorization": "Bearer " + localToken}, false, mc.KindUnauthorized},
			"an empty agent token is no one": {map[string]string{"X-Agent-Token": "", "Authorization": "Bearer " + localToken}, true, -1},
		} {
			actor, err := g.Actor().Resolve(request(t, tc.header, nil))
			if kind(err) != tc.want || err == nil && (actor.Person != nil) != tc.person || err == nil && !tc.person && actor.Agent.ID != agent.ID {
				t.Errorf("%s: %+v, %v", name, actor, err)
			}
		}
		if _, err := g.User().Resolve(request(t, agentHeader(tok), nil)); kind(err) != mc.KindUnauthorized {
			t.Errorf("an agent on a person's operation: %v", err)
		}
		if _, err := g.Agent().Resolve(request(t, bearer(localToken), nil)); kind(err) != mc.KindUnauthorized {
			t.Errorf("a person on an agent's operation: %v", err)
		}
	})
}

func TestBoardsOfOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		other, _ := w.NewOrganization("Other")
		mine, foreign := w.Board("Mine", nil), w.BoardOf(other, "Foreign", nil)
		gateway := w.Gateway("ws://x")
		_, worker := w.Agent("Will", &mine, nil)
		_, main := w.MainAgent(gateway)
		g := guardsOf(st, 1000, false)
		at := func(id string) map[string]string { return map[string]string{"board_id": id} }
		for name, tc := range map[string]struct {
			header map[string]string
			board  string
			want   mc.Kind
		}{
			"own board":                 {agentHeader(worker), mine.ID.String(), -1},
			"another board":             {agentHeader(worker), foreign.ID.String(), mc.KindForbidden},
			"main agent, own tenant":    {agentHeader(main), mine.ID.String(), -1},
			"main agent, other one":     {agentHeader(main), foreign.ID.String(), mc.KindForbidden},
			"unknown board":             {agentHeader(main), mc.NewID().String(), mc.KindNotFound},
			"no board's id":             {agentHeader(main), "xyz", mc.KindNotFound},
			"a stranger learns nothing": {nil, mine.ID.String(), mc.KindUnauthorized},
			"a person of another one":   {bearer(localToken), mine.ID.String(), mc.KindForbidden},
		} {
			if _, err := g.BoardActor(access.Read).Resolve(request(t, tc.header, at(tc.board))); kind(err) != tc.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestTokenRotationHasAGrace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		board := w.Board("Alpha", nil)
		agent, old := w.Agent("Will", &board, nil)
		next := token.Mint()
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			agent.PreviousTokenSHA256, agent.TokenSHA256 = agent.TokenSHA256, mc.Ref(token.SHA256Hex(next))
			return tx.UpdateAgent(ctx, agent)
		})
		g := guardsOf(st, 100, false)
		for _, step := range []struct {
			name, token string
			want        mc.Kind
		}{{"the old one still works", old, -1}, {"the new one works", next, -1}, {"which ends the old one", old, mc.KindUnauthorized}} {
			if _, err := g.Agent().Resolve(request(t, agentHeader(step.token), nil)); kind(err) != step.want {
				t.Errorf("%s: %v", step.name, err)
			}
		}
	})
}

func TestTokenKnownByItsSlowHashOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		board := w.Board("Alpha", nil)
		tok := token.Mint()
		hash, err := token.Hash(tok)
		if err != nil {
			t.Fatal(err)
		}
		adopted, _ := w.Agent("Will", &board, func(a *mc.Agent) { a.TokenHash, a.TokenSHA256 = &hash, nil })
		g := guardsOf(st, 100, false)
		if a, err := g.Agent().Resolve(request(t, agentHeader(tok), nil)); err != nil || a.ID != adopted.ID {
			t.Fatalf("got %v, %v", a.ID, err)
		}
		if row, err := st.Agent(t.Context(), adopted.ID); err != nil || row.TokenSHA256 == nil || *row.TokenSHA256 != token.SHA256Hex(tok) {
			t.Errorf("it was not filled in: %v, %v", row.TokenSHA256, err)
		}
	})
}

func TestAgentLimit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		board := w.Board("Alpha", nil)
		_, tok := w.Agent("Will", &board, nil)
		var limited *httpapi.TooManyRequests
		all := guardsOf(st, 3, false)
		for n := range 4 {
			_, err := all.Agent().Resolve(request(t, agentHeader(tok), nil))
			if (n < 3) != (err == nil) || n == 3 && !errors.As(err, &limited) {
				t.Errorf("call %d: %v", n+1, err)
			}
		}
		failures := guardsOf(st, 2, true)
		for range 10 {
			if _, err := failures.Agent().Resolve(request(t, agentHeader(tok), nil)); err != nil {
				t.Fatalf("a success was counted: %v", err)
			}
		}
		for range 2 {
			if _, err := failures.Agent().Resolve(request(t, agentHeader("nonsense"), nil)); kind(err) != mc.KindUnauthorized {
				t.Errorf("a failure: %v", err)
			}
		}
		if _, err := failures.Agent().Resolve(request(t, agentHeader(tok), nil)); !errors.As(err, &limited) {
			t.Errorf("after two failures: %v", err)
		}
		if _, err := failures.Actor().Resolve(request(t, bearer(localToken), nil)); err != nil {
			t.Errorf("a person was counted: %v", err)
		}
	})
}
