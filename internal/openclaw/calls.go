package openclaw

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
)

// Gateway is a handle for the calls to one gateway. Each of them is one request
// with the client's deadline; none is repeated when it fails.
type Gateway struct {
	client   *Client
	endpoint Endpoint
}

// Endpoint returns how the gateway is reached.
func (g *Gateway) Endpoint() Endpoint { return g.endpoint }

func (g *Gateway) call(ctx context.Context, method string, params, out any) error {
	return g.client.Call(ctx, g.endpoint, method, params, out)
}

type object = map[string]any

// Health asks whether the gateway is well.
func (g *Gateway) Health(ctx context.Context) error { return g.call(ctx, "health", nil, nil) }

// ConfigGet reads the gateway's configuration. It holds secrets: never store or
// log it.
func (g *Gateway) ConfigGet(ctx context.Context) (json.RawMessage, error) {
	var raw json.RawMessage
	err := g.call(ctx, "config.get", nil, &raw)
	return raw, err
}

// ConfigPatch merges raw, a JSON text, into the configuration whose hash is
// baseHash; an empty one is left out. Anything but a no-op makes the gateway
// restart. ApplyAgentConfig does this with the care it needs.
func (g *Gateway) ConfigPatch(ctx context.Context, raw, baseHash string) error {
	return g.call(ctx, "config.patch", configParams(raw, baseHash), nil)
}

// ConfigSet replaces the whole configuration whose hash is baseHash by raw, a
// JSON text. The gateway does not restart.
func (g *Gateway) ConfigSet(ctx context.Context, raw, baseHash string) error {
	return g.call(ctx, "config.set", configParams(raw, baseHash), nil)
}

func configParams(raw, baseHash string) object {
	params := object{"raw": raw}
	if baseHash != "" {
		params["baseHash"] = baseHash
	}
	return params
}

// AgentsCreate makes an agent; the gateway derives its id from the name. See
// IsAlreadyExists.
func (g *Gateway) AgentsCreate(ctx context.Context, name, workspace string) error {
	return g.call(ctx, "agents.create", object{"name": name, "workspace": workspace}, nil)
}

// AgentsUpdate sets an agent's display name and workspace. See IsMissingAgent.
func (g *Gateway) AgentsUpdate(ctx context.Context, agentID, name, workspace string) error {
	return g.call(ctx, "agents.update", object{"agentId": agentID, "name": name, "workspace": workspace}, nil)
}

// AgentsDelete removes an agent with its files. See IsMissingAgent.
func (g *Gateway) AgentsDelete(ctx context.Context, agentID string) error {
	return g.call(ctx, "agents.delete", object{"agentId": agentID, "deleteFiles": true}, nil)
}

// FilesList lists the files that the gateway keeps for an agent. Missing ones
// are listed too, marked as such.
func (g *Gateway) FilesList(ctx context.Context, agentID string) ([]File, error) {
	var raw json.RawMessage
	if err := g.call(ctx, "agents.files.list", object{"agentId": agentID}, &raw); err != nil {
		return nil, err
	}
	return readFiles(raw), nil
}

// FilesGet reads a file of an agent. ok is false when the answer holds no text.
func (g *Gateway) FilesGet(ctx context.Context, agentID, name string) (content string, ok bool, err error) {
	var raw json.RawMessage
	if err := g.call(ctx, "agents.files.get", object{"agentId": agentID, "name": name}, &raw); err != nil {
		return "", false, err
	}
	content, ok = readContent(raw)
	return content, ok, nil
}

// FilesSet writes a file of an agent. See IsUnsupportedFile.
func (g *Gateway) FilesSet(ctx context.Context, agentID, name, content string) error {
	return g.call(ctx, "agents.files.set", object{"agentId": agentID, "name": name, "content": content}, nil)
}

// FilesDelete removes a file of an agent. Many gateways cannot do that: see
// IsFileDeleteRefused.
func (g *Gateway) FilesDelete(ctx context.Context, agentID, name string) error {
	return g.call(ctx, "agents.files.delete", object{"agentId": agentID, "name": name}, nil)
}

// SessionsList lists the gateway's sessions, each as the gateway gives it.
func (g *Gateway) SessionsList(ctx context.Context) ([]json.RawMessage, error) {
	var raw json.RawMessage
	if err := g.call(ctx, "sessions.list", nil, &raw); err != nil {
		return nil, err
	}
	return listOrMember(raw, "sessions"), nil
}

// SessionsPatch creates a session, or labels one; an empty label leaves it. It
// returns the session's entry, or the whole answer when that has none.
func (g *Gateway) SessionsPatch(ctx context.Context, key, label string) (json.RawMessage, error) {
	params := object{"key": key}
	if label != "" {
		params["label"] = label
	}
	var raw json.RawMessage
	if err := g.call(ctx, "sessions.patch", params, &raw); err != nil {
		return nil, err
	}
	return readEntry(raw), nil
}

// SessionsReset empties a session. See IsMissingSession.
func (g *Gateway) SessionsReset(ctx context.Context, key string) error {
	return g.call(ctx, "sessions.reset", object{"key": key}, nil)
}

// SessionsDelete removes a session. See IsMissingSession.
func (g *Gateway) SessionsDelete(ctx context.Context, key string) error {
	return g.call(ctx, "sessions.delete", object{"key": key}, nil)
}

// Chat is a message to a session.
type Chat struct {
	SessionKey string
	Message    string
	Deliver    bool // also to the channels that the agent is connected to
	// IdempotencyKey makes repeated tries one message; empty: a fresh one.
	IdempotencyKey string
}

// ChatSend sends a message to a session. It returns before the agent acts on it.
func (g *Gateway) ChatSend(ctx context.Context, c Chat) error {
	if c.IdempotencyKey == "" {
		c.IdempotencyKey = uuid.NewString()
	}
	return g.call(ctx, "chat.send", object{"sessionKey": c.SessionKey, "message": c.Message, "deliver": c.Deliver, "idempotencyKey": c.IdempotencyKey}, nil)
}

// SendMessage creates or labels an agent's session and sends a message to it.
func (g *Gateway) SendMessage(ctx context.Context, key, label, message string, deliver bool) error {
	if _, err := g.SessionsPatch(ctx, key, label); err != nil {
		return err
	}
	return g.ChatSend(ctx, Chat{SessionKey: key, Message: message, Deliver: deliver})
}

// ChatHistory reads the last messages of a session, each as the gateway gives
// it; a limit of 0 leaves their number to the gateway.
func (g *Gateway) ChatHistory(ctx context.Context, key string, limit int) ([]json.RawMessage, error) {
	params := object{"sessionKey": key}
	if limit > 0 {
		params["limit"] = limit
	}
	var raw json.RawMessage
	if err := g.call(ctx, "chat.history", params, &raw); err != nil {
		return nil, err
	}
	return listOrMember(raw, "messages"), nil
}
