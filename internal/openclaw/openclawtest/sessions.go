package openclawtest

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// chat is a session of an agent.
type chat struct {
	entry    map[string]any
	messages []Message
}

// Message is an entry of a session.
type Message struct {
	Role    string // user or assistant
	Text    string
	Deliver bool // also to the agent's channels
}

// session returns a session, which is made if it is missing.
func (s *state) session(key string) *chat {
	c := s.sessions[key]
	if c == nil {
		c = &chat{entry: map[string]any{"sessionId": uuid.NewString(), "updatedAt": 1}}
		s.sessions[key] = c
	}
	return c
}

func (s *state) sessionsList(params) (any, error) {
	rows := []any{}
	for _, key := range slices.Sorted(maps.Keys(s.sessions)) {
		row := map[string]any{"key": key, "kind": "direct"}
		maps.Copy(row, s.sessions[key].entry)
		rows = append(rows, row)
	}
	return map[string]any{"ts": 1, "path": "(multiple)", "count": len(rows), "sessions": rows}, nil
}

func (s *state) sessionsPatch(p params) (any, error) {
	c := s.session(p.text("key"))
	for key, value := range p {
		if key != "key" {
			c.entry[key] = value
		}
	}
	return map[string]any{"ok": true, "key": p["key"], "entry": maps.Clone(c.entry)}, nil
}

func (s *state) sessionsReset(p params) (any, error) {
	c := s.session(p.text("key"))
	c.messages, c.entry["sessionId"] = nil, uuid.NewString()
	return map[string]any{"ok": true, "key": p["key"], "entry": maps.Clone(c.entry)}, nil
}

func (s *state) sessionsDelete(p params) (any, error) {
	_, there := s.sessions[p.text("key")]
	delete(s.sessions, p.text("key"))
	return map[string]any{"ok": true, "key": p["key"], "deleted": there}, nil
}

func (s *state) chatSend(p params) (any, error) {
	run := p.text("idempotencyKey")
	if s.runs[run] {
		return map[string]any{"runId": run, "status": "in_flight"}, nil
	}
	s.runs[run] = true
	c := s.session(p.text("sessionKey"))
	deliver, _ := p["deliver"].(bool)
	c.messages = append(c.messages, Message{"user", p.text("message"), deliver})
	return map[string]any{"runId": run, "status": "started"}, nil
}

func (s *state) chatHistory(p params) (any, error) {
	messages := []any{}
	if c := s.sessions[p.text("sessionKey")]; c != nil {
		limit, _ := p["limit"].(float64)
		from := 0
		if limit > 0 {
			from = max(len(c.messages)-int(limit), 0)
		}
		for _, m := range c.messages[from:] {
			messages = append(messages, map[string]any{"role": m.Role, "content": []any{map[string]any{"type": "text", "text": m.Text}}})
		}
	}
	return map[string]any{"sessionKey": p["sessionKey"], "messages": messages}, nil
}

// Sessions returns the entries of the sessions by key.
func (g *Gateway) Sessions() map[string]map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := map[string]map[string]any{}
	for key, c := range g.state.sessions {
		out[key] = maps.Clone(c.entry)
	}
	return out
}

// Messages lists what is in a session.
func (g *Gateway) Messages(key string) []Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.state.sessions[key]; c != nil {
		return slices.Clone(c.messages)
	}
	return nil
}

// Say lets an agent answer in a session.
func (g *Gateway) Say(key, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.state.session(key)
	c.messages = append(c.messages, Message{Role: "assistant", Text: text})
	g.notify()
}
