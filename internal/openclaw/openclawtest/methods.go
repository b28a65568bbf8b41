package openclawtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// method is what a gateway demands of a call.
type method struct {
	scope              string
	required, optional string // parameters, with spaces between
	handle             func(s *state, p params) (any, error)
}

const (
	scopeRead  = "operator.read"
	scopeWrite = "operator.write"
	scopeAdmin = "operator.admin" // includes the others
)

// methodConnect is the handshake, which has no scope yet.
const methodConnect = "connect"

// methods are all but config.patch's limits and restarts, which concern the
// gateway as a whole.
var methods = map[string]method{
	"health":            {scopeRead, "", "probe", (*state).health},
	"config.get":        {scopeRead, "", "", (*state).configGet},
	"config.patch":      {scopeAdmin, "raw", "baseHash sessionKey note restartDelayMs", (*state).configPatch},
	"config.set":        {scopeAdmin, "raw", "baseHash", (*state).configSet},
	"agents.create":     {scopeAdmin, "name workspace", "emoji avatar", (*state).agentsCreate},
	"agents.update":     {scopeAdmin, "agentId", "name workspace model avatar", (*state).agentsUpdate},
	"agents.delete":     {scopeAdmin, "agentId", "deleteFiles", (*state).agentsDelete},
	"agents.files.list": {scopeRead, "agentId", "", (*state).filesList},
	"agents.files.get":  {scopeRead, "agentId name", "", (*state).filesGet},
	"agents.files.set":  {scopeAdmin, "agentId name content", "", (*state).filesSet},
	"sessions.list":     {scopeRead, "", "limit activeMinutes agentId search", (*state).sessionsList},
	"sessions.patch":    {scopeAdmin, "key", "label thinkingLevel verboseLevel model sendPolicy", (*state).sessionsPatch},
	"sessions.reset":    {scopeAdmin, "key", "reason", (*state).sessionsReset},
	"sessions.delete":   {scopeAdmin, "key", "deleteTranscript emitLifecycleHooks", (*state).sessionsDelete},
	"chat.send":         {scopeWrite, "sessionKey message idempotencyKey", "thinking deliver attachments timeoutMs", (*state).chatSend},
	"chat.history":      {scopeRead, "sessionKey", "limit maxChars", (*state).chatHistory},
}

func methodNames() []string { return slices.Sorted(maps.Keys(methods)) }

// params are those of a call.
type params map[string]any

func (p params) text(key string) string {
	text, _ := p[key].(string)
	return text
}

// handle answers a request.
func (s *session) handle(req requestFrame) (any, error) {
	if req.Method == methodConnect {
		return s.connect(req.Params)
	}
	scopes := s.scopes.Load()
	if scopes == nil {
		return nil, refuse("invalid handshake: first request must be connect", "")
	}
	m, ok := methods[req.Method]
	if !ok {
		return nil, refuse("unknown method: "+req.Method, "")
	}
	if !slices.Contains(*scopes, m.scope) && !slices.Contains(*scopes, scopeAdmin) {
		return nil, refuse("missing scope: "+m.scope, "")
	}
	if err := m.check(req); err != nil {
		return nil, err
	}
	g := s.g
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.notify()
	if req.Method == "config.patch" {
		return g.patch(req.Params)
	}
	return m.handle(&g.state, req.Params)
}

func (m method) check(req requestFrame) error {
	required := strings.Fields(m.required)
	for _, key := range required {
		if _, ok := req.Params[key]; !ok {
			return fmt.Errorf("invalid %s params: must have required property '%s'", req.Method, key)
		}
	}
	for key := range req.Params {
		if !slices.Contains(required, key) && !slices.Contains(strings.Fields(m.optional), key) {
			return fmt.Errorf("invalid %s params: at root: unexpected property '%s'", req.Method, key)
		}
	}
	return nil
}

func (*state) health(params) (any, error) { return map[string]any{"ok": true}, nil }
