package provision

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
)

// SyncOptions say whose files a template sync writes again, and how.
type SyncOptions struct {
	IncludeMain    bool
	LeadOnly       bool
	ResetSessions  bool
	RotateTokens   bool   // give every agent a new token, instead of the one in its files
	ForceBootstrap bool   // give leads their BOOTSTRAP.md again
	Overwrite      bool   // also files that agents write themselves
	BoardID        *mc.ID // only agents of this board
}

// SyncResult tells what a template sync did.
type SyncResult struct {
	AgentsUpdated int
	AgentsSkipped int
	MainUpdated   bool
	Errors        []SyncError
}

// SyncError is a line of the report; an error need not have stopped anything.
type SyncError struct {
	Agent   *mc.Agent // nil: it concerns the whole gateway
	Message string
}

// SyncTemplates writes the files of a gateway's agents again, without waking
// them. What goes wrong with single agents is in the result; an error means that
// the main agent could not be made.
func (s *Service) SyncTemplates(ctx context.Context, g mc.Gateway, user mc.ID, o SyncOptions) (SyncResult, error) {
	run := &templateSync{Service: s, gateway: g, user: user, o: o, begun: time.Now(), attempts: openclaw.NewRetrier(s.pace.sync, openclaw.Timing{})}
	if strings.TrimSpace(g.URL) == "" {
		run.report(nil, "Gateway URL is not configured for this gateway.")
		return run.result, nil
	}
	main, err := run.main(ctx)
	if err != nil {
		return run.result, err
	}
	if err := run.attempts.Do(ctx, s.client.Gateway(Endpoint(g)).Health); err != nil {
		run.report(nil, err.Error())
		return run.result, nil
	}
	agents, err := run.agents(ctx)
	if err != nil {
		return run.result, err
	}
	for _, a := range agents {
		if err := run.sync(ctx, a); err != nil {
			return run.result, run.stop(err)
		}
	}
	if o.IncludeMain && agents != nil {
		err = run.syncMain(ctx, main)
	}
	return run.result, run.stop(err)
}

// templateSync is a template sync on its way.
type templateSync struct {
	*Service
	gateway  mc.Gateway
	user     mc.ID
	o        SyncOptions
	begun    time.Time
	attempts *openclaw.Retrier
	result   SyncResult
}

func (r *templateSync) report(a *mc.Agent, message string) {
	r.result.Errors = append(r.result.Errors, SyncError{a, message})
}

// stop ends the sync: a gateway that stayed away for all its time is reported,
// what else comes here is an error of ours.
func (r *templateSync) stop(err error) error {
	if timeout, ok := errors.AsType[*openclaw.TimeoutError](err); ok {
		r.report(nil, timeout.Error())
		return nil
	}
	return err
}

// main makes sure that the main agent is what it should be, has a token and is
// on the gateway. Only one that is not there yet is made from nothing: it may
// have written its memory.
func (r *templateSync) main(ctx context.Context) (mc.Agent, error) {
	var agent mc.Agent
	var changed bool
	err := r.store.Write(ctx, func(tx *store.Tx) error {
		g, err := tx.LockGateway(ctx, r.gateway.OrganizationID, r.gateway.ID)
		if err != nil {
			return err
		}
		agent, changed, err = r.EnsureMain(ctx, tx, g)
		return err
	})
	if err != nil {
		return agent, err
	}
	run := Run{AgentID: agent.ID, Action: Provision, UserID: &r.user}
	if agent.TokenHash != nil || agent.TokenSHA256 != nil {
		_, err := r.client.Gateway(Endpoint(r.gateway)).FilesList(ctx, mc.GatewayAgentID(agent))
		switch {
		case openclaw.IsMissingAgent(err):
		case changed:
			run.Action = Update
		default:
			return agent, nil // any other trouble shows soon enough
		}
	}
	return r.Run(ctx, run)
}

