package provision

import (
	"context"
	"errors"
	"slices"
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision/templates"
	"missioncontrol/internal/store"
)

// work is a run on its way. What it has learned stays for further tries.
type work struct {
	*Service
	Lease
	created bool   // by this run
	token   string // minted by this run
	wakeKey string // makes repeated tries one message at the gateway
}

// do brings the agent to what it should be on its gateway. Every step can be
// repeated, and none is taken back.
func (w *work) do(ctx context.Context) error {
	if strings.TrimSpace(w.gateway.WorkspaceRoot) == "" {
		return errors.New("gateway_workspace_root is required")
	}
	g := w.client.Gateway(Endpoint(w.gateway))
	for _, step := range []func(context.Context, *openclaw.Gateway) error{w.makeAgent, w.configure, w.writeFiles, w.start} {
		if err := w.check(ctx); err != nil {
			return err
		}
		if err := step(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// check makes sure that no newer run has taken over.
func (w *work) check(ctx context.Context) error {
	a, err := w.store.Agent(ctx, w.agent.ID)
	switch {
	case mc.KindOf(err) == mc.KindNotFound:
		return errSuperseded
	case err != nil:
		return storeFailure{err}
	case a.LifecycleGeneration != w.agent.LifecycleGeneration:
		return errSuperseded
	}
	return nil
}

func (w *work) id() string        { return mc.GatewayAgentID(w.agent) }
func (w *work) key() string       { return *w.agent.SessionKey }
func (w *work) workspace() string { return mc.WorkspacePath(w.gateway.WorkspaceRoot, w.agent) }

// makeAgent creates the agent or finds it there, and gives it its name. A
// gateway that has just made an agent may need a moment to know it.
func (w *work) makeAgent(ctx context.Context, g *openclaw.Gateway) error {
	err := g.AgentsCreate(ctx, w.id(), w.workspace())
	if err != nil && !openclaw.IsAlreadyExists(err) {
		return err
	}
	if err == nil {
		w.created = true
		sleep(ctx, w.pace.afterCreate)
	}
	err = g.AgentsUpdate(ctx, w.id(), w.agent.Name, w.workspace())
	for _, wait := range w.pace.updateWaits {
		if !w.created || !openclaw.IsMissingAgent(err) || !sleep(ctx, wait) {
			break
		}
		err = g.AgentsUpdate(ctx, w.id(), w.agent.Name, w.workspace())
	}
	return err
}

func (w *work) configure(ctx context.Context, g *openclaw.Gateway) error {
	return openclaw.ApplyAgentConfig(ctx, g, agentConfig(w.agent, w.gateway))
}

// agentConfig is what the gateway's configuration is to say of an agent.
func agentConfig(a mc.Agent, g mc.Gateway) openclaw.AgentConfig {
	return openclaw.AgentConfig{
		ID: mc.GatewayAgentID(a), Workspace: mc.WorkspacePath(g.WorkspaceRoot, a), Heartbeat: []byte(mc.EffectiveHeartbeat(a.HeartbeatConfig)),
	}
}

// writeFiles writes what the agent reads. Its token becomes valid right before:
// until here the gateway has shown that it is there.
func (w *work) writeFiles(ctx context.Context, g *openclaw.Gateway) error {
	existing, err := g.FilesList(ctx, w.id())
	if err != nil {
		return err
	}
	tok, issue, err := w.tokenOfRun()
	if err != nil {
		return err
	}
	listed := make([]templates.ExistingFile, len(existing))
	for i, f := range existing {
		listed[i] = templates.ExistingFile{Name: f.Name, Missing: f.Missing}
	}
	files, err := templates.Files(
		templates.Input{Agent: w.agent, Gateway: w.gateway, Board: w.board, User: w.user, Token: tok, BaseURL: w.baseURL},
		templates.FileOptions{Action: w.files, ForceBootstrap: w.run.ForceBootstrap, Overwrite: w.run.Overwrite, Existing: listed},
	)
	if err != nil {
		return err
	}
	if err := issue(ctx); err != nil {
		return err
	}
	if err := w.setFiles(ctx, g, files); err != nil {
		return err
	}
	for _, name := range templates.StaleFiles(templates.KindOf(w.agent), listed) {
		if err := g.FilesDelete(ctx, w.id(), name); err != nil && !openclaw.IsFileDeleteRefused(err) {
			return err
		}
	}
	return nil
}

// setFiles writes files one by one. Those that the gateway does not keep are
// left out, but a lead cannot work without all of them.
func (w *work) setFiles(ctx context.Context, g *openclaw.Gateway, files []templates.File) error {
	var unsupported []string
	for _, f := range files {
		if err := w.check(ctx); err != nil {
			return err
		}
		err := g.FilesSet(ctx, w.id(), f.Name, f.Content)
		if openclaw.IsUnsupportedFile(err) {
			unsupported = append(unsupported, f.Name)
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(unsupported) > 0 && w.agent.IsBoardLead {
		slices.Sort(unsupported)
		return &openclaw.Error{Message: "Gateway rejected required lead workspace files as unsupported: " + strings.Join(unsupported, ", ")}
	}
	return nil
}

// start empties the session and wakes the agent, as far as wanted.
func (w *work) start(ctx context.Context, g *openclaw.Gateway) error {
	if w.run.Reset {
		if err := g.SessionsReset(ctx, w.key()); err != nil && !openclaw.IsMissingSession(err) {
			return err
		}
	}
	if !w.run.Wake {
		return nil
	}
	if _, err := g.SessionsPatch(ctx, w.key(), w.agent.Name); err != nil {
		return err
	}
	return g.ChatSend(ctx, openclaw.Chat{
		SessionKey: w.key(), Message: templates.WakeMessage(w.agent, w.run.Action), Deliver: w.run.Deliver, IdempotencyKey: w.wakeKey,
	})
}

// tokenOfRun returns the token to write into the files, and what makes it valid.
func (w *work) tokenOfRun() (tok string, issue func(ctx context.Context) error, err error) {
	valid := func(context.Context) error { return nil }
	switch {
	case w.run.Token != "":
		return w.run.Token, valid, nil
	case w.token != "":
		return w.token, valid, nil
	}
	minted, err := NewToken()
	if err != nil {
		return "", nil, err
	}
	return minted.Clear, func(ctx context.Context) error { return w.issue(ctx, minted) }, nil
}

// issue makes a token valid, as long as the run owns the agent. Of a run that
// failed it is not known whether its token ever reached the agent, so the one
// before it stays.
func (w *work) issue(ctx context.Context, t Token) error {
	err := w.store.Write(ctx, func(tx *store.Tx) error {
		a, err := tx.LockAgent(ctx, w.agent.ID)
		if mc.KindOf(err) == mc.KindNotFound || err == nil && a.LifecycleGeneration != w.agent.LifecycleGeneration {
			return errSuperseded
		}
		if err != nil {
			return err
		}
		earlier := a.PreviousTokenSHA256
		t.Issue(&a)
		if w.resumed && earlier != nil {
			a.PreviousTokenSHA256 = earlier
		}
		tx.Announce(store.KindAccess, a.ID, a.ID) // a token from before the last one has ended
		tx.Audit(mc.AuditAgentTokenIssued, a.AuditTarget(w.gateway.OrganizationID), nil)
		return tx.UpdateAgent(ctx, a)
	})
	if err != nil && !errors.Is(err, errSuperseded) {
		return storeFailure{err}
	}
	if err == nil {
		w.token = t.Clear
	}
	return err
}
