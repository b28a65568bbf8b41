package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/auth"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
)

// agentToken returns the token of an agent and whether the caller insists on
// being one: a non-empty X-Agent-Token wins over everything else, even when wrong.
func agentToken(r *http.Request) (tok string, insists bool) {
	if t := r.Header.Get("X-Agent-Token"); t != "" {
		return t, true
	}
	return auth.Bearer(r), false
}

// presence says what a call means for the presence of its agent.
type presence bool

const (
	touches  presence = true  // the call counts as a sign of life
	checksIn presence = false // the operation is a check-in and writes presence itself
)

// agent finds out which agent calls. Every try counts for the limit unless only
// failures do.
func (g *Guards) agent(r *http.Request, tok string, p presence) (*mc.Agent, error) {
	ctx := r.Context()
	if httpapi.AskedAgain(ctx) {
		return g.agentOf(ctx, tok)
	}
	addr := httpapi.ClientAddr(ctx)
	if !g.limits.CountFailuresOnly {
		if err := refused(g.limiter.Hit(ctx, g.limits.AgentAuth, addr)); err != nil {
			return nil, err
		}
	} else if err := refused(g.limiter.Check(ctx, g.limits.AgentAuth, addr)); err != nil {
		return nil, err
	}
	a, err := g.agentOf(ctx, tok)
	if err != nil {
		if g.limits.CountFailuresOnly && mc.KindOf(err) == mc.KindUnauthorized {
			g.limiter.Hit(ctx, g.limits.AgentAuth, addr)
		}
		return nil, err
	}
	if p == touches {
		return g.touch(ctx, a, tok)
	}
	// The check-in writes the agent anyway: it sees by this that the new token is
	// in use, and ends the old one.
	if a.TokenSHA256 != nil && *a.TokenSHA256 == token.SHA256Hex(tok) {
		a.PreviousTokenSHA256 = nil
	}
	return a, nil
}

func refused(d ratelimit.Decision) error {
	if d.Allowed {
		return nil
	}
	return &httpapi.TooManyRequests{Limit: d.Limit, Remaining: d.Remaining, RetryAfter: d.Retry, Reset: d.Reset}
}

// agentOf looks an agent up by the digest of its token, which is one indexed
// read. Agents whose token is only known by its slow hash, as in an adopted
// database, are found by trying each, once.
func (g *Guards) agentOf(ctx context.Context, tok string) (*mc.Agent, error) {
	if tok == "" {
		return nil, mc.Unauthorized()
	}
	digest := token.SHA256Hex(tok)
	a, err := g.store.AgentByToken(ctx, digest)
	if err == nil {
		return &a, nil
	}
	if mc.KindOf(err) != mc.KindNotFound {
		return nil, err
	}
	candidates, err := g.store.AgentsWithoutLookup(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range candidates {
		if !token.Verify(tok, *c.TokenHash) {
			continue
		}
		return &c, g.store.Write(ctx, func(tx *store.Tx) error {
			c.TokenSHA256 = &digest
			return tx.UpdateAgent(ctx, c)
		})
	}
	return nil, mc.Unauthorized()
}

// touch keeps the presence of an agent, in a short write of its own so that it
// outlives a request that fails. The first use of a new token ends the old one.
func (g *Guards) touch(ctx context.Context, a *mc.Agent, tok string) (*mc.Agent, error) {
	_, due := a.Touch(g.clock())
	rotated := a.PreviousTokenSHA256 != nil && a.TokenSHA256 != nil && *a.TokenSHA256 == token.SHA256Hex(tok)
	if !due && !rotated {
		return a, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), presenceTimeout)
	defer cancel()
	var seen mc.Agent
	err := g.store.Write(ctx, func(tx *store.Tx) error {
		row, err := tx.LockAgent(ctx, a.ID)
		if mc.KindOf(err) == mc.KindNotFound {
			return mc.Unauthorized()
		}
		if err != nil {
			return err
		}
		seen, due = row.Touch(tx.Now())
		if rotated {
			seen.PreviousTokenSHA256 = nil
			tx.Announce(store.KindAccess, seen.ID, seen.ID)
		}
		if !due && !rotated {
			return nil
		}
		return tx.UpdateAgent(ctx, seen)
	})
	if err != nil {
		return nil, err
	}
	return &seen, nil
}

// actor finds out who calls an operation that is for people and agents alike.
func (g *Guards) actor(r *http.Request, p presence) (Actor, error) {
	tok, insists := agentToken(r)
	if !insists {
		person, err := g.person(r)
		if err == nil {
			return Actor{Person: person}, nil
		}
		if mc.KindOf(err) != mc.KindUnauthorized || tok == "" {
			return Actor{}, err
		}
	}
	agent, err := g.agent(r, tok, p)
	return Actor{Agent: agent}, err
}
