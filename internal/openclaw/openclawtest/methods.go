package openclawtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

var workspaceFiles = []string{"AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "BOOTSTRAP.md", "MEMORY.md"}

// handle answers a call as a real gateway does, from what is in memory.
func (g *Gateway) handle(method string, p map[string]any) (any, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	text := func(key string) string { s, _ := p[key].(string); return s }
	agent, key := text("agentId"), text("key")
	switch method {
	case "health":
		return map[string]any{"ok": true}, nil
	case "config.get":
		return map[string]any{"config": g.document(), "parsed": g.document(), "hash": g.hash()}, nil
	case "config.patch":
		return g.patch(text("raw"), text("baseHash"))
	case "agents.create":
		return g.create(text("name"), text("workspace"))
	case "agents.update", "agents.delete", "agents.files.list", "agents.files.get", "agents.files.set":
		if _, ok := g.agents[agent]; !ok {
			return nil, fmt.Errorf("agent %q not found", agent)
		}
		return g.handleAgent(method, agent, p)
	case "sessions.list":
		list := []any{}
		for k := range g.sessions {
			list = append(list, map[string]any{"key": k})
		}
		return map[string]any{"sessions": list}, nil
	case "sessions.patch", "sessions.reset":
		if _, ok := g.sessions[key]; !ok || method == "sessions.reset" {
			g.sessions[key] = []string{}
		}
		return map[string]any{"ok": true, "key": key, "entry": map[string]any{"sessionId": "s-" + key, "label": p["label"]}}, nil
	case "sessions.delete":
		delete(g.sessions, key)
		return map[string]any{"ok": true}, nil
	case "chat.send":
		if text("idempotencyKey") == "" {
			return nil, fmt.Errorf("invalid chat.send params: must have required property 'idempotencyKey'")
		}
		if _, again := g.runs[text("idempotencyKey")]; again {
			return map[string]any{"runId": text("idempotencyKey"), "status": "in_flight"}, nil
		}
		g.runs[text("idempotencyKey")] = struct{}{}
		g.sessions[text("sessionKey")] = append(g.sessions[text("sessionKey")], text("message"))
		return map[string]any{"runId": text("idempotencyKey"), "status": "started"}, nil
	case "chat.history":
		messages := []any{}
		for _, m := range g.sessions[text("sessionKey")] {
			messages = append(messages, map[string]any{"role": "user", "content": m})
		}
		return map[string]any{"messages": messages}, nil
	}
	return nil, fmt.Errorf("unknown method: %s", method)
}

var notID = regexp.MustCompile(`[^a-z0-9-]+`)

func (g *Gateway) create(name, workspace string) (any, error) {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if _, ok := g.agents[id]; ok {
		return nil, fmt.Errorf("agent %q already exists", id)
	}
	g.agents[id], g.names[id] = workspace, name
	g.files[id] = map[string]string{}
	for _, f := range workspaceFiles {
		if f != "MEMORY.md" {
			g.files[id][f] = "seeded by the gateway"
		}
	}
	return map[string]any{"ok": true, "agentId": id, "name": name, "workspace": workspace}, nil
}

func (g *Gateway) handleAgent(method, agent string, p map[string]any) (any, error) {
	name, _ := p["name"].(string)
	switch method {
	case "agents.update":
		g.names[agent] = name
		return map[string]any{"ok": true, "agentId": agent}, nil
	case "agents.delete":
		delete(g.agents, agent)
		delete(g.files, agent)
		return map[string]any{"ok": true, "agentId": agent}, nil
	case "agents.files.list":
		list := []any{}
		for _, f := range workspaceFiles {
			_, there := g.files[agent][f]
			list = append(list, map[string]any{"name": f, "path": g.agents[agent] + "/" + f, "missing": !there})
		}
		return map[string]any{"agentId": agent, "files": list}, nil
	}
	known := false
	for _, f := range workspaceFiles {
		known = known || f == name
	}
	if !known {
		return nil, fmt.Errorf("unsupported file %q", name)
	}
	if method == "agents.files.set" {
		content, _ := p["content"].(string)
		g.files[agent][name] = content
	}
	file := map[string]any{"name": name}
	if content, ok := g.files[agent][name]; ok {
		file["content"] = content
	}
	return map[string]any{"ok": true, "agentId": agent, "file": file}, nil
}

func (g *Gateway) document() map[string]any {
	doc := map[string]any{"agents": map[string]any{"list": append([]any{}, g.list...)}}
	for k, v := range g.config {
		doc[k] = v
	}
	return doc
}

func (g *Gateway) hash() string {
	raw, err := json.Marshal(g.document())
	if err != nil {
		panic(err) // only plain values are in it
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (g *Gateway) patch(raw, baseHash string) (any, error) {
	if baseHash == "" {
		return nil, fmt.Errorf("config base hash required; re-run config.get and retry")
	}
	if baseHash != g.hash() {
		return nil, fmt.Errorf("config changed since last load; re-run config.get and retry")
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		return nil, err
	}
	before := g.document()
	if agents, ok := doc["agents"].(map[string]any); ok {
		if list, ok := agents["list"].([]any); ok {
			g.list = list
		}
	}
	for k, v := range doc {
		if k != "agents" {
			g.config[k] = v
		}
	}
	if reflect.DeepEqual(before, g.document()) {
		return map[string]any{"ok": true, "noop": true}, nil
	}
	return map[string]any{"ok": true}, nil
}
