package auth

import (
	"net/http"
	"strings"

	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
)

// Access tokens begin with what they are, so that people, and programs that look
// for leaked secrets, know them when they see them.
const (
	personalPrefix = "mcp_"
	servicePrefix  = "mcs_"
)

// accessTokenLength tells access tokens from tokens of agents, which are as long
// as what stands behind the prefix and may begin with anything.
const accessTokenLength = len(personalPrefix) + 43

// NewAccessToken makes a token of 256 random bits. It is shown once; its SHA-256
// is what is kept.
func NewAccessToken(kind mc.TokenKind) string {
	if kind == mc.TokenService {
		return servicePrefix + token.Mint()
	}
	return personalPrefix + token.Mint()
}

// AccessToken returns the access token that a request brings, or "".
func AccessToken(r *http.Request) string {
	tok := Bearer(r)
	if len(tok) == accessTokenLength && (strings.HasPrefix(tok, personalPrefix) || strings.HasPrefix(tok, servicePrefix)) {
		return tok
	}
	return ""
}
