package agents

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// IssueToken makes a new token for an external agent and shows it, once. The
// token it had before stops working at once: whoever asks for a new one may have
// lost the old one to somebody.
func (f *Feature) IssueToken(ctx context.Context, m mc.Member, id string) (AgentTokenRead, error) {
	a, err := f.reach(ctx, m, id, access.Write)
	if err != nil {
		return AgentTokenRead{}, err
	}
	if !a.IsExternal() {
		return AgentTokenRead{}, mc.Conflict(tokenIsTheGateways)
	}
	token, err := provision.NewToken()
	if err != nil {
		return AgentTokenRead{}, err
	}
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		row, err := tx.LockAgent(tx.Context(), a.ID)
		if err != nil {
			return err
		}
		token.Issue(&row)
		row.PreviousTokenSHA256 = nil
		row.Change(tx.Now())
		tx.Announce(store.KindAccess, row.ID, row.ID)
		if err := tx.AuditAgent(tx.Context(), mc.AuditAgentTokenIssued, row, nil); err != nil {
			return err
		}
		return tx.UpdateAgent(tx.Context(), row)
	})
	return AgentTokenRead{AgentID: a.ID, Token: token.Clear}, err
}

const tokenIsTheGateways = "Only external agents are given their token here"
