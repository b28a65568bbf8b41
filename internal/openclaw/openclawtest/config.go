package openclawtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"time"
)

// state is what a gateway keeps.
type state struct {
	config   map[string]any
	files    map[string]map[string]string // agent id -> name -> content
	sessions map[string]*chat
	runs     map[string]bool // idempotency keys seen
	patches  int
}

func newState() state {
	return state{
		config: map[string]any{
			"agents": map[string]any{"defaults": map[string]any{"maxConcurrent": 4.0}, "list": []any{map[string]any{"id": "main", "workspace": "/gateway/workspace"}}},
			"meta":   map[string]any{"lastTouchedVersion": "2026.4.2"},
		},
		files: map[string]map[string]string{"main": {}}, sessions: map[string]*chat{}, runs: map[string]bool{},
	}
}

func (s *state) agentList() []any {
	agents, _ := s.config["agents"].(map[string]any)
	list, _ := agents["list"].([]any)
	return list
}

func (s *state) setAgentList(list []any) {
	agents, ok := s.config["agents"].(map[string]any)
	if !ok {
		agents = map[string]any{}
		s.config["agents"] = agents
	}
	agents["list"] = list
}

func (s *state) hash() string {
	raw, err := json.Marshal(s.config)
	if err != nil {
		panic(err) // only what came from JSON is in it
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (s *state) configGet(params) (any, error) {
	config := deepCopy(s.config)
	return map[string]any{"path": "/gateway/openclaw.json", "exists": true, "valid": true, "parsed": config, "config": config, "hash": s.hash()}, nil
}

func (s *state) configSet(p params) (any, error) {
	next, err := s.revision(p)
	if err != nil {
		return nil, err
	}
	s.config = next
	return map[string]any{"ok": true}, nil
}

func (s *state) configPatch(p params) (any, error) {
	patch, err := s.revision(p)
	if err != nil {
		return nil, err
	}
	before := s.config
	s.config = merge(before, patch)
	if reflect.DeepEqual(before, s.config) {
		return map[string]any{"ok": true, "noop": true}, nil
	}
	return map[string]any{"ok": true, "restart": map[string]any{"ok": true, "delayMs": 2000}}, nil
}

// revision checks what a write is based on and reads the document it brings.
func (s *state) revision(p params) (map[string]any, error) {
	switch p.text("baseHash") {
	case "":
		return nil, refuse("config base hash required; re-run config.get and retry", "")
	case s.hash():
	default:
		return nil, refuse("config changed since last load; re-run config.get and retry", "")
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(p.text("raw")), &doc); err != nil {
		return nil, refuse("invalid config: "+err.Error(), "")
	}
	return doc, nil
}

// merge is a JSON merge patch in which lists of objects with ids are merged
// entry by entry.
func merge(base, patch map[string]any) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(out, key)
		case map[string]any:
			old, _ := out[key].(map[string]any)
			out[key] = merge(old, value)
		case []any:
			old, _ := out[key].([]any)
			out[key] = mergeList(old, value)
		default:
			out[key] = value
		}
	}
	return out
}

func mergeList(base, patch []any) []any {
	out := append([]any{}, base...)
	for _, raw := range patch {
		entry, ok := raw.(map[string]any)
		if !ok || entry["id"] == nil {
			return patch
		}
		found := false
		for i := range out {
			if old, ok := out[i].(map[string]any); ok && old["id"] == entry["id"] {
				out[i], found = merge(old, entry), true
			}
		}
		if !found {
			out = append(out, merge(nil, entry))
		}
	}
	return out
}

func deepCopy(v map[string]any) map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only what came from JSON is in it
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

// errRestarting ends a call without an answer.
var errRestarting = errors.New("the gateway restarts")

// patch is config.patch with what it does to the gateway as a whole. The lock
// is held.
func (g *Gateway) patch(p params) (any, error) {
	if g.state.patches++; g.o.PatchLimit > 0 && g.state.patches > g.o.PatchLimit {
		g.state.patches = 0 // the next window
		return nil, &Error{
			Message: "rate limit exceeded for config.patch; retry after 1s", Code: "UNAVAILABLE", Retryable: true, RetryAfter: 50 * time.Millisecond,
		}
	}
	before := g.state.config
	answer, err := g.state.configPatch(p)
	if err != nil || reflect.DeepEqual(before, g.state.config) {
		return answer, err
	}
	switch g.o.Restart {
	case RestartBefore:
		return nil, errRestarting
	case RestartLosing:
		g.o.Restart, g.state.config = NoRestart, before
		return nil, errRestarting
	}
	return answer, nil
}

// Config returns a copy of the configuration.
func (g *Gateway) Config() map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	return deepCopy(g.state.config)
}

// SetConfig replaces the configuration.
func (g *Gateway) SetConfig(config map[string]any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.config = deepCopy(config)
}
