package openclawtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// standardFiles are the only ones that a gateway keeps, and of which it seeds
// all but MEMORY.md.
var standardFiles = []string{"AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "BOOTSTRAP.md", "MEMORY.md"}

var notAgentID = regexp.MustCompile(`[^a-z0-9_-]+`)

// entry returns an agent's entry of the configuration, or nil.
func (s *state) entry(id string) map[string]any {
	for _, raw := range s.agentList() {
		if entry, ok := raw.(map[string]any); ok && entry["id"] == id {
			return entry
		}
	}
	return nil
}

func (s *state) agentsCreate(p params) (any, error) {
	id := strings.Trim(notAgentID.ReplaceAllString(strings.ToLower(p.text("name")), "-"), "-")
	id = id[:min(len(id), 64)]
	if s.entry(id) != nil {
		return nil, refuse(fmt.Sprintf("agent %q already exists", id), "")
	}
	s.setAgentList(append(s.agentList(), map[string]any{"id": id, "name": p["name"], "workspace": p["workspace"]}))
	s.files[id] = map[string]string{}
	for _, name := range standardFiles {
		if name != "MEMORY.md" {
			s.files[id][name] = "# " + name + "\n(gateway default)\n"
		}
	}
	return map[string]any{"ok": true, "agentId": id, "name": p["name"], "workspace": p["workspace"]}, nil
}

func (s *state) agentsUpdate(p params) (any, error) {
	entry := s.entry(p.text("agentId"))
	if entry == nil {
		return nil, missingAgent(p)
	}
	for _, key := range []string{"name", "workspace", "model"} {
		if value, ok := p[key]; ok {
			entry[key] = value
		}
	}
	return map[string]any{"ok": true, "agentId": p["agentId"]}, nil
}

func (s *state) agentsDelete(p params) (any, error) {
	id := p.text("agentId")
	if s.entry(id) == nil {
		return nil, missingAgent(p)
	}
	s.setAgentList(slices.DeleteFunc(s.agentList(), func(raw any) bool {
		entry, ok := raw.(map[string]any)
		return ok && entry["id"] == id
	}))
	delete(s.files, id)
	return map[string]any{"ok": true, "agentId": id, "removedBindings": 0}, nil
}

func missingAgent(p params) error {
	return refuse(fmt.Sprintf("agent %q not found", p.text("agentId")), "")
}

func (s *state) filesList(p params) (any, error) {
	entry := s.entry(p.text("agentId"))
	if entry == nil {
		return nil, refuse("unknown agent id", "")
	}
	files := []any{}
	for _, name := range standardFiles {
		file := s.file(entry, name)
		delete(file, "content")
		files = append(files, file)
	}
	return map[string]any{"agentId": p["agentId"], "workspace": entry["workspace"], "files": files}, nil
}

func (s *state) filesGet(p params) (any, error) {
	entry := s.entry(p.text("agentId"))
	if entry == nil {
		return nil, refuse("unknown agent id", "")
	}
	if !slices.Contains(standardFiles, p.text("name")) {
		return nil, refuse(fmt.Sprintf("unsupported file %q", p.text("name")), "")
	}
	return map[string]any{"agentId": p["agentId"], "workspace": entry["workspace"], "file": s.file(entry, p.text("name"))}, nil
}

func (s *state) filesSet(p params) (any, error) {
	if _, err := s.filesGet(p); err != nil {
		return nil, err
	}
	s.setFile(p.text("agentId"), p.text("name"), p.text("content"))
	out, err := s.filesGet(p)
	if answer, ok := out.(map[string]any); ok {
		answer["ok"] = true
	}
	return out, err
}

func (s *state) setFile(agent, name, content string) {
	if s.files[agent] == nil {
		s.files[agent] = map[string]string{}
	}
	s.files[agent][name] = content
}

func (s *state) file(entry map[string]any, name string) map[string]any {
	id, _ := entry["id"].(string)
	content, there := s.files[id][name]
	file := map[string]any{"name": name, "path": fmt.Sprintf("%v/%s", entry["workspace"], name), "missing": !there}
	if there {
		file["size"], file["content"] = len(content), content
	}
	return file
}

// Agent is an agent that the gateway hosts.
type Agent struct {
	ID, Name, Workspace string
	Heartbeat           any
}

// Agents lists the agents of the configuration.
func (g *Gateway) Agents() []Agent {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []Agent
	for _, raw := range g.state.agentList() {
		entry, _ := raw.(map[string]any)
		p := params(entry)
		out = append(out, Agent{p.text("id"), p.text("name"), p.text("workspace"), entry["heartbeat"]})
	}
	return out
}

// HasAgent reports whether the gateway hosts the agent.
func (g *Gateway) HasAgent(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state.entry(id) != nil
}

// Files returns an agent's files by name.
func (g *Gateway) Files(agent string) map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.state.files[agent])
}

// File returns a file of an agent, or "".
func (g *Gateway) File(agent, name string) string { return g.Files(agent)[name] }

// SetFile writes a file as the agent itself would.
func (g *Gateway) SetFile(agent, name, content string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.setFile(agent, name, content)
}

// RemoveFile deletes a file as the agent itself would.
func (g *Gateway) RemoveFile(agent, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.state.files[agent], name)
}
