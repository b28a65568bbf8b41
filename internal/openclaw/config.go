package openclaw

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// AgentConfig is what the gateway's configuration says of one agent.
type AgentConfig struct {
	AgentID   string
	Workspace string
	Heartbeat json.RawMessage // an object
}

type rawObject = map[string]json.RawMessage

// MergeAgentConfig returns the patch that puts an agent into the configuration
// that config.get answered, and the hash the patch is based on. The patch is
// nil when nothing has to change: a needless one would restart the gateway.
func MergeAgentConfig(answer json.RawMessage, a AgentConfig) (patch json.RawMessage, hash string, err error) {
	var doc struct {
		Config json.RawMessage `json:"config"`
		Parsed json.RawMessage `json:"parsed"`
		Hash   string          `json:"hash"`
	}
	if !isObject(answer) || json.Unmarshal(answer, &doc) != nil {
		return nil, "", &Error{Message: "config.get returned invalid payload"}
	}
	raw := doc.Config
	if !present(raw) {
		raw = doc.Parsed
	}
	var config struct {
		Agents struct {
			List json.RawMessage `json:"list"`
		} `json:"agents"`
		Channels struct {
			Defaults struct {
				Heartbeat rawObject `json:"heartbeat"`
			} `json:"defaults"`
		} `json:"channels"`
		Tools struct {
			Exec struct {
				Host json.RawMessage `json:"host"`
			} `json:"exec"`
		} `json:"tools"`
	}
	if !isObject(raw) {
		return nil, "", &Error{Message: "invalid config"}
	}
	if json.Unmarshal(raw, &config) != nil {
		return nil, "", &Error{Message: "invalid config"}
	}
	list, changed, err := mergeAgent(config.Agents.List, a)
	if err != nil {
		return nil, "", err
	}
	out := map[string]any{"agents": map[string]any{"list": list}}
	if heartbeat, missing := withDefaults(config.Channels.Defaults.Heartbeat); missing {
		changed = true
		out["channels"] = map[string]any{"defaults": map[string]any{"heartbeat": heartbeat}}
	}
	if !present(config.Tools.Exec.Host) || string(config.Tools.Exec.Host) == `""` {
		changed = true
		out["tools"] = map[string]any{"exec": map[string]any{"host": "gateway"}}
	}
	if !changed {
		return nil, doc.Hash, nil
	}
	patch, err = json.Marshal(out)
	return patch, doc.Hash, err
}

func isObject(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
}

// mergeAgent puts the agent's entry into the list; other entries and other keys stay.
func mergeAgent(raw json.RawMessage, a AgentConfig) (list []json.RawMessage, changed bool, err error) {
	if present(raw) && json.Unmarshal(raw, &list) != nil {
		return nil, false, &Error{Message: "config agents.list is not a list"}
	}
	workspace, err := json.Marshal(a.Workspace)
	if err != nil {
		return nil, false, err
	}
	for i, entry := range list {
		var agent rawObject
		var id string
		if json.Unmarshal(entry, &agent) != nil || json.Unmarshal(agent["id"], &id) != nil || id != a.AgentID {
			continue
		}
		if sameJSON(agent["workspace"], workspace) && sameJSON(agent["heartbeat"], a.Heartbeat) {
			return list, false, nil
		}
		agent["workspace"], agent["heartbeat"] = workspace, a.Heartbeat
		list[i], err = json.Marshal(agent)
		return list, true, err
	}
	entry, err := json.Marshal(map[string]any{"id": a.AgentID, "workspace": a.Workspace, "heartbeat": a.Heartbeat})
	return append(list, entry), true, err
}

// withDefaults fills in how agents' heartbeats show in channels; what is set wins.
func withDefaults(heartbeat rawObject) (rawObject, bool) {
	out, missing := rawObject{}, false
	for key, value := range heartbeat {
		out[key] = value
	}
	for key, value := range map[string]string{"showOk": "false", "showAlerts": "true", "useIndicator": "true"} {
		if _, ok := out[key]; !ok {
			out[key], missing = json.RawMessage(value), true
		}
	}
	return out, missing
}

// sameJSON compares two values whatever the order of their keys.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	left, errLeft := json.Marshal(x)
	right, errRight := json.Marshal(y)
	return errLeft == nil && errRight == nil && slices.Equal(left, right)
}

const (
	configTries    = 5
	restartWithin  = 30 * time.Second // that a gateway may need to restart
	restartPoll    = 250 * time.Millisecond
	maxRetryAfter  = 20 * time.Second // that a refused write is waited for
	conflictPause  = 100 * time.Millisecond
	restartSettles = 700 * time.Millisecond
)

// ApplyAgentConfig puts an agent into the gateway's configuration if it is not
// there as wanted. Writes to one gateway go one after the other. A write that
// was overtaken is based anew; one that the gateway answers by restarting
// counts as sent, and is confirmed when the gateway is back.
func (g *Gateway) ApplyAgentConfig(ctx context.Context, a AgentConfig) error {
	lock, _ := g.client.configs.LoadOrStore(g.endpoint, &sync.Mutex{})
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	var err error
	for range configTries {
		var done bool
		if done, err = g.tryConfig(ctx, a); done {
			return err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return err
}

// tryConfig reads the configuration and patches it. It reports false when
// another try makes sense.
func (g *Gateway) tryConfig(ctx context.Context, a AgentConfig) (done bool, err error) {
	answer, err := g.ConfigGet(ctx)
	if err != nil {
		return true, err
	}
	patch, hash, err := MergeAgentConfig(answer, a)
	if err != nil || patch == nil {
		return true, err
	}
	err = g.ConfigPatch(ctx, string(patch), hash)
	e, answered := err.(*Error)
	switch {
	case err == nil:
		return true, nil
	case IsConfigChanged(err):
		return false, pause(ctx, conflictPause, err)
	case answered && e.RetryAfter > 0 && e.RetryAfter <= maxRetryAfter:
		return false, pause(ctx, e.RetryAfter, err)
	case answered && e.Code != "", !IsTransient(err):
		return true, err
	}
	// The connection went down with the write: the gateway restarts because of it.
	if back := g.awaitReturn(ctx); back != nil {
		return true, back
	}
	return false, err
}

// awaitReturn waits until a restarting gateway answers again.
func (g *Gateway) awaitReturn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, restartWithin)
	defer cancel()
	for {
		err := g.Health(ctx)
		if err == nil || !IsTransient(err) {
			return pause(ctx, restartSettles, nil)
		}
		if pause(ctx, restartPoll, nil) != nil {
			return err
		}
	}
}

// pause waits and returns err, or the context's error when that ends first.
func pause(ctx context.Context, d time.Duration, err error) error {
	select {
	case <-time.After(d):
		return err
	case <-ctx.Done():
		if err != nil {
			return err
		}
		return transport(ctx.Err())
	}
}
