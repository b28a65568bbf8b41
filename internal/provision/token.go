package provision

import (
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
)

// Token is a new token of an agent, with what is stored of it.
type Token struct {
	Clear  string // shown to the agent only, never stored
	hash   string
	sha256 string
}

// NewToken mints a token. It takes tens of milliseconds: call it outside of
// transactions.
func NewToken() (Token, error) {
	minted := token.Mint()
	hash, err := token.Hash(minted)
	return Token{Clear: minted, hash: hash, sha256: token.SHA256Hex(minted)}, err
}

// Issue makes it the token of an agent, which the caller then writes. A token
// the agent had before stays valid until the new one is first used.
func (t Token) Issue(a *mc.Agent) {
	if a.TokenSHA256 != nil {
		a.PreviousTokenSHA256 = a.TokenSHA256
	}
	a.TokenHash, a.TokenSHA256 = &t.hash, &t.sha256
}