// agents lists whose files are to be written, oldest first; nil, after a report,
// when the wanted board is not there.
func (r *templateSync) agents(ctx context.Context) ([]mc.Agent, error) {
	boards, err := r.store.BoardsOfGateway(ctx, r.gateway.ID)
	if err != nil {
		return nil, err
	}
	if id := r.o.BoardID; id != nil {
		boards = slices.DeleteFunc(boards, func(b mc.Board) bool { return b.ID != *id })
		if len(boards) == 0 {
			r.report(nil, "Board does not belong to this gateway.")
			return nil, nil
		}
	}
	agents := []mc.Agent{}
	for _, b := range boards {
		all, err := r.store.AgentsOfBoard(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(a mc.Agent) bool { return a.IsExternal() || r.o.LeadOnly && !a.IsBoardLead })
		paused, err := r.store.BoardPaused(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		if paused {
			r.result.AgentsSkipped += len(all)
			continue
		}
		agents = append(agents, all...)
	}
	slices.SortStableFunc(agents, func(a, b mc.Agent) int { return a.CreatedAt.Std().Compare(b.CreatedAt.Std()) })
	return agents, nil
}

func (r *templateSync) sync(ctx context.Context, a mc.Agent) error {
	tok, known, err := r.token(ctx, a)
	if err != nil {
		return err
	}
	if !known {
		r.result.AgentsSkipped++
		r.report(&a, unreadable)
		return nil
	}
	err = r.write(ctx, a, tok)
	if failed, ok := gone(err); ok {
		r.result.AgentsSkipped++
		r.report(&a, "Failed to sync templates: "+failed)
		return nil
	}
	if err == nil {
		r.result.AgentsUpdated++
	}
	return err
}

func (r *templateSync) syncMain(ctx context.Context, a mc.Agent) error {
	tok, known, err := r.token(ctx, a)
	if err != nil {
		return err
	}
	if !known {
		r.result.AgentsSkipped++
		r.report(&a, unreadable)
		r.report(&a, "Skipping gateway agent: unable to read AUTH_TOKEN from TOOLS.md.")
		return nil
	}
	err = r.write(ctx, a, tok)
	if failed, ok := gone(err); ok {
		r.report(&a, "Failed to sync gateway agent templates: "+failed)
		return nil
	}
	r.result.MainUpdated = err == nil
	return err
}

const (
	unreadable = "Skipping agent: unable to read AUTH_TOKEN from TOOLS.md (run with rotate_tokens=true to re-key)."
	mismatch   = "Warning: AUTH_TOKEN in TOOLS.md does not match backend token hash (agent auth may be broken)."
)

// gone tells a failure that concerns one agent only from one that ends the sync.
func gone(err error) (message string, ok bool) {
	if _, timeout := errors.AsType[*openclaw.TimeoutError](err); err == nil || timeout {
		return "", false
	}
	switch mc.KindOf(err) {
	case mc.KindUpstream, mc.KindInternalSaid, mc.KindNotFound, mc.KindInvalid:
		return mc.DetailText(err), true
	}
	return "", false
}

// token returns the token that the agent's files hold; "" when a new one is to
// be minted. known is false when there is none to go on with.
func (r *templateSync) token(ctx context.Context, a mc.Agent) (tok string, known bool, err error) {
	if r.o.RotateTokens {
		return "", true, nil
	}
	var content string
	err = r.attempts.Do(ctx, func(ctx context.Context) (err error) {
		content, _, err = r.client.Gateway(Endpoint(r.gateway)).FilesGet(ctx, mc.GatewayAgentID(a), toolsFile)
		return err
	})
	if _, timeout := errors.AsType[*openclaw.TimeoutError](err); timeout {
		return "", false, err
	}
	tok = parseSettings(content)["AUTH_TOKEN"] // none, when the file could not be read
	if tok != "" && !isTokenOf(a, tok) {
		r.report(&a, mismatch)
	}
	return tok, tok != "", nil
}

// write is a run of the lifecycle with the patience of the sync.
func (r *templateSync) write(ctx context.Context, a mc.Agent, tok string) error {
	left := max(r.pace.sync.Total-time.Since(r.begun), 0)
	var l Lease
	err := r.store.Write(ctx, func(tx *store.Tx) (err error) {
		l, err = r.begin(ctx, tx, Run{
			AgentID: a.ID, Action: Update, Token: tok, UserID: &r.user,
			Reset: r.o.ResetSessions, ForceBootstrap: r.o.ForceBootstrap, Overwrite: r.o.Overwrite,
		}, 0, left+leaseMargin)
		return err
	})
	if err != nil {
		return err
	}
	_, err = r.conclude(ctx, l, func(do func(context.Context) error) error { return r.attempts.Do(ctx, do) })
	return err
}
