package provision

import (
	"context"

	"missioncontrol/internal/mc"
)

// TokenInFiles returns the token that an agent's files show, if it is still the
// agent's, and "" otherwise. A run that is given it leaves the agent signed in
// as it is.
func (s *Service) TokenInFiles(ctx context.Context, a mc.Agent, g mc.Gateway) string {
	content, _, err := s.client.Gateway(Endpoint(g)).FilesGet(ctx, mc.GatewayAgentID(a), "TOOLS.md")
	if err != nil {
		return "" // the run will find out what is wrong
	}
	if tok := parseSettings(content)["AUTH_TOKEN"]; tok != "" && isTokenOf(a, tok) {
		return tok
	}
	return ""
}
