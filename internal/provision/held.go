package provision

import (
	"context"
	"time"

	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
)

// toolsFile is where an agent finds its settings, its token among them.
const toolsFile = "TOOLS.md"

// readWithin is how long a look into an agent's files may take that one can do
// without.
const readWithin = 5 * time.Second

// TokenInFiles returns the token that an agent's files on its gateway show, if
// it is still the agent's; "" when it is another one or cannot be read. A run that
// is given it leaves the agent signed in as it is.
func (s *Service) TokenInFiles(ctx context.Context, a mc.Agent, g mc.Gateway) string {
	if a.IsExternal() {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	content, _, err := s.client.Gateway(Endpoint(g)).FilesGet(ctx, mc.GatewayAgentID(a), toolsFile)
	found := parseSettings(content)["AUTH_TOKEN"]
	if err != nil || found == "" || !isTokenOf(a, found) {
		return ""
	}
	return found
}

func isTokenOf(a mc.Agent, tok string) bool {
	if a.TokenSHA256 != nil {
		return *a.TokenSHA256 == token.SHA256Hex(tok)
	}
	return a.TokenHash != nil && token.Verify(tok, *a.TokenHash)
}
